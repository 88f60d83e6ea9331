"""The clock on a host's wall, and the instants it means. What people agree on is wall time; what excludes each other
are instants, worked out from it.

Two rules for the hours when a clock is changed, for every purpose alike, so that what ends at a time and what begins at
it always meet: a time that comes twice is the first of the two; one that is skipped is the first instant after.

A *service day* runs from one cut-off to the next. Where midnight is the cut-off and does not exist (Cairo and Beirut in
spring), the day begins with the first instant there is.

Pure functions; nothing here knows Django. "Local" is always a datetime without a zone, on the host's clock.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TypeVar

Key = TypeVar("Key")

_DAY = timedelta(days=1)
_FINEST = timedelta(seconds=1)  # offsets change on whole seconds


@dataclass(frozen=True, slots=True)
class Range:
    """Instants from ``starts`` up to, and without, ``ends``; both in UTC."""

    starts: datetime
    ends: datetime

    @property
    def length(self) -> timedelta:
        return self.ends - self.starts

    def overlaps(self, other: "Range") -> bool:
        return self.starts < other.ends and other.starts < self.ends


def instant(local: datetime, zone: tzinfo) -> datetime:
    """The instant in UTC at which the clock shows ``local``: the first of two, or the first after a gap."""
    found = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if found.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return found
    # In a gap: with the offset from after it we land before it, and the other way round. It lies between.
    before, after = local.replace(tzinfo=zone, fold=1).astimezone(UTC), found
    offset = after.astimezone(zone).utcoffset()
    while after - before > _FINEST:
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            after = middle
        else:
            before = middle
    return after.replace(microsecond=0)


def exists(local: datetime, zone: tzinfo) -> bool:
    """Whether the clock ever shows ``local``."""
    return instant(local, zone).astimezone(zone).replace(tzinfo=None, fold=0) == local


def local(moment: datetime, zone: tzinfo) -> datetime:
    """What the clock shows at ``moment``."""
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def between(starts: datetime, ends: datetime, zone: tzinfo) -> Range | None:
    """The instants from one local time to another; None where there are none, for all of it is skipped that day."""
    found = Range(instant(starts, zone), instant(ends, zone))
    return found if found.starts < found.ends else None


def day_range(day: date, zone: tzinfo, cutoff: time = time()) -> Range:
    """The instants of a service day: 23, 24 or 25 hours of them, most often."""
    start = datetime.combine(day, cutoff)
    return Range(instant(start, zone), instant(start + _DAY, zone))


def service_day(moment: datetime, zone: tzinfo, cutoff: time = time()) -> date:
    """The service day that ``moment`` belongs to."""
    shown = local(moment, zone)
    day = shown.date() if shown.time() >= cutoff else shown.date() - _DAY
    # Around a change of the clock, times from before the cut-off are shown after it, or the other way round.
    while moment < instant(datetime.combine(day, cutoff), zone):
        day -= _DAY
    while moment >= instant(datetime.combine(day + _DAY, cutoff), zone):
        day += _DAY
    return day


@dataclass(frozen=True, slots=True)
class Kept:
    """Something agreed on in wall time, the instants it was worked out to be, and the ``things`` it takes then."""

    starts: datetime  # local
    ends: datetime  # local
    range: Range
    things: frozenset[int] = frozenset()


def rework(kept: Mapping[Key, Kept], zone: tzinfo) -> tuple[dict[Key, Range], set[Key]]:
    """The instants of all these by the rules of ``zone`` as they are now: those that change, and the keys of those that
    can't, for their time does not exist any more or another would be in their way; these stay where they are.

    Wall times that don't overlap never come to overlap: what is in the way was booked by other rules than the rest.
    """
    now = {key: between(one.starts, one.ends, zone) for key, one in kept.items()}
    stuck = {key for key, range_ in now.items() if range_ is None}
    while True:
        ranges = {key: kept[key].range if key in stuck else now[key] or kept[key].range for key in kept}
        pairs = overlapping((key, ranges[key], kept[key].things) for key in kept)
        if not (back := {key for pair in pairs for key in pair if ranges[key] != kept[key].range}):
            break
        stuck |= back
    changed = {key: range_ for key, range_ in ranges.items() if range_ != kept[key].range}
    return changed, stuck


def overlapping(ranges: Iterable[tuple[Key, Range, frozenset[int]]]) -> Iterator[tuple[Key, Key]]:
    """The pairs that take some of the same things at the same time."""
    ordered = sorted(ranges, key=lambda one: (one[1].starts, one[1].ends))
    for number, (key, one, things) in enumerate(ordered):
        for later, other, others in ordered[number + 1 :]:
            if other.starts >= one.ends:
                break
            if things & others:
                yield key, later
