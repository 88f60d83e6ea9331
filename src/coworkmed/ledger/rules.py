"""The arithmetic of the books, without a database: units, signs, limits, what is read from entries.

A *balance* is one signed whole number: what a place is owed (above zero) or owes (below) in a unit, by one partner or
by all together. Two places share one number, told from the side of the one whose id comes first.
"""

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

#: The largest number that JSON, spreadsheets and browsers keep to the last digit; sums of two fit any database.
MOST = 2**53 - 1


class Unit(StrEnum):
    """What is counted: days in hundredths, hours in minutes, currencies (ISO 4217) in their minor unit.

    Hundredths of a day, because terms speak of half days and of percentages of a day, and each is a whole number of
    them. No unit is ever exchanged for another.
    """

    DAY = "DAY"
    HOUR = "HOUR"
    ALL = "ALL"
    BAM = "BAM"
    CHF = "CHF"
    DZD = "DZD"
    EGP = "EGP"
    EUR = "EUR"
    GBP = "GBP"
    ILS = "ILS"
    JOD = "JOD"
    LBP = "LBP"
    LYD = "LYD"
    MAD = "MAD"
    MKD = "MKD"
    RSD = "RSD"
    SYP = "SYP"
    TND = "TND"
    TRY = "TRY"
    USD = "USD"

    @property
    def parts(self) -> int:
        """How many of what is counted make one of the unit."""
        return _PARTS.get(self, 100)

    @property
    def is_money(self) -> bool:
        return self not in (Unit.DAY, Unit.HOUR)


_PARTS = {Unit.HOUR: 60, Unit.JOD: 1000, Unit.LYD: 1000, Unit.TND: 1000}
_SIGNS = {Unit.DAY: "d", Unit.HOUR: "h"}


class Kind(StrEnum):
    """What a transfer does."""

    HOLD = "HOLD"  # promises an amount: it counts against limits, and is owed by nobody yet
    POST = "POST"  # a hold came true, in full, in part, or beyond it for a reason
    VOID = "VOID"  # a hold came to nothing
    RECORD = "RECORD"  # given without a promise before
    CORRECTION = "CORRECTION"  # the exact inverse of one that was a mistake
    SET_OFF = "SET_OFF"  # debts around a circle, lowered together
    JOINED = "JOINED"  # two places proved one: what the one was owed and owes goes on with the other


#: Those that end a hold: one of them, once.
CLOSING = (Kind.POST, Kind.VOID)
CORRECTABLE = (Kind.POST, Kind.RECORD)


class LedgerError(CoworkmedError):
    """The books can't be kept so."""


class AmountError(LedgerError):
    """An amount that can't be counted."""

    def __init__(self) -> None:
        super().__init__(N_("An amount is a whole number, above zero and below nine thousand million million."))


class LimitError(LedgerError):
    """Beyond what the two, or one of them, let be owed. ``room``: how much more may be, in parts of the unit."""

    def __init__(self, message: str, *, place: str, room: int, **params: str) -> None:
        super().__init__(message, place=place, **params)
        self.place, self.room = place, room


class TakenError(LedgerError):
    """The same key, and other figures."""

    def __init__(self) -> None:
        super().__init__(N_("This was written down before with other figures: nothing was changed."))


class ClosedError(LedgerError):
    """The hold is over, in another way."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        told = {
            Kind.POST: N_("This was counted already, so it can’t be given up any more: correct it instead."),
            Kind.VOID: N_("This was given up already, so it can’t be counted any more."),
        }
        super().__init__(told[Kind(kind)])


class Standing(Protocol):
    """A balance as `refused` needs it."""

    key: str
    posted: int
    rising: int
    falling: int
    floor: int
    ceiling: int


_Standing = TypeVar("_Standing", bound=Standing)


def counted(amount: object) -> int:
    """``amount`` if it can be counted: a whole number from 1 to `MOST`. Raises AmountError."""
    if not isinstance(amount, int) or isinstance(amount, bool) or not 1 <= amount <= MOST:
        raise AmountError
    return amount


def key(unit: str, place: str, partner: str = "") -> str:
    """Of a place's balance with all others together, or of that of two places, the lower id first."""
    low, high = sorted((place, partner)) if partner else (place, "")
    return f"{unit}:{low}:{high}"


def signs(unit: str, giver: str, taker: str) -> dict[str, int]:
    """The three balances a transfer touches, with 1 where it adds to what is owed and -1 where it takes from it."""
    return {key(unit, giver): 1, key(unit, taker): -1, key(unit, giver, taker): 1 if giver < taker else -1}


def room(one: Standing, sign: int) -> int:
    """How much more a balance may rise (``sign`` 1) or fall (-1), all that is promised already counted in."""
    return one.ceiling - one.posted - one.rising if sign > 0 else one.posted - one.falling - one.floor


def refused(balances: Iterable[_Standing], touched: Mapping[str, int], amount: int) -> tuple[_Standing, int] | None:
    """The first balance without room for ``amount``, and the room it has; None where all have it."""
    for one in balances:
        if (left := room(one, touched[one.key])) < amount:
            return one, left
    return None


def shown(unit: str, amount: int) -> str:
    """An amount in whole units, the same in every language: "2.5 d", "1.25 h", "12.50 EUR"."""
    one = Unit(unit)
    if one.is_money:
        return f"{decimal(unit, amount)} {one.value}"
    text = f"{decimal(unit, amount):f}"
    return f"{text.rstrip('0').rstrip('.') if '.' in text else text} {_SIGNS[one]}"


def decimal(unit: str, amount: int) -> Decimal:
    """An amount in whole units: as many decimals as its parts need, two for hours (minutes are rounded)."""
    one = Unit(unit)
    places = Decimal(1).scaleb(-(len(str(one.parts)) - 1)) if one is not Unit.HOUR else Decimal("0.01")
    return (Decimal(amount) / one.parts).quantize(places, rounding=ROUND_HALF_EVEN)


def parsed(unit: str, text: str) -> int:
    """What someone typed in whole units ("2.5", "2,5") as parts of it. Raises AmountError where it can't be."""
    try:
        parts = Decimal(text.strip().replace(",", ".")) * Unit(unit).parts
        fits = 0 <= parts <= MOST  # before it is made whole: 1e999990 has a million digits
    except (ArithmeticError, ValueError) as error:
        raise AmountError from error
    if not fits or parts != int(parts):
        raise AmountError
    return int(parts)
