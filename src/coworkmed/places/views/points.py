"""Where the places are, for the live map: the same question as the list's, answered with positions."""

import json
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from coworkmed import __version__
from coworkmed.kernel import ids
from coworkmed.web.map import LIMIT, Box

from ..filters import Filters
from ..queries import revision
from ..search import find as search

MOST = 20_000  # places sent one by one; where there are more, they come counted
WORLD = Box(-180, -LIMIT, 180, LIMIT)


def _version(request: HttpRequest) -> str:
    """Of the registry and the question; which places are open changes by the minute."""
    minute = f"{timezone.now():%Y%m%d%H%M}" if "open_now" in request.GET else ""
    return f'"{ids.digest(__version__, revision(), request.GET.urlencode(), minute)}"'


@require_safe
@cache_control(public=True, max_age=60)
@condition(etag_func=_version)
def map_points(request: HttpRequest) -> HttpResponse:
    """Positions, in degrees, of what the filters of the address find; its ``box`` says what part is looked at."""
    answer = points(Filters.read(request.GET.dict()))
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":"))
    return HttpResponse(text, content_type="application/json")


def points(filters: Filters, *, most: int = MOST) -> dict[str, Any]:
    """Each place, as columns (a third of the size of objects); or more than ``most`` as cells of a grid:
    [lon, lat, count, west, south, east, north], where what a cell holds is and how far it reaches."""
    found = search.positions(filters, limit=most)
    if found is not None:
        return {
            "total": len(found.ids),
            "clustered": False,
            "ids": found.ids,
            "names": found.names,
            "lons": _rounded(found.lons),
            "lats": _rounded(found.lats),
        }
    cells = search.cells(filters, filters.box or WORLD)
    return {
        "total": sum(cell.count for cell in cells),
        "clustered": True,
        "cells": [_row(cell) for cell in cells],
    }


def _row(cell: search.Cell) -> list[float]:
    box = cell.box
    return [*_rounded((cell.lon, cell.lat)), cell.count, *_rounded((box.west, box.south, box.east, box.north))]


def _rounded(degrees: Iterable[float]) -> list[float]:
    """To a metre."""
    return [round(one, 5) for one in degrees]
