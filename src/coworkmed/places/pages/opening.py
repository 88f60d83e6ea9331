"""Opening hours in the reader's words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from django.utils.translation import gettext as _

from coworkmed.web import formats

from .. import hours

DAY = 1440  # minutes


@dataclass(frozen=True, slots=True)
class Line:
    """Days of the week that share their hours. ``today``: whether today is one of them."""

    days: str
    hours: Sequence[str]
    today: bool = False


@dataclass(frozen=True, slots=True)
class Season:
    """The ordinary week of a part of the year; ``title`` is "" where there is but one."""

    title: str
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Opening:
    """``state``   "open", "perhaps", "closed", or "" where nothing can be said of now
    ``now``     that in words, with until when
    ``clock``   the time at the place
    ``seasons`` the first is today's
    ``notes``   days apart, holidays: whole sentences
    ``text``    the hours as written, for whoever would rather read that
    ``week``    for programs; None where one week doesn't tell it all
    ``until``   when ``now`` stops being true: no page should be kept longer
    """

    text: str
    state: str = ""
    now: str = ""
    clock: str = ""
    seasons: Sequence[Season] = ()
    notes: Sequence[str] = ()
    week: hours.Week | None = None
    until: datetime | None = None

    @property
    def known(self) -> bool:
        """Whether the hours could be worked out."""
        return bool(self.seasons)


def opening(text: str, country: str, zone: ZoneInfo | None, moment: datetime) -> Opening:
    """The hours ``text`` of a place, at an aware ``moment``. Without its ``zone`` nothing is said of now."""
    there = moment.astimezone(zone or moment.tzinfo).replace(tzinfo=None)
    table = hours.timetable(text, country, there.date())
    if table is None:
        return Opening(text)
    found = Opening(
        text=text,
        seasons=_seasons(table, there.date()),
        notes=_notes(table, country, there.date()),
        week=table.seasons[0].week if table.stable else None,
    )
    now = hours.now(text, country, there) if zone else None
    if now is None:
        return found
    return Opening(
        text=text,
        state=now.state,
        now=now_in_words(now, there),
        clock=_clock(there.time()),
        seasons=found.seasons,
        notes=found.notes,
        week=found.week,
        until=now.until.replace(tzinfo=zone) if now.until else None,
    )


def now_in_words(now: hours.Now, there: datetime) -> str:
    """Whether it is open at the place's own time ``there``, and until when."""
    when = _when(now.until, there) if now.until else ""
    if now.state == "perhaps":
        if now.note:
            return _("Perhaps open now: {note}").format(note=note_in_words(now.note))
        return _("Perhaps open now")
    if now.state == "open":
        if now.until and now.until - there < timedelta(hours=18):
            when = _clock(now.until.time())
        return _("Open now, until {when}").format(when=when) if when else _("Open at all hours")
    return _("Closed now. Opens again: {when}").format(when=when) if when else _("Closed now")


def note_in_words(note: str) -> str:
    """A comment, in the reader's words where it is one we know."""
    return _("by appointment") if note == "by appointment" else _("“{note}”").format(note=note)


def day_in_words(day: hours.Day) -> list[str]:
    """The hours of a day, each span as a text; closed days say so."""
    return [_span(one) for one in day] or [_("closed")]


def _seasons(table: hours.Timetable, today: date) -> list[Season]:
    if not table.regular:
        days = [today + timedelta(number) for number in range(7)]
        lines = [
            Line(format_date(day, "full", locale=formats.locale()), day_in_words(spans), day == today)
            for day, spans in zip(days, table.days, strict=True)
        ]
        return [Season(_("The next seven days"), lines)]
    first, *later = table.seasons
    if later and later[-1].week == first.week:  # the year comes round
        later.pop()
    return [
        Season(
            _season_title(one, first),
            [
                Line(_day_range(begin, end), day_in_words(spans), not number and begin <= today.weekday() <= end)
                for begin, end, spans in hours.together(one.week)
            ],
        )
        for number, one in enumerate([first, *later])
    ]


def _season_title(season: hours.Season, present: hours.Season) -> str:
    if season is present:
        return _("Until {day}").format(day=formats.day(season.last)) if season.last else ""
    first = formats.day(season.first)
    if season.last is None:
        return _("From {day} on").format(day=first)
    return _("From {first} to {last}").format(first=first, last=formats.day(season.last))


def _notes(table: hours.Timetable, country: str, today: date) -> list[str]:
    notes = []
    for first, last, spans in table.apart:
        days = formats.day(first) if first == last else _range(formats.day(first), formats.day(last))
        notes.append(_("{days}: {hours}").format(days=days, hours=", ".join(day_in_words(spans))))
    said = table.holidays
    if said.said and said.day is not None:
        told = ", ".join(day_in_words(said.day))
        notes.append(_("Public holidays of the whole country: {hours}").format(hours=told))
    elif said.said:
        notes.append(_("Public holidays have hours of their own."))
    elif said.next == today:
        notes.append(_("Today is a public holiday, and the hours say nothing of public holidays."))
    if said.next and said.next != today:
        notes.append(_("The next public holiday: {day}").format(day=_full_day(said.next)))
    return notes


def _span(span: hours.Span) -> str:
    if (span.opens, span.closes) == (0, DAY):
        told = _("at all hours")
        if span.perhaps:
            return note_in_words(span.note) if span.note else _("not known")
    else:
        told = _range(_minutes(span.opens), _minutes(span.closes))
        if span.perhaps and not span.note:
            return _("{hours}, not certain").format(hours=told)
    return f"{told} ({note_in_words(span.note)})" if span.note else told


def _when(until: datetime, there: datetime) -> str:
    """A coming moment: its time where it is soon, its day where it is not."""
    days = (until.date() - there.date()).days
    clock = _clock(until.time())
    if days == 0:
        return _("today, {time}").format(time=clock)
    if days == 1:
        return _("tomorrow, {time}").format(time=clock)
    day = _weekday(until.weekday()) if days < 7 else _full_day(until.date())
    return str(formats.locale().datetime_formats["medium"]).format(clock, day)


def _full_day(day: date) -> str:
    return format_date(day, "full", locale=formats.locale())


def _weekday(day: int) -> str:
    return str(formats.locale().days["stand-alone"]["wide"][day])


def _day_range(first: int, last: int) -> str:
    if (first, last) == (0, 6):
        return _("Every day")
    return _weekday(first) if first == last else _range(_weekday(first), _weekday(last))


def _range(first: str, last: str) -> str:
    return str(formats.locale().interval_formats[None]).format(first, last)


def _minutes(minutes: int) -> str:
    return _clock(time(minutes // 60 % 24, minutes % 60))


def _clock(at: time) -> str:
    return format_time(at, "short", locale=formats.locale())
