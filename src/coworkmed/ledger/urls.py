"""Addresses of the books."""

from django.urls import path

from . import views

urlpatterns = [
    path("books/", views.all_books, name="all-books"),
    path("places/<slug:public_id>/books/", views.books, name="books"),
    path("places/<slug:public_id>/books/limits/", views.limits, name="books-limits"),
    path("places/<slug:public_id>/books/statements/<str:name>", views.statement, name="statement"),
    path("places/<slug:public_id>/books/set-off/<uuid:run>/", views.answer, name="set-off-answer"),
    path("places/<slug:public_id>/books/take-back/<uuid:transfer>/", views.take_back, name="take-back"),
]
