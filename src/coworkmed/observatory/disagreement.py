"""What the lists disagree on."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import distance_m
from coworkmed.kernel.web_addresses import host, own_domain
from coworkmed.places.queries import EntryRow, PlaceRow

POSITION_M = 300


@dataclass(frozen=True, slots=True)
class Example:
    """A place its sources disagree on: (source, what it says), in the order of the sources' keys."""

    place_id: str
    name: str
    said: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Among ``of`` places for which at least two sources give the field, the ``n`` on which some two differ."""

    field: str
    n: int
    of: int
    examples: Sequence[Example]


def _domain(value: Any) -> str:
    return own_domain(value) or host(value)


def _number(value: Any) -> str:
    return fold(str(value.get("number") or "")).replace(" ", "")


def _position(value: Any) -> tuple[float, float] | None:
    return (value["lat"], value["lon"]) if value else None


#: Field → what of it is compared; an empty result means the source says nothing on the point.
COMPARED: Mapping[str, Callable[[Any], Any]] = {
    "name": fold,
    "status": str,
    "kinds": frozenset,
    "position": _position,
    "address": _number,
    "postcode": fold,
    "phone": str,
    "web": _domain,
}


def differ(name: str, one: Any, other: Any) -> bool:
    """Whether two comparable values of a field (`COMPARED`) contradict each other: positions more than 300 m apart,
    kinds with nothing in common (a place of mixed kind contradicts none), anything else not equal."""
    if name == "position":
        return distance_m(*one, *other) > POSITION_M
    if name == "kinds":
        return not one & other and "MIXED" not in one | other
    return bool(one != other)


def disagreements(places: Sequence[PlaceRow], said: Mapping[str, Sequence[EntryRow]]) -> list[Disagreement]:
    """For each field of COMPARED. Two sources differ on a place if none of what one says of the field goes with any of
    what the other says."""
    compared = Counter[str]()
    examples: dict[str, list[Example]] = {name: [] for name in COMPARED}
    for place in places:
        entries = said.get(place.place_id, ())
        if len({entry.source for entry in entries}) < 2:
            continue
        told = [(entry.source, entry.words()) for entry in entries]
        for name in COMPARED:
            by_source = _by_source(name, told)
            if len(by_source) < 2:
                continue
            compared[name] += 1
            if any(
                all(differ(name, mine, yours) for mine, _ in one for yours, _ in other)
                for one, other in combinations(by_source.values(), 2)
            ):
                shown = [
                    (source, _shown(name, value)) for source, values in sorted(by_source.items()) for _, value in values
                ]
                examples[name].append(Example(place.place_id, str(place.get("name", "")), list(dict.fromkeys(shown))))
    return [
        Disagreement(
            name, len(found), compared[name], sorted(found, key=lambda one: (-len(one.said), one.place_id))[:5]
        )
        for name, found in examples.items()
    ]


def _by_source(
    name: str, told: Sequence[tuple[str, Mapping[str, Mapping[str, Any]]]]
) -> dict[str, list[tuple[Any, Any]]]:
    """What each source says of a field, without doubt: comparable, and as it is."""
    found: dict[str, list[tuple[Any, Any]]] = {}
    for source, words in told:
        said = words.get(name)
        if said and not said.get("doubt") and said["value"] and (comparable := COMPARED[name](said["value"])):
            found.setdefault(source, []).append((comparable, said["value"]))
    return found


def _shown(name: str, value: Any) -> str:
    match name:
        case "position":
            return f"{value['lat']:.5f}, {value['lon']:.5f}"
        case "kinds":
            return ", ".join(value)
        case "address":
            return str(value.get("line") or value.get("number"))
    return str(value)
