"""Search and filter, as a list and as a map."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from coworkmed.sources.models import Source

from .. import words
from ..filters import Filters
from ..pages import listing as pages
from .pictures import band, map_of


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """Search and filter."""
    filters = Filters.read(request.GET.dict())
    return render(request, "places/list.html", _listing(request, filters))


@require_safe
def place_map(request: HttpRequest) -> HttpResponse:
    """The map, and beside it the same places as a list."""
    filters = Filters.read(request.GET.dict())
    return render(
        request,
        "places/map.html",
        _listing(request, filters) | {"map": map_of(pages.found(filters), filters)},
    )


def _listing(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    return {
        "found": pages.listing(filters, request.GET.get("page", "1")),
        "titles": _titles(),
        "band": band(),
        "words": words,
    }


def _titles() -> dict[str, dict[str, str]]:
    """Source key → its title by language."""
    return {source.key: source.spec.get("title", {}) for source in Source.objects.only("key", "spec")}
