"""In process, without HTTP: what the search, its facets and the data of a page of results take."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from django.http import QueryDict
from django.utils import translation

from .questions import questions

SELECTIVE = 0.01  # share of the registry that a selective question finds at most
LANGUAGE = "fr"


def within(seed: int) -> dict[str, Any]:
    """Under "classes": class → {"find", "facets", "page": milliseconds of each question, "… cpu": of the processor on
    average; "total": places found}; under "asked" the questions, and under "ids" public ids of places to look at."""
    from coworkmed.places.filters import Filters
    from coworkmed.places.models import Place
    from coworkmed.places.pages.listing import PER_PAGE, listing
    from coworkmed.places.search import find

    asked = questions(seed)
    told: dict[str, Any] = {"asked": asked, "places": Place.objects.current().count(), "classes": {}}
    with translation.override(LANGUAGE):
        for name, several in asked.items():
            filters = [Filters.read(QueryDict(one).dict()) for one in several]
            find.find(filters[0], limit=PER_PAGE)  # opens the index and the gazetteer
            listing(filters[0], "1")
            told["classes"][name] = {
                **timed("find", lambda one: find.find(one, limit=PER_PAGE), filters),
                **timed("facets", find.facets, filters),
                **timed("page", lambda one: listing(one, "1"), filters),
                "total": [find.find(one, limit=1).total for one in filters],
            }
    told["ids"] = _linked(seed)
    return told


def timed(name: str, work: Callable[[Any], object], items: Sequence[Any]) -> dict[str, Any]:
    """``name`` → milliseconds of each, and of the processor on average."""
    took, cpu = [], time.process_time()
    for one in items:
        start = time.perf_counter()
        work(one)
        took.append((time.perf_counter() - start) * 1000)
    return {name: took, f"{name} cpu": (time.process_time() - cpu) * 1000 / len(items)}


def percentiles(milliseconds: Sequence[float]) -> tuple[float, float, float]:
    """p50, p95, p99; not a number where there is nothing."""
    if not len(milliseconds):
        return (float("nan"),) * 3
    p50, p95, p99 = np.percentile(milliseconds, (50, 95, 99))
    return float(p50), float(p95), float(p99)


def _linked(seed: int) -> list[str]:
    from random import Random

    from .questions import PER_CLASS, sample

    return [place["public_id"] for place in sample(Random(seed), PER_CLASS)]
