"""Each search as a file, at the same parameters as the list."""

import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from tempfile import mkdtemp
from typing import Any
from urllib.parse import urlencode

from babel.lists import format_list
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from coworkmed import __version__
from coworkmed.api import problems
from coworkmed.kernel import ids
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.kernel.licences import LICENCES
from coworkmed.places.filters import Filters
from coworkmed.places.queries import revision
from coworkmed.web import formats

from .. import feeds, geopackage, geoparquet
from .doors import prefers

View = Callable[[HttpRequest], HttpResponseBase]
#: Share-alike families of licences: what can be left out.
FAMILIES = {one.family for one in LICENCES.values()} - {""}
_PIECE = 64 * 1024  # octets sent at a time
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


@of_search
def places_gpkg(request: HttpRequest) -> HttpResponseBase:
    """For QGIS and its like."""
    return _made(request, geopackage.write, "places.gpkg", geopackage.MEDIA_TYPE)


@of_search
def places_parquet(request: HttpRequest) -> HttpResponseBase:
    """For analysis."""
    return _made(request, geoparquet.write, "places.parquet", geoparquet.MEDIA_TYPE)


Lines = Callable[[Filters, feeds.Origins], Iterator[str]]
Writer = Callable[[Path, Iterator[dict[str, Any]], feeds.Origins], None]


def _streamed(request: HttpRequest, lines: Lines, name: str, content_type: str) -> HttpResponseBase:
    return _file(request, lambda filters, origins: feeds.pieces(lines(filters, origins)), name, content_type)


def _made(request: HttpRequest, write: Writer, name: str, content_type: str) -> HttpResponseBase:
    def sent(filters: Filters, origins: feeds.Origins) -> Iterable[bytes]:
        return Temporary(lambda path: write(path, feeds.rows(filters, origins), origins))

    return _file(request, sent, name, content_type)


def _file(
    request: HttpRequest, sent: Callable[[Filters, feeds.Origins], Iterable[bytes]], name: str, content_type: str
) -> HttpResponseBase:
    """What a search finds, but for what ``without`` leaves out; if the licences of the rest exclude each other, what
    can be taken instead."""
    filters = Filters.read(request.GET.dict())
    origins = feeds.Origins.of(filters, set(request.GET.getlist("without")) & FAMILIES)
    if origins.terms.note == "CONFLICT":
        return _refused(request, filters, origins)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if origins.licence_url:
        headers["Link"] = f'<{origins.licence_url}>; rel="license"'
    body = () if request.method == "HEAD" else sent(filters, origins)
    return StreamingHttpResponse(body, content_type=content_type, headers=headers)


class Temporary:
    """A file made to be sent once, and gone with the answer."""

    def __init__(self, make: Callable[[Path], None]) -> None:
        self.folder = Path(mkdtemp(prefix="coworkmed-"))
        try:
            make(self.folder / "file")
        except BaseException:
            self.close()
            raise

    def __iter__(self) -> Iterator[bytes]:
        with (self.folder / "file").open("rb") as file:
            while piece := file.read(_PIECE):
                yield piece

    def close(self) -> None:
        """Called at the end of the answer, however it ends."""
        shutil.rmtree(self.folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """What can be taken: places under one family of licences, ``without`` the others."""

    family: str
    without: Sequence[str]
    places: int
    address: str


def _refused(request: HttpRequest, filters: Filters, origins: feeds.Origins) -> HttpResponse:
    """Why the file can't be made, and the largest lawful ones that can."""
    choices = [
        Choice(family, sorted(without), places, f"{request.path}?{_params(filters, sorted(without))}")
        for family, without, places in feeds.choices(filters, origins.terms)
    ]
    if prefers(request, "application/problem+json", "text/html") == "text/html":
        language = translation.get_language_from_request(request)
        with translation.override(language if language in LANGUAGES else "en"):
            told = {"choices": choices, "families": format_list(list(origins.terms.families), locale=formats.locale())}
            return render(request, "opendata/refused.html", told, status=409)
    with translation.override("en"):
        ways = "; ".join(f"{request.build_absolute_uri(one.address)} ({one.places} places)" for one in choices)
        excluding = ", ".join(origins.terms.families)
        detail = f"Values under {excluding} can't be passed on in one database. Take instead: {ways}"
        return problems.answer(request, 409, "not-together", detail)


def _params(filters: Filters, without: Sequence[str]) -> str:
    return "&".join(filter(None, (filters.query(), urlencode([("without", one) for one in without]))))
