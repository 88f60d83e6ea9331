"""Figures of the state of play: each with its definition, from one snapshot of the registry and nothing else.

Several definitions of what is counted stand side by side (`DEFINITIONS`), each on records of different age (`BASES`):
no single number claims to be the number of coworking spaces.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import lru_cache
from itertools import combinations
from math import sqrt
from statistics import median
from typing import Any

from coworkmed.kernel import dates
from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import distance_m
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.web_addresses import host, own_domain
from coworkmed.places.queries import EntryRow, PlaceRow, Snapshot
from coworkmed.places.rules import age_band as _age_band
from coworkmed.sources.spec import Spec

#: Many places share few dates.
age_band = lru_cache(4096)(_age_band)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a count counts: ``title`` and ``text`` for a reader, ``holds`` for the machine."""

    code: str
    title: str
    text: str
    holds: Callable[[PlaceRow], bool]


@dataclass(frozen=True, slots=True)
class Basis:
    """How old the newest evidence of a place may be for it to count: ``bands`` of `places.rules.age_band`."""

    code: str
    title: str
    bands: frozenset[str]


DEFINITIONS = {
    one.code: one
    for one in (
        Definition(
            "ANY", N_("Any third place"), N_("Every place of the registry, whatever its kind."), lambda place: True
        ),
        Definition(
            "COWORK",
            N_("Coworking, as declared"),
            N_("Places that at least one source declares to be a coworking space, whatever else they are."),
            lambda place: "COWORK" in place.get("kinds", ()),
        ),
    )
}
#: Bands of age in the order they are shown; "" is for places nobody has dated.
BANDS = {
    "fresh": N_("under 6 months"),
    "ageing": N_("6 to 12 months"),
    "stale": N_("12 to 24 months"),
    "expired": N_("24 months and over"),
    "": N_("undated"),
}
BASES = {
    one.code: one
    for one in (
        Basis("ALL", N_("On all records"), frozenset(BANDS)),
        Basis("CURRENT", N_("Evidence under 24 months old"), frozenset(("fresh", "ageing", "stale"))),
        Basis("CONFIRMED", N_("Evidence under 12 months old"), frozenset(("fresh", "ageing"))),
    )
}
#: A place of these statuses is no place to count: it is another one, or none.
NOT_COUNTED = ("MERGED", "NOT_A_MATCH")

#: title, definition and formula of every figure that is one number.
FIGURES = {
    "places_open": (
        N_("Places open"),
        N_("Places whose status is open, among those that match the definition; on records of the age stated."),
        "|{p : status(p) = OPEN, age(p) within basis, p matches definition}|",
    ),
    "confirmed_share": (
        N_("Share with evidence under 12 months old"),
        N_("Places whose newest evidence is under 12 months old, among places not known to be closed."),
        "|{p : age(p) < 12 months}| / |{p : status(p) ≠ CLOSED}|",
    ),
    "vouched_share": (
        N_("Share vouched for by someone on the spot"),
        N_(
            "Places confirmed within 12 months by the place itself, its network, an authority or a peer, not by a list "
            "alone; among places not known to be closed."
        ),
        "|{p : freshness(p) = confirmed}| / |{p : status(p) ≠ CLOSED}|",
    ),
    "median_age_of_confirmation": (
        N_("Median age of the newest evidence, in days"),
        N_(
            "Half of the dated places not known to be closed have evidence younger than this; a year or a month counts "
            "from its last day."
        ),
        "median(as_of − confirmed_on(p))",
    ),
    "share_in_one_list": (
        N_("Share known to one list only"),
        N_("Places that a single source speaks of, among all places counted."),
        "|{p : |sources(p)| = 1}| / |{p}|",
    ),
}

#: Why two lists give no estimate of what neither has seen.
REFUSALS = {
    "RELATED": N_("one list was made from the other, or both from a third: they are no independent witnesses"),
    "KIND_NOT_DECLARED": N_("at least one of them declares no coworking space"),
    "DATES_APART": N_("their dates are {months} months apart: places opened and closed in between"),
    "NO_COMMON_TERRITORY": N_("they share no town"),
    "TOO_FEW_MATCHES": N_("they share {matches} places, and fewer than {least} say too little"),
}
LEAST_MATCHES = 7
MOST_MONTHS_APART = 24
POSITION_M = 300
Z95 = 1.959963984540054  # 97.5 % point of the normal distribution


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

    ``entries``  lines that now speak      ``places``   places it knows      ``alone``  places only it knows
    ``overlap``  other source → places both know
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
class Estimate:
    """Chapman's estimate of a population of unknown size, with a 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Unseen:
    """Two lists taken as two captures of the coworking spaces of the towns both cover.

    ``n1``, ``n2``  what each declares there      ``matches``   what both declare
    ``estimate``    None if ``refusal`` (key of REFUSALS, filled by ``params``) says why not
    """

    left: str
    right: str
    countries: tuple[str, ...]
    towns: int
    n1: int
    n2: int
    matches: int
    estimate: Estimate | None
    refusal: str = ""
    params: Mapping[str, int] = field(default_factory=dict)

    @property
    def observed(self) -> int:
        """Places at least one of the two declares."""
        return self.n1 + self.n2 - self.matches


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
        for row, unseen in zip(found["unseen"], self.unseen, strict=True):
            row["observed"] = unseen.observed
            row["reason"] = REFUSALS[unseen.refusal].format(**unseen.params) if unseen.refusal else ""
        rounded: dict[str, Any] = _rounded(found)
        return rounded


def figures(snapshot: Snapshot) -> Figures:
    """Every figure of the state of play. Places that are another one or none are left out of all of them."""
    as_of = snapshot.as_of
    places = [place for place in snapshot.places if place.status not in NOT_COUNTED]
    said = _by_place(snapshot.entries)
    return Figures(
        as_of=as_of,
        places=len(places),
        located=sum("position" in place.values for place in places),
        to_review=len(snapshot.doubts),
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
        fill=[Fill(name, sum(_known(place.get(name)) for place in places), len(places)) for name in FIELDS],
        disagreements=[_disagreement(name, places, said) for name in COMPARED],
        concentration=_concentration(places),
        unseen=_unseen(snapshot, places, said),
    )


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
        dated = [place for place in alive if place.confirmed_on]
        alone = [place for place in matching if len(place.sources) == 1]
        days = [max(0, (as_of - dates.last_day(place.confirmed_on)).days) for place in dated]
        found += [
            _figure("confirmed_share", counted, "ALL", recent, alive, _share(len(recent), len(alive))),
            _figure("vouched_share", counted, "ALL", vouched, alive, _share(len(vouched), len(alive))),
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
    groups: dict[tuple[str, str], list[PlaceRow]] = defaultdict(list)
    for place in places:
        groups[key(place)].append(place)
    rows = [
        Territory(
            country,
            region,
            {
                counted: {
                    basis: sum(definition.holds(place) and _is_open(place, basis, as_of) for place in group)
                    for basis in BASES
                }
                for counted, definition in DEFINITIONS.items()
            },
        )
        for (country, region), group in groups.items()
    ]
    return sorted(rows, key=lambda row: (not row.country, -row.counts["ANY"]["ALL"], row.country, row.region))


def _kinds(places: Sequence[PlaceRow], as_of: date) -> list[KindCount]:
    found = []
    for kind in (*KINDS, ""):
        of_kind = [
            p for p in places if p.status == "OPEN" and (kind in p.get("kinds", ()) if kind else not p.get("kinds"))
        ]
        if of_kind:
            current = sum(_is_open(place, "CURRENT", as_of) for place in of_kind)
            main = sum(place.get("main_kind", "") == kind for place in of_kind)
            found.append(KindCount(kind, len(of_kind), current, main))
    return sorted(found, key=lambda row: (not row.kind, -row.open, row.kind))


def _ages(places: Sequence[PlaceRow], as_of: date) -> dict[str, int]:
    """Places not known to be closed by age of their newest evidence, one count per key of BANDS."""
    count = Counter(age_band(place.confirmed_on, as_of) for place in places if place.status != "CLOSED")
    return {band: count[band] for band in BANDS}


def _brought(snapshot: Snapshot, places: Sequence[PlaceRow]) -> list[Brought]:
    entries = Counter(entry.source for entry in snapshot.entries)
    known = Counter(source for place in places for source in place.sources)
    alone = Counter(place.sources[0] for place in places if len(place.sources) == 1)
    both: dict[str, Counter[str]] = defaultdict(Counter)
    for place in places:
        for one, other in combinations(place.sources, 2):
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


# What the lists disagree on ------------------------------------------------------------------------------------------


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


def _disagreement(name: str, places: Sequence[PlaceRow], said: Mapping[str, Sequence[EntryRow]]) -> Disagreement:
    """Two sources differ on a place if none of what one says of the field goes with any of what the other says."""
    compared = 0
    examples: list[Example] = []
    for place in places:
        by_source: dict[str, list[tuple[Any, Any]]] = defaultdict(list)
        for entry in said.get(place.place_id, ()):
            value = entry.fields.get(name)
            if value and not value.doubt and (comparable := COMPARED[name](value.value)):
                by_source[entry.source].append((comparable, value.value))
        if len(by_source) < 2:
            continue
        compared += 1
        if any(
            all(differ(name, mine, yours) for mine, _ in one for yours, _ in other)
            for one, other in combinations(by_source.values(), 2)
        ):
            shown = [
                (source, _shown(name, value)) for source, values in sorted(by_source.items()) for _, value in values
            ]
            examples.append(Example(place.place_id, str(place.get("name", "")), list(dict.fromkeys(shown))))
    chosen = sorted(examples, key=lambda one: (-len(one.said), one.place_id))[:5]
    return Disagreement(name, len(examples), compared, chosen)


def _shown(name: str, value: Any) -> str:
    match name:
        case "position":
            return f"{value['lat']:.5f}, {value['lon']:.5f}"
        case "kinds":
            return ", ".join(value)
        case "address":
            return str(value.get("line") or value.get("number"))
    return str(value)


# What no list has seen -----------------------------------------------------------------------------------------------


def chapman(n1: int, n2: int, matches: int) -> Estimate:
    """Chapman's estimator of a closed population from two independent captures of ``n1`` and ``n2`` individuals, of
    which ``matches`` are in both, with its normal 95 % interval (never below what was seen).

    D. G. Chapman (1951), Some properties of the hypergeometric distribution with applications to zoological censuses;
    variance of G. A. F. Seber (1970). ValueError if there are more matches than captures.
    """
    if not 0 <= matches <= min(n1, n2):
        raise ValueError(f"{matches} matches between {n1} and {n2}")
    value = (n1 + 1) * (n2 + 1) / (matches + 1) - 1
    variance = (n1 + 1) * (n2 + 1) * (n1 - matches) * (n2 - matches) / ((matches + 1) ** 2 * (matches + 2))
    half = Z95 * sqrt(variance)
    return Estimate(value, max(n1 + n2 - matches, value - half), value + half)


def related(one: Spec, other: Spec, specs: Mapping[str, Spec]) -> bool:
    """Whether one list was made from the other, or both from a third, through any number of steps."""
    return bool(_ancestry(one, specs) & _ancestry(other, specs))


def _ancestry(spec: Spec, specs: Mapping[str, Spec]) -> set[str]:
    found: set[str] = set()
    waiting = [spec.key]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += specs[key].derived_from if key in specs else ()
    return found


Town = tuple[str, str]


def _unseen(snapshot: Snapshot, places: Sequence[PlaceRow], said: Mapping[str, Sequence[EntryRow]]) -> list[Unseen]:
    """One row per pair of lists. What counts as captured by a list is what the list itself declares as coworking."""
    specs = {row.spec.key: row.spec for row in snapshot.sources}
    captured: dict[str, dict[str, Town]] = {key: {} for key in specs}
    for place in places:
        town = (place.get("country", ""), fold(place.get("locality", "")))
        for entry in said.get(place.place_id, ()):
            kinds = entry.fields.get("kinds")
            if entry.source in captured and kinds and "COWORK" in kinds.value:
                captured[entry.source][place.place_id] = town
    newest: dict[str, date] = {}
    for entry in snapshot.entries:
        if entry.observed_on:
            day = dates.last_day(entry.observed_on)
            newest[entry.source] = max(newest.get(entry.source, day), day)
    found = []
    for left, right in combinations(specs, 2):
        days = [newest[key] for key in (left, right) if key in newest]
        apart = dates.months_between(min(days), max(days)) if len(days) == 2 else 0
        kin = related(specs[left], specs[right], specs)
        found.append(_pair(left, right, captured[left], captured[right], kin=kin, months=apart))
    return found


def _pair(
    left: str, right: str, first: Mapping[str, Town], second: Mapping[str, Town], *, kin: bool, months: int
) -> Unseen:
    towns = {town for town in set(first.values()) & set(second.values()) if all(town)}
    mine = {place for place, town in first.items() if town in towns}
    theirs = {place for place, town in second.items() if town in towns}
    n1, n2, matches = len(mine), len(theirs), len(mine & theirs)
    refusal, params = _refusal(
        kin=kin, declared=bool(first) and bool(second), months=months, towns=len(towns), matches=matches
    )
    countries = tuple(sorted({country for country, _ in towns}))
    estimate = None if refusal else chapman(n1, n2, matches)
    return Unseen(left, right, countries, len(towns), n1, n2, matches, estimate, refusal, params)


def _refusal(*, kin: bool, declared: bool, months: int, towns: int, matches: int) -> tuple[str, dict[str, int]]:
    if kin:
        return "RELATED", {}
    if not declared:
        return "KIND_NOT_DECLARED", {}
    if not towns:
        return "NO_COMMON_TERRITORY", {}
    if months > MOST_MONTHS_APART:
        return "DATES_APART", {"months": months}
    if matches < LEAST_MATCHES:
        return "TOO_FEW_MATCHES", {"matches": matches, "least": LEAST_MATCHES}
    return "", {}


# Small helpers -------------------------------------------------------------------------------------------------------


def _by_place(entries: Iterable[EntryRow]) -> dict[str, list[EntryRow]]:
    found: dict[str, list[EntryRow]] = defaultdict(list)
    for entry in entries:
        found[entry.place_id].append(entry)
    return found


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
