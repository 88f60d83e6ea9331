"""The registry as plain tables: what each published file says, row by row. Pure functions of a snapshot."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from coworkmed.kernel.dates import last_day
from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.linkage.reasons import weighed
from coworkmed.linkage.records import Reason
from coworkmed.observatory.definitions import FIGURES
from coworkmed.observatory.freshness import Cell, Freshness, Point, told_of
from coworkmed.places.queries import PlaceRow, Snapshot
from coworkmed.platform import gazetteer
from coworkmed.sources.reasons import REJECTIONS

#: From a sentence in English to the same in the reader's language.
Translate = Callable[[str], str]
#: The kind of a column, in the words of DuckDB.
Type = Literal["VARCHAR", "DOUBLE", "VARCHAR[]"]

LIST_SEPARATOR = " | "


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table of places: how to read it off a place (None where unknown)."""

    name: str
    type: Type
    read: Callable[[PlaceRow], Any]


def licences(place: PlaceRow) -> list[str]:
    """Licences of the values shown of a place, sorted."""
    return sorted({author["licence"] for by in place.authors.values() for author in by})


def address_line(address: Mapping[str, Any] | None) -> str | None:
    """An address in one line, as it is shown."""
    if not address:
        return None
    return address.get("line") or " ".join(filter(None, (address.get("number"), address.get("street")))) or None


def _coordinate(axis: str) -> Callable[[PlaceRow], float | None]:
    return lambda place: round(place.values["position"][axis], 6) if place.get("position") else None


def _of_field(field: Field) -> list[Column]:
    """The columns a field of the dictionary fills."""
    name = field.name
    match field.form:
        case "position":
            return [Column("position_precision", "VARCHAR", lambda place: place.get(name, {}).get("precision") or None)]
        case "address":
            return [Column(name, "VARCHAR", lambda place: address_line(place.get(name)))]
        case "price":
            return [
                Column(name, "DOUBLE", lambda place: place.get(name, {}).get("amount")),
                Column(f"{name}_currency", "VARCHAR", lambda place: place.get(name, {}).get("currency")),
            ]
        case "ids":
            return [
                Column(
                    name, "VARCHAR[]", lambda place: [f"{one['scheme']}:{one['value']}" for one in place.get(name, [])]
                )
            ]
        case "texts" | "codes" | "urls" | "languages":
            return [Column(name, "VARCHAR[]", lambda place: list(place.get(name, [])))]
        case "number":
            return [Column(name, "DOUBLE", lambda place: place.get(name))]
    return [Column(name, "VARCHAR", lambda place: place.get(name))]


_FIRST = (
    "name status freshness main_kind kinds country region locality postcode address lat lon "
    "web phone email opening_hours"
).split()
_DERIVED = {
    "status": Column("status", "VARCHAR", lambda place: place.status),
    "freshness": Column("freshness", "VARCHAR", lambda place: place.freshness or None),
    "lat": Column("lat", "DOUBLE", _coordinate("lat")),
    "lon": Column("lon", "DOUBLE", _coordinate("lon")),
}


@lru_cache(1)  # asked twice for each place, by two columns
def _territories(country: str, locality: str, lat: float | None, lon: float | None) -> tuple[str | None, str | None]:
    """Codes of the region (ISO 3166-2) and the town (GeoNames) a place lies in, by the gazetteer; None if unknown."""
    town = gazetteer.locate(country, locality, lat, lon)
    return (town.region or None, str(town.id)) if town else (None, None)


def _territory(at: int) -> Callable[[PlaceRow], str | None]:
    def read(place: PlaceRow) -> str | None:
        position = place.get("position") or {}
        return _territories(
            place.get("country", ""), place.get("locality", ""), position.get("lat"), position.get("lon")
        )[at]

    return read


#: The table of places: what one looks for first, then every other field in the order of the dictionary.
PLACES: tuple[Column, ...] = (
    Column("place_id", "VARCHAR", lambda place: place.place_id),
    *(column for name in _FIRST for column in ([_DERIVED[name]] if name in _DERIVED else _of_field(FIELDS[name]))),
    *(column for field in FIELDS.values() if field.name not in _FIRST for column in _of_field(field)),
    Column("region_code", "VARCHAR", _territory(0)),
    Column("town_code", "VARCHAR", _territory(1)),
    Column("confirmed_on", "VARCHAR", lambda place: place.confirmed_on or None),
    Column("confirmed_by", "VARCHAR", lambda place: place.confirmed_by or None),
    Column("sources", "VARCHAR[]", lambda place: list(place.sources)),
    Column("licences", "VARCHAR[]", licences),
)

_READ = [(column.name, column.read) for column in PLACES]

#: One row for each thing said: ``value`` is JSON, ``shown`` tells whether the table of places shows it; ``vouched_on``
#: and ``vouched_by`` when somebody on the spot last vouched for it, and in which role.
ASSERTIONS: dict[str, str] = {
    "source": "VARCHAR",
    "external_id": "VARCHAR",
    "place_id": "VARCHAR",
    "field": "VARCHAR",
    "value": "VARCHAR",
    "given": "VARCHAR",
    "repair": "VARCHAR",
    "doubt": "VARCHAR",
    "observed_on": "VARCHAR",
    "role": "VARCHAR",
    "licence": "VARCHAR",
    "vouched_on": "VARCHAR",
    "vouched_by": "VARCHAR",
    "shown": "BOOLEAN",
}
#: What tells of places besides lists, without who told it: ``kind`` of `places.freshness.KINDS`, ``says`` as in
#: `places.freshness.Signal`, ``fields`` those vouched for as they were shown.
SIGNALS: dict[str, Type] = {
    "place_id": "VARCHAR",
    "kind": "VARCHAR",
    "on": "VARCHAR",
    "says": "VARCHAR",
    "until": "VARCHAR",
    "fields": "VARCHAR[]",
}
#: ``retired_on``: since then the entry speaks no more, unless all those of its place have retired.
LINKS = ("source", "external_id", "place_id", "probability", "decided_by", "missing_since", "retired_on")
#: A row for each figure of how fresh the registry is (`observatory.definitions`): on which day, of which territory and
#: list ("" for all), ``n`` of ``of`` places, ``value`` empty where these are too few for a share; the definition is the
#: formula, the words for it are in figures.json.
FRESHNESS = ("on", "territory", "source", "figure", "value", "n", "of", "definition")
#: ``joined`` tells whether the machine holds them for one place, ``relation`` what they are to each other by themselves
#: (`linkage.records.Relation`), ``entries`` how many stand on each side, ``gain`` what a verdict is worth, ``purpose``
#: whether the pair was drawn at random ("audit"); ``verdict`` is filled in by hand.
REVIEW = (
    "left_source,left_id,left_name,right_source,right_id,right_name,"
    "probability,joined,relation,entries,purpose,gain,reasons,verdict"
).split(",")
REJECTS = ("source", "row", "code", "reason", "given")


#: A text in JSON, as `json` writes it; by its inner function, which is called for every cell.
_text: Callable[[str], str] = json.encoder.encode_basestring
_JSON = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
_READABLE = json.JSONEncoder(sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)


def to_json(value: Any, *, readable: bool = False) -> str:
    """JSON with sorted keys, letters as they are and no infinities: the same value gives the same text."""
    return (_READABLE if readable else _JSON).encode(value)


def cell(value: Any) -> str:
    """A value as the text of a CSV cell; lists are joined by " | "."""
    if value is None:
        return ""
    if isinstance(value, list):
        return LIST_SEPARATOR.join(value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def place_line(place: PlaceRow) -> dict[str, Any]:
    """A row of the table of places, typed: column name → value or None."""
    return {name: read(place) for name, read in _READ}


def places(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """Rows of the table of places."""
    yield from map(place_line, snapshot.places)


def feature(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row of the table of places as a GeoJSON feature (RFC 7946); without geometry where its position is unknown."""
    lat, lon = row["lat"], row["lon"]
    return {
        "type": "Feature",
        "id": row["place_id"],
        "geometry": None if lat is None else {"type": "Point", "coordinates": [lon, lat]},
        "properties": {
            name: value for name, value in row.items() if value not in (None, []) and name not in ("lat", "lon")
        },
    }


#: Entry (source, external id) → the fields of its place that show what it says.
Shown = Mapping[tuple[str, str], frozenset[str]]


def shown(places: Iterable[PlaceRow]) -> Shown:
    """What the table of places shows of each entry. Many show the same set of fields: each set is kept once."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    kept: dict[frozenset[str], frozenset[str]] = {}
    for place in places:
        fields: dict[tuple[str, str], list[str]] = {}
        for field, authors in place.authors.items():
            for by in authors:
                fields.setdefault((by["source"], by["external_id"]), []).append(field)
        for entry, names in fields.items():
            several = frozenset(names)
            found[entry] = kept.setdefault(several, several)
    return found


def assertions(snapshot: Snapshot, shown: Shown) -> Iterator[str]:
    """One row per source, entry and field, in that order (columns of ASSERTIONS), each as a line of JSON: there are too
    many to make objects of them all."""
    for entry in snapshot.entries:
        seen = shown.get((entry.source, entry.external_id), ())
        who = _line({"source": entry.source, "external_id": entry.external_id, "place_id": entry.place_id})
        when = _line({"observed_on": entry.observed_on, "role": entry.role, "licence": entry.licence})
        for field, said in sorted(entry.words().items()):
            value = said["value"]
            vouched_on, vouched_by = entry.vouched.get(field, ("", ""))
            given, repair, doubt = said.get("given", ""), said.get("repair", ""), said.get("doubt", "")
            yield (
                f'{{{who}, "field": {_text(field)}, "value": {_text(to_json(value))}, '
                f'"given": {_text(given)}, "repair": {_text(repair)}, "doubt": {_text(doubt)}, {when}, '
                f'"vouched_on": {_text(vouched_on)}, "vouched_by": {_text(vouched_by)}, '
                f'"shown": {"true" if field in seen else "false"}}}\n'
            )


def _line(values: Mapping[str, str]) -> str:
    """The inside of a JSON object."""
    return ", ".join(f"{_text(name)}: {_text(value)}" for name, value in values.items())


def links(snapshot: Snapshot) -> Iterator[list[str]]:
    """Which entry speaks of which place (columns of LINKS)."""
    for entry in snapshot.entries:
        yield [
            *(entry.source, entry.external_id, entry.place_id, f"{entry.probability:.4f}", entry.decided_by),
            *(on.isoformat() if on else "" for on in (entry.missing_since, entry.retired_on)),
        ]


def signals(snapshot: Snapshot) -> Iterator[dict[str, Any]]:
    """What tells of places besides lists (columns of SIGNALS)."""
    for one in snapshot.signals:
        told = (one.place_id, one.kind, one.on, one.says, one.until, list(one.fields))
        yield dict(zip(SIGNALS, told, strict=True))


def freshness(now: Mapping[Cell, Freshness], as_of: date, past: Mapping[Cell, Sequence[Point]]) -> Iterator[list[str]]:
    """How fresh the registry is (columns of FRESHNESS): at the end of each month that is past, and ``now``."""
    for cell in sorted({*now, *past}):
        days: dict[date, Point | Freshness] = {last_day(point.month): point for point in past.get(cell, ())}
        if cell in now:
            days[as_of] = now[cell]  # should a month end on that day, it is told as of the day
        for on, one in days.items():
            for figure in told_of(one):
                value = "" if figure.value is None else f"{figure.value:.6g}"
                yield [
                    on.isoformat(),
                    *cell,
                    figure.code,
                    value,
                    str(figure.n),
                    str(figure.of),
                    FIGURES[figure.code][2],
                ]


def review(snapshot: Snapshot, translate: Translate = str) -> Iterator[list[str]]:
    """Pairs a person should decide on, the most useful first (columns of REVIEW): "same" or "different" goes into the
    empty last column."""
    asked = {key for doubt in snapshot.doubts for key in (doubt.left, doubt.right)}
    names = {
        key: str(fields["name"].value)
        for entry in snapshot.entries
        if (key := (entry.source, entry.external_id)) in asked and "name" in (fields := entry.fields)
    }
    for doubt in snapshot.doubts:
        reasons = weighed([Reason.from_json(reason) for reason in doubt.reasons], translate)
        left, right = names.get(doubt.left, ""), names.get(doubt.right, "")
        yield [
            *(*doubt.left, left, *doubt.right, right),
            f"{doubt.probability:.4f}",
            "yes" if doubt.joined else "no",
            doubt.relation,
            "{} + {}".format(*doubt.sides) if doubt.sides else "",
            doubt.purpose,
            "" if doubt.gain is None else f"{doubt.gain:.2f}",
            *(reasons, ""),
        ]


def rejects(snapshot: Snapshot, translate: Translate = str) -> Iterator[list[str]]:
    """Rows that could not enter, and why (columns of REJECTS); ``given`` is the row as JSON."""
    for row in snapshot.rejections:
        yield [
            row.source,
            str(row.number),
            row.code,
            rejection(row.code, row.params, translate),
            to_json(dict(row.cells)),
        ]


def rejection(code: str, params: Mapping[str, Any], translate: Translate = str) -> str:
    """Why a row was rejected, in a sentence; params that don't fit it (an older registry) leave it bare."""
    sentence = translate(REJECTIONS[code]) if code in REJECTIONS else code
    try:
        return sentence.format(**params)
    except (LookupError, ValueError):
        return sentence
