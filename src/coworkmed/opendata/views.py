"""Each search as a file, at the same parameters as the list."""

from collections.abc import Callable, Iterator
from functools import wraps

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from coworkmed import __version__
from coworkmed.kernel import ids
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.filters import Filters
from coworkmed.places.queries import revision

from . import feeds

View = Callable[[HttpRequest], HttpResponseBase]
#: Open data is for pages of others too.
OPEN = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}


def _version(request: HttpRequest) -> str:
    now = timezone.now()
    moment = f"{now:%Y%m%d%H%M}" if "open_now" in request.GET else f"{now:%Y%m%d}"
    return f'"{ids.digest(__version__, revision(), moment, request.build_absolute_uri())}"'


def of_search(view: View) -> View:
    """A file that may be kept for a while and read from anywhere."""

    @require_safe
    @cache_control(public=True, max_age=60)
    @condition(etag_func=_version)
    @wraps(view)
    def file(request: HttpRequest) -> HttpResponseBase:
        response = view(request)
        for name, value in OPEN.items():
            response.headers[name] = value
        return response

    return file


@of_search
def places_csv(request: HttpRequest) -> HttpResponseBase:
    """For a spreadsheet."""
    return _streamed(request, feeds.csv, "places.csv", "text/csv; charset=utf-8")


@of_search
def places_geojson(request: HttpRequest) -> HttpResponseBase:
    """For a map."""
    return _streamed(request, feeds.geojson, "places.geojson", "application/geo+json")


@of_search
def places_atom(request: HttpRequest) -> HttpResponseBase:
    """For a feed reader: what changed last, in the language of the parameter ``language``."""
    filters = Filters.read(request.GET.dict())
    language = request.GET.get("language", "")
    with translation.override(language if language in LANGUAGES else "en"):
        page = request.build_absolute_uri(f"{reverse('places')}?{filters.query()}")
        feed = feeds.Feed(
            address=request.build_absolute_uri(),
            page=page,
            site=str(settings.ENV.site_url).rstrip("/"),
            language=translation.get_language() or "en",
        )
        text = feeds.atom(filters, feeds.Origins.of(filters), feed)
    response = HttpResponse(text, content_type="application/atom+xml; charset=utf-8")
    response.headers["Content-Language"] = feed.language
    return response


def _streamed(
    request: HttpRequest,
    lines: Callable[[Filters, feeds.Origins], Iterator[str]],
    name: str,
    content_type: str,
) -> HttpResponseBase:
    filters = Filters.read(request.GET.dict())
    origins = feeds.Origins.of(filters)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if origins.licence_url:
        headers["Link"] = f'<{origins.licence_url}>; rel="license"'
    sent = () if request.method == "HEAD" else feeds.pieces(lines(filters, origins))
    return StreamingHttpResponse(sent, content_type=content_type, headers=headers)
