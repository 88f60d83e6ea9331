"""What may be booked, by which terms, and what becomes of it: pure functions."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

#: Terms hold for so long after a person last confirmed them, and are then suspended.
RECONFIRM_AFTER = timedelta(days=365)
#: A place offered to who waited is kept for them so long, and never past its own beginning.
OFFER_LASTS = timedelta(hours=12)
#: Why a host takes nobody, as it is kept.
SUSPENSIONS = {
    "UNCONFIRMED": N_("Its terms have not been confirmed for a year."),
    "SILENT": N_("It left several requests unanswered."),
    "PAUSE": N_("Its team asked for a pause."),
}
#: From which state a booking may come into which.
NEXT: Mapping[str, frozenset[str]] = {
    "WAITING": frozenset({"HELD", "CANCELLED", "EXPIRED"}),
    "HELD": frozenset({"CONFIRMED", "DECLINED", "EXPIRED", "CANCELLED"}),
    "CONFIRMED": frozenset({"CHECKED_IN", "NO_SHOW", "CANCELLED", "LATE_CANCELLED"}),
    "CHECKED_IN": frozenset({"DONE"}),
}
_CHARGES = uuid.UUID("6d9f8f2e-6f0b-5a37-9d0e-3a5f2f4a7c11")  # a namespace of ours
_MOST_OCCURRENCES = 60

Slots = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Policy:
    """By what a booking goes on, whatever becomes of the terms it was made under.

    ``credit``  days of the ledger for one day stayed; 0 where none are counted
    ``beyond``  what was asked for a day beyond those that are free, "" where it is one of them
    ``amount``, ``currency``  of that: minor units of the currency, or minutes
    """

    late_hours: int
    late_share: int
    no_show_share: int
    no_show_minutes: int
    credit: int = 1
    beyond: str = ""
    amount: int | None = None
    currency: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Policy":
        return cls(**kept)


@dataclass(frozen=True, slots=True)
class Charge:
    """A count that a booking adds to, and how far it may go."""

    scope: str
    visitor: str
    window: str
    allowance: int

    @property
    def key(self) -> tuple[str, str, str]:
        return self.scope, self.visitor, self.window


def window(kind: str, day: date) -> str:
    """The calendar year or month of a service day, by which days are counted ("YEAR", "MONTH")."""
    return f"{day:%Y-%m}" if kind == "MONTH" else f"{day:%Y}"


def late(policy: Policy, starts: datetime, now: datetime) -> bool:
    """Whether it is too late to cancel without any consequence."""
    return now > starts - timedelta(hours=policy.late_hours)


def missed(policy: Policy, starts: datetime, now: datetime) -> bool:
    """Whether nobody is expected any more."""
    return now >= starts + timedelta(minutes=policy.no_show_minutes)


def share(amount: int, per_cent: int) -> int:
    """Part of an amount in whole units, halves rounded up."""
    return (amount * per_cent + 50) // 100


def charge_key(booking: uuid.UUID) -> uuid.UUID:
    """The ledger's key for what a booking costs: always the same, so that it is charged once."""
    return uuid.uuid5(_CHARGES, str(booking))


def may_become(state: str, new: str) -> bool:
    return new in NEXT.get(state, frozenset())


def leaves(root: int, parents: Mapping[int, int | None]) -> list[int]:
    """What is taken when ``root`` is: itself, or all within it that has nothing within, in order. ``parents`` is the
    parent of each thing in the house; a circle in it is not followed twice."""
    children: dict[int, list[int]] = {}
    for one, parent in parents.items():
        if parent is not None:
            children.setdefault(parent, []).append(one)
    found, seen, waiting = [], {root}, [root]
    while waiting:
        one = waiting.pop()
        inside = [child for child in children.get(one, ()) if child not in seen]
        seen.update(inside)
        waiting.extend(inside)
        if one not in children:
            found.append(one)
    return sorted(found)


def slot_times(day: date, cutoff: time, cuts: Sequence[str]) -> list[tuple[datetime, datetime]]:
    """The local times of the slots of a service day: from cut-off to cut-off, divided at ``cuts`` ("13:00")."""
    start = datetime.combine(day, cutoff)
    middle = [datetime.combine(day, time.fromisoformat(one)) for one in cuts]
    bounds = [start, *(one if one > start else one + timedelta(days=1) for one in middle), start + timedelta(days=1)]
    return list(pairwise(bounds))


def cuts_of(texts: Iterable[str], cutoff: time) -> list[str]:
    """Times that divide a day, in order from its cut-off. Raises CoworkmedError for what are none."""
    try:
        found = {time.fromisoformat(one.strip()) for one in texts}
    except ValueError:
        raise CoworkmedError(N_("Write times like 13:00.")) from None
    if cutoff in found or len(found) > 11 or any(one.second or one.tzinfo for one in found):
        raise CoworkmedError(N_("A day can be divided at up to eleven times, and not where it begins."))
    return [f"{one:%H:%M}" for one in sorted(found, key=lambda one: (one < cutoff, one))]


def blacked_out(blackouts: Iterable[Sequence[str]], day: date) -> bool:
    """Whether visitors are not taken on ``day``."""
    return any(first <= day.isoformat() <= last for first, last in blackouts)


def occurrences(first: date, last: date, weekdays: Iterable[int], every: int = 1) -> Iterator[date]:
    """The days of a series: these weekdays (0 is Monday) of every so many weeks, counted from the week of ``first``,
    both ends included. Raises CoworkmedError for none, or for more than can be asked for at once."""
    wanted, monday = set(weekdays), first - timedelta(days=first.weekday())
    span = range((last - first).days + 1)
    found = [
        day
        for day in (first + timedelta(days=number) for number in span[: 7 * 53])
        if day.weekday() in wanted and ((day - monday).days // 7) % max(every, 1) == 0
    ]
    if not found:
        raise CoworkmedError(N_("No day lies in this series: look at its dates and weekdays."))
    if len(found) > _MOST_OCCURRENCES or len(span) > 7 * 53:
        raise CoworkmedError(N_("A series may have {most} days, within a year."), most=_MOST_OCCURRENCES)
    yield from found
