from django.urls import include, path

from .views.indicators import indicator, indicator_csv, indicators, indicators_over_time
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
    path("observatory/indicators/", indicators, name="indicators"),
    path("observatory/over-time/", indicators_over_time, name="indicators-over-time"),
    path("observatory/indicators/<slug:code>/", indicator, name="indicator"),
    path("observatory/indicators/<slug:code>.csv", indicator_csv, name="indicator-csv"),
    path("", include("coworkmed.observatory.census.urls")),
    path("", include("coworkmed.observatory.editions.urls")),
    path("", include("coworkmed.observatory.stories.urls")),
]
