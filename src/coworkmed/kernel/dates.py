"""Partial dates: a year, a month or a day, as text that sorts (ISO 8601-2 reduced precision)."""

import calendar
import re
from datetime import date

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def is_partial(text: str) -> bool:
    """Whether ``text`` is YYYY, YYYY-MM or YYYY-MM-DD and exists in the calendar."""
    try:
        first_day(text)
    except ValueError:
        return False
    return True


def first_day(text: str) -> date:
    """The first day the partial date can mean; ValueError if it is none."""
    found = _PARTIAL.fullmatch(text)
    if not found:
        raise ValueError(text)
    year, month, day = (int(part) if part else 1 for part in found.groups())
    return date(year, month, day)


def last_day(text: str) -> date:
    """The last day the partial date can mean; ValueError if it is none."""
    first = first_day(text)
    if len(text) == 10:
        return first
    month = first.month if len(text) == 7 else 12
    return date(first.year, month, calendar.monthrange(first.year, month)[1])


def months_between(earlier: date, later: date) -> int:
    """Whole months from ``earlier`` to ``later``; negative if ``later`` comes first."""
    months = (later.year - earlier.year) * 12 + later.month - earlier.month
    return months - (later.day < earlier.day) if months > 0 else months
