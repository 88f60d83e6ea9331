"""How fresh the registry is, as public figures: now and month by month since it began, by territory and by list.

Pure functions over what `queries.evidence` and `queries.past` read. How a place stands, or stood, is for
`places.rules.standing` to say: there is one truth.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise, product, starmap
from typing import Any, NamedTuple, TypeVar

from coworkmed.kernel import dates
from coworkmed.places.freshness import Signal, age_band, day, turns
from coworkmed.places.rules import Claim, Standing, standing, vouched

Key = TypeVar("Key")
Month = int  # twelve times the year, and the months of it before this one

#: Of fewer places no share is told: one answer would move it by a quarter.
SMALL = 5

_NONE = -1  # the month of what nobody has dated
_GONE = ("CLOSED", "MERGED", "NOT_A_MATCH")


@dataclass(frozen=True, slots=True)
class Evidence:
    """``places`` places alike: where they are, which lists know them, their state, and how old the newest evidence is
    (partial date)."""

    country: str
    region: str
    sources: tuple[str, ...]
    freshness: str
    confirmed_on: str
    places: int = 1


class _Shares:
    """Counts of places as shares of all there are; None where these are too few (`SMALL`)."""

    __slots__ = ()
    of: int
    confirmed: int
    recent: int
    stale: int
    hidden: int

    @property
    def told(self) -> bool:
        """Whether there are places enough to tell a share of them."""
        return self.of >= SMALL

    @property
    def confirmed_share(self) -> float | None:
        return self._share(self.confirmed)

    @property
    def recent_share(self) -> float | None:
        return self._share(self.recent)

    @property
    def stale_share(self) -> float | None:
        return self._share(self.stale)

    @property
    def hidden_share(self) -> float | None:
        return self._share(self.hidden)

    def _share(self, part: int) -> float | None:
        return part / self.of if self.told else None


@dataclass(frozen=True, slots=True)
class Freshness(_Shares):
    """Of ``of`` places not known to be closed (nor others, nor none):

    ``confirmed``    someone on the spot vouched for it within twelve months
    ``recent``       the newest evidence of any kind is under 12 months old
    ``stale``        it is 12 months old or more
    ``hidden``       doubtful: nothing heard for 24 months or more, or no list holds it any more; they leave the counts
    ``undated``      nobody has dated it
    ``median_days``  half of those dated have evidence younger than this; None where none is
    """

    of: int
    confirmed: int
    recent: int
    stale: int
    hidden: int
    undated: int
    median_days: int | None


@dataclass(frozen=True, slots=True)
class Figures:
    """The same for all, by country, by (country, region), and by list; "" where a territory is not known. A place that
    several lists know counts for each."""

    all: Freshness
    countries: Mapping[str, Freshness]
    regions: Mapping[tuple[str, str], Freshness]
    sources: Mapping[str, Freshness]


class Word(NamedTuple):
    """What an entry said of a place (an assertion): when it reached us, and on which day the entry fell silent, if it
    has; ``claim`` holds no fields but those that tell how the place stands."""

    asserted_on: date
    retired_on: date | None
    claim: Claim


class Heard(NamedTuple):
    """Something besides lists that told of a place, the values it vouched for that tell how the place stands, and on
    which day it was struck out, if it was."""

    signal: Signal
    values: Mapping[str, Any]
    struck_on: date | None = None


class Past(NamedTuple):
    """All that was ever told of a place, and the codes of the territories it now stands in."""

    words: Sequence[Word]
    heard: Sequence[Heard] = ()
    territories: tuple[str, ...] = ()


class Cell(NamedTuple):
    """What figures are of: a territory by its code, a list by its key; "" for all."""

    territory: str = ""
    source: str = ""


ALL = Cell()


@dataclass(frozen=True, slots=True)
class Point(_Shares):
    """How fresh the registry was at the end of a month (YYYY-MM), by what it had been told until then: as `Freshness`,
    ages counted in calendar months; ``median_months`` is None where nothing was dated."""

    month: str
    of: int
    confirmed: int
    recent: int
    stale: int
    hidden: int
    undated: int
    median_months: int | None


def figures(evidence: Iterable[Evidence], as_of: date) -> Figures:
    """The figures on a day."""
    known = list(evidence)
    return Figures(
        _freshness(known, as_of),
        _by(known, lambda one: (one.country,), as_of),
        _by(known, lambda one: ((one.country, one.region),), as_of),
        _by(known, lambda one: one.sources, as_of),
    )


class Told(NamedTuple):
    """One figure in public: key of `definitions.FIGURES`, its value (None where it can't be told), of how many places,
    among how many."""

    code: str
    value: float | None
    n: int
    of: int


def told_of(one: "Freshness | Point") -> list[Told]:
    """What is told in public of some places on a day."""
    dated = one.of - one.undated
    if isinstance(one, Point):
        age = Told("median_age_in_months", one.median_months if one.told else None, dated, one.of)
    else:
        age = Told("median_age_of_confirmation", one.median_days if one.told else None, dated, one.of)
    return [
        Told("vouched_share", one.confirmed_share, one.confirmed, one.of),
        Told("confirmed_share", one.recent_share, one.recent, one.of),
        Told("stale_share", one.stale_share, one.stale, one.of),
        Told("hidden_share", one.hidden_share, one.hidden, one.of),
        age,
    ]


def by_cell(evidence: Iterable[Evidence], as_of: date) -> dict[Cell, Freshness]:
    """The figures on a day, of each territory and list that has a place, and of each list within each territory."""
    return _by(list(evidence), lambda one: cells(filter(None, (one.country, one.region)), one.sources), as_of)


def _by(known: Sequence[Evidence], keys: Callable[[Evidence], Iterable[Key]], as_of: date) -> dict[Key, Freshness]:
    groups: dict[Key, list[Evidence]] = defaultdict(list)
    for one in known:
        for key in keys(one):
            groups[key].append(one)
    return {key: _freshness(group, as_of) for key, group in groups.items()}


def _freshness(group: Sequence[Evidence], as_of: date) -> Freshness:
    bands, days, states = Counter[str](), Counter[int](), Counter[str]()
    for one in group:
        bands[age_band(one.confirmed_on, as_of)] += one.places
        states[one.freshness] += one.places
        if one.confirmed_on:
            days[max(0, (as_of - day(one.confirmed_on)).days)] += one.places
    return Freshness(
        of=bands.total(),
        confirmed=states["confirmed"],
        recent=bands["fresh"] + bands["ageing"],
        stale=bands["stale"] + bands["expired"],
        hidden=states["doubtful"],
        undated=bands[""],
        median_days=_median(days),
    )


def _median(count: Mapping[int, int]) -> int | None:
    """The lower median of values that occur ``count`` times each; None where there are none."""
    half, seen = (sum(count.values()) + 1) // 2, 0
    for value in sorted(count):
        seen += count[value]
        if seen >= half > 0:
            return value
    return None


def cells(territories: Iterable[str], sources: Iterable[str]) -> Iterator[Cell]:
    """Everything a place counts for: each territory it stands in, for all lists and for each that speaks of it."""
    return starmap(Cell, product(("", *territories), ("", *sources)))


def series(places: Iterable[Past], until: date) -> list[Point]:
    """How fresh these places were at the end of each month, from the first in which there was one to count to the last
    that has ended by ``until``; recomputed from all that was ever said, so that it comes out the same in years."""
    return every_series(places, until, lambda territories, sources: (ALL,)).get(ALL, [])


def every_series(
    places: Iterable[Past], until: date, of: Callable[[Iterable[str], Iterable[str]], Iterable[Cell]] = cells
) -> dict[Cell, list[Point]]:
    """The `series` of each cell; ``of`` tells which ones a place counts for while some lists speak of it. One place is
    held at a time, and each counts where it stands now."""
    changes: dict[Cell, dict[Month, Counter[_Mark]]] = defaultdict(lambda: defaultdict(Counter))
    ended = _month(until + timedelta(1))
    for past in places:
        for first, last, mark, sources in _spells(past, ended):
            for cell in of(past.territories, sources):
                changes[cell][first][mark] += 1
                changes[cell][last][mark] -= 1
    return {cell: list(_points(changes[cell], ended)) for cell in sorted(changes)}


class _Mark(NamedTuple):
    """How a place stood: its state, and the month of the evidence it rested on."""

    state: str
    seen: Month


def _spells(past: Past, ended: Month) -> Iterator[tuple[Month, Month, _Mark, set[str]]]:
    """The stretches of months, up to the last that has ``ended``, in which a place stood the same and the same lists
    spoke of it: first month, the month after the last. Those in which it is known to be gone are left out."""
    changing = {_month(on) for on in _dates(past)}
    for first, last in pairwise([*sorted(month for month in changing if month < ended), ended]):
        stood, sources = _stood(past, _last_day(first))
        if stood and stood.status not in _GONE:
            seen = _month(day(stood.confirmed_on)) if stood.confirmed_on else _NONE
            yield first, last, _Mark(stood.freshness, seen), sources


def _stood(past: Past, on: date) -> tuple[Standing | None, set[str]]:
    """How a place stood at the end of a day, by what had been told until then, and the lists that spoke of it."""
    told = sorted((word for word in past.words if word.asserted_on <= on), key=_asserted)
    latest = {word.claim.key: word for word in told}.values()
    if not latest:
        return None, set()
    current = [word for word in latest if word.retired_on is None or word.retired_on > on]
    claims = [word.claim for word in current or latest]
    heard = [one for one in past.heard if day(one.signal.on) <= on and (one.struck_on is None or one.struck_on > on)]
    if heard:
        names = vouched(claims, [(one.signal, one.values) for one in heard])
        claims = [replace(claim, vouched=by) for claim, by in zip(claims, names, strict=True)]
    signals = [one.signal for one in heard]
    return standing(claims, listed=bool(current), as_of=on, signals=signals), {claim.source for claim in claims}


def _dates(past: Past) -> Iterator[date]:
    """The days on which a place may come to stand otherwise: something is told, or what was told grows too old."""
    signals = [one.signal for one in past.heard]
    yield from turns([*signals, *(Signal(one.claim.kind, one.claim.observed_on) for one in past.words)])
    for word in past.words:
        yield word.asserted_on
        if word.retired_on:
            yield max(word.retired_on, word.asserted_on)
        if closed := word.claim.fields.get("closed"):
            yield max(day(closed.value), word.asserted_on)
    for one in past.heard:
        yield day(one.signal.on)
        if one.struck_on:
            yield one.struck_on


def _asserted(word: Word) -> tuple[date, str]:
    return word.asserted_on, word.claim.observed_on


def _points(changes: Mapping[Month, Counter[_Mark]], ended: Month) -> Iterator[Point]:
    now = Counter[_Mark]()
    for month in range(min(changes), ended):
        now.update(changes.get(month, {}))
        yield _point(month, now)


def _point(month: Month, now: Mapping[_Mark, int]) -> Point:
    ages, states = Counter[int](), Counter[str]()
    undated = 0
    for mark, places in now.items():
        states[mark.state] += places
        if mark.seen == _NONE:
            undated += places
        else:
            ages[max(0, month - mark.seen)] += places
    return Point(
        month=f"{month // 12:04}-{month % 12 + 1:02}",
        of=ages.total() + undated,
        confirmed=states["confirmed"],
        recent=sum(places for age, places in ages.items() if age < 12),
        stale=sum(places for age, places in ages.items() if age >= 12),
        hidden=states["doubtful"],
        undated=undated,
        median_months=_median({age: places for age, places in ages.items() if places}),
    )


def _month(on: date) -> Month:
    return on.year * 12 + on.month - 1


def _last_day(month: Month) -> date:
    return dates.last_day(f"{month // 12:04}-{month % 12 + 1:02}")
