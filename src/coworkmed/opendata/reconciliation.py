"""Reconciliation (service API 0.2): rows of a spreadsheet, each with the places it may be.

Whoever cleans a list in OpenRefine finds ours in it so. The engine that links our own lists judges: with a name alone
it is how alike the names are, with anything else (town, address, web site …) the probability that both are one place.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from rapidfuzz import fuzz

from coworkmed.kernel.fields import FIELDS, INPUTS, KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.values import Entry, Row
from coworkmed.linkage.cluster import JOIN
from coworkmed.linkage.engine import score
from coworkmed.linkage.records import Record
from coworkmed.places import comparable
from coworkmed.places.filters import LONGEST_SEARCH, Filters
from coworkmed.places.lists import COMPARED
from coworkmed.places.models import Place
from coworkmed.places.queries import as_published
from coworkmed.places.search import find
from coworkmed.sources.normalise import normalise
from coworkmed.sources.spec import Pick, Spec
from coworkmed.web.map import Box

from . import dictionary, features, tables
from .feeds import Origins

MOST_QUERIES, MOST_IDS, MOST_PROPERTIES = 50, 500, 20
LONGEST = 500  # characters of a value
USUAL, MOST = 5, 25  # candidates shown
_LOOKED_AT = 40  # candidates compared, from each way of looking
_NEAR = 0.01  # degrees about a position, some kilometre
_WORD = 4  # letters of a word worth looking for alone
_PARTS = {"query", "type", "type_strict", "limit", "properties"}
_STRICT = ("any", "should", "all")
TYPE = {"id": "place", "name": "Third place"}
#: What a query may tell besides the name: column of a list → its label. All that the engine compares.
PROPERTIES: Mapping[str, str] = {
    name: FIELDS[name].label if name in FIELDS else INPUTS[name]
    for name in (*FIELDS, *INPUTS)
    if name in COMPARED - {"id", "name", "kinds", "main_kind", "geo_score"}
}


class QueryError(ValueError):
    """What was asked can't be understood."""


@dataclass(frozen=True, slots=True)
class Query:
    """``kinds`` narrow it to places of one of these, or of ``every`` one."""

    name: str
    told: Mapping[str, str]
    kinds: frozenset[str]
    limit: int
    every: bool = False

    @classmethod
    def read(cls, given: Any) -> "Query":
        if not isinstance(given, dict):
            raise QueryError("Each query is an object.")
        if others := sorted(given.keys() - _PARTS):
            raise QueryError(f"A query has no “{others[0][:60]}”.")
        name, told = _text(given.get("query", "")), dict(_properties(given.get("properties", [])))
        types = given.get("type", [])
        types = [types] if isinstance(types, str) else types
        limit = given.get("limit", USUAL)
        if not isinstance(types, list) or not all(isinstance(one, str) for one in types):
            raise QueryError("“type” is a text, or a list of texts.")
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 1 <= limit < 1e9:
            raise QueryError("“limit” is a number from 1 on.")
        strict = given.get("type_strict", "any")
        if strict not in _STRICT:
            raise QueryError("“type_strict” is any, should or all.")
        if not name and not given.get("properties"):
            raise QueryError("A query needs “query”, or at least one of “properties”.")
        narrowed = frozenset(types) - {TYPE["id"], ""}
        if strict == "should":  # a wish: nothing is left out for it
            narrowed = frozenset()
        if strange := sorted(narrowed - KINDS.keys()):
            raise QueryError(f"There is no type {', '.join(strange)[:60]}.")
        return cls(name, told, narrowed, min(int(limit), MOST), strict == "all")


def _properties(given: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(given, list) or len(given) > MOST_PROPERTIES:
        raise QueryError(f"“properties” is a list of at most {MOST_PROPERTIES}.")
    for one in given:
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise QueryError("Each of “properties” has a “pid” and a “v”.")
        values = one["v"] if isinstance(one["v"], list) else [one["v"]]
        texts = [_value(value) for value in values[:MOST_PROPERTIES]]
        if one["pid"] in PROPERTIES and any(texts):  # others are ours to leave aside
            yield one["pid"], " | ".join(filter(None, texts))


def _value(value: Any) -> str:
    """A value as it would stand in a list; an entity reconciled before is told by its name."""
    if isinstance(value, dict):
        value = value.get("name") or value.get("id")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float):
        return str(value)
    return _text(value)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise QueryError("A text or a number is needed.")
    return " ".join(value.encode(errors="replace").decode().replace("\0", " ").split())[:LONGEST]


def reconciled(queries: Mapping[str, Query]) -> dict[str, Any]:
    """Each query with its candidates, the best first."""
    asked = {key: _record(query) for key, query in queries.items()}
    found = {key: _candidates(query, asked[key]) for key, query in queries.items()}
    places = _places({place_id for ids in found.values() for place_id in ids})
    records: list[Record] = []
    position: dict[str, int] = {}
    for place_id, place in places.items():
        position[place_id] = len(records)
        records.append(
            comparable.stored(("ours", place_id), {name: {"value": one} for name, one in place.values.items()})
        )
    pairs: list[tuple[int, int]] = []
    judged: list[tuple[str, str]] = []
    for key, record in asked.items():
        for place_id in found[key]:
            if place_id in places and _fits(places[place_id], queries[key]):
                pairs.append((position[place_id], len(records)))
                judged.append((key, place_id))
        records.append(record)
    results: dict[str, list[dict[str, Any]]] = {key: [] for key in queries}
    for (key, place_id), pair in zip(judged, score(records, pairs) if pairs else [], strict=True):
        results[key].append(_candidate(queries[key], asked[key], places[place_id], pair.probability))
    return {key: {"result": _best(results[key], queries[key].limit)} for key in queries}


def _places(place_ids: set[str]) -> dict[str, Place]:
    return {one.pk: one for one in Place.objects.current().filter(pk__in=place_ids).order_by("pk")}


def _fits(place: Place, query: Query) -> bool:
    shared = query.kinds.intersection(place.values.get("kinds", ()))
    return not query.kinds or (shared == query.kinds if query.every else bool(shared))


_numbers = count()


def _record(query: Query) -> Record:
    """The query as a line of a list, in the form the engine compares: its values take their form by the rules of every
    import, and what makes no sense is left aside."""
    cells = {"name": query.name or "?", **query.told}
    spec = Spec(
        key="query",
        title={},
        keeper="",
        licence="",
        attribution="",
        connector="csv",
        location="",
        columns={name: Pick((name,)) for name in cells},
    )
    key = "theirs", str(next(_numbers))
    entry = normalise(Row(1, cells), spec)
    if not isinstance(entry, Entry):
        return Record(key, query.name)
    fields = dict(entry.fields)
    if not query.name:
        fields.pop("name", None)
    return comparable.record(key, fields)


def _candidates(query: Query, record: Record) -> list[str]:
    """Ids of the places it may be: what is called so, there and elsewhere; what is close by; what shares a word."""
    where = record.locality or ""
    ways: list[Filters] = []
    if query.name:
        if where:
            ways.append(Filters(q=f"{query.name} {where}"[:LONGEST_SEARCH]))
        ways.append(Filters(q=query.name[:LONGEST_SEARCH], country=record.country))
    if record.lat is not None and record.lon is not None:
        box = Box(record.lon - _NEAR, record.lat - _NEAR, record.lon + _NEAR, record.lat + _NEAR)
        ways.append(Filters(box=box, near=f"{record.lat:.4f},{record.lon:.4f}"))
    found = _found(ways)
    if len(found) < USUAL and query.name:
        words = sorted({one for one in fold(query.name).split() if len(one) >= _WORD}, key=lambda one: (-len(one), one))
        found |= _found([Filters(q=f"{one} {where}".strip(), country=record.country) for one in words[:3]])
    if len(found) < USUAL and where:
        found |= _found([Filters(q=where, country=record.country)])
    return list(found)


def _found(ways: Sequence[Filters]) -> dict[str, None]:
    return {hit.place_id: None for one in ways for hit in find.find(one, limit=_LOOKED_AT).hits}


def _candidate(query: Query, record: Record, place: Place, probability: float) -> dict[str, Any]:
    names = [place.name, *place.values.get("other_names", ())]
    alike = max((fuzz.token_sort_ratio(fold(query.name), fold(one)) for one in names if query.name), default=0.0)
    points = 100 * probability if query.told else alike
    return {
        "id": place.pk,
        "name": place.name,
        "description": ", ".join(filter(None, (place.locality, place.country))),
        "type": [TYPE],
        "score": round(points, 2),
        "features": [
            {"id": "probability", "value": round(probability, 4)},
            {"id": "name_likeness", "value": round(alike, 2)},
        ],
        "match": bool(query.told) and probability >= JOIN,
    }


def _best(candidates: list[dict[str, Any]], limit: int) -> list[dict[str, Any]]:
    """Only one is the match: where two are as sure, a person should look."""
    ordered = sorted(candidates, key=lambda one: (-one["score"], -one["features"][1]["value"], one["id"]))[:limit]
    sure = [one for one in ordered if one["match"]]
    for one in sure if len(sure) > 1 else ():
        one["match"] = False
    return ordered


def suggested(prefix: str, limit: int = 10) -> list[dict[str, Any]]:
    """Places whose names or towns begin so."""
    ids = [hit.place_id for hit in find.find(Filters.read({"q": prefix}), limit=limit).hits] if prefix.strip() else []
    places = _places(set(ids))
    return [
        {
            "id": one,
            "name": places[one].name,
            "description": ", ".join(filter(None, (places[one].locality, places[one].country))),
            "notable": [TYPE],
        }
        for one in ids
        if one in places
    ]


def matching(labels: Mapping[str, str], prefix: str) -> list[dict[str, str]]:
    """Those of ``labels`` whose code or words hold ``prefix``; all where it is empty."""
    wanted = fold(prefix)
    return [
        {"id": code, "name": label} for code, label in labels.items() if wanted in fold(label) or wanted in fold(code)
    ]


def types() -> dict[str, str]:
    return {TYPE["id"]: TYPE["name"], **KINDS}


def columns() -> dict[str, str]:
    """What can be fetched of a place: the columns of the published table."""
    return {one.name: one.title for one in dictionary.columns()}


def extended(asked: Any) -> dict[str, Any]:
    """Values of some columns for some places. QueryError."""
    known = columns()
    if not isinstance(asked, dict) or not _texts(asked.get("ids")) or not isinstance(asked.get("properties"), list):
        raise QueryError("“ids” is a list of texts, “properties” a list of objects with an “id”.")
    names = [one.get("id") if isinstance(one, dict) else None for one in asked["properties"]]
    if len(asked["ids"]) > MOST_IDS or len(names) > len(known):
        raise QueryError(f"At most {MOST_IDS} places are told at a time.")
    if strange := [one for one in names if not isinstance(one, str) or one not in known]:
        raise QueryError(f"There is no property {str(strange[0])[:60]}.")
    wanted: list[str] = list(dict.fromkeys(asked["ids"]))
    rows: dict[str, Any] = {one: {name: [] for name in names} for one in wanted}
    origins = _Lazy("attributions" in names)
    for place in as_published(list(_places({one for one in wanted if features.is_id(one)}))):
        row = tables.place_line(place) | {"attributions": origins.of(place.sources)}
        rows[place.place_id] = {name: _cells(row[str(name)]) for name in names}
    return {"meta": [{"id": name, "name": known[str(name)]} for name in names], "rows": rows}


class _Lazy:
    """How sources are to be named; found out once, if it is asked for."""

    def __init__(self, wanted: bool) -> None:
        self.origins = Origins.of(Filters()) if wanted else None

    def of(self, sources: Sequence[str]) -> list[str]:
        return self.origins.attributions(sources) if self.origins else []


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _cells(value: Any) -> list[dict[str, Any]]:
    if value is None or value == []:
        return []
    if isinstance(value, list):
        return [{"str": str(one)} for one in value]
    return [{"float": value} if isinstance(value, int | float) else {"str": str(value)}]
