"""Dates, ages, numbers and names of codes as the reader writes them (CLDR, by Babel)."""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import phonenumbers
from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_currency, format_decimal, format_percent, is_currency
from babel.units import format_unit
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from coworkmed.kernel import dates

_ENGLISH = Locale("en", "GB")  # days before months, as the other six say them
_UNITS = {1: "digital-byte", 1000: "digital-kilobyte", 1_000_000: "digital-megabyte"}


@cache
def _locale(language: str) -> Locale:
    try:
        found = Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return _ENGLISH
    return _ENGLISH if found.language == "en" else found


def locale() -> Locale:
    """The reader's; English where nobody reads."""
    return _locale(get_language() or "en")


def day(when: str | date) -> str:
    """A date or partial date in words: "14 March 2025", "March 2025", "2025". What is no date comes back as it is."""
    if isinstance(when, date):
        return format_date(when, "long", locale=locale())
    if not dates.is_partial(when):
        return when
    first = dates.first_day(when)
    if len(when) == 10:
        return format_date(first, "long", locale=locale())
    return format_skeleton("yMMMM", first, locale=locale()) if len(when) == 7 else when


def age(when: str | date, today: date | None = None) -> str:
    """How long ago, in words: "3 months ago". A partial date counts from its last day, and never from the future."""
    if isinstance(when, str) and not dates.is_partial(when):
        return _("undated")
    last = dates.last_day(when) if isinstance(when, str) else when
    days = ((today or timezone.localdate()) - last).days
    if days < 1:
        return _("today")
    return format_timedelta(
        timedelta(days=-days), granularity="day", add_direction=True, threshold=1.5, locale=locale()
    )


def number(value: float, digits: int = 2) -> str:
    """At most ``digits`` decimals."""
    return format_decimal(round(value, digits), locale=locale())


def percent(share: float) -> str:
    """A share of 1 as a whole percentage; never rounded up to 100 %, nor down to 0."""
    if 0 < share < 1:
        share = min(max(share, 0.01), 0.99)
    return format_percent(share, locale=locale())


def size(octets: int) -> str:
    """Of a file, in the largest unit that leaves a whole number."""
    unit = max((unit for unit in _UNITS if octets >= unit), default=1)
    return format_unit(round(octets / unit), _UNITS[unit], "short", locale=locale())


def price(value: Mapping[str, Any]) -> str:
    """An amount and its currency; an unknown currency is written as it came."""
    amount, currency = value.get("amount"), str(value.get("currency", ""))
    if isinstance(amount, int | float) and is_currency(currency):
        return format_currency(amount, currency, locale=locale())
    return f"{amount} {currency}".strip()


def country(code: str) -> str:
    return str(locale().territories.get(code, code))


def language_name(code: str) -> str:
    return str(locale().languages.get(code, code))


def phone(number: str) -> str:
    """An E.164 number in the spacing of its own country."""
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def host(url: str) -> str:
    """The address as a person says it: without scheme, "www." or final slash."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return ((parts.hostname or url).removeprefix("www.") + parts.path.rstrip("/")) if parts.hostname else url


def own_words(texts: Mapping[str, str] | None, fallback: str = "") -> tuple[str, str]:
    """From language → text, the text for this reader and the language it is in; ``fallback``, "" if there is none."""
    texts = texts or {}
    for language in (get_language() or "en", "en", "fr", *texts):
        if text := texts.get(language):
            return text, language
    return fallback, ""
