"""Opening hours to OpenStreetMap's syntax: what is in it already, and prose in the languages around the sea.

The prose reader is deliberately shy: it knows days, times, "closed", "every day" and some filler. A word that can
change the meaning (every other week, holidays, seasons, except …) and that it can't express makes it give up, so that
nothing false is published; the text stays with the entry as given.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from opening_hours import validate

from coworkmed.kernel.fold import latin

from . import hours_words as words

DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")

# A time: 9h, 9h30, 9 h 30, 09:30, 9.30, 09h30h. In "14h 17h30" and "9h12h" what follows the h is the next time.
_TOKEN = re.compile(
    r"""
    (?P<time>(?<![\d:])(?:[01]?\d|2[0-4])
        (?: \s?h(?:eures?|rs?)? (?:(?:00|15|30|45)(?!\d)h?(?!\w) | \s?[0-5]\d(?!\d|\s?h))? (?![a-gi-z])
          | [:.][0-5]\d(?!\d)\s?(?:h(?:eures?|rs?)?\b)? ))
    |(?P<bare>(?<![\d:])(?:[01]?\d|2[0-4])(?![\d:]))
    |(?P<word>[a-z]+)
    |(?P<mark>[^\sa-z0-9]+)
    |(?P<odd>\d+)
    """,
    re.VERBOSE,
)
_BARE_SPANS = re.compile(r"\d{1,2} ?- ?\d{1,2}(?: ?[/,] ?\d{1,2} ?- ?\d{1,2})?")
_MERIDIEM = re.compile(r"(?<![\d:])(\d{1,2})(?:[:.](\d\d))?\s?([ap])\.?m\b\.?")
_SAYS_TIME = re.compile(r"\d\s?h|\d:\d")
_DASHES = frozenset("-–—>")
_NO_DAY = -1

Times = list[tuple[int, int]]  # spans in minutes from midnight
Week = dict[int, Times]  # weekday from 0 → spans, none where closed; _NO_DAY for times said of no day


@lru_cache(maxsize=50_000)
def read(text: str) -> tuple[str, str]:
    """(opening_hours in OpenStreetMap's syntax, doubt) of a text; ("", "") where it can't be said without guessing.

    Doubts: "NO_DAYS" (times without days: taken as every day), "BY_APPOINTMENT".
    """
    text = text.strip()
    if not text or len(text) > 500:
        return "", ""
    if (words.OSM.match(text) and (valid := _valid(text))) or (valid := _dialect(text)):
        return valid, ""
    return _prose(latin(text))


def read_week(days: Mapping[int, str]) -> tuple[str, str, list[int]]:
    """(opening_hours, doubt, days that can't be read) out of one text per weekday (0 is Monday)."""
    week: Week = {}
    unread = []
    for day, text in sorted(days.items()):
        spans = _day(latin(text.strip()), day)
        if spans is None:
            unread.append(day)
        else:
            week[day] = spans
    if not any(week.values()):
        return "", "", unread
    return _written(week), "SOME_DAYS_UNREAD" if unread else "", unread


def _valid(text: str) -> str:
    """``text`` if it is opening_hours syntax as it stands (a final semicolon forgiven), else ""."""
    text = re.sub(r"\s+", " ", text.strip().rstrip(";").strip())
    return text if validate(text) else ""


def _dialect(text: str) -> str:
    """Opening hours whose words alone were put into French ("Lundi-Jeudi 06:30-02:00", a rule per line), or ""."""
    if not re.search(r"\d\d:\d\d", text):
        return ""
    lines = words.FRENCH_OSM_TERM.sub(lambda found: words.FRENCH_OSM[latin(found[0])], text).split("\n")
    text = "; ".join(rule for line in lines if (rule := line.strip().rstrip(";,")))
    return "" if re.search(r"[a-z]{4}|[A-Z]{3}", text) else _valid(text)


def _prose(text: str) -> tuple[str, str]:
    if words.ALWAYS.fullmatch(text):
        return "24/7", ""
    appointment = bool(words.APPOINTMENT.search(words.NO_APPOINTMENT.sub(" ", text)))
    week = _week(_prepared(text))
    if week is None or not any(week.values()):
        only = appointment and not _SAYS_TIME.search(text)
        return ('"by appointment"', "BY_APPOINTMENT") if only else ("", "")
    doubt = "BY_APPOINTMENT" if appointment else ""
    if _NO_DAY in week:
        return ("", "") if len(week) > 1 else (_spans(week[_NO_DAY]), doubt or "NO_DAYS")
    return _written(week) + "; PH off" * bool(words.PUBLIC_HOLIDAYS.search(text)), doubt


@lru_cache(maxsize=50_000)
def _day(text: str, day: int) -> Times | None:
    """The spans of one weekday's own text; empty where it is closed, None where it can't be read."""
    text = text.strip(" |:;,.")
    if text in words.CLOSED or words.CLOSED_ALL_DAY.fullmatch(text):
        return []
    if words.ALWAYS.fullmatch(text):
        return [(0, 1440)]
    if _BARE_SPANS.fullmatch(text):
        text = re.sub(r"(\d)(?!\d)", r"\1h", text)
    week = _week(_prepared(text))
    return next(iter(week.values())) if week is not None and set(week) in ({_NO_DAY}, {day}) else None


def _prepared(text: str) -> str:
    """Folded prose with its set phrases made into plain days and times."""
    for phrase in (words.PUBLIC_HOLIDAYS, words.NO_APPOINTMENT, words.APPOINTMENT):
        text = phrase.sub(" ", text)
    text = words.EVERY_DAY.sub(" lundi a dimanche ", text)
    text = words.WEEK_DAYS.sub(" lundi a vendredi ", text)
    text = re.sub(r"(?<!apres[ -])\bmidi\b", "12h", text)
    text = re.sub(r"\bminuit\b", "24h", text)
    return _MERIDIEM.sub(_clock, text)


def _clock(found: re.Match[str]) -> str:
    """12-hour time in 24 hours."""
    return f"{int(found[1]) % 12 + 12 * (found[3] == 'p')}:{found[2] or '00'}"


@dataclass
class _Reader:
    """Days and times as they come, gathered into a week. A method returns False where the text makes no sense."""

    week: Week = field(default_factory=dict)
    days: list[int] = field(default_factory=list)  # named, still without times
    times: list[int] = field(default_factory=list)
    through: bool = False  # a "to" stands between two days
    closing: bool = False  # "closed" stands before the days it holds for

    def day(self, day: int) -> bool:
        if self.times and not self.close():
            return False
        if self.through and self.days:
            last = self.days[-1]
            self.days += [one % 7 for one in range(last + 1, day + (0 if day > last else 7))]
        self.days.append(day)
        if self.closing:
            self.week.update({one: [] for one in self.days})
        self.through = False
        return True

    def closed(self) -> bool:
        if self.days and not self.times:
            self.week.update({one: [] for one in self.days})
            self.days = []
            return True
        self.closing = True
        return self.close()

    def time(self, minutes: int | None) -> bool:
        if minutes is None:
            return False
        if self.closing:
            self.days, self.closing = [], False
        self.times.append(minutes)
        self.through = False
        return True

    def between(self, token: str) -> bool:
        """A filler word or a mark."""
        if self.closing and self.days and set(token) & set(".;|"):
            self.days, self.closing = [], False
        if token in words.THROUGH or set(token) <= _DASHES:
            self.through = bool(self.days) and not self.times
        elif token[0].isalpha() and token not in words.FILLER:
            return False
        elif token in (",", "&", ";", ".", "et", "and", "e", "y", "i", "kai"):
            self.through = False
        return True

    def close(self) -> bool:
        """Give the times so far to the days they follow."""
        spans = _paired(self.times)
        if spans is None:
            return False
        if spans:
            for day in self.days or [_NO_DAY]:
                self.week.setdefault(day, []).extend(spans)
            self.days = []
        self.times = []
        return True

    def end(self) -> Week | None:
        if self.closing and not self.days:
            return None  # "closed" after hours, and of no day: perhaps those hours are the closed ones
        if self.days and not self.times and not self.closing:
            if set(self.week) != {_NO_DAY}:
                return None  # days without times: something was not understood
            return dict.fromkeys(self.days, self.week[_NO_DAY])  # "9h-18h du lundi au vendredi"
        return self.week if self.close() else None


def _week(text: str) -> Week | None:
    """The days and times of folded prose; None where a word could change the meaning."""
    reader = _Reader()
    tokens = [(found.lastgroup or "", found[0]) for found in _TOKEN.finditer(text)]
    for place, (kind, token) in enumerate(tokens):
        if token in words.DAY:
            known = reader.day(words.DAY[token])
        elif token in words.CLOSED:
            known = reader.closed()
        elif kind == "time" or (kind == "bare" and _is_hour(tokens, place)):
            known = reader.time(_minutes(token))
        else:
            known = kind in ("word", "mark") and reader.between(token)
        if not known:
            return None
    return reader.end()


def _is_hour(tokens: list[tuple[str, str]], place: int) -> bool:
    """Whether a bare number is an hour: a dash, a slash or "to" ties it to a time or to another number."""
    for step in (-1, 1):
        beside, other = place + step, place + 2 * step
        if 0 <= other < len(tokens) and (tokens[beside][1] in words.THROUGH or tokens[beside][1] in ("-", "–", "/")):
            return tokens[other][0] in ("time", "bare")
    return False


def _minutes(token: str) -> int | None:
    hour, minute, *_ = [*map(int, re.findall(r"\d+", token)), 0]
    total = hour * 60 + minute
    return total if total <= 1440 else None


def _paired(times: list[int]) -> Times | None:
    """Times two by two as spans in the order of the day (the last may run past midnight); None where they make none."""
    if len(times) % 2:
        return None
    spans = [(start, end or 1440) for start, end in zip(times[::2], times[1::2], strict=True)]
    reached = -1
    for number, (start, end) in enumerate(spans):
        past_midnight = end < start and number == len(spans) - 1 and end <= 6 * 60
        if start == end or start < reached or (end < start and not past_midnight):
            return None
        reached = end
    return spans


def _written(week: Week) -> str:
    """A week in OpenStreetMap's syntax: days with the same hours together, in the order of the week."""
    groups: dict[str, list[int]] = {}
    for day in sorted(week):
        groups.setdefault(_spans(week[day]) if week[day] else "off", []).append(day)
    return "; ".join(f"{_day_list(days)} {spans}" for spans, days in groups.items())


def _spans(spans: Times) -> str:
    return ",".join(f"{_time(start)}-{_time(end)}" for start, end in dict.fromkeys(spans))


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _day_list(days: list[int]) -> str:
    """Weekdays in order, three or more in a row as a range."""
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][-1] == day - 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ",".join(
        f"{DAYS[run[0]]}-{DAYS[run[-1]]}" if len(run) > 2 else ",".join(DAYS[day] for day in run) for run in runs
    )
