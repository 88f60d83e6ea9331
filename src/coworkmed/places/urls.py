from django.urls import path

from . import views

urlpatterns = [
    path("", views.home, name="home"),
    path("places/", views.place_list, name="places"),
    path("places/<slug:public_id>/", views.place, name="place"),
    path("map/", views.place_map, name="map"),
    path("method/", views.method, name="method"),
]
