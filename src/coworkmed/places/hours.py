"""Opening hours in OpenStreetMap's syntax, worked out: the ordinary week, its seasons, days apart, and what holds now.

The library evaluates. What it is known to evaluate otherwise than the reference implementation (`benchmarks/hours`), or
what nobody can without knowing more (school holidays, "until late"), is not worked out here at all: whoever shows it
shows it as written. Times are those of the clock on the wall, without a zone; `zone` tells which clock.

Pure functions; nothing here knows Django.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

import opening_hours
from babel.core import get_global
from opening_hours import OpeningHours, State

LONGEST = 500  # characters
YEAR = 371  # days looked ahead: a year in whole weeks
CLOSURE = range(7, 63)  # days without any opening that are a closure, not a season
MOST_SEASONS = 6  # of a year; with more, or with more days apart, the week is called irregular
MOST_APART = 14
_LATEST_TAIL = time(6)  # a night that ends by then belongs to the day it began on

#: What is not worked out: open ends, fallback rules, repeated times, school holidays, Easter, the sun's times, holidays
#: moved by days or crossed with weekdays.
_NOT_WORKED_OUT = re.compile(
    r":\d\d\s*\+ | \|\| | :\d\d\s*/ | \b(?:SH|easter|sunrise|sunset|dawn|dusk)\b"
    r"| \bPH\s*[-+]\s*\d | \bPH\s+(?:Mo|Tu|We|Th|Fr|Sa|Su)\b | \b(?:Mo|Tu|We|Th|Fr|Sa|Su)\s+PH\b",
    re.VERBOSE | re.IGNORECASE,
)
_HOLIDAYS = re.compile(r"\bPH\b")
_STATED = re.compile(r"\b(?:open|off|closed|unknown)\s*$")

#: The library's own errors, which its types leave out.
_REFUSALS: tuple[type[Exception], ...] = tuple(
    getattr(opening_hours, name) for name in ("ParserError", "UnknownCountryError")
)

Certainty = Literal["open", "perhaps", "closed"]


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a day, in minutes from its midnight; past 1440 it runs into the next. ``perhaps``: only under a
    condition; ``note`` is a comment in the words of whoever wrote it."""

    opens: int
    closes: int
    perhaps: bool = False
    note: str = ""


Day = tuple[Span, ...]
Week = tuple[Day, ...]  # from Monday


@dataclass(frozen=True, slots=True)
class Season:
    """A season and its ordinary week; ``last`` is None where it outlasts the year looked at."""

    first: date
    last: date | None
    week: Week


@dataclass(frozen=True, slots=True)
class Holidays:
    """``said``  whether the hours speak of public holidays
    ``day``   the hours on them, where they are the same on all; None where they differ or nothing is said
    ``next``  the next one in the whole country, today included; None where its holidays aren't known"""

    said: bool
    day: Day | None
    next: date | None


@dataclass(frozen=True, slots=True)
class Timetable:
    """A year of opening hours, told as people tell them. ``regular`` says whether that can be done.

    ``seasons``  the ordinary weeks, the first of them today's; one where the year has no seasons
    ``apart``    (first, last, hours) of days unlike the ordinary week, closures among them
    ``days``     where it is not regular: the hours of the seven days from today, and no seasons
    """

    seasons: Sequence[Season]
    apart: Sequence[tuple[date, date, Day]]
    days: Sequence[Day]
    holidays: Holidays

    @property
    def regular(self) -> bool:
        return bool(self.seasons)

    @property
    def stable(self) -> bool:
        """Whether one week tells it all, holidays aside."""
        return len(self.seasons) == 1 and not self.apart


@dataclass(frozen=True, slots=True)
class Now:
    """What holds at a moment, and ``until`` when; None where nothing changes within a year."""

    state: Certainty
    until: datetime | None
    note: str = ""


@lru_cache(maxsize=20_000)
def parsed(text: str, country: str = "") -> OpeningHours | None:
    """The hours, with the public holidays of ``country`` (ISO 3166-1); None where we don't work them out."""
    written = _with_conditions(text) if len(text) <= LONGEST else ""
    if not written or _NOT_WORKED_OUT.search(_without_comments(written)):
        return None
    try:
        return OpeningHours(written, country=country or None)
    except _REFUSALS:
        return None


def intervals(text: str, country: str, start: datetime, end: datetime) -> list[tuple[datetime, datetime, State, str]]:
    """The stretches that are not closed from ``start`` to ``end``, in order. ValueError where we don't work it out."""
    if (hours := _hours(text, country)) is None:
        raise ValueError(text)
    return [one for one in hours.intervals(start, end) if one[2] != State.CLOSED]


@lru_cache(maxsize=20_000)
def timetable(text: str, country: str, today: date) -> Timetable | None:
    """What the year from ``today`` looks like; None where the hours can't be worked out or nothing opens in it."""
    plain = _hours(text, country) and parsed(text)  # without a country no day is a holiday
    if plain is None:
        return None
    days = _days(plain, today - timedelta(21), YEAR + 42)
    if not any(days.values()):
        return None
    ahead = [today + timedelta(number) for number in range(YEAR)]
    holidays = _holidays(text, country, today)
    odd = _apart(days)
    seasons = _seasons(days, [day for day in ahead if day not in odd])
    apart = _stretches(days, [day for day in ahead if day in odd])
    if not seasons or len(seasons) > MOST_SEASONS or len(apart) > MOST_APART:
        return Timetable((), (), [days[day] for day in ahead[:7]], holidays)
    return Timetable(seasons, apart, (), holidays)


def now(text: str, country: str, moment: datetime) -> Now | None:
    """What holds at ``moment``, the time on the place's own clock; None where it can't be told."""
    if (hours := _hours(text, country)) is None:
        return None
    state, note = hours.state(moment)
    until = hours.next_change(moment)
    while until and hours.state(until)[0] == state and until - moment < timedelta(YEAR):  # another note, the same state
        until = hours.next_change(until)
    told: Certainty = "open" if state == State.OPEN else "perhaps" if state == State.UNKNOWN else "closed"
    return Now(told, until if until and until - moment < timedelta(YEAR) else None, note)


def open_at(text: str, country: str, moment: datetime) -> bool:
    """Whether it is certain to be open at ``moment``, the time on the place's own clock."""
    hours = _hours(text, country)
    return hours is not None and hours.is_open(moment)


def holiday(country: str, day: date) -> bool:
    """Whether ``day`` is a public holiday in the whole of ``country``; False where its holidays aren't known."""
    hours = parsed("PH", country) if country else None
    return hours is not None and hours.is_open(datetime.combine(day, time(12)))


def zone(country: str, position: tuple[float, float] | None) -> ZoneInfo | None:
    """The time zone of a place: its country's, or where that has several the one at its WGS84 (lat, lon); None where
    neither tells."""
    of_country = _zones().get(country, [])
    if len(of_country) == 1:
        return ZoneInfo(of_country[0])
    if position is None:
        return None
    moment = OpeningHours("12:00-13:00", coords=position).next_change(datetime(2000, 1, 1))
    found = moment.tzinfo if moment else None
    return found if isinstance(found, ZoneInfo) and not found.key.startswith("Etc/") else None


def together(week: Week) -> list[tuple[int, int, Day]]:
    """The days of a week that follow each other with the same hours, as (first, last, hours); 0 is Monday."""
    groups = [list(days) for _, days in groupby(range(7), key=lambda day: week[day])]
    return [(days[0], days[-1], week[days[0]]) for days in groups]


def _hours(text: str, country: str) -> OpeningHours | None:
    """With holidays where the hours speak of them: then an unknown country keeps them from being worked out."""
    if not _HOLIDAYS.search(_without_comments(text)):
        return parsed(text)
    return parsed(text, country) if country else None


def _with_conditions(text: str) -> str:
    """``text`` with the state said that a rule with but a comment has: perhaps open. "" where quotes don't match."""
    parts = text.strip().split('"')
    if len(parts) % 2 == 0:
        return ""
    for number in range(0, len(parts) - 1, 2):
        if not _STATED.search(parts[number]):
            parts[number] = f"{parts[number].rstrip()} unknown ".lstrip()
    return '"'.join(parts)


def _without_comments(text: str) -> str:
    return re.sub(r'"[^"]*"', "", text)


@lru_cache(maxsize=1)
def _zones() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, country in get_global("zone_territories").items():
        found.setdefault(country, []).append(name)
    return found


def _days(hours: OpeningHours, first: date, count: int) -> dict[date, Day]:
    """The hours of ``count`` days; a night belongs to the day it began on."""
    start = datetime.combine(first, time())
    days: dict[date, list[Span]] = {first + timedelta(number): [] for number in range(count)}
    for begin, end, state, note in hours.intervals(start - timedelta(1), start + timedelta(count)):
        if state != State.CLOSED:
            for opens, closes in _by_day(begin, end):
                if opens.date() in days:
                    minutes = int((closes - opens).total_seconds() // 60) + opens.hour * 60 + opens.minute
                    span = Span(opens.hour * 60 + opens.minute, minutes, state == State.UNKNOWN, note)
                    days[opens.date()].append(span)
    return {day: _joined(spans) for day, spans in days.items()}


def _joined(spans: Sequence[Span]) -> Day:
    """Spans that touch and say the same, as one."""
    kept: list[Span] = []
    for span in spans:
        if kept and replace(kept[-1], opens=span.opens, closes=span.closes) == span and kept[-1].closes == span.opens:
            kept[-1] = replace(kept[-1], closes=span.closes)
        else:
            kept.append(span)
    return tuple(kept)


def _by_day(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    """An interval cut at every midnight but that of a night which soon ends."""
    while begin < end:
        midnight = datetime.combine(begin.date() + timedelta(1), time())
        night = end.date() == midnight.date() and end.time() <= _LATEST_TAIL and begin.time() > _LATEST_TAIL
        cut = end if night else min(end, midnight)
        yield begin, cut
        begin = cut


def _apart(days: Mapping[date, Day]) -> set[date]:
    """The days of closures, and those unlike most of the same weekday, from three weeks before to three after."""
    apart: set[date] = set()
    for open_, run in groupby(days, key=lambda day: bool(days[day])):
        if not open_ and len(closed := list(run)) in CLOSURE:
            apart.update(closed)
    for weekday in range(7):
        same = [day for day in days if day.weekday() == weekday and day not in apart]
        for place, day in enumerate(same):
            around = [days[one] for one in same[max(place - 3, 0) : place + 4]]
            if 2 * around.count(days[day]) <= len(around):
                apart.add(day)
    return apart


def _seasons(days: Mapping[date, Day], regular: Sequence[date]) -> list[Season] | None:
    """Regular days, cut wherever one contradicts the week so far; None where some week has gaps."""
    found: list[tuple[date, date, dict[int, Day]]] = []
    for day in regular:
        weekday, spans = day.weekday(), days[day]
        if found and found[-1][2].get(weekday, spans) == spans:
            first, _, week = found[-1]
            found[-1] = (first, day, week | {weekday: spans})
        else:
            found.append((day, day, {weekday: spans}))
    if any(len(week) < 7 for _, _, week in found):
        return None
    lasts = [first - timedelta(1) for first, _, _ in found[1:]]
    return [
        Season(first, last, tuple(week[day] for day in range(7)))
        for (first, _, week), last in zip(found, [*lasts, None], strict=True)
    ]


def _stretches(days: Mapping[date, Day], apart: Sequence[date]) -> list[tuple[date, date, Day]]:
    """Days apart, those that follow each other with the same hours together."""
    found: list[tuple[date, date, Day]] = []
    for day in apart:
        if found and found[-1][1] == day - timedelta(1) and found[-1][2] == days[day]:
            found[-1] = (found[-1][0], day, days[day])
        else:
            found.append((day, day, days[day]))
    return found


def _holidays(text: str, country: str, today: date) -> Holidays:
    said = bool(_HOLIDAYS.search(_without_comments(text)))
    hours = _hours(text, country)
    ahead = [today + timedelta(number) for number in range(YEAR) if holiday(country, today + timedelta(number))]
    if hours is None or not said or not ahead:
        return Holidays(said, None, ahead[0] if ahead else None)
    days = _days(hours, today - timedelta(1), YEAR + 2)
    found = {days[day] for day in ahead}
    return Holidays(said, found.pop() if len(found) == 1 else None, ahead[0])
