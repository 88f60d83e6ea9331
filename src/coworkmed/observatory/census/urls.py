"""Addresses of the census."""

from django.urls import path

from .views import answering, leaving, portraits, waves

urlpatterns = [
    path("census/", waves.census, name="census"),
    path("census/portrait/<int:number>/<slug:public_id>/", portraits.public_portrait, name="portrait"),
    path(
        "census/portrait/<int:number>/<slug:public_id>/portrait.pdf", portraits.public_portrait_pdf, name="portrait-pdf"
    ),
    # for who runs a place
    path("census/of/<slug:public_id>/", leaving.own_answers, name="census-own"),
    # answering by a personal link
    path("census/answer/<str:token>/", answering.answer_door, name="census-answer"),
    path("census/answer/<str:token>/check/", answering.answer_check, name="census-check"),
    path("census/answer/<str:token>/portrait/", answering.answer_portrait, name="census-portrait"),
    path("census/answer/<str:token>/portrait.pdf", portraits.answer_portrait_pdf, name="census-portrait-pdf"),
    path("census/answer/<str:token>/withdraw/", leaving.answer_withdraw, name="census-withdraw"),
    path("census/answer/<str:token>/<slug:section>/", answering.answer_section, name="census-section"),
    # running a wave
    path("census/waves/", waves.waves, name="waves"),
    path("census/waves/<int:number>/", waves.wave, name="wave"),
    # paper: to print, and to key in
    path("census/waves/<int:number>/print/<slug:code>/", portraits.paper, name="wave-print"),
    path("census/waves/<int:number>/paper/<slug:code>/", answering.paper_door, name="wave-paper"),
    path("census/waves/<int:number>/paper/<slug:code>/check/", answering.paper_check, name="wave-check"),
    path("census/waves/<int:number>/paper/<slug:code>/portrait/", answering.paper_portrait, name="wave-portrait"),
    path(
        "census/waves/<int:number>/paper/<slug:code>/portrait.pdf",
        portraits.paper_portrait_pdf,
        name="wave-portrait-pdf",
    ),
    path("census/waves/<int:number>/paper/<slug:code>/withdraw/", leaving.paper_withdraw, name="wave-withdraw"),
    path("census/waves/<int:number>/paper/<slug:code>/<slug:section>/", answering.paper_section, name="wave-section"),
]
