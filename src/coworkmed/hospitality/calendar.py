"""When a host is open: periods of dates with hours on weekdays, those that override others, and closures.

All of it is wall time, never instants: nine o'clock stays nine o'clock. A night belongs to the day it began on. Pure
functions; nothing here knows Django.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.places import hours

DAY = 1440  # minutes
MOST_PERIODS, MOST_SPANS, MOST_CLOSURES = 60, 30, 200
_ONE = timedelta(days=1)

#: From one local time up to another.
Interval = tuple[datetime, datetime]


class CalendarError(CoworkmedError):
    """A calendar that can't be."""


@dataclass(frozen=True, slots=True)
class Span:
    """Hours on some weekdays (0 is Monday), in minutes from midnight; past 1440 they run into the next day."""

    weekdays: frozenset[int]
    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not self.weekdays or not self.weekdays <= set(range(7)):
            raise CalendarError(N_("Choose the weekdays on which these hours hold."))
        if not 0 <= self.opens < DAY or not self.opens < self.closes <= self.opens + DAY:
            raise CalendarError(N_("Hours must end after they begin, and within a day of it."))


@dataclass(frozen=True, slots=True)
class Period:
    """Dates over which spans hold, both ends included; None: without end. A ``yearly`` one is a season: the same days
    each year, and it may run over New Year. One that overrides replaces all that don't; without spans it closes."""

    spans: tuple[Span, ...] = ()
    first: date | None = None
    last: date | None = None
    yearly: bool = False
    override: bool = False

    def __post_init__(self) -> None:
        if self.yearly and (self.first is None or self.last is None):
            raise CalendarError(N_("A season needs its first and its last day."))
        if not self.yearly and self.first and self.last and self.last < self.first:
            raise CalendarError(N_("A period can't end before it begins."))

    def holds(self, day: date) -> bool:
        if not self.yearly:
            return (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        first, last, today = ((one.month, one.day) for one in (self.first or day, self.last or day, day))
        return first <= today <= last if first <= last else today >= first or today <= last


@dataclass(frozen=True, slots=True)
class Closure:
    """Days, both ends included, on which the house can't be used, or one thing in it, whatever the periods say."""

    first: date
    last: date
    why: str = ""
    resource: int | None = None

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise CalendarError(N_("A closure can't end before it begins."))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When a house is open. ``holidays``: whether the ordinary hours hold on public holidays too."""

    periods: tuple[Period, ...] = ()
    closures: tuple[Closure, ...] = field(default=())
    holidays: bool = False

    def __post_init__(self) -> None:
        spans = max((len(one.spans) for one in self.periods), default=0)
        if len(self.periods) > MOST_PERIODS or spans > MOST_SPANS or len(self.closures) > MOST_CLOSURES:
            raise CalendarError(N_("This calendar has more entries than we can keep. Remove those that are over."))

    def as_json(self) -> dict[str, Any]:
        """What `from_json` reads."""
        return {
            "holidays": self.holidays,
            "periods": [
                {
                    "first": one.first and one.first.isoformat(),
                    "last": one.last and one.last.isoformat(),
                    "yearly": one.yearly,
                    "override": one.override,
                    "spans": [[sorted(span.weekdays), span.opens, span.closes] for span in one.spans],
                }
                for one in self.periods
            ],
            "closures": [[one.first.isoformat(), one.last.isoformat(), one.why, one.resource] for one in self.closures],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> "Calendar":
        """The calendar that was kept. Raises CalendarError for what can't be."""
        return cls(
            tuple(
                Period(
                    tuple(Span(frozenset(days), opens, closes) for days, opens, closes in one["spans"]),
                    one["first"] and date.fromisoformat(one["first"]),
                    one["last"] and date.fromisoformat(one["last"]),
                    one["yearly"],
                    one["override"],
                )
                for one in kept.get("periods", ())
            ),
            tuple(
                Closure(date.fromisoformat(first), date.fromisoformat(last), why, resource)
                for first, last, why, resource in kept.get("closures", ())
            ),
            kept.get("holidays", False),
        )


def open_on(calendar: Calendar, day: date, *, country: str = "", resource: int | None = None) -> list[Interval]:
    """The hours that begin on ``day``, in order and apart.

    ``country``  whose public holidays count (ISO 3166-1); "" for none
    ``resource``  what is asked for, for closures of its own; None: the house
    """
    if any(one.first <= day <= one.last and one.resource in (None, resource) for one in calendar.closures):
        return []
    holding = [one for one in calendar.periods if one.holds(day)]
    overriding = [one for one in holding if one.override]
    if not overriding and not calendar.holidays and country and hours.holiday(country, day):
        return []
    midnight = datetime.combine(day, time())
    return list(
        _joined(
            (midnight + timedelta(minutes=span.opens), midnight + timedelta(minutes=span.closes))
            for period in overriding or holding
            for span in period.spans
            if day.weekday() in span.weekdays
        )
    )


def covers(
    calendar: Calendar, starts: datetime, ends: datetime, *, country: str = "", resource: int | None = None
) -> bool:
    """Whether it is open from one local time to another without a break, nights that began the day before included."""
    days = (ends.date() - starts.date()).days + 2
    around = (
        interval
        for number in range(days)
        for interval in open_on(
            calendar, starts.date() + (number - 1) * _ONE, country=country, resource=resource
        )
    )  # fmt: skip
    return any(opens <= starts and ends <= closes for opens, closes in _joined(around))


def within(intervals: Iterable[Interval], starts: datetime, ends: datetime) -> list[Interval]:
    """What of ``intervals`` lies between two local times."""
    cut = ((max(opens, starts), min(closes, ends)) for opens, closes in intervals)
    return [(opens, closes) for opens, closes in cut if opens < closes]


def proposed(text: str, country: str, today: date) -> Calendar | None:
    """A first calendar from opening hours as the registry has them (OpenStreetMap's syntax); None where they can't be
    worked out, or are too irregular. Hours that hold only under a condition are left out."""
    found = hours.timetable(text, country, today)
    if found is None or not found.regular:
        return None
    one = len(found.seasons) == 1
    periods = [
        Period(_spans(enumerate(season.week)), None if one else season.first, None if one else season.last)
        for season in found.seasons
    ]
    for first, last, day in found.apart:
        periods.append(Period(_spans((weekday, day) for weekday in range(7)), first, last, override=True))
    closed = found.holidays.said and found.holidays.day == ()
    return Calendar(tuple(periods), holidays=found.holidays.said and not closed)


def _spans(days: Iterable[tuple[int, hours.Day]]) -> tuple[Span, ...]:
    same: dict[tuple[int, int], set[int]] = {}
    for weekday, spans in days:
        for span in spans:
            if not span.perhaps:
                same.setdefault((span.opens, span.closes), set()).add(weekday)
    return tuple(Span(frozenset(weekdays), opens, closes) for (opens, closes), weekdays in sorted(same.items()))


def _joined(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Intervals in order, those that touch as one."""
    ordered: Sequence[Interval] = sorted(intervals)
    kept: Interval | None = None
    for opens, closes in ordered:
        if kept and opens <= kept[1]:
            kept = (kept[0], max(kept[1], closes))
        else:
            if kept:
                yield kept
            kept = (opens, closes)
    if kept:
        yield kept
