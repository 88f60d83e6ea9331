"""Addresses of passes."""

from django.urls import path

from . import views

urlpatterns = [
    path("passes/", views.mine, name="passes"),
    path("pass/<str:token>/", views.show, name="pass"),
    path("passes/<int:pk>/end/", views.end, name="pass-end"),
    path("passes/<int:pk>/renew/", views.renew, name="pass-renew"),
    path("passes/<int:pk>/link/", views.new_link, name="pass-link"),
    path("places/<slug:public_id>/passes/", views.members, name="place-passes"),
    path("places/<slug:public_id>/passes/key/", views.replace_key, name="place-key"),
]
