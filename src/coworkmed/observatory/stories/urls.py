"""Addresses of stories."""

from django.urls import path

from . import views

urlpatterns = [
    path("stories/", views.stories, name="stories"),
    path("stories/themes/", views.themes, name="story-themes"),
    path("stories/desk/", views.desk, name="story-desk"),
    path("stories/desk/<slug:reference>/", views.work, name="story-work"),
    path("stories/tell/<str:token>/", views.by_link, name="stories-by-link"),
    path("stories/of/<slug:public_id>/", views.door, name="stories-door"),
    path("stories/of/<slug:public_id>/tell/", views.signed_in, name="stories-tell"),
    path("stories/<slug:reference>/", views.story, name="story"),
]
