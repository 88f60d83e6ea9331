"""Values as people type them: a field's value as text to begin from, and the value that a text says.

What is typed goes by the same readers as what lists say, and is free of persons' data in the same way; only nothing is
left out in silence: what can't be taken as it stands is an `UnreadError` that says why. Pure.
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from opening_hours import validate

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Entry, Row, Value
from coworkmed.places import hours
from coworkmed.sources.normalise import coordinates, normalise, phones
from coworkmed.sources.normalise.hours import read_week
from coworkmed.sources.reasons import DOUBTS
from coworkmed.sources.spec import Pick, Spec
from coworkmed.sources.voices import CONNECTOR
from coworkmed.web import formats

#: Fields that are typed as text and read as the columns of lists are.
TEXTS = (
    "name other_names description address postcode locality web email phone socials languages opened desks "
    "surface_built_m2 price_day price_month equipment services operator"
).split()
_LISTS = ("texts", "urls", "codes", "languages", "ids")
_SPEC = Spec("typed", {}, "", "", "", CONNECTOR, "", columns={one: Pick((one,)) for one in (*TEXTS, "country")})
_MEANT = frozenset(("BY_APPOINTMENT", "APPROXIMATE"))  # doubts that who typed it has settled

_PERSONAL = N_(
    "This holds what belongs to a person (a name, a mobile number, an address of their own), which this registry never "
    "keeps. Give the place’s own, or leave it out."
)
_UNREAD = {
    "phone": N_("This is no telephone number we know. Write it with the country’s code, as in +33 4 90 00 00 00."),
    "email": N_("This is no e-mail address, or it is a person’s: give one of the place, as in contact@example.org."),
    "web": N_("This is no address of a web site. Pages on social networks go to their own line."),
    "socials": N_("These are no addresses of pages on social networks: one on each line, with https:// in front."),
    "opened": N_("This is no date. Write a year, a month or a day: 2019, 2019-05 or 2019-05-17."),
    "languages": N_("These are no names of languages that we know. Separate them by commas."),
    "desks": N_("Write a whole number."),
    "surface_built_m2": N_("Write a number."),
    "price_day": N_("Write an amount and its currency, as in 15 €."),
    "price_month": N_("Write an amount and its currency, as in 150 €."),
    "postcode": N_("This is no postcode of the country."),
    "position": N_("We find no position here. Write latitude and longitude, as in 43.2951, 5.3744, or a map’s link."),
    "hours": N_("We can’t read these hours. Write them as in 9:00–12:30, 14–18, or the word for closed."),
    "no_hours": N_("Give the hours of one day at least."),
    "opening_hours": N_("This is not in OpenStreetMap’s syntax, as in Mo-Fr 09:00-18:00; Sa 10:00-14:00."),
}  # fmt: skip
_OTHERWISE = N_("We can’t read this.")
#: Fields in which who runs a place may give what belongs to a person: a number, an address of their own.
CONTACTS = ("email", "phone")
_NO_EMAIL = N_("This is no e-mail address. Write one alone, as in contact@example.org.")
_NUMBER_ALONE = re.compile(r"[\d\s+().\-/]+")  # no words: they would name somebody

# Links to maps: a point that is named, then where a map merely looks.
_NUMBER = r"(-?\d{1,3}(?:\.\d+)?)"
_POINTS = (
    re.compile(rf"!3d{_NUMBER}!4d{_NUMBER}"),
    re.compile(rf"[?&#;]mlat={_NUMBER}&mlon={_NUMBER}"),
    re.compile(rf"[?&](?:q|query|ll|sll|daddr|destination|to|center)=(?:loc:)?{_NUMBER}(?:,|%2C)\+?{_NUMBER}", re.I),
    re.compile(rf"^geo:{_NUMBER},{_NUMBER}"),
    re.compile(rf"/(?:place|search|dir/)/?{_NUMBER},\+?{_NUMBER}"),
)
_VIEWS = (re.compile(rf"/@{_NUMBER},{_NUMBER}"), re.compile(rf"#(?:map=)?\d+(?:\.\d+)?/{_NUMBER}/{_NUMBER}"))
_LINK = re.compile(r"https?://|geo:", re.IGNORECASE)


class UnreadError(CoworkmedError):
    """What was typed can't be taken as it stands, and why."""


def none(field: Field) -> Value:
    """That there is none: what is said of a field that somebody emptied."""
    return Value([] if field.form in _LISTS else None)


def written(field: Field, value: Any) -> str:
    """A value as text to begin from, in the reader's language; "" where it is none of its field's form."""
    match field.form, value:
        case (("texts" | "urls"), list()):
            return "\n".join(map(str, value))
        case "languages", list():
            return ", ".join(formats.language_name(str(one)) for one in value)
        case "address", dict():
            parts = (value.get(one) for one in ("number", "street", "unit"))
            return str(value.get("line") or " ".join(str(one) for one in parts if one))
        case "position", dict():
            lat, lon = value.get("lat"), value.get("lon")
            return f"{lat}, {lon}" if isinstance(lat, int | float) and isinstance(lon, int | float) else ""
        case "price", dict():
            amount = value.get("amount")
            currency = "€" if value.get("currency") == "EUR" else value.get("currency", "")
            return f"{amount:g} {currency}".strip() if isinstance(amount, int | float) else ""
        case "phone", str():
            return formats.phone(value)
        case "number", int() | float():
            return f"{value:g}"
        case _, str():
            return value
    return ""


def read(name: str, text: str, *, country: str, beside: Mapping[str, str] | None = None) -> Value:
    """The value that ``text`` says of a field of `TEXTS`; of one that is empty, that there is none.

    ``beside``  what the place's other fields say, as text: the name, its web site, by which an address is told to be
    the place's own
    """
    if not text.strip():
        return none(FIELDS[name])
    cells = {"name": "place", **(beside or {}), "country": country, name: text}
    entry = normalise(Row(1, cells), _SPEC)
    if not isinstance(entry, Entry):
        raise _unread(name)
    if entry.dropped:
        raise UnreadError(_UNREAD["email"] if name == "email" else _PERSONAL)
    found = entry.fields.get(name)
    if found is None:
        raise _unread(name)
    if found.doubt and found.doubt not in _MEANT:
        raise UnreadError(DOUBTS[found.doubt]) if found.doubt in DOUBTS else _unread(name)
    return Value(found.value, text, found.repair)


def contact(name: str, text: str, *, country: str, beside: Mapping[str, str] | None = None) -> Value:
    """As `read`, of a field of `CONTACTS`, from whoever runs the place: a mobile number and a person's own address as
    well, for many small places have no other. Nothing but the number or the address itself is kept."""
    with suppress(UnreadError):
        return read(name, text, country=country, beside=beside)
    text = text.strip()
    if name == "phone":
        number = phones.parse(text, country)[0] if _NUMBER_ALONE.fullmatch(text) else ""
        if not number:
            raise _unread(name)
        return Value(number, text)
    try:
        validate_email(text)
    except ValidationError:
        raise UnreadError(_NO_EMAIL) from None
    return Value(text.lower(), text)


def position(text: str, country: str) -> Value:
    """The position in a text: two numbers in any usual writing, or a link to a map. No address is asked."""
    if not text.strip():
        return none(FIELDS["position"])
    pair, precision = _pair(text.strip())
    found = coordinates.place(*pair, country) if pair else None
    if found is None:
        raise _unread("position")
    if found.doubt:
        raise UnreadError(DOUBTS[found.doubt])
    value = {"lat": round(found.lat, 7), "lon": round(found.lon, 7), "precision": precision, "score": None}
    return Value(value, "" if _LINK.match(text.strip()) else text, found.repair)  # a link may tell more than a place


def _pair(text: str) -> tuple[tuple[float, float] | None, str]:
    for precision, patterns in (("ENTRANCE", _POINTS), ("STREET", _VIEWS)):
        for one in patterns:
            if found := one.search(text):
                return (float(found[1]), float(found[2])), precision
    return (None if _LINK.match(text) else coordinates.pair(text)), "ENTRANCE"


class Rows(NamedTuple):
    """Opening hours as a text for each day from Monday; ``holidays_off``: closed on public holidays."""

    days: Sequence[str]
    holidays_off: bool = False


def rows(text: str, country: str, today: date, closed: str) -> Rows | None:
    """The hours as rows, ``closed`` being the word for it; None where there are none, or rows don't tell them all:
    seasons, conditions, comments."""
    table = hours.timetable(text, country, today) if text else None
    if table is None or not table.stable or (table.holidays.said and table.holidays.day != ()):
        return None
    week = table.seasons[0].week
    if any(span.perhaps or span.note for day in week for span in day):
        return None
    return Rows([", ".join(map(_span, day)) or closed for day in week], table.holidays.said)


def _span(span: hours.Span) -> str:
    closes = span.closes if span.closes <= 1440 else span.closes - 1440
    return f"{_clock(span.opens)}–{_clock(closes)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def week(typed: Rows, closed: str) -> tuple[Value, list[int]]:
    """The hours that rows say, and the days that can't be read; a day left empty is closed, and where all are empty
    there are no hours."""
    given = "\n".join(typed.days)
    if not given.strip():
        return none(FIELDS["opening_hours"]), []
    texts = {day: _day(text, closed) for day, text in enumerate(typed.days)}
    found, _, unread = read_week(texts)
    if unread:
        return none(FIELDS["opening_hours"]), unread
    if not found:
        raise _unread("no_hours")
    return Value(found + "; PH off" * typed.holidays_off, given), []


def _day(text: str, closed: str) -> str:
    text = text.strip()
    return "closed" if not text or text.casefold() == closed.casefold() else text


def syntax(text: str) -> Value:
    """Hours typed in OpenStreetMap's syntax."""
    found = " ".join(text.split()).rstrip("; ")
    if not found:
        return none(FIELDS["opening_hours"])
    if len(found) > hours.LONGEST or not validate(found):
        raise _unread("opening_hours")
    return Value(found, text)


def unread_day() -> UnreadError:
    return _unread("hours")


def _unread(name: str) -> UnreadError:
    return UnreadError(_UNREAD.get(name, _OTHERWISE))
