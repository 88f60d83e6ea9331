"""What scans come to. Pure, and the same whatever order they arrive in, however often and in whatever parts."""

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from ..passes.tokens import Outcome

LATE = timedelta(days=3)  # a scan told later than this after it was made
SURE = timedelta(minutes=10)  # nearer to a cut-off, a clock nobody compared says nothing certain of the day
_NAMES = uuid.UUID("1f1b5a52-0b2c-5e0c-8a53-5f5a3b1f7c11")  # of visits

Key = tuple[str, date]  # a visitor on a service day, at one place


class Anomaly(StrEnum):
    """What a host should look at in a visit. None takes it away: they were there."""

    AHEAD = "AHEAD"  # the device's clock runs ahead of ours
    CLOCK = "CLOCK"  # near a cut-off, by a clock nobody compared with ours
    EXPIRED = "EXPIRED"  # the pass did not hold that day
    LATE = "LATE"
    OVER_LEASE = "OVER_LEASE"  # beyond the places the device had for walk-ins
    REVOKED = "REVOKED"  # the pass had ended
    TWO_DEVICES = "TWO_DEVICES"
    UNPROVEN = "UNPROVEN"  # nobody vouches for them


_OF_OUTCOME = {
    Outcome.EXPIRED: Anomaly.EXPIRED,
    Outcome.NOT_YET: Anomaly.EXPIRED,
    Outcome.REVOKED: Anomaly.REVOKED,
    Outcome.ALTERED: Anomaly.UNPROVEN,
    Outcome.UNKNOWN_KEY: Anomaly.UNPROVEN,
    Outcome.UNREADABLE: Anomaly.UNPROVEN,
    Outcome.UNKNOWN_CODE: Anomaly.UNPROVEN,
    Outcome.WALK_IN: Anomaly.UNPROVEN,
    Outcome.OVER_LEASE: Anomaly.OVER_LEASE,
}
GOOD = (Outcome.VALID, Outcome.HERE_ALREADY)


@dataclass(frozen=True, slots=True)
class Seen:
    """Someone was let in. ``at`` is by the corrected clock; ``doubtful``: so near a cut-off, by a clock nobody
    compared, that it may have been another day."""

    scan: str
    device: int
    visitor: str
    day: date
    at: datetime
    received: datetime
    outcome: Outcome
    doubtful: bool = False
    lease: str = ""


@dataclass(frozen=True, slots=True)
class Visit:
    """One person, one place, one service day: its earliest scan, and what is odd about it. ``owed``: one scan at least
    was of a pass that held, so that their home place owes the day; no scan that comes later takes that away."""

    first: str
    at: datetime
    anomalies: frozenset[Anomaly]
    owed: bool


def fold(
    scans: Iterable[Seen], *, ended: Mapping[str, datetime] | None = None, leases: Mapping[str, int] | None = None
) -> dict[Key, Visit]:
    """The visits that scans at one place come to. ``ended``: when the passes of visitors ended, of those that did;
    ``leases``: how many places each lease had."""
    together: dict[Key, dict[str, Seen]] = defaultdict(dict)
    for one in scans:
        together[one.visitor, one.day][one.scan] = one
    over = _over(together, leases or {})
    return {key: _visit(list(seen.values()), (ended or {}).get(key[0]), key in over) for key, seen in together.items()}


def _visit(seen: list[Seen], ended: datetime | None, over: bool) -> Visit:
    first = min(seen, key=lambda one: (one.at, one.scan))
    odd = {_OF_OUTCOME[one.outcome] for one in seen if one.outcome in _OF_OUTCOME}
    said = {
        Anomaly.TWO_DEVICES: len({one.device for one in seen}) > 1,
        Anomaly.REVOKED: ended is not None and any(one.at > ended for one in seen),
        Anomaly.OVER_LEASE: over,
        Anomaly.CLOCK: any(one.doubtful for one in seen),
        Anomaly.LATE: any(one.received - one.at > LATE for one in seen),
        Anomaly.AHEAD: any(one.at - one.received > SURE for one in seen),
    }
    owed = any(one.outcome in GOOD and (ended is None or one.at <= ended) for one in seen)
    return Visit(first.scan, first.at, frozenset(odd | {name for name, holds in said.items() if holds}), owed)


def _over(together: Mapping[Key, Mapping[str, Seen]], leases: Mapping[str, int]) -> set[Key]:
    """Visits beyond what their lease had places for: those that came last."""
    on: dict[str, list[tuple[datetime, str, Key]]] = defaultdict(list)
    for key, seen in together.items():
        first = min(seen.values(), key=lambda one: (one.at, one.scan))
        if first.lease:
            on[first.lease].append((first.at, first.scan, key))
    return {key for lease, came in on.items() for _, _, key in sorted(came)[leases.get(lease, 0) :]}


def corrected(at: datetime, offset: int | None) -> datetime:
    """By our clock, of which the device's was ``offset`` seconds behind when they were last compared."""
    return at + timedelta(seconds=offset or 0)


def doubtful(at: datetime, offset: int | None, starts: datetime, ends: datetime) -> bool:
    """Whether the service day from ``starts`` to ``ends`` that ``at`` falls on is not certain."""
    return offset is None and min(at - starts, ends - at) < SURE


def transfer_id(place: str, visitor: str, day: date, kind: str) -> uuid.UUID:
    """The id of what a visit does in the books: the same however often it is done, so that it is done once."""
    return uuid.uuid5(_NAMES, f"{place}:{visitor}:{day}:{kind}")
