"""What was done in an organisation, from the trail, for those who run it."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from coworkmed.platform import audit
from coworkmed.platform.models import Event

from .models import Organisation, Person
from .words import DEEDS

SHOWN = 50
_WITHIN = ("membership", "invitation", "operates")


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done: when, in which quality and by whom, to whose role, and what. ``by`` and ``whose`` are ""
    for the same person, for nobody, and for who is gone."""

    at: datetime
    quality: str
    by: str
    whose: str
    words: str
    role: str
    place: str


def of(organisation: Organisation) -> list[Deed]:
    """The newest `SHOWN` deeds, newest first."""
    own = Q(thing_type="organisation", thing_id=str(organisation.pk))
    within = Q(thing_type__in=_WITHIN, thing_id__startswith=f"{organisation.pk}-")
    events = [(one, _told(one)) for one in audit.trail().filter(own | within)[:SHOWN] if one.verb in DEEDS]
    numbers = {one.person for one, _ in events} | {str(told.get("person", "")) for _, told in events}
    people = Person.objects.in_bulk([int(number) for number in numbers if number.isdecimal()])
    names = {str(pk): person.name or person.email for pk, person in people.items()}
    return [
        Deed(
            one.at,
            one.role,
            names.get(one.person, ""),
            names.get(whose, "") if (whose := str(told.get("person", ""))) != one.person else "",
            DEEDS[one.verb],
            str(told.get("role", "")),
            str(told.get("place", "")),
        )
        for one, told in events
    ]


def _told(event: Event) -> dict[str, Any]:
    """What an event says of what there was or is now."""
    said = json.loads(event.after) or json.loads(event.before)
    return said if isinstance(said, dict) else {}
