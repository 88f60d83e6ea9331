"""Indicators by theme and by territory: as pages, as pictures within the pages of others, as spreadsheets."""

import csv
from collections.abc import Mapping
from dataclasses import astuple, fields
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from coworkmed.platform import gazetteer
from coworkmed.sources.models import Source
from coworkmed.web import formats, security

from ..definitions import DEFINITIONS
from ..indicators.catalogue import INDICATORS, ORIGINS, POPULATIONS, UNITS, UNKNOWN, Indicator
from ..indicators.figures import Figure, Figures
from ..pages import indicators as pages
from ..pages.indicators import Choice
from ..pages.over_time import HEIGHT, WIDTH, grid, over_time
from ..published import COUNTED
from ..words import lasting
from .territory import address


@require_safe
def indicators(request: HttpRequest) -> HttpResponse:
    """All of them, for the territory chosen."""
    found, choice = _figures(), _choice(request)
    shown = _words(request, found, choice) | {
        "themes": pages.overview(found, choice) if found.there else [],
        "territories": pages.territories(found) if found.there else {},
    }
    return render(request, "observatory/indicators.html", shown)


@require_safe
@xframe_options_exempt
def indicator(request: HttpRequest, code: str) -> HttpResponse:
    """One of them; with ``?embed`` as a picture that the operator's partners may show within their pages."""
    one, found, choice = _known(code), _figures(), _choice(request)
    embed = "embed" in request.GET
    shown = _words(request, found, choice) | {
        "indicator": one,
        "page": pages.indicator_page(found, code, choice, _editions()) if found.there else None,
        "grid": grid(one, choice, _editions(), _published()),
        "territories": pages.territories(found) if found.there else {},
        "sql": found.sql(code) if found.there else "",
        "can_embed": bool(settings.ENV.embed),
        "address": address,
    }
    template = "observatory/indicators_embed.html" if embed else "observatory/indicators_one.html"
    return _for_frames(render(request, template, shown), embed=embed)


def _for_frames(response: HttpResponse, *, embed: bool) -> HttpResponse:
    """Only what is made for it may be shown within the pages of others, and only of the operator's partners."""
    if embed:
        response.headers["Content-Security-Policy"] = framed(settings.ENV.embed)
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    else:
        response.headers["X-Frame-Options"] = "DENY"
    return response


@require_safe
@xframe_options_exempt
def indicators_over_time(request: HttpRequest) -> HttpResponse:
    """How they went from edition to edition, for the territory chosen; with ``?embed`` for the pages of partners."""
    found, choice = _figures(), _choice(request)
    embed = "embed" in request.GET
    page = over_time(choice, _editions(), _published())
    shown = _words(request, found, choice) | {
        "page": page,
        "territories": pages.territories(found) if found.there else {},
        "can_embed": bool(settings.ENV.embed),
        "WIDTH": WIDTH,
        "HEIGHT": HEIGHT,
    }
    template = "observatory/over_time_embed.html" if embed else "observatory/over_time.html"
    return _for_frames(render(request, template, shown), embed=embed)


@require_safe
def indicator_csv(request: HttpRequest, code: str) -> HttpResponse:
    """Every figure of an indicator in a territory and its parts, as published; of all territories if none is chosen."""
    _known(code)
    found, choice = _figures(), _choice(request)
    if not found.there:
        raise Http404
    match choice.level:
        case "country":
            where: Mapping[str, str] = {"country": choice.territory}
        case "region":
            where = {"region": choice.territory}
        case "town":
            where = {"territory": choice.territory}
        case _:
            where = {}
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = "-".join(filter(None, (code, choice.territory.lower(), found.as_of.isoformat())))
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    table = csv.writer(response)
    table.writerow([*(field.name for field in fields(Figure)), "as_of"])
    table.writerows([*astuple(row), found.as_of.isoformat()] for row in found.find(code=code, **where))
    return response


def _known(code: str) -> Indicator:
    if code not in INDICATORS:
        raise Http404
    return INDICATORS[code]


def _choice(request: HttpRequest) -> Choice:
    """Http404 for a territory the gazetteer doesn't know."""
    choice = Choice.read(request.GET)
    if choice.territory and choice.area is None:
        raise Http404
    return choice


def _figures() -> Figures:
    return Figures(_published())


def _published() -> Path:
    return Path(settings.ENV.var) / "published"


def _editions() -> list[Path]:
    folder = Path(settings.ENV.var) / "editions"
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(one for one in found if one.is_dir() and not one.name.startswith("."))  # one is in the making


def framed(sites: str) -> str:
    """The site's policy, but that ``sites`` (addresses with spaces between) may show the page within theirs;
    ImproperlyConfigured if one of them is no https:// address."""
    try:
        hosts = security.map_hosts(sites) or "'none'"
    except ImproperlyConfigured as wrong:
        raise ImproperlyConfigured(f"COWORKMED_EMBED is “{sites}”: use addresses that begin with https://") from wrong
    rest = security.POLICY | {"frame-ancestors": hosts}
    return "; ".join(f"{name} {value}" for name, value in rest.items())


def _titles() -> dict[str, Mapping[str, str]]:
    return {source.key: source.spec.get("title", {}) for source in Source.objects.all()}


def _words(request: HttpRequest, found: Figures, choice: Choice) -> dict[str, object]:
    area, titles = choice.area, _titles()
    return {
        "there": found.there,
        "as_of": found.as_of if found.there else None,
        "choice": choice,
        "area": area,
        "place": named(choice.territory) if area else _("All territories"),
        "named": named,
        "value": value,
        "interval": interval,
        "label": partial(label, titles),
        "titles": titles,
        "statistics": found.about.get("statistics", ()) if found.there else (),
        "here": request.build_absolute_uri(request.path) + (f"?{query}" if (query := choice.query()) else ""),
        "COUNTED": COUNTED,
        "DEFINITIONS": DEFINITIONS,
        "ORIGINS": ORIGINS,
        "POPULATIONS": POPULATIONS,
        "UNITS": UNITS,
        "UNKNOWN": UNKNOWN,
    }


def named(code: str) -> str:
    """A territory as the reader calls it."""
    return gazetteer.label(code, get_language() or "en")


def value(one: Indicator, amount: float | None) -> str:
    """A value as one says it: "42 %", "7 months", "€180"."""
    if amount is None:
        return "–"
    match one.unit:
        case "share" | "people":
            return formats.percent(amount)
        case "percent":
            return formats.percent(amount / 100)
        case "days":
            return lasting(round(amount))
        case "euros":
            return formats.price({"amount": round(amount), "currency": "EUR"})
        case "places" | "desks" | "hours":
            return formats.number(amount, 0)
    return formats.number(amount, 2)


def interval(one: Indicator, figure: Figure) -> str:
    """What lies around a value, as words; "" where nothing does."""
    if figure.low is None or figure.high is None or figure.value is None:
        return ""
    return _("{low} to {high}").format(low=value(one, figure.low), high=value(one, figure.high))


def label(titles: Mapping[str, Mapping[str, str]], one: Indicator, category: str) -> str:
    """A category as the reader calls it; ``titles`` of the lists."""
    if one.labels == "lists":
        names = [formats.own_words(titles.get(key, {}), key)[0] for key in category.split()]
        return _("{one} and {other}").format(one=names[0], other=names[-1])
    known = pages.LABELS.get(one.labels, {})
    return _(known[category]) if category in known else category
