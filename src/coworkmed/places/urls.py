from django.urls import path

from .views.home import home
from .views.listing import place_list, place_map
from .views.method import method
from .views.place import place

urlpatterns = [
    path("", home, name="home"),
    path("places/", place_list, name="places"),
    path("places/<slug:public_id>/", place, name="place"),
    path("map/", place_map, name="map"),
    path("method/", method, name="method"),
]
