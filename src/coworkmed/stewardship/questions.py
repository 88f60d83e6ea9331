"""What mails that ask about places tell their reader: each place as its page has it, and links to answer by.

`services.asking` decides whom to ask, and sends.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.languages import get_official_languages
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.people.models import Person
from coworkmed.places.clock import REASONS
from coworkmed.places.freshness import FRESHNESS
from coworkmed.places.models import Place
from coworkmed.places.pages.place import opening_of
from coworkmed.places.words import STATUS
from coworkmed.platform import tokens
from coworkmed.platform.audit import Thing
from coworkmed.web import formats

from . import typed
from .letters import address

_LONGEST = 200  # characters of a value in a mail: its page has the rest

#: Where none of our languages is the official one, the one most places there are written to in; and regions with one
#: of their own.
_USUAL = {"DZ": "fr", "LB": "fr", "MA": "fr", "TN": "fr", "BA": "hr", "ME": "hr", "RS": "hr", "SI": "hr"}
_OF_REGION = {"ES-CT": "ca", "ES-IB": "ca"}


def language_of(place: Place) -> str:
    """The language a place is written to in: that of its region or country, where we speak it; else English."""
    if place.region in _OF_REGION:
        return _OF_REGION[place.region]
    official = get_official_languages(place.country, de_facto=True) if place.country else ()
    return next((one for one in official if one in LANGUAGES), _USUAL.get(place.country, "en"))


def language_for(to: str, place: Place) -> str:
    """What the reader of an address chose to be written to in, if they have an account; else the place's language."""
    chosen = Person.objects.filter(emailaddress__email=to.lower()).values_list("language", flat=True).first()
    return chosen or language_of(place)


def question(places: Sequence[Place], to: str, *, language: str) -> dict[str, Any]:
    """What the template ``ask`` shows: one or several places of one address, each as it stands, with its three links.
    Each call makes links of its own."""
    with translation.override(language):
        return {"places": [_asked(place, to, language) for place in places]}


def round_of(silent: Iterable[tuple[Place, str, date]], *, desk: str, language: str) -> dict[str, Any]:
    """What the template ``ask-steward`` shows: places that wait for a steward, why (key of `clock.REASONS`) and since
    when. ``desk``: the address of their desk."""
    with translation.override(language):
        return {
            "desk": desk,
            "places": [
                {
                    "name": _name(place),
                    "where": _where(place),
                    "why": _(REASONS[why]),
                    "since": since.isoformat(),
                    "phone": _short(typed.written(FIELDS["phone"], place.values.get("phone"))),
                    "page": address("place", place.pk, language=language),
                    "confirm": address("place-confirm", place.pk, language=language),
                }
                for place, why, since in silent
            ],
        }


def _asked(place: Place, to: str, language: str) -> dict[str, Any]:
    thing = Thing("place", place.pk)
    links = {
        what: address("word", what, tokens.make(purpose=f"place.{what}", thing=thing, address=to), language=language)
        for what in ("confirm", "correct", "gone")
    }
    return {"name": _name(place), "page": address("place", place.pk, language=language), "lines": lines(place)} | links


def lines(place: Place) -> list[tuple[str, str]]:
    """A place's page in short, in the reader's language: (label, text) of what a visitor asks for."""
    values = place.values
    kinds = [_(KINDS[one]) for one in values.get("kinds") or () if one in KINDS]
    found = [
        (_("Status"), _(STATUS.get(place.status, place.status))),
        (_("Kinds"), ", ".join(kinds)),
        (_("Address"), _where(place)),
        (_("Opening hours"), hours(place)),
        *((_(FIELDS[name].label), typed.written(FIELDS[name], values.get(name))) for name in ("phone", "email", "web")),
        (_("How sure we are"), _(FRESHNESS.get(place.freshness, "")) if place.freshness else ""),
        (_("Newest evidence"), formats.age(place.confirmed_on) if place.confirmed_on else ""),
    ]
    return [(label, _short(text)) for label, text in found if text]


def hours(place: Place) -> str:
    """When it is open, in words, a line for the days that are alike; as written where that can't be worked out."""
    opening = opening_of(place, timezone.now())
    if opening is None or not opening.known:
        return str(place.values.get("opening_hours") or "")
    return "\n".join(f"{line.days}: {', '.join(line.hours)}" for line in opening.seasons[0].lines)


def _name(place: Place) -> str:
    return _short(place.name or place.pk)


def _where(place: Place) -> str:
    line = typed.written(FIELDS["address"], place.values.get("address"))
    town = " ".join(str(place.values.get(name) or "") for name in ("postcode", "locality")).strip()
    return _short(", ".join(part for part in (line, town) if part))


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
