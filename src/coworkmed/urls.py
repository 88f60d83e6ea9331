"""Every address of the site. Pages live behind their language; files and the administrators' pages have none."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from coworkmed.web import icon, published

urlpatterns = [
    path("admin/", admin.site.urls),
    path("favicon.ico", icon.view),
    path("state-of-play/files/<path:name>", published.file, name="published-file"),
    *i18n_patterns(
        path("", include("coworkmed.places.urls")),
        path("sources/", include("coworkmed.sources.urls")),
        path("state-of-play/", published.page, name="state-of-play"),
    ),
]
handler400 = "coworkmed.web.errors.bad_request"
handler403 = "coworkmed.web.errors.forbidden"
handler404 = "coworkmed.web.errors.not_found"
handler500 = "coworkmed.web.errors.server_error"
