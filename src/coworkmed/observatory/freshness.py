"""How fresh the registry is, as public figures: now, by territory and by list, and month by month since it began.

Pure functions over counts; `queries.evidence` and `queries.words` read them. Every figure can be recomputed from the
published assertions.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby, pairwise
from operator import attrgetter
from typing import TypeVar

from coworkmed.kernel import dates
from coworkmed.places.freshness import CONFIRMING, KIND_OF, age_band, day
from coworkmed.places.rules import Claim, standing

Key = TypeVar("Key")
Month = int  # twelve times the year, and the months of it before this one

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


@dataclass(frozen=True, slots=True)
class Freshness:
    """Of ``of`` places not known to be closed (nor others, nor none):

    ``confirmed``    someone on the spot vouched for it within twelve months
    ``recent``       the newest evidence of any kind is under 12 months old
    ``stale``        it is 12 months old or more
    ``hidden``       … of these 24 or more: they have left the counts
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

    @property
    def confirmed_share(self) -> float | None:
        return self.confirmed / self.of if self.of else None

    @property
    def stale_share(self) -> float | None:
        return self.stale / self.of if self.of else None


@dataclass(frozen=True, slots=True)
class Figures:
    """The same for all, by country, by (country, region), and by list; "" where a territory is not known. A place that
    several lists know counts for each."""

    all: Freshness
    countries: Mapping[str, Freshness]
    regions: Mapping[tuple[str, str], Freshness]
    sources: Mapping[str, Freshness]


@dataclass(frozen=True, slots=True)
class Word:
    """What an entry said of a place (an assertion): when it reached us, and on which day the entry fell silent, if it
    has; ``claim`` holds no fields but those that tell of its status."""

    place_id: str
    asserted_on: date
    retired_on: date | None
    claim: Claim


@dataclass(frozen=True, slots=True)
class Point:
    """How fresh the registry was at the end of a month (YYYY-MM), by what it had been told until then. Ages are counted
    in calendar months; ``median_months`` is None where nothing was dated."""

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


def _by(known: Sequence[Evidence], keys: Callable[[Evidence], Iterable[Key]], as_of: date) -> dict[Key, Freshness]:
    groups: dict[Key, list[Evidence]] = defaultdict(list)
    for one in known:
        for key in keys(one):
            groups[key].append(one)
    return {key: _freshness(group, as_of) for key, group in groups.items()}


def _freshness(group: Sequence[Evidence], as_of: date) -> Freshness:
    bands, days, confirmed = Counter[str](), Counter[int](), 0
    for one in group:
        bands[age_band(one.confirmed_on, as_of)] += one.places
        confirmed += one.places * (one.freshness == "confirmed")
        if one.confirmed_on:
            days[max(0, (as_of - day(one.confirmed_on)).days)] += one.places
    return Freshness(
        of=bands.total(),
        confirmed=confirmed,
        recent=bands["fresh"] + bands["ageing"],
        stale=bands["stale"] + bands["expired"],
        hidden=bands["expired"],
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


def series(words: Iterable[Word], until: date) -> list[Point]:
    """How fresh the registry was at the end of each month, from the first in which there was a place to count to the
    last that has ended by ``until``; recomputed from all that was ever said, so that it comes out the same in years.

    ``words``  in the order of their places, so that one place is held at a time
    """
    changes: dict[Month, Counter[tuple[bool, Month]]] = defaultdict(Counter)
    for _place, said in groupby(words, key=attrgetter("place_id")):
        for first, last, evidence in _spells(list(said)):
            for mark in evidence:
                changes[first][mark] += 1
                changes[last][mark] -= 1
    if not changes:
        return []
    now = Counter[tuple[bool, Month]]()
    found = []
    for month in range(min(changes), _month(until + timedelta(1))):
        now.update(changes.get(month, {}))
        found.append(_point(month, now))
    return found


def _spells(said: Sequence[Word]) -> Iterator[tuple[Month, Month, list[tuple[bool, Month]]]]:
    """The stretches of months in which the evidence for a place stayed the same, until before the next: first month,
    the month after the last, and the months of its evidence: the newest (False, month), and the newest by which someone
    vouched for it (True, month). Stretches in which it is known to be gone are left out."""
    turns = sorted({_month(on) for word in said for on in _dates(word)})
    for first, last in pairwise([*turns, _EVER]):
        end = _last_day(first)
        heard = [word for word in said if word.asserted_on <= end]
        latest = {word.claim.key: word for word in sorted(heard, key=_asserted)}.values()
        claims = [word.claim for word in latest if word.retired_on is None or word.retired_on > end]
        claims = claims or [word.claim for word in latest]
        status = standing(claims, listed=True, as_of=end).status if claims else ""
        if status in ("", *_GONE):
            continue
        newest = max(_evidence_month(one) for one in claims)
        vouching = [one for one in claims if KIND_OF[one.role] in CONFIRMING and status != "PAUSED"]
        vouched = max(map(_evidence_month, vouching), default=_NONE)
        yield first, last, [(False, newest), (True, vouched)]


def _dates(word: Word) -> Iterator[date]:
    """The days on which what a word tells may change."""
    yield word.asserted_on
    if word.retired_on:
        yield max(word.retired_on, word.asserted_on)
    if closed := word.claim.fields.get("closed"):
        yield max(day(closed.value), word.asserted_on)


def _asserted(word: Word) -> tuple[date, str]:
    return word.asserted_on, word.claim.observed_on


def _evidence_month(claim: Claim) -> Month:
    return _month(day(claim.observed_on)) if claim.observed_on else _NONE


def _point(month: Month, now: Mapping[tuple[bool, Month], int]) -> Point:
    ages = Counter[int]()
    undated = confirmed = 0
    for (vouched, seen), places in now.items():
        if vouched:
            confirmed += places * (seen != _NONE and month - seen < 12)
        elif seen == _NONE:
            undated += places
        else:
            ages[max(0, month - seen)] += places
    return Point(
        month=f"{month // 12:04}-{month % 12 + 1:02}",
        of=ages.total() + undated,
        confirmed=confirmed,
        recent=sum(places for age, places in ages.items() if age < 12),
        stale=sum(places for age, places in ages.items() if age >= 12),
        hidden=sum(places for age, places in ages.items() if age >= 24),
        undated=undated,
        median_months=_median({age: places for age, places in ages.items() if places}),
    )


def _month(on: date) -> Month:
    return on.year * 12 + on.month - 1


def _last_day(month: Month) -> date:
    return dates.last_day(f"{month // 12:04}-{month % 12 + 1:02}")


_EVER = _month(date.max)
