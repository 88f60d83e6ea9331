"""For search engines: which pages there are, and where not to look."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from markupsafe import escape

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.kernel.ids import ALPHABET
from coworkmed.sources.models import Source
from coworkmed.web import cache

from ..models import Place

#: Addresses in one file: 50,000 by the protocol, less what chance may pile up under one beginning of an id.
MOST = 40_000
PAGES = ("home", "places", "map", "territories", "sources", "method", "state-of-play")
#: By who asked, and not by us: a file is some megabytes, and a large registry has hundreds.
_KEPT = {"public": True, "max_age": cache.KEPT}
_FORM = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Pages, yes; each of the million ways to filter them, no."""
    rules = (
        "User-agent: *",
        "Disallow: /admin/",
        "Disallow: /language/",
        "Disallow: /*/places/?",
        "Disallow: /*/map/?",
    )
    sitemap = f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}"
    return HttpResponse("\n".join((*rules, "", sitemap, "")), content_type="text/plain; charset=utf-8")


@require_safe
@cache_control(**_KEPT)
def index(request: HttpRequest) -> HttpResponse:
    """The files there are: in each language one of the pages, and as many of the places as they need."""
    names = _names()
    return _file(
        request,
        "sitemapindex",
        "sitemap",
        (reverse("sitemap-part", args=[code, name]) for code in LANGUAGES for name in names),
    )


@require_safe
@cache_control(**_KEPT)
def part(request: HttpRequest, code: str, name: str) -> HttpResponse:
    """One of the files: the addresses of pages in one language."""
    if code not in LANGUAGES or name not in _names():
        raise Http404
    with translation.override(code):
        paths = _pages() if name == "pages" else _towns() if name == "towns" else _places(name.removeprefix("places"))
        return _file(request, "urlset", "url", paths)


def beginnings(places: int) -> list[str]:
    """How the ids begin in each of the files that so many places need. Cut so, no file takes any counting to find."""
    signs = 0
    while places > MOST * len(ALPHABET) ** signs:
        signs += 1
    return ["".join(beginning) for beginning in product(ALPHABET, repeat=signs)]


def _names() -> list[str]:
    return ["pages", "towns", *(f"places{beginning}" for beginning in beginnings(Place.objects.count()))]


def _pages() -> Iterator[str]:
    yield from map(reverse, PAGES)
    for key in Source.objects.order_by("pk").values_list("pk", flat=True):
        yield reverse("source", args=[key])
    for column in ("country", "region"):
        yield from (reverse("territory", args=[code]) for code in _held(column) if code)


def _towns() -> Iterator[str]:
    return (reverse("territory-town", args=[number]) for number in _held("town")[:MOST] if number)


def _held(column: str) -> QuerySet[Place, Any]:
    """What there is of a territory's code in the registry."""
    return Place.objects.current().order_by(column).values_list(column, flat=True).distinct()


def _places(beginning: str) -> Iterator[str]:
    places = Place.objects.current().filter(pk__gte=beginning).order_by("pk")
    if after := _after(beginning):
        places = places.filter(pk__lt=after)
    stem, _, rest = reverse("place", args=["0"]).rpartition("0")  # reverse() once, not a million times
    return (f"{stem}{place_id}{rest}" for place_id in places.values_list("pk", flat=True).iterator(MOST))


def _after(beginning: str) -> str:
    """The beginning that follows; "" after the last."""
    stem = beginning.rstrip(ALPHABET[-1])
    return stem and stem[:-1] + ALPHABET[ALPHABET.index(stem[-1]) + 1]


def _file(request: HttpRequest, root: str, item: str, paths: Iterator[str]) -> HttpResponse:
    site = escape(request.build_absolute_uri("/").rstrip("/"))
    lines = (f"<{item}><loc>{site}{escape(path)}</loc></{item}>" for path in paths)
    text = "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', f"<{root} {_FORM}>", *lines, f"</{root}>", ""))
    return HttpResponse(text, content_type="application/xml", headers={"X-Robots-Tag": "noindex"})
