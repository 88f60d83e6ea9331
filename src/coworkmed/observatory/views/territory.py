"""A country, a region or a town: its places, who lists them, and what others counted there."""

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe
from markupsafe import Markup

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.licences import LICENCES
from coworkmed.places import words
from coworkmed.places.filters import Filters
from coworkmed.places.views.pictures import band, map_of
from coworkmed.platform import gazetteer
from coworkmed.web.map import Box

from .. import published
from ..definitions import BANDS, BASES, DEFINITIONS, FIGURES
from ..freshness import SMALL
from ..pages import territory as pages
from ..pages.territory import Area, TerritoryPage
from ..words import lasting

MAP_WIDTH = 640
LEAST_SHARE = 0.01  # of the places of a country, that a region must hold for the map to reach there
LEAST_DEGREES = {"country": 0.1, "region": 0.1, "town": 0.6}  # what a map shows around its towns, at least


@require_safe
def territories(request: HttpRequest) -> HttpResponse:
    """Every country with a place."""
    shown = {
        "parts": pages.countries(timezone.localdate(), request.GET.get("sort", "")),
        "figures": published.beyond(),
        "BEYOND": published.BEYOND,
    }
    return render(request, "observatory/index.html", shown | _words(request))


@require_safe
def territory(request: HttpRequest, code: str) -> HttpResponse:
    """A country by its ISO 3166-1 code, a region by its ISO 3166-2 code."""
    area = pages.region(code.upper()) if "-" in code else pages.country(code.upper())
    if area and area.code != code:
        return redirect("territory", area.code, permanent=True)
    return _page(request, area, code)


@require_safe
def town(request: HttpRequest, number: int) -> HttpResponse:
    """A town by its number in GeoNames."""
    return _page(request, pages.town(number), str(number))


def _page(request: HttpRequest, area: Area | None, code: str) -> HttpResponse:
    if area is None:
        return render(request, "observatory/unknown.html", {"code": code}, status=404)
    page = pages.territory_page(area, timezone.localdate(), request.GET.get("sort", ""))
    shown = {
        "page": page,
        "map": _map(page),
        "query": Filters.read(area.where).query(),
        "today": timezone.localdate(),
    }
    return render(request, "observatory/territory.html", shown | _words(request))


def _words(request: HttpRequest) -> dict[str, object]:
    """What codes are called, and where they lead."""
    return {
        "BANDS": BANDS,
        "BASES": BASES,
        "COUNTED": published.COUNTED,
        "DEFINITIONS": DEFINITIONS,
        "FIGURES": FIGURES,
        "KINDS": KINDS,
        "LICENCES": LICENCES,
        "SMALL": SMALL,
        "band": band(),
        "named": lambda code: gazetteer.label(code, get_language() or "en"),
        "address": address,
        "lasting": lasting,
        "sort": "name" if request.GET.get("sort") == "name" else "count",
        "words": words,
    }


def address(code: str) -> str:
    """Of the page of a territory."""
    return reverse("territory-town", args=[int(code)]) if code.isdecimal() else reverse("territory", args=[code])


def _map(page: TerritoryPage) -> Markup | None:
    """Its places on a map fitted to its towns, which no stray position stretches; of a town with those around it, for
    alone they are but dots on bare land. None where there is nothing to show, or the gazetteer knows no town."""
    area, corners = page.area, _corners(page)
    if not page.alive or not corners:
        return None
    shown = Filters.read({} if area.kind == "town" else area.where)
    return map_of(replace(shown, box=Box.around(corners, least=LEAST_DEGREES[area.kind])), MAP_WIDTH)


def _corners(page: TerritoryPage) -> list[tuple[float, float]]:
    """(lat, lon) of the towns that a map of it should hold: of a country, those of the regions that matter."""
    area = page.area
    if area.kind == "town":
        found = gazetteer.town(int(area.code))
        return [(found.lat, found.lon)] if found else []
    codes = [area.code]
    if page.parts and area.kind == "country":
        codes = [one.code for one in page.parts.rows if one.places >= LEAST_SHARE * page.alive]
    return [(one.lat, one.lon) for code in codes for one in gazetteer.towns(code)]
