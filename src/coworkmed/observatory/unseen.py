"""What no list has seen: two lists as two captures of one population, and when that is no lawful reading of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from math import sqrt

from coworkmed.kernel import dates
from coworkmed.kernel.fold import fold
from coworkmed.kernel.i18n import N_
from coworkmed.places.queries import EntryRow, PlaceRow, SourceRow

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
Z95 = 1.959963984540054  # 97.5 % point of the normal distribution


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


def related(one: str, other: str, derived: Mapping[str, Sequence[str]]) -> bool:
    """Whether one list was made from the other, or both from a third, through any number of steps; ``derived`` gives
    what each is made from, by its key."""
    return bool(_ancestry(one, derived) & _ancestry(other, derived))


def _ancestry(list_: str, derived: Mapping[str, Sequence[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [list_]
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += derived.get(key, ())
    return found


Town = tuple[str, str]


def unseen(
    sources: Sequence[SourceRow], places: Sequence[PlaceRow], said: Mapping[str, Sequence[EntryRow]]
) -> list[Unseen]:
    """One row per pair of lists. What counts as captured by a list is what the list itself declares as coworking."""
    specs = {row.spec.key: row.spec for row in sources}
    derived = {key: spec.derived_from for key, spec in specs.items()}
    captured: dict[str, dict[str, Town]] = {key: {} for key in specs}
    for place in places:
        if "COWORK" not in place.get("kinds", ()):  # what any entry says of kinds without doubt, the place shows
            continue
        town = (place.get("country", ""), fold(place.get("locality", "")))
        for entry in said.get(place.place_id, ()):
            kinds = entry.words().get("kinds", {})
            if entry.source in captured and "COWORK" in (kinds.get("value") or ()) and not kinds.get("doubt"):
                captured[entry.source][place.place_id] = town
    newest: dict[str, date] = {}
    for entry in (entry for rows in said.values() for entry in rows):
        if entry.observed_on:
            day = dates.last_day(entry.observed_on)
            newest[entry.source] = max(newest.get(entry.source, day), day)
    found = []
    for left, right in combinations(specs, 2):
        days = [newest[key] for key in (left, right) if key in newest]
        apart = dates.months_between(min(days), max(days)) if len(days) == 2 else 0
        kin = related(left, right, derived)
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
