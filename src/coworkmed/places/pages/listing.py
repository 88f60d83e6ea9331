"""What a search shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import and_

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold
from coworkmed.web.map import Box

from .. import rules
from ..filters import SORTS, Filters
from ..models import Link, Place

PER_PAGE = 50


def found(filters: Filters, *, without: str = "") -> QuerySet[Place]:
    """The places that pass every filter (but the one named ``without``: the facet being counted)."""
    tests = {
        "q": reduce(and_, map(_has_word, fold(filters.q).split()), Q()),
        "country": Q(country=filters.country),
        "kind": Q(main_kind=filters.kind),
        "source": Q(pk__in=Link.objects.filter(entry__source=filters.source).values("place")),
        "freshness": Q(freshness=filters.freshness),
        "box": _inside(filters.box),
    }
    asked = [test for name, test in tests.items() if getattr(filters, name) and name != without]
    places = Place.objects.current().filter(*asked)
    if filters.q and not fold(filters.q):  # signs only: nothing is called that
        places = places.none()
    return places.order_by(*SORTS[filters.sort])


def _has_word(word: str) -> Q:
    return Q(search__startswith=word) | Q(search__contains=f" {word}")


def _inside(box: Box | None) -> Q:
    if box is None:
        return Q()
    return Q(lat__gte=box.south, lat__lte=box.north, lon__gte=box.west, lon__lte=box.east)


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet and how many places it would show."""

    value: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a search, with what each facet would give."""

    filters: Filters
    page: Page[Place]
    countries: Sequence[Option]
    kinds: Sequence[Option]
    sources: Sequence[Option]
    freshness: Sequence[Option]

    @property
    def total(self) -> int:
        return self.page.paginator.count


def listing(filters: Filters, number: str) -> Listing:
    """The page ``number`` (nonsense gives the first, too much the last) of what ``filters`` find."""
    return Listing(
        filters,
        Paginator(found(filters), PER_PAGE).get_page(number),
        countries=_facet(filters, "country", "country"),
        kinds=_facet(filters, "kind", "main_kind", KINDS),
        sources=_source_facet(filters),
        freshness=_facet(filters, "freshness", "freshness", rules.FRESHNESS),
    )


def _facet(filters: Filters, name: str, column: str, labels: Mapping[str, str] | None = None) -> list[Option]:
    counted = (
        found(filters, without=name)
        .order_by()
        .exclude(**{column: ""})
        .values_list(column)
        .annotate(count=Count("pk"))
        .order_by("-count", column)
    )
    return [Option(value, (labels or {}).get(value, value), count) for value, count in counted]


def _source_facet(filters: Filters) -> list[Option]:
    counted = (
        Link.objects.filter(place__in=found(filters, without="source").order_by())
        .values_list("entry__source")
        .annotate(count=Count("place", distinct=True))
        .order_by("-count", "entry__source")
    )
    return [Option(key, key, count) for key, count in counted]


@dataclass(frozen=True, slots=True)
class Pin:
    public_id: str
    name: str
    lat: float
    lon: float


def pins(places: QuerySet[Place]) -> list[Pin]:
    """Where the ``places`` are that have a position."""
    rows = places.exclude(lat=None).exclude(lon=None).order_by().values_list("public_id", "name", "lat", "lon")
    return [
        Pin(public_id, name or public_id, lat, lon)
        for public_id, name, lat, lon in rows
        if lat is not None and lon is not None
    ]
