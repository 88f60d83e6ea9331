"""Figures of the state of play: each with its definition, from one snapshot of the registry and nothing else.

Several definitions of what is counted stand side by side (`DEFINITIONS`), each on records of different age (`BASES`):
no single number claims to be the number of coworking spaces.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from functools import lru_cache
from itertools import combinations
from statistics import median
from typing import Any

from coworkmed.kernel import dates
from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.fold import fold
from coworkmed.places.models import SHOWN
from coworkmed.places.queries import EntryRow, PlaceRow, Snapshot, by_place
from coworkmed.places.rules import age_band as _age_band
from coworkmed.platform import gazetteer
from coworkmed.sources.voices import KEYS as VOICES
from coworkmed.sources.voices import lists_of

from .definitions import BANDS, BASES, DEFINITIONS, FIGURES, NOT_COUNTED
from .disagreement import Disagreement, disagreements
from .freshness import Evidence
from .unseen import REFUSALS, Unseen, unseen

#: Many places share few dates.
age_band = lru_cache(4096)(_age_band)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its birth certificate.

    ``code``        key of FIGURES      ``counted``  key of DEFINITIONS      ``basis``  key of BASES
    ``value``       None where it can't be computed (nothing to count)
    ``n``, ``of``   the places that make the number, among how many
    ``span``        oldest and newest evidence among the n places (partial dates; "" if none)
    ``sources``     keys of the sources that speak of the n places
    """

    code: str
    counted: str
    basis: str
    value: float | None
    n: int
    of: int
    span: tuple[str, str]
    sources: tuple[str, ...]

    @property
    def title(self) -> str:
        return FIGURES[self.code][0]

    @property
    def definition(self) -> str:
        return FIGURES[self.code][1]

    @property
    def formula(self) -> str:
        return FIGURES[self.code][2]


#: Places open by definition, then by basis.
Counts = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Territory:
    """Places open in a country, or in one of its regions; "" where the country is unknown."""

    country: str
    region: str
    counts: Counts


@dataclass(frozen=True, slots=True)
class KindCount:
    """Places open of one kind: as one of several, and as the main one. "" counts those that declare no kind."""

    kind: str
    open: int
    current: int
    main: int


@dataclass(frozen=True, slots=True)
class Brought:
    """What one source brought.

    ``entries``  lines that now speak      ``places``   places it knows      ``alone``  places no other list knows
    ``overlap``  other list → places both know
    """

    source: str
    read: int
    entries: int
    rejected: Mapping[str, int]
    dropped: Mapping[str, int]
    places: int
    alone: int
    overlap: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Fill:
    """How many places have a value for a field."""

    field: str
    n: int
    of: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """The town with most open places of a country: its ``n`` among the ``of`` places with a known town.

    ``herfindahl``  sum of the squared shares of all towns: 1 if all stand in one, near 0 if spread evenly
    """

    country: str
    locality: str
    n: int
    of: int
    herfindahl: float


@dataclass(frozen=True, slots=True)
class Figures:
    """The state of play in numbers, on one day."""

    as_of: date
    places: int
    located: int
    to_review: int
    figures: Sequence[Figure]
    countries: Sequence[Territory]
    regions: Sequence[Territory]
    kinds: Sequence[KindCount]
    ages: Mapping[str, int]
    sources: Sequence[Brought]
    fill: Sequence[Fill]
    disagreements: Sequence[Disagreement]
    concentration: Sequence[Concentration]
    unseen: Sequence[Unseen]

    def figure(self, code: str, counted: str = "ANY", basis: str = "ALL") -> Figure:
        """The one figure of that code, definition and basis; KeyError if there is none."""
        for one in self.figures:
            if (one.code, one.counted, one.basis) == (code, counted, basis):
                return one
        raise KeyError(code, counted, basis)

    def as_json(self) -> dict[str, Any]:
        """All of it as JSON, each figure with its title, definition and formula in English."""
        found: dict[str, Any] = asdict(self)
        found["as_of"] = self.as_of.isoformat()
        found["definitions"] = {one.code: {"title": one.title, "definition": one.text} for one in DEFINITIONS.values()}
        found["bases"] = {one.code: {"title": one.title} for one in BASES.values()}
        found["figures"] = [
            {**asdict(one), "title": one.title, "definition": one.definition, "formula": one.formula}
            for one in self.figures
        ]
        for row, one in zip(found["unseen"], self.unseen, strict=True):
            row["observed"] = one.observed
            row["reason"] = REFUSALS[one.refusal].format(**one.params) if one.refusal else ""
        found["codes"] = {code: {"title": one[0], "definition": one[1]} for code, one in FIGURES.items()}
        rounded: dict[str, Any] = _rounded(found)
        return rounded


def figures(snapshot: Snapshot) -> Figures:
    """Every figure of the state of play. Places that are another one or none are left out of all of them."""
    as_of = snapshot.as_of
    places = [place for place in snapshot.places if place.status not in NOT_COUNTED]
    said = by_place(snapshot.entries)
    return Figures(
        as_of=as_of,
        places=len(places),
        located=sum("position" in place.values for place in places),
        to_review=sum(doubt.gain is not None for doubt in snapshot.doubts),
        figures=[*_counts(places, as_of), *_honesty(places, as_of)],
        countries=_territories(places, as_of, lambda place: (place.get("country", ""), "")),
        regions=[
            row
            for row in _territories(places, as_of, lambda place: (place.get("country", ""), place.get("region", "")))
            if row.region
        ],
        kinds=_kinds(places, as_of),
        ages=_ages(places, as_of),
        sources=_brought(snapshot, places),
        fill=_fill(places),
        disagreements=disagreements(places, _by_lists(said)),
        concentration=_concentration(places),
        unseen=unseen([row for row in snapshot.sources if row.spec.key not in VOICES], places, said),
    )


def _by_lists(said: Mapping[str, Sequence[EntryRow]]) -> dict[str, list[EntryRow]]:
    """What lists say of each place: who corrects a page contradicts them for good reason."""
    return {place: [one for one in entries if one.source not in VOICES] for place, entries in said.items()}


def evidence(snapshot: Snapshot) -> list[Evidence]:
    """How old the evidence is of each place not known to be closed; where it stands, by the gazetteer."""
    return [_evidence(place) for place in snapshot.places if place.status in SHOWN]


def _evidence(place: PlaceRow) -> Evidence:
    country, position = place.get("country", ""), place.get("position") or {}
    town = gazetteer.locate(country, place.get("locality", ""), position.get("lat"), position.get("lon"))
    return Evidence(country, town.region if town else "", place.sources, place.freshness, place.confirmed_on)


def _counts(places: Sequence[PlaceRow], as_of: date) -> list[Figure]:
    return [
        _figure("places_open", counted, basis, [p for p in matching if _is_open(p, basis, as_of)], matching)
        for counted, definition in DEFINITIONS.items()
        for matching in [[place for place in places if definition.holds(place)]]
        for basis in BASES
    ]


def _honesty(places: Sequence[PlaceRow], as_of: date) -> list[Figure]:
    found = []
    for counted, definition in DEFINITIONS.items():
        matching = [place for place in places if definition.holds(place)]
        alive = [place for place in matching if place.status != "CLOSED"]
        recent = [place for place in alive if age_band(place.confirmed_on, as_of) in BASES["CONFIRMED"].bands]
        vouched = [place for place in alive if place.freshness == "confirmed"]
        stale = [place for place in alive if age_band(place.confirmed_on, as_of) in ("stale", "expired")]
        hidden = [place for place in alive if place.freshness == "doubtful"]
        dated = [place for place in alive if place.confirmed_on]
        alone = [place for place in matching if len(lists_of(place.sources)) == 1]
        days = [max(0, (as_of - dates.last_day(place.confirmed_on)).days) for place in dated]
        found += [
            _figure("confirmed_share", counted, "ALL", recent, alive, _share(len(recent), len(alive))),
            _figure("vouched_share", counted, "ALL", vouched, alive, _share(len(vouched), len(alive))),
            _figure("stale_share", counted, "ALL", stale, alive, _share(len(stale), len(alive))),
            _figure("hidden_share", counted, "ALL", hidden, alive, _share(len(hidden), len(alive))),
            _figure("median_age_of_confirmation", counted, "ALL", dated, alive, float(median(days)) if days else None),
            _figure("share_in_one_list", counted, "ALL", alone, matching, _share(len(alone), len(matching))),
        ]
    return found


def _figure(
    code: str,
    counted: str,
    basis: str,
    part: Sequence[PlaceRow],
    whole: Sequence[PlaceRow],
    value: float | None = None,
) -> Figure:
    seen = sorted(place.confirmed_on for place in part if place.confirmed_on)
    return Figure(
        code,
        counted,
        basis,
        len(part) if code == "places_open" else value,
        len(part),
        len(whole),
        (seen[0], seen[-1]) if seen else ("", ""),
        tuple(sorted({source for place in part for source in place.sources})),
    )


def _is_open(place: PlaceRow, basis: str, as_of: date) -> bool:
    return place.status == "OPEN" and age_band(place.confirmed_on, as_of) in BASES[basis].bands


def _territories(
    places: Sequence[PlaceRow], as_of: date, key: Callable[[PlaceRow], tuple[str, str]]
) -> list[Territory]:
    groups: dict[tuple[str, str], Counter[tuple[str, str]]] = defaultdict(Counter)
    for place in places:
        groups[key(place)].update(_counted(place, as_of))
    rows = [
        Territory(
            country, region, {counted: {basis: count[counted, basis] for basis in BASES} for counted in DEFINITIONS}
        )
        for (country, region), count in groups.items()
    ]
    return sorted(rows, key=lambda row: (not row.country, -row.counts["ANY"]["ALL"], row.country, row.region))


def _counted(place: PlaceRow, as_of: date) -> list[tuple[str, str]]:
    """The definitions and bases on which a place is open."""
    bases = [basis for basis in BASES if _is_open(place, basis, as_of)]
    return [
        (counted, basis) for counted in DEFINITIONS if bases and DEFINITIONS[counted].holds(place) for basis in bases
    ]


def _kinds(places: Sequence[PlaceRow], as_of: date) -> list[KindCount]:
    several, current, main = Counter[str](), Counter[str](), Counter[str]()
    for place in places:
        if place.status != "OPEN":
            continue
        kinds = set(place.get("kinds") or ("",))
        several.update(kinds)
        if _is_open(place, "CURRENT", as_of):
            current.update(kinds)
        main.update(kinds & {place.get("main_kind", "")})
    found = [KindCount(kind, n, current[kind], main[kind]) for kind, n in several.items() if kind in ("", *KINDS)]
    return sorted(found, key=lambda row: (not row.kind, -row.open, row.kind))


def _ages(places: Sequence[PlaceRow], as_of: date) -> dict[str, int]:
    """Places not known to be closed by age of their newest evidence, one count per key of BANDS."""
    count = Counter(age_band(place.confirmed_on, as_of) for place in places if place.status != "CLOSED")
    return {band: count[band] for band in BANDS}


def _brought(snapshot: Snapshot, places: Sequence[PlaceRow]) -> list[Brought]:
    entries = Counter(entry.source for entry in snapshot.entries if entry.retired_on is None)
    known = Counter(source for place in places for source in place.sources)
    alone = Counter[str]()
    both: dict[str, Counter[str]] = defaultdict(Counter)
    for place in places:
        listed = lists_of(place.sources)
        alone.update(listed if len(listed) == 1 else ())
        for one, other in combinations(listed, 2):
            both[one][other] += 1
            both[other][one] += 1
    return [
        Brought(
            key,
            row.read,
            entries[key],
            dict(sorted(row.rejected.items())),
            dict(sorted(row.dropped.items())),
            known[key],
            alone[key],
            dict(sorted(both[key].items())),
        )
        for row in snapshot.sources
        for key in [row.spec.key]
    ]


def _concentration(places: Sequence[PlaceRow]) -> list[Concentration]:
    towns: dict[str, Counter[str]] = defaultdict(Counter)
    names: dict[tuple[str, str], str] = {}
    for place in places:
        if place.status == "OPEN" and (town := place.get("locality")) and (country := place.get("country")):
            towns[country][fold(town)] += 1
            names.setdefault((country, fold(town)), town)
    found = []
    for country, count in sorted(towns.items()):
        town, n = min(count.items(), key=lambda item: (-item[1], item[0]))
        total = count.total()
        herfindahl = sum((one / total) ** 2 for one in count.values())
        found.append(Concentration(country, names[country, town], n, total, herfindahl))
    return found


def _fill(places: Sequence[PlaceRow]) -> list[Fill]:
    count = Counter(name for place in places for name, value in place.values.items() if _known(value))
    return [Fill(name, count[name], len(places)) for name in FIELDS]


def _known(value: Any) -> bool:
    return value is not None and value not in ("", [], {})


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(one) for one in value]
    return value
