"""The registry put together again from the files of an edition: each place settled anew from all that was said of it.

By the registry's own rules, without a database. What the files of an edition do not hold is left out of it: the rows of
the lists that were read (but not those that speak), and the pairs that wait for a person.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from coworkmed.kernel.fields import FIELDS
from coworkmed.kernel.values import Value
from coworkmed.places import rules
from coworkmed.places.queries import EntryRow, PlaceRow, SignalRow, Snapshot, SourceRow, by_place, place_row
from coworkmed.sources.spec import Spec

from ..indicators.engines import DuckDb, duck
from ..rules import figures

_TABLE = "SELECT * FROM read_parquet('{path}')"
_LINKS = "SELECT * FROM read_csv('{path}', all_varchar = true, header = true)"
#: Of figures.json, what the files of an edition do not tell: from rows that were read, and from pairs that wait.
_NOT_HELD = {"to_review"}
_NOT_HELD_OF_SOURCES = {"read", "rejected", "dropped"}
#: Columns of the table of places that show a field as it is, and what was said of the whole place.
_WHOLE = ("status", "freshness", "confirmed_on", "confirmed_by")
_AS_IT_IS = "text code texts codes url urls languages number phone date email hours flag country".split()


def snapshot(folder: Path, told: Mapping[str, Any]) -> Snapshot:
    """The registry of the edition in ``folder``, whose manifest is ``told``."""
    as_of = date.fromisoformat(told["as_of"])
    sources = [_source(row) for row in told["sources"]]
    with duck() as files:
        entries = _entries(files, folder)
        signals = [
            SignalRow(one["place_id"], one["kind"], one["on"], one["says"], one["until"], tuple(one["fields"]))
            for one in _rows(files, _TABLE, folder / "signals.parquet")
        ]
    return Snapshot(as_of, _places(entries, signals, sources, as_of), entries, sources, (), (), signals=signals)


def _source(row: Mapping[str, Any]) -> SourceRow:
    names = ("key", "title", "keeper", "licence", "attribution", "homepage", "observed_on", "trust")
    spec = Spec(
        **{name: row[name] for name in names}, derived_from=tuple(row["derived_from"]), connector="", location=""
    )
    return SourceRow(spec, "", None, 0)


def _entries(files: DuckDb, folder: Path) -> list[EntryRow]:
    """Each line of a list that is linked to a place, with what it says."""
    said: dict[tuple[str, str], list[Mapping[str, Any]]] = defaultdict(list)
    for one in _rows(files, _TABLE, folder / "assertions.parquet"):
        said[one["source"], one["external_id"]].append(one)
    return [_entry(link, said) for link in _rows(files, _LINKS, folder / "links.csv")]


def _entry(link: Mapping[str, Any], said: Mapping[tuple[str, str], Sequence[Mapping[str, Any]]]) -> EntryRow:
    # a cell that a spreadsheet would run has an apostrophe in front (`opendata.csv_text`)
    source, external_id = ((link[name] or "").removeprefix("'") for name in ("source", "external_id"))
    words = said.get((source, external_id), ())
    first = words[0] if words else {"role": "IMPORT", "observed_on": "", "licence": ""}
    missing_since, retired_on = (
        date.fromisoformat(link[name]) if link[name] else None for name in ("missing_since", "retired_on")
    )
    return EntryRow(
        source=source,
        external_id=external_id,
        place_id=link["place_id"],
        probability=float(link["probability"]),
        decided_by=link["decided_by"] or "",
        role=first["role"],
        observed_on=first["observed_on"],
        licence=first["licence"],
        said={
            one["field"]: Value(json.loads(one["value"]), given=one["given"], repair=one["repair"], doubt=one["doubt"])
            for one in words
        },
        missing_since=missing_since,
        retired_on=retired_on,
        vouched={one["field"]: (one["vouched_on"], one["vouched_by"]) for one in words if one["vouched_on"]},
    )


def _places(
    entries: Iterable[EntryRow], signals: Iterable[SignalRow], sources: Iterable[SourceRow], as_of: date
) -> list[PlaceRow]:
    entries = list(entries)
    trust = {row.spec.key: row.spec.trust for row in sources}
    listed = {one.place_id for one in entries if one.retired_on is None}
    heard: dict[str, list[SignalRow]] = defaultdict(list)
    for one in signals:
        heard[one.place_id].append(one)
    found = []
    for place_id, said in sorted(by_place(entries).items()):
        claims = [one.claim(trust[one.source]) for one in said]
        standing = rules.standing(
            claims, listed=place_id in listed, as_of=as_of, signals=[one.signal for one in heard[place_id]]
        )
        found.append(place_row(place_id, standing, claims))
    return found


def unsettled(registry: Snapshot, folder: Path) -> Iterator[tuple[str, str, str]]:
    """What the table of places in ``folder`` shows otherwise than it follows from what was said: (place and column,
    what it shows, what follows)."""
    with duck() as files:
        shown = {one["place_id"]: one for one in _rows(files, _TABLE, folder / "places.parquet")}
    found = {place.place_id: place for place in registry.places}
    for place_id in sorted(shown.keys() | found.keys()):
        if place_id not in found or place_id not in shown:
            yield place_id, _text(place_id in shown), _text(place_id in found)
            continue
        place, row = found[place_id], shown[place_id]
        for name, value in _columns(place):
            if name in row and (row[name] or None) != (value or None):
                yield f"{place_id} {name}", _text(row[name]), _text(value)


def _columns(place: PlaceRow) -> Iterator[tuple[str, Any]]:
    """What the table of places shows of one, as far as it shows it unchanged."""
    for name in _WHOLE:
        yield name, getattr(place, name)
    yield "sources", list(place.sources)
    position = place.get("position") or {}
    for name in ("lat", "lon"):
        yield name, round(position[name], 6) if name in position else None
    for name, field in FIELDS.items():
        if field.form in _AS_IT_IS and name not in _WHOLE:
            value = place.get(name)
            yield name, list(value) if isinstance(value, list | tuple) else value


def misfigured(registry: Snapshot, said: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Where figures.json, as ``said``, is not what follows from the registry: (figure, what it says, what follows)."""
    found = json.loads(json.dumps(figures(registry).as_json()))
    for name in sorted((said.keys() | found.keys()) - _NOT_HELD):
        yield from _differing(name, _held(name, said.get(name)), _held(name, found.get(name)))


def _held(name: str, value: Any) -> Any:
    if name != "sources" or not isinstance(value, list):
        return value
    return [{key: one for key, one in row.items() if key not in _NOT_HELD_OF_SOURCES} for row in value]


def _differing(name: str, said: Any, found: Any) -> Iterator[tuple[str, str, str]]:
    """The innermost parts in which two values differ."""
    if isinstance(said, dict) and isinstance(found, dict):
        for key in sorted(said.keys() | found.keys()):
            yield from _differing(f"{name} {key}", said.get(key), found.get(key))
    elif isinstance(said, list) and isinstance(found, list) and len(said) == len(found):
        for at, (one, other) in enumerate(zip(said, found, strict=True), 1):
            yield from _differing(f"{name} {at}", one, other)
    elif said != found:
        yield name, _text(said), _text(found)


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _rows(files: DuckDb, query: str, path: Path) -> list[dict[str, Any]]:
    sql = query.format(path=str(path).replace("'", "''"))
    names = [name for name, *_ in files.rows(f"DESCRIBE {sql}")]
    return [dict(zip(names, row, strict=True)) for row in files.rows(sql)]
