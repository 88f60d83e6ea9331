from django.urls import path

from .views.home import home
from .views.listing import place_list, place_map
from .views.place import code, place, place_picture, sheet, vcard
from .views.points import map_points

urlpatterns = [
    path("", home, name="home"),
    path("places/", place_list, name="places"),
    path("places/<slug:public_id>/", place, name="place"),
    path("places/<slug:public_id>/sheet/", sheet, name="place-sheet"),
    path("places/<slug:public_id>/card.vcf", vcard, name="place-card"),
    path("places/<slug:public_id>/picture.png", place_picture, name="place-picture"),
    path("places/<slug:public_id>/code.svg", code, name="place-code"),
    path("map/", place_map, name="map"),
    path("map/points", map_points, name="map-points"),
]
