"""What is asked of the index: places in order, counts by facet, positions, cells of a map, suggestions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import cos, radians
from typing import Any, NamedTuple, Protocol, cast

import numpy as np
import tantivy
from django.utils import timezone
from tantivy import Occur, Order, Query

from coworkmed.kernel.fields import STATUSES
from coworkmed.kernel.geo import distances_m
from coworkmed.platform import gazetteer
from coworkmed.web.map import Box

from ..filters import Filters
from ..models import SHOWN
from .index import FACETS, index, number, schema
from .understand import Part, understand

DEEPEST = 10_000  # hits that can be reached page by page; whoever wants more narrows the search or takes the file
SHORT_WALK = 64  # ids fetched first, then ten times as many: most who walk by them want a page
ALL_POSITIONS = 20_000  # a browser draws and clusters so many by itself
REACHES_KM = tuple(10 * 2**step for step in range(12))  # how far "near" looks, until it has found enough
_MEASURED = 100_000  # distances taken at a time: more than a box holds whose like, half as wide, held too few
EVERY_MINUTES = 5  # who is open is found out so often
_VALUES = 250  # of a facet, counted: the commonest

#: Facets that tell how a place stands: whoever chooses by them may ask for closed ones.
_STANDING = frozenset(("status", "freshness"))
#: What hides a place. To leave these few out takes a third of the time of looking up all that are shown.
_HIDDEN = tuple(code for code in STATUSES if code not in SHOWN)
#: A word may fit a place in several ways; the best counts: (field, whole word, beginning of a word).
_FITS = (("name", 6.0, 3.0), ("also", 4.0, 2.0), ("where", 3.0, 1.0))
_TERRITORY, _KIND, _NEAR_SPELLING, _TIE = 2.5, 2.0, 0.5, 0.2


class Hit(NamedTuple):
    """A place found; ``km`` from where the reader is, where that was asked."""

    place_id: str
    km: float | None = None


@dataclass(frozen=True, slots=True)
class Results:
    """``near_spelling``: nothing was spelt so, these are spelt alike."""

    total: int
    hits: Sequence[Hit]
    parts: Sequence[Part]
    near_spelling: bool = False


@dataclass(frozen=True, slots=True)
class Option:
    """One choice of a facet and how many places it would show."""

    value: str
    count: int


class Positions(NamedTuple):
    """Columns of equal length: public ids, names, latitudes and longitudes in degrees."""

    ids: list[str]
    names: list[str]
    lats: list[float]
    lons: list[float]


@dataclass(frozen=True, slots=True)
class Cell:
    """Places drawn as one: their mean position, how many they are, and the box they lie in."""

    lat: float
    lon: float
    count: int
    box: Box


def find(filters: Filters, *, limit: int = 20, offset: int = 0) -> Results:
    """The places that pass every filter, in the order asked for."""
    searcher, parts = index().searcher(), understand(filters.q)
    offset, near_spelling = min(offset, DEEPEST), False
    total, hits = _ordered(searcher, _query(filters, parts), filters, limit, offset)
    if not total and _nothing_so(searcher, parts):
        total, hits = _ordered(searcher, _query(filters, parts, near_spelling=True), filters, limit, offset)
        near_spelling = total > 0
    return Results(total, hits, parts, near_spelling)


def facets(filters: Filters, names: Iterable[str] = FACETS) -> dict[str, list[Option]]:
    """Facet → its values by how many places each would show, were this facet not filtered by."""
    searcher, parts, wanted = index().searcher(), understand(filters.q), list(names)
    near_spelling = _nothing_so(searcher, parts)

    def counted(these: Sequence[str], asked: Filters) -> dict[str, list[Option]]:
        terms = {name: {"terms": {"field": name, "size": _VALUES}} for name in these}
        query = _query(asked, parts, near_spelling, standing=not _STANDING.intersection(these))
        answer = searcher.aggregate(query, terms)
        return {name: [Option(one["key"], one["doc_count"]) for one in answer[name]["buckets"]] for name in these}

    alone = [name for name in wanted if getattr(filters, name) or name in _STANDING]
    found = counted([name for name in wanted if name not in alone], filters)
    for name in alone:
        found |= counted([name], filters.but(**{name: ""}))
    return {name: sorted(found[name], key=lambda one: (-one.count, one.value)) for name in wanted}


def count(filters: Filters) -> int:
    """How many places pass every filter."""
    return _search(*_asked(filters), 1)[0]


def by_id(filters: Filters, after: str = "") -> Iterator[str]:
    """Public ids of all places that pass every filter, in their order, from behind ``after`` on: however many they
    are, `DEEPEST` are held at a time, and the index may change meanwhile."""
    searcher, query = _asked(filters)
    several, behind = SHORT_WALK, [_behind(after)] if after else []
    while True:
        all_of = Query.boolean_query([(Occur.Must, one) for one in (query, *behind)])
        _, addresses = _search(searcher, all_of, several, column="number", order=Order.Asc)
        found = [str(searcher.doc(address)["id"][0]) for address in addresses]
        yield from found
        if len(found) < several:
            return
        several, behind = min(10 * several, DEEPEST), [_behind(found[-1])]


def _behind(place_id: str) -> Query:
    integer = tantivy.FieldType.Integer
    later = Query.range_query(schema(), "number", integer, number(place_id), None, include_lower=False)
    return Query.const_score_query(later, 0.0)


def among(filters: Filters, place_ids: Sequence[str]) -> set[str]:
    """Which of some places pass every filter."""
    searcher, query = _asked(filters)
    these = Query.term_set_query(schema(), "id", list(place_ids))
    both = Query.boolean_query([(Occur.Must, query), (Occur.Must, these)])
    return {str(searcher.doc(address)["id"][0]) for address in _search(searcher, both, len(place_ids) or 1)[1]}


def every(filters: Filters) -> Iterator[str]:
    """Public ids of all places that pass every filter: in the order asked for as far as that reaches (`DEEPEST`),
    else in their own."""
    if find(filters, limit=1).total > DEEPEST:
        return by_id(filters)
    return (hit.place_id for hit in find(filters, limit=DEEPEST).hits)


def positions(filters: Filters, limit: int = ALL_POSITIONS) -> Positions | None:
    """Where the places are that have a position; None if there are more than ``limit``."""
    searcher, query = _asked(filters, placed=True)
    total, addresses = _search(searcher, query, limit)
    if total > limit:
        return None
    docs = [searcher.doc(address) for address in addresses]
    return Positions(
        [str(doc["id"][0]) for doc in docs],
        [str(doc["label"][0]) for doc in docs],
        _column(searcher, "lat", addresses),
        _column(searcher, "lon", addresses),
    )


def cells(filters: Filters, box: Box, across: int = 24) -> list[Cell]:
    """The places inside ``box``, ``across`` cells from west to east, as counted dots. Cells are those of a fixed grid,
    so that they stay where they are while a map is moved."""
    size = _step((box.east - box.west) / across)
    searcher, query = _asked(filters.but(box=box), placed=True)
    extent: dict[str, Any] = {
        f"{name}_{edge}": {edge: {"field": name}} for name in ("lat", "lon") for edge in ("avg", "min", "max")
    }
    by_lon = {"lon": {"histogram": {"field": "lon", "interval": size, "min_doc_count": 1}, "aggs": extent}}
    by_lat = {"lat": {"histogram": {"field": "lat", "interval": size, "min_doc_count": 1}, "aggs": by_lon}}
    rows = searcher.aggregate(query, by_lat)["lat"]["buckets"]
    return [_cell(one) for row in rows for one in row["lon"]["buckets"] if one["doc_count"]]


def _step(size: float) -> float:
    """The largest cell of the fixed grid, each half the next, that is no larger than ``size`` degrees."""
    step = 16.0
    while step > size and step > 2**-14:
        step /= 2
    return step


def _cell(bucket: Mapping[str, Any]) -> Cell:
    value = {name: bucket[name]["value"] for name in bucket if name.startswith(("lat_", "lon_"))}
    box = Box(value["lon_min"], value["lat_min"], value["lon_max"], value["lat_max"])
    return Cell(value["lat_avg"], value["lon_avg"], bucket["doc_count"], box)


# Queries


def _asked(filters: Filters, *, placed: bool = False) -> tuple[tantivy.Searcher, Query]:
    """The index as it is, and what to ask it: slips are forgiven where nothing is spelt as written."""
    searcher, parts = index().searcher(), understand(filters.q)
    return searcher, _query(filters, parts, _nothing_so(searcher, parts), placed)


def _nothing_so(searcher: tantivy.Searcher, parts: Sequence[Part]) -> bool:
    """Whether nothing in the registry is spelt so. Whatever else is asked: else a choice would show other places than
    its facet counted."""
    return bool(parts) and not _search(searcher, _query(Filters(), parts, standing=False), 1)[0]


def _query(
    filters: Filters, parts: Sequence[Part], near_spelling: bool = False, placed: bool = False, standing: bool = True
) -> Query:
    """``placed``: only places with a position. ``standing``: only those one may hope to walk into, unless asked."""
    must = [_part(part, near_spelling) for part in parts if not part.tie]
    if filters.q and not parts:  # signs only: nothing is called that
        return Query.empty_query()
    must += [_term(name, code) for name in FACETS if (code := getattr(filters, name))]
    if filters.open_now:
        now = timezone.now().replace(second=0, microsecond=0)
        moment = now - timedelta(minutes=now.minute % EVERY_MINUTES)
        open_hours = index().open_hours(moment)
        must.append(Query.const_score_query(Query.term_set_query(schema(), "hours", open_hours), 0.0))
    if filters.box:
        must += _inside(filters.box)
    elif placed or filters.order == "distance":
        must.append(Query.const_score_query(Query.exists_query("lat"), 0.0))
    hidden = _HIDDEN if standing and not filters.status and not filters.freshness else ()
    without = [(Occur.MustNot, _term("status", code)) for code in hidden]
    better = [(Occur.Should, _term("name", word, _TIE)) for part in parts if part.tie for word in part.words]
    return Query.boolean_query([*((Occur.Must, one) for one in must or [Query.all_query()]), *better, *without])


def _term(name: str, code: str, score: float = 0.0) -> Query:
    return Query.const_score_query(Query.term_query(schema(), name, code, "basic"), score)


def _inside(box: Box) -> list[Query]:
    sides = (("lat", box.south, box.north), ("lon", box.west, box.east))
    return [
        Query.const_score_query(Query.range_query(schema(), name, tantivy.FieldType.Float, low, high), 0.0)
        for name, low, high in sides
    ]


def _part(part: Part, near_spelling: bool) -> Query:
    """All words of the part, or what else they may mean."""
    ways = [_all([_word(word, near_spelling) for word in part.words])]
    ways += [_term(one.kind, one.code, _TERRITORY) for one in part.territories]
    if part.kind:
        ways.append(_term("kind", part.kind, _KIND))
    if near_spelling and not part.territories:
        alike = gazetteer.named(" ".join(part.words), typos=True, limit=3)
        ways += [_term(one.kind, one.code, _NEAR_SPELLING) for one in alike]
    return Query.disjunction_max_query(ways, 0.2) if len(ways) > 1 else ways[0]


def _all(queries: Sequence[Query]) -> Query:
    return Query.boolean_query([(Occur.Must, one) for one in queries]) if len(queries) > 1 else queries[0]


def _word(word: str, near_spelling: bool) -> Query:
    ways = []
    for name, whole, beginning in _FITS:
        ways.append(Query.const_score_query(Query.term_query(schema(), name, word, "basic"), whole))
        begun = Query.fuzzy_term_query(schema(), name, word, distance=0, prefix=True)
        ways.append(Query.const_score_query(begun, beginning))
        if near_spelling and len(word) > 3:
            alike = Query.fuzzy_term_query(schema(), name, word, distance=1 if len(word) < 8 else 2)
            ways.append(Query.const_score_query(alike, _NEAR_SPELLING))
    return Query.disjunction_max_query(ways)


# Order


class _Found(Protocol):
    """What a search gives, which the library's types leave out in part."""

    count: int
    hits: list[tuple[Any, tantivy.DocAddress]]


def _search(
    searcher: tantivy.Searcher,
    query: Query,
    limit: int,
    offset: int = 0,
    column: str | None = None,
    order: Order = Order.Desc,
) -> tuple[int, list[tantivy.DocAddress]]:
    """How many there are, and where ``limit`` of them are: the best first, or in the order of a column."""
    found = cast(_Found, searcher.search(query, limit, True, column, offset, order))
    return found.count, [address for _, address in found.hits]


def _column(searcher: tantivy.Searcher, name: str, addresses: list[tantivy.DocAddress]) -> list[float]:
    return cast(list[float], searcher.fast_field_values(name, addresses)) if addresses else []


def _ordered(
    searcher: tantivy.Searcher, query: Query, filters: Filters, limit: int, offset: int
) -> tuple[int, list[Hit]]:
    if filters.centre and filters.order == "distance":
        return _nearest(searcher, query, filters.centre, limit, offset)
    column, order = {"name": ("by_name", Order.Asc), "age": ("by_age", Order.Desc)}.get(
        filters.order, (None, Order.Desc)
    )
    total, addresses = _search(searcher, query, limit, offset, column, order)
    return total, [Hit(str(searcher.doc(address)["id"][0])) for address in addresses]


def _nearest(
    searcher: tantivy.Searcher, query: Query, centre: tuple[float, float], limit: int, offset: int
) -> tuple[int, list[Hit]]:
    """By distance, among those in the first box about the centre whose inner circle holds enough."""
    total, _ = _search(searcher, query, 1)
    enough = min(total, offset + limit)
    for reach in REACHES_KM:
        near = Query.boolean_query([(Occur.Must, one) for one in (query, *_inside(_around(centre, reach)))])
        _, addresses = _search(searcher, near, _MEASURED)
        lats, lons = (_column(searcher, name, addresses) for name in ("lat", "lon"))
        away = distances_m(*centre, lats, lons)
        if np.count_nonzero(away <= reach * 1000) >= enough:
            break
    shown = np.argsort(away, kind="stable")[offset : offset + limit]
    return total, [Hit(str(searcher.doc(addresses[at])["id"][0]), float(away[at]) / 1000) for at in shown]


def _around(centre: tuple[float, float], km: float) -> Box:
    lat, lon = centre
    tall = km / 111.2
    wide = tall / max(0.1, cos(radians(lat)))
    return Box(lon - wide, max(lat - tall, -90), lon + wide, min(lat + tall, 90))
