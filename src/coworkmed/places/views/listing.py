"""Search and filter, as a list and as a map."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from .. import words
from ..filters import Filters
from ..pages.listing import listing
from .pictures import band, map_of


@require_safe
def place_list(request: HttpRequest) -> HttpResponse:
    """Search and filter."""
    return render(request, "places/list.html", _listing(request, Filters.read(request.GET.dict())))


@require_safe
def place_map(request: HttpRequest) -> HttpResponse:
    """The map, and beside it the same places as a list."""
    filters = Filters.read(request.GET.dict())
    return render(request, "places/map.html", _listing(request, filters) | {"map": map_of(filters)})


def _listing(request: HttpRequest, filters: Filters) -> dict[str, Any]:
    return {"found": listing(filters, request.GET.get("page", "1")), "band": band(), "words": words}
