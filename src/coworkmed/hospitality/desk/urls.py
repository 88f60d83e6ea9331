"""Addresses of desks: that of a device, and those of who answers for it."""

from django.urls import path

from .views import app, hosts

urlpatterns = [
    path("front-desk/", app.desk, name="front-desk"),
    path("front-desk/briefing.json", app.briefing, name="front-desk-briefing"),
    path("front-desk/scans.json", app.scans, name="front-desk-scans"),
    path("front-desk/check/", app.check, name="front-desk-check"),
    path("front-desk/worker.js", app.worker, name="front-desk-worker"),
    path("front-desk/app.webmanifest", app.manifest, name="front-desk-manifest"),
    path("front-desk/set-up/<str:token>/", app.set_up, name="front-desk-set-up"),
    path("places/<slug:public_id>/front-desk/", hosts.devices, name="place-desk"),
    path("places/<slug:public_id>/front-desk/visits/", hosts.visits, name="place-visits"),
    path("desk-devices/<int:pk>/link/", hosts.again, name="device-link"),
    path("desk-devices/<int:pk>/revoke/", hosts.revoke, name="device-revoke"),
]
