"""Pages of the registry."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from markupsafe import Markup

from coworkmed.kernel.licences import LICENCES
from coworkmed.linkage.reasons import RELATIONS
from coworkmed.sources.models import Source
from coworkmed.sources.reasons import DOUBTS, REPAIRS
from coworkmed.web import map as maps
from coworkmed.web.jinja import say_many

from . import explained, pages, rules, words
from .models import Place

MAP_RATIO = 0.5  # height of a map by its width
NEAR_DEGREES = 0.25  # half a side of what counts as nearby
ONE_SPOT_DEGREES = 0.002  # places so close stand on one spot: no closer look tells them apart, the list does
REGION_DEGREES = 1.6  # half a side of the small map on a place's page: enough coast to know it by


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What this is, in five seconds."""
    places = Place.objects.current().filter(status__in=pages.SHOWN)
    return render(
        request,
        "places/home.html",
        {"overview": pages.overview(timezone.localdate()), "map": _map(places, pages.Filters())},
    )


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """Search and filter."""
    filters = pages.Filters.read(request.GET.dict())
    return render(request, "places/list.html", _listing(request, filters))


@require_safe
def place_map(request: HttpRequest) -> HttpResponse:
    """The map, and beside it the same places as a list."""
    filters = pages.Filters.read(request.GET.dict())
    return render(
        request,
        "places/map.html",
        _listing(request, filters) | {"map": _map(pages.found(filters), filters)},
    )


@require_safe
def place(request: HttpRequest, public_id: str) -> HttpResponse:
    """One place: what is known of it, who says so, and who says otherwise."""
    if public_id != public_id.lower():
        return redirect("place", public_id.lower(), permanent=True)
    found = Place.objects.filter(pk=public_id).first()
    if found is None:
        raise Http404
    if found.merged_into_id:
        return HttpResponsePermanentRedirect(reverse("place", args=[found.merged_into_id]))
    return render(
        request,
        "places/place.html",
        {
            "page": pages.place_page(found),
            "map": _small_map(found),
            "around": _around(found, NEAR_DEGREES),
            "band": _band(),
            "bars": explained.bars,
            "together": explained.together,
            "RELATIONS": RELATIONS,
            "words": words,
            "CRITERIA": rules.CRITERIA,
            "DOUBTS": DOUBTS,
            "FRESHNESS": rules.FRESHNESS,
            "LICENCES": LICENCES,
            "REPAIRS": REPAIRS,
            "UNCONTESTED": rules.UNCONTESTED,
        },
    )


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """How linking and settling work."""
    return render(request, "places/method.html", {"CRITERIA": rules.CRITERIA, "FRESHNESS": rules.FRESHNESS})


def _listing(request: HttpRequest, filters: pages.Filters) -> dict[str, Any]:
    return {
        "found": pages.listing(filters, request.GET.get("page", "1")),
        "titles": _titles(),
        "band": _band(),
        "words": words,
    }


def _band() -> Callable[[str], str]:
    """From a partial date to its band of age, today."""
    return partial(rules.age_band, as_of=timezone.localdate())


def _titles() -> dict[str, dict[str, str]]:
    """Source key → its title by language."""
    return {source.key: source.spec.get("title", {}) for source in Source.objects.only("key", "spec")}


def _map(places: QuerySet[Place], filters: pages.Filters) -> Markup:
    closer, listed = reverse("map"), reverse("places")

    def look(box: maps.Box) -> str:
        page = closer if box.east - box.west > ONE_SPOT_DEGREES else listed
        return f"{page}?{filters.query(box=box)}"

    return maps.draw(
        [maps.Dot(pin.lat, pin.lon, pin.name, reverse("place", args=[pin.public_id])) for pin in pages.pins(places)],
        title=_("Map of places"),
        description=_(
            "The same places are in the list. A number counts places too close to be told apart: "
            "follow it to look closer."
        ),
        box=filters.box or maps.MEDITERRANEAN,
        ratio=MAP_RATIO,
        count_label=lambda count: say_many("{n} place", "{n} places", count),
        cluster_href=look,
    )


def _around(found: Place, degrees: float) -> maps.Box | None:
    if found.lat is None or found.lon is None:
        return None
    return maps.Box.around([(found.lat, found.lon)], least=degrees)


def _small_map(found: Place) -> Markup | None:
    if (box := _around(found, REGION_DEGREES)) is None or found.lat is None or found.lon is None:
        return None
    return maps.draw(
        [maps.Dot(found.lat, found.lon, found.name)],
        title=_("Where it is"),
        description=found.name,
        box=box,
        width=400,
        ratio=MAP_RATIO,
        name="where",
    )
