"""The desk's addresses."""

from django.urls import path

from . import views

urlpatterns = [
    path("review/", views.desk, name="review"),
    path("review/next/", views.following, name="review-next"),
    path("review/alike/", views.together, name="review-alike"),
    path("review/undo/", views.undo, name="review-undo"),
    path("review/weights/", views.weigh, name="review-weights"),
    path("review/<int:left>-<int:right>/", views.pair, name="review-pair"),
]
