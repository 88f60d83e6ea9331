"""Addresses of the census."""

from django.urls import path

from . import views

urlpatterns = [
    path("census/", views.census, name="census"),
    path("census/portrait/<int:number>/<slug:public_id>/", views.public_portrait, name="portrait"),
    # answering by a personal link
    path("census/answer/<str:token>/", views.answer_door, name="census-answer"),
    path("census/answer/<str:token>/check/", views.answer_check, name="census-check"),
    path("census/answer/<str:token>/portrait/", views.answer_portrait, name="census-portrait"),
    path("census/answer/<str:token>/<slug:section>/", views.answer_section, name="census-section"),
    # running a wave
    path("census/waves/", views.waves, name="waves"),
    path("census/waves/<int:number>/", views.wave, name="wave"),
    # paper: to print, and to key in
    path("census/waves/<int:number>/print/<slug:code>/", views.paper, name="wave-print"),
    path("census/waves/<int:number>/paper/<slug:code>/", views.paper_door, name="wave-paper"),
    path("census/waves/<int:number>/paper/<slug:code>/check/", views.paper_check, name="wave-check"),
    path("census/waves/<int:number>/paper/<slug:code>/portrait/", views.paper_portrait, name="wave-portrait"),
    path("census/waves/<int:number>/paper/<slug:code>/<slug:section>/", views.paper_section, name="wave-section"),
]
