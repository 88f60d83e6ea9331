from django.urls import path

from . import views

urlpatterns = [
    path("", views.source_list, name="sources"),
    path("<slug:key>/", views.source, name="source"),
]
