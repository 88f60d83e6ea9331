"""Every address of the site. Pages live behind their language; files and the administrators' pages have none."""

from allauth.account.decorators import secure_admin_login
from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.urls import include, path

from coworkmed.api.mount import ReadApi
from coworkmed.observatory.editions import urls as editions
from coworkmed.opendata import urls as opendata
from coworkmed.people.views import authorize, stop
from coworkmed.places.api import router as places
from coworkmed.places.queries import revision
from coworkmed.places.views import sitemap
from coworkmed.places.views.suggest import suggest
from coworkmed.sources.api import router as sources
from coworkmed.web import icon, language, published, styleguide

read_api = ReadApi(places, sources, state=revision)

urlpatterns = [
    path("", language.door),
    path("language/<slug:code>/", language.choose, name="language"),
    path("robots.txt", sitemap.robots),
    path("sitemap.xml", sitemap.index, name="sitemap"),
    path("sitemap/<slug:code>/<slug:name>.xml", sitemap.part, name="sitemap-part"),
    path("admin/login/", secure_admin_login(admin.site.login)),  # by the one door there is
    path("admin/", admin.site.urls),
    path("account/", include("allauth.socialaccount.providers.openid_connect.urls")),  # known elsewhere by it
    path("identity/o/authorize", authorize),
    path("", include("allauth.idp.urls")),
    path("mail/stop/<str:token>/", stop, name="mail-stop"),  # one address in every language: mails are kept
    path("favicon.ico", icon.view),
    path("state-of-play/files/<path:name>", published.file, name="published-file"),
    path("", include(editions.files)),
    path("", include(opendata)),
    path("suggest.json", suggest, name="suggest"),
    *read_api.addresses,
    *i18n_patterns(
        path("", include("coworkmed.places.urls")),
        path("", include("coworkmed.stewardship.urls")),
        path("", include("coworkmed.ledger.urls")),
        path("", include("coworkmed.places.review.urls")),
        path("", include(opendata.pages)),
        path("", include("coworkmed.observatory.urls")),
        path("", include("coworkmed.hospitality.urls")),
        path("", include("coworkmed.hospitality.passes.urls")),
        path("", include("coworkmed.hospitality.desk.urls")),
        path("", include("coworkmed.people.urls")),
        path("api/", read_api.reference, name="api"),
        path("styleguide/", styleguide.view, name="styleguide"),
        path("state-of-play/", published.page, name="state-of-play"),
    ),
]
handler400 = "coworkmed.web.errors.bad_request"
handler403 = "coworkmed.web.errors.forbidden"
handler404 = "coworkmed.web.errors.not_found"
handler500 = "coworkmed.web.errors.server_error"
