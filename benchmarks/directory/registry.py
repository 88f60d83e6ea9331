"""A registry of any size, straight into the database: what lists say of generated places, settled by the site itself.

Places and what lists make of them are those of `benchmarks.world` and `benchmarks.lists`; here their lines become
assertions and links as they stand after a build, without files, normalising and linking, which
``python -m benchmarks.pipeline`` measures. Everything else (values, facets, region and town, the index) is the site's
own work. The same for a seed.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, islice
from operator import attrgetter
from random import Random
from typing import Any

from benchmarks.lists import LISTS, NAMES, Line, lines
from benchmarks.world import Place as TruePlace
from coworkmed.demo.houses import HOURS
from coworkmed.kernel import ids

AS_OF = date(2026, 1, 1)
LICENCE = "CC0-1.0"
_SEVERAL = 10_000  # places stored at a time

#: What some places tell of themselves besides what lists do: field → (share of places that do, what they say).
TOLD: dict[str, tuple[float, tuple[Any, ...]]] = {
    "opening_hours": (0.3, tuple(osm for _, osm, _ in HOURS)),
    "wheelchair": (0.25, ("yes", "yes", "limited", "no")),
    "hosts_visitors": (0.2, ("yes", "yes", "no")),
    "sector": (0.4, ("PRIVATE", "PRIVATE", "PUBLIC", "ASSOCIATIVE", "HYBRID")),
    "price_day": (0.3, tuple({"amount": float(amount), "currency": "EUR"} for amount in (0, 8, 12, 15, 18, 25, 35))),
    "desks": (0.3, (6, 10, 12, 20, 30, 45, 80, 120)),
    "internet": (0.3, ("yes",)),
    "equipment": (
        0.3,
        (["printer"], ["printer", "kitchen"], ["3D printer", "laser cutter"], ["meeting room", "showers"]),
    ),
    "status": (0.1, ("OPEN", "OPEN", "OPEN", "OPEN", "CLOSED", "PAUSED", "PROJECT")),
}


@dataclass(slots=True)
class Rows:
    """Of some places, for the tables: entries and what they say bear the same number."""

    entries: list[tuple[Any, ...]] = field(default_factory=list)
    assertions: list[tuple[Any, ...]] = field(default_factory=list)
    places: list[tuple[Any, ...]] = field(default_factory=list)
    links: list[tuple[Any, ...]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Heard:
    source: str
    line: Line
    place: TruePlace


def fill(places: int, seed: int = 1) -> None:
    """Fill the empty database with ``places`` places and settle them. The index is not touched."""
    from django.db import transaction
    from django.db.models import F

    from coworkmed.places.models import Change, Link, Place, Refresh
    from coworkmed.places.services import settle
    from coworkmed.platform.database import insert
    from coworkmed.sources import services
    from coworkmed.sources.models import Assertion, Entry

    entry = ("id", "source_id", "external_id", "former_ids", "first_seen")
    said = ("id", "entry_id", "role", "observed_on", "asserted_on", "licence", "fields", "extra", "digest")
    link = ("entry_id", "place_id", "probability", "decided_by", "tied_to_id", "reasons")
    day = AS_OF.isoformat()
    with transaction.atomic():
        services.register(specs=specs())
        for rows in _rows(places, seed):
            insert(Place, ("public_id", "chain"), rows.places)
            insert(Entry, entry, rows.entries)
            insert(Assertion, said, rows.assertions)
            insert(Link, link, rows.links)
            insert(Change, ("place_id", "kind", "on"), ((one[0], "made", day) for one in rows.places))
        Entry.objects.update(assertion=F("id"))  # at the end: a row that awaits its other half makes inserting slow
        Refresh.objects.create(state="generated", as_of=AS_OF)
    settle(as_of=AS_OF)


def specs() -> list[Any]:
    """The generated lists as sources (`Spec`)."""
    from coworkmed.sources.spec import Spec

    return [
        Spec(
            key=name,
            title={"en": name.replace("-", " ").capitalize()},
            keeper="Generator",
            licence=LICENCE,
            attribution="Generated for measuring",
            connector="csv",
            location=f"{name}.csv",
            observed_on=str(min(habits.year, 2025)),
        )
        for name, habits in LISTS.items()
    ]


def heard(places: int, seed: int) -> Iterator[list[_Heard]]:
    """What lists say of each of so many places."""
    told = (_Heard(NAMES[which], line, place) for which, line, place in lines(4 * places + 100, seed))
    yield from islice((list(several) for _, several in groupby(told, attrgetter("place.number"))), places)


def _rows(places: int, seed: int) -> Iterator[Rows]:
    rng, number = Random(seed), 0
    told = heard(places, seed)
    while several := list(islice(told, _SEVERAL)):
        rows = Rows()
        for one in several:
            _add(rows, one, number, rng)
            number += len(one)
        yield rows


def _add(rows: Rows, said: Sequence[_Heard], number: int, rng: Random) -> None:
    """One place: its id is that of its first entry, to which the others are tied."""
    first = number + 1
    public_id = ids.place_id(said[0].source, str(first))
    place = said[0].place
    rows.places.append((public_id, f"brand:{place.brand.own}" if place.brand else ""))
    own = {name: rng.choice(values) for name, (share, values) in TOLD.items() if rng.random() < share}
    for at, one in enumerate(said, start=first):
        year = min(LISTS[one.source].year, AS_OF.year - 1)
        observed = f"{year}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
        words = json.dumps(fields(one) | {name: {"value": value} for name, value in own.items()})
        own = {}
        rows.entries.append((at, one.source, str(at), "[]", AS_OF))
        role = "OWNER" if rng.random() < 0.1 else "IMPORT"
        rows.assertions.append((at, at, role, observed, AS_OF, LICENCE, words, "{}", ids.digest(words)))
        tie = ("alone", None) if len(said) == 1 else ("machine", first if at > first else None)
        rows.links.append((at, public_id, 1.0 if len(said) == 1 else 0.97, *tie, "[]"))


def fields(heard: _Heard) -> dict[str, Any]:
    """What a line says, in the forms of `kernel.fields` (as stored: name → {"value": …})."""
    line, place = heard.line, heard.place
    parts = (line.number, line.street) if place.town.speech.number_first else (line.street, line.number)
    said: dict[str, Any] = {
        "name": line.name,
        "main_kind": line.kind,
        "kinds": [line.kind],
        "country": place.town.country,
        "locality": line.town,
        "postcode": line.postcode,
        "web": f"https://{line.web}/{line.path}" if line.web else "",
        "phone": line.phone,
        "brand": line.brand,
        "opened": str(line.opened or ""),
        "official_ids": [{"scheme": "SIRET", "value": line.siret}] if line.siret else [],
    }
    if line.street:
        said["address"] = {"line": " ".join(filter(None, parts)), "number": line.number, "street": line.street}
    if line.lat is not None and line.lon is not None:
        said["position"] = {
            "lat": round(line.lat, 6), "lon": round(line.lon, 6), "precision": line.precision, "score": None
        }  # fmt: skip
    return {name: {"value": value} for name, value in said.items() if value}
