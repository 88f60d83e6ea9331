from django.urls import path

from .views.method import method
from .views.sources import source, source_list
from .views.territory import territories, territory, town

urlpatterns = [
    path("territories/", territories, name="territories"),
    path("territories/town/<int:number>/", town, name="territory-town"),
    path("territories/<str:code>/", territory, name="territory"),
    path("sources/", source_list, name="sources"),
    path("sources/<slug:key>/", source, name="source"),
    path("method/", method, name="method"),
]
