"""Addresses of hosting."""

from django.urls import path

from . import views

urlpatterns = [path("places/<slug:public_id>/hosting/", views.terms, name="place-hosting")]
