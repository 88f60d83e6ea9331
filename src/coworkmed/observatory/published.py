"""Figures others have published of places like ours, to stand beside our own: shown, never averaged."""

import tomllib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coworkmed.kernel.i18n import N_

DATA = Path(__file__).with_name("published.toml")

#: What a figure counts, in its own words' sense.
COUNTED = {
    "ACCREDITED": N_("coworking spaces accredited by the region"),
    "ACTIVE": N_("coworking spaces found active"),
    "COLLABORATIVE": N_("collaborative workspaces, in 23 countries"),
    "COWORK": N_("coworking spaces"),
    "COWORKMED": N_("coworking spaces by the definition of the CoWorkMed project"),
    "REGISTERED": N_("coworking spaces registered, active or not"),
    "RURAL": N_("rural coworking spaces"),
    "THIRD_PLACE": N_("third places"),
    "THIRD_PLACE_ESTIMATED": N_("third places, with an estimate of those not found"),
}
#: Territories of figures that are no country, region or town.
BEYOND = {
    "COWORKMED": N_("The five territories of the CoWorkMed project"),
    "EUROPE": N_("Europe"),
}


@dataclass(frozen=True, slots=True)
class Published:
    """A count that somebody published.

    ``territory``  ISO 3166-1 or 3166-2 code, number of a town in GeoNames, or key of BEYOND
    ``year``       it speaks of, to ``until`` (None: of that year alone)
    ``count``      places; to ``most``, if the source gives a range; ``at_least`` if it says "more than",
                   ``about`` if "roughly"
    ``counted``    key of COUNTED          ``derived``  the source gives a share, the count follows from it
    """

    territory: str
    year: int
    count: int
    counted: str
    source: str
    url: str
    until: int | None = None
    most: int | None = None
    at_least: bool = False
    about: bool = False
    derived: bool = False

    @property
    def years(self) -> range:
        return range(self.year, (self.until or self.year) + 1)


@dataclass(frozen=True, slots=True)
class Spread:
    """How far the figures of one territory and year lie apart."""

    year: int
    least: int
    most: int


@cache
def _all() -> Mapping[str, Sequence[Published]]:
    found: dict[str, list[Published]] = defaultdict(list)
    for row in tomllib.loads(DATA.read_text(encoding="utf-8"))["figure"]:
        one = Published(**row)
        found[one.territory].append(one)
    return {key: sorted(rows, key=lambda one: (one.year, one.until or 0, one.count)) for key, rows in found.items()}


def published(territory: str) -> Sequence[Published]:
    """What was published of a territory, the oldest first."""
    return _all().get(territory, ())


def beyond() -> Sequence[Published]:
    """What was published of territories larger than a country."""
    return [one for key in BEYOND for one in published(key)]


def widest(figures: Sequence[Published]) -> Spread | None:
    """The year on which two figures or more differ most, by their ratio; None where no two speak of one year."""
    counts: dict[int, set[int]] = defaultdict(set)
    for one in figures:
        for year in one.years:
            counts[year] |= {one.count, one.most or one.count}
    spreads = [Spread(year, min(found), max(found)) for year, found in counts.items() if len(found) > 1]
    return max(spreads, key=lambda one: (one.most / one.least, one.year), default=None)


def territories() -> list[str]:
    """Codes of all of which something was published: what is larger than a country first, each with what lies in it."""
    codes = [code for code in _all() if code not in BEYOND]
    return [*(code for code in BEYOND if code in _all()), *sorted(codes, key=lambda code: (code.isdecimal(), code))]
