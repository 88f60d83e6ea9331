"""A place beside comparable ones: figures, where it stands, and how they are drawn. Pure."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import floor, log10
from typing import Any, Literal

import numpy as np

from coworkmed.kernel.i18n import N_

from .disclosure import Path

Unit = Literal["number", "euro", "percent", "code"]


@dataclass(frozen=True, slots=True)
class Figure:
    """``read`` gets the figure from what is known of a place and what it answered (field → value); None where that
    doesn't say. ``public`` figures are of the registry, which everyone can read; of the others only groups are told."""

    code: str
    label: str
    unit: Unit
    read: Callable[[Mapping[str, Any]], Any]
    public: bool = True
    field: str = ""  # of a code: the field whose codes it is


def _number(name: str) -> Callable[[Mapping[str, Any]], float | None]:
    def read(values: Mapping[str, Any]) -> float | None:
        value = values.get(name)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    return read


def _euros(name: str) -> Callable[[Mapping[str, Any]], float | None]:
    def read(values: Mapping[str, Any]) -> float | None:
        value = values.get(name)
        told = value.get("amount") if isinstance(value, dict) and value.get("currency") == "EUR" else None
        return float(told) if isinstance(told, int | float) else None

    return read


def _share(name: str, code: str) -> Callable[[Mapping[str, Any]], float | None]:
    def read(values: Mapping[str, Any]) -> float | None:
        value = values.get(name)
        return value.get(code, 0) / 100 if isinstance(value, dict) else None

    return read


def _code(name: str) -> Callable[[Mapping[str, Any]], str | None]:
    def read(values: Mapping[str, Any]) -> str | None:
        value = values.get(name)
        return value if isinstance(value, str) and value else None

    return read


def _occupancy(values: Mapping[str, Any]) -> float | None:
    occupied, desks = _number("desks_occupied")(values), _number("desks")(values)
    return None if occupied is None or not desks else min(occupied / desks, 1.0)


FIGURES: Mapping[str, Figure] = {
    one.code: one
    for one in (
        Figure("desks", N_("Desks"), "number", _number("desks")),
        Figure("members_now", N_("Members"), "number", _number("members_now")),
        Figure("price_day", N_("Price of a day"), "euro", _euros("price_day")),
        Figure("price_month", N_("Price of a month"), "euro", _euros("price_month")),
        Figure("surface_built_m2", N_("Surface, m²"), "number", _number("surface_built_m2")),
        Figure("facilitator_fte", N_("Facilitators, full-time equivalents"), "number", _number("facilitator_fte")),
        Figure("events_per_month", N_("Events a month"), "number", _number("events_per_month")),
        Figure("legal_form", N_("Legal form"), "code", _code("legal_form"), field="legal_form"),
        Figure("user_vote", N_("Say of the users"), "code", _code("user_vote"), field="user_vote"),
        Figure("desk_occupancy", N_("Desks occupied on a usual day"), "percent", _occupancy, public=False),
        Figure("jobs_fte", N_("Jobs, full-time equivalents"), "number", _number("jobs_fte"), public=False),
        Figure("volunteers", N_("Volunteers"), "number", _number("volunteers"), public=False),
        Figure("daily_users", N_("Users on a usual day"), "number", _number("daily_users_typical"), public=False),
        Figure(
            "grant_share",
            N_("Income from public grants"),
            "percent",
            _share("income_share", "PUBLIC_GRANT"),
            public=False,
        ),
        Figure("women_share", N_("Women among the users"), "percent", _share("sex_share", "WOMEN"), public=False),
        Figure(
            "near_share",
            N_("Users who live within 5 km"),
            "percent",
            _share("home_distance_bands", "UNDER_5KM"),
            public=False,
        ),
        Figure("result", N_("Result of the last year"), "code", _code("result"), public=False, field="result"),
    )
}

#: What the places of a group have in common, by how narrow it is.
GROUPS = (
    N_("all places"),
    N_("places of the same kind"),
    N_("places of the same kind in the same country"),
    N_("places of the same kind in the same region"),
)
NARROWEST = len(GROUPS) - 1


def path(kind: str, country: str, region: str) -> Path:
    """The groups a place belongs to, the widest first; as far as they are known."""
    found: list[str] = []
    for one in (kind, country, region):
        if not one:
            break
        found.append(one)
    return tuple(found)


def tell(figure: Figure, values: Sequence[Any]) -> dict[str, Any]:
    """What is told of a group, from the values of its places: how many there are, and the quartiles of a number, to two
    digits, or the shares of codes, in tenths. A code that a single place gave is not named, and what all gave is told
    as if one had not: else each would be told what every other is."""
    found: dict[str, Any] = {"n": len(values)}
    if figure.unit == "code":
        counts = Counter(values)
        most = min(0.9, 1 - 1 / len(values))
        shares = {code: count / len(values) for code, count in counts.most_common() if count > 1}
        found["shares"] = {code: round(min(max(share, 0.1), most), 1) for code, share in shares.items()}
    else:
        low, median, high = np.percentile(values, (25, 50, 75))
        found |= {"low": _two_digits(low), "median": _two_digits(median), "high": _two_digits(high)}
    return found


def tell_openly(figure: Figure, values: Sequence[Any]) -> dict[str, Any]:
    """The same of a figure that everyone can work out from the registry: as it is."""
    if figure.unit == "code":
        return {"n": len(values), "shares": {code: n / len(values) for code, n in Counter(values).most_common()}}
    low, median, high = (float(one) for one in np.percentile(values, (25, 50, 75)))
    return {"n": len(values), "low": low, "median": median, "high": high}


def _two_digits(value: float) -> float:
    return float(round(value, 1 - floor(log10(abs(value))))) if value else 0.0


@dataclass(frozen=True, slots=True)
class Beside:
    """A figure of a place beside its group.

    ``own``     of the place; None where it didn't say
    ``group``   index of `GROUPS`; None where nothing may be told
    ``n``       places in the group
    ``low``, ``median``, ``high``  quartiles; None for codes
    ``shares``  code → share, the most frequent first
    """

    figure: Figure
    own: Any
    group: int | None = None
    n: int = 0
    low: float | None = None
    median: float | None = None
    high: float | None = None
    shares: tuple[tuple[str, float], ...] = ()

    @classmethod
    def of(cls, figure: Figure, own: Any, group: int, told: Mapping[str, Any]) -> "Beside":
        shares = tuple((told.get("shares") or {}).items())
        return cls(figure, own, group, told["n"], told.get("low"), told.get("median"), told.get("high"), shares)

    @property
    def stands(self) -> str:
        """Where the place stands: key of `STANDS`; "" where that can't be told."""
        if self.own is None or self.low is None or self.median is None or self.high is None:
            return ""
        if self.own == self.median:
            return "MIDDLE"
        if self.own < self.median:
            return "LOW" if self.own < self.low else "LOWER"
        return "HIGH" if self.own > self.high else "UPPER"

    @property
    def public(self) -> "Beside":
        """The same as everyone may read it: without the place's own figure where only groups are told of it. Else, once
        all but one of a group showed theirs, that one's could be worked out."""
        return self if self.figure.public else replace(self, own=None)

    @property
    def widened(self) -> bool:
        """Whether narrower groups had too few answers."""
        return self.group is not None and self.group < NARROWEST

    @property
    def strip(self) -> "Strip | None":
        return Strip.of(self) if self.low is not None else None


#: Where a place stands among others, in sentences.
STANDS = {
    "LOW": N_("Yours is lower than three quarters of them."),
    "LOWER": N_("Yours is in the lower half."),
    "MIDDLE": N_("Yours is right in the middle."),
    "UPPER": N_("Yours is in the upper half."),
    "HIGH": N_("Yours is higher than three quarters of them."),
}

WIDTH = 300  # of a drawing, in its own units


@dataclass(frozen=True, slots=True)
class Strip:
    """A number beside others, drawn on a line from nought: where the middle half lies, its middle, and the place."""

    low: float
    median: float
    high: float
    own: float | None

    @classmethod
    def of(cls, beside: Beside) -> "Strip":
        known = [one for one in (beside.low, beside.median, beside.high, beside.own) if one is not None]
        top = 1.0 if beside.figure.unit == "percent" else (max(known) * 1.08 or 1.0)

        def at(value: float | None) -> float:
            return round(WIDTH * min((value or 0) / top, 1), 1)

        own = None if beside.own is None else at(beside.own)
        return cls(at(beside.low), at(beside.median), at(beside.high), own)
