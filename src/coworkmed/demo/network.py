"""Three fictional lists of one fictional network, and the truth about them.

A federation's table (CSV, 2023, each country in its own script), a community's map (GeoJSON, 2026) and a travel guide
(JSON, 2025, Latin letters only) speak of about 400 places that don't exist, in real towns of France, Catalonia,
Tuscany, Greece and Croatia. They overlap, differ and err as real lists do; what is true and what was planted is known.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path
from random import Random

from . import formats, houses
from .faults import Fault, Key, Line, Lists, Planted, plant
from .formats import FEDERATION, GUIDE, MAP
from .houses import HOURS, House
from .listing import Habits, hear

SEED = 2018
SOURCES = (FEDERATION, MAP, GUIDE)
FILES = {FEDERATION: "federation-2023.csv", MAP: "map-2026.geojson", GUIDE: "guide-2025.json"}

_LISTED = {FEDERATION: 0.62, MAP: 0.6, GUIDE: 0.45}
_HABITS = {
    FEDERATION: Habits(
        former=True, typo=0.06, legal_form=0.1, abbreviated=0.2, no_street=0.03, no_phone=0.25, no_web=0.25,
        metres=25, far=0.1,
    ),
    MAP: Habits(
        typo=0.04, head_dropped=0.1, reordered=0.05, marks_lost=0.05, abbreviated=0.1, no_street=0.15, no_postcode=0.2,
        no_phone=0.35, no_web=0.3, metres=8,
    ),
    GUIDE: Habits(
        latin=True, english_towns=True, typo=0.08, head_dropped=0.1, reordered=0.08, town_appended=0.12, marks_lost=0.4,
        abbreviated=0.2, no_street=0.2, no_postcode=1, no_phone=0.4, no_web=0.35, metres=30, far=0.1,
    ),
}  # fmt: skip
_REPEATED_BY = {"FR": FEDERATION, "ES": MAP, "IT": GUIDE, "GR": FEDERATION, "HR": MAP}
_ID = ("N°", "@id", "ref")
_WRITE = {FEDERATION: formats.federation, MAP: formats.community_map, GUIDE: formats.guide}

#: Which lists know a planted place. All say all there is to say, so that what is planted shows.
KNOWN_TO: dict[str, tuple[str, ...]] = {
    "chain": SOURCES,
    "tenant": SOURCES,
    "twin": SOURCES,
    "premises left": (FEDERATION, MAP),
    "premises taken": (MAP, GUIDE),
    "renamed": (FEDERATION, MAP),
    "renamed openly": (FEDERATION, MAP),
    "moved": (FEDERATION, MAP),
    "closed": (FEDERATION, MAP),
    "hours": (FEDERATION, MAP),
    "repeated": SOURCES,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known of the lists.

    ``places``   entry → the place it truly speaks of, for every line that must enter the registry
    ``notes``    entry → what it was planted for ("" for an ordinary one)
    ``apart``    pairs of entries that resemble each other and are two places: branches, tenants, namesakes, successors
    ``together`` pairs of entries that look unlike and are one place: moved, renamed and saying so, twice in one list
    ``unsure``   pairs that are one place and may be left to a person: renamed, and no list says from what
    ``faults``   planted errors, and what must come of each
    ``settled``  (entry, field, value): what must be shown of that entry's place
    ``rows``     source → rows in its file
    """

    places: Mapping[Key, str]
    notes: Mapping[Key, str]
    apart: frozenset[tuple[Key, Key]]
    together: frozenset[tuple[Key, Key]]
    unsure: frozenset[tuple[Key, Key]]
    faults: tuple[Fault, ...]
    settled: tuple[tuple[Key, str, str], ...]
    rows: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Network:
    """``houses`` the true places; ``files`` name → text"""

    houses: tuple[House, ...]
    files: Mapping[str, str]
    truth: Truth


def write(folder: Path) -> Path:
    """Write the three lists, ``truth.csv`` and ``catalogue.toml`` into ``folder``; return the catalogue's path."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in network().files.items():
        (folder / name).write_bytes(text.encode())
    return folder / "catalogue.toml"


def truth() -> Truth:
    """What is true of the lists that `write` writes."""
    return network().truth


@cache
def network() -> Network:
    """The whole network, the same every time."""
    rng = Random(SEED)  # noqa: S311
    true = houses.build(rng)
    known = {house.key: _known_to(rng, house) for house in true}
    lists = {source: _list(rng, source, [one for one in true if source in known[one.key]]) for source in SOURCES}
    planted = plant(lists)
    told = _truth(lists, planted)
    files = {
        FILES[FEDERATION]: formats.federation_text(line.raw or line.cells for line in lists[FEDERATION]),
        FILES[MAP]: formats.map_text(line.cells for line in lists[MAP]),
        FILES[GUIDE]: formats.guide_text(line.cells for line in lists[GUIDE]),
        "truth.csv": _truth_text(told),
        "catalogue.toml": Path(__file__).with_name("catalogue.toml").read_text("utf-8"),
    }
    return Network(tuple(true), files, told)


def _known_to(rng: Random, house: House) -> tuple[str, ...]:
    """The lists that know ``house``: at least one."""
    if house.group:
        return KNOWN_TO[house.group]
    while True:
        if known := tuple(source for source in SOURCES if rng.random() < _LISTED[source]):
            return known


def _list(rng: Random, source: str, known: list[House]) -> list[Line]:
    """The lines of one list, in no order of ours."""
    heard = known + [
        house for house in known if house.group == "repeated" and source == _REPEATED_BY[house.town.country]
    ]
    rng.shuffle(heard)
    return [_line(rng, source, number, house) for number, house in enumerate(heard, start=1)]


def _line(rng: Random, source: str, number: int, house: House) -> Line:
    habits = _HABITS[source]
    if house.group:
        habits = Habits(
            latin=habits.latin, english_towns=habits.english_towns, former=habits.former, metres=habits.metres
        )
    if house.group == "repeated":
        habits = replace(habits, typo=0.5, legal_form=0.5)
    if house.group == "hours" and source == MAP:
        house = replace(house, hours=(house.hours + 1) % len(HOURS))
    heard = hear(rng, house, habits)
    if house.brand and source == MAP:
        heard.name = house.brand  # the map keeps to one name for every branch, as its community agreed
    cells = _WRITE[source](rng, number, house, heard)
    if house.group == "hours":
        cells |= (
            {"Horaires": HOURS[house.hours][0]} if source == FEDERATION else {"opening_hours": HOURS[house.hours][1]}
        )
    return Line(source, next(str(cells[name]) for name in _ID if name in cells), house, cells, house.group)


def _truth(lists: Lists, planted: Planted) -> Truth:
    lines = {line.key: line for lines in lists.values() for line in lines if line.key not in planted.lost}
    by_house, by_knot = defaultdict(list), defaultdict(list)
    for line in lines.values():
        by_house[line.house.key].append(line)
        if line.house.knot:
            by_knot[line.house.knot].append(line)
    one_place = [(_pair(*two), two[0]) for told in by_house.values() for two in combinations(told, 2)]
    return Truth(
        places={key: line.house.key for key, line in lines.items()},
        notes={key: line.note for key, line in lines.items()},
        apart=frozenset(
            _pair(left, right)
            for knot in by_knot.values()
            for left, right in combinations(knot, 2)
            if left.house.key != right.house.key
        ),
        together=frozenset(
            pair for pair, line in one_place if line.house.group in ("moved", "repeated", "renamed openly")
        ),
        unsure=frozenset(pair for pair, line in one_place if line.house.group == "renamed"),
        faults=tuple(planted.faults),
        settled=tuple(_settled(lines.values())),
        rows={source: len(lines) for source, lines in lists.items()},
    )


def _pair(left: Line, right: Line) -> tuple[Key, Key]:
    return (left.key, right.key) if left.key < right.key else (right.key, left.key)


def _settled(lines: Iterable[Line]) -> Iterator[tuple[Key, str, str]]:
    """What the newest list says where lists contradict each other."""
    for line in lines:
        if line.source != MAP:
            continue
        if line.house.group in ("closed", "premises left"):
            yield line.key, "status", "CLOSED"
        elif line.house.group in ("renamed", "renamed openly"):
            yield line.key, "name", line.cells["name"]
        elif line.house.group == "hours":
            yield line.key, "opening_hours", line.cells["opening_hours"]


def _truth_text(told: Truth) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("source", "external_id", "true_place", "note"))
    writer.writerows((*key, place, told.notes[key]) for key, place in sorted(told.places.items()))
    return out.getvalue()
