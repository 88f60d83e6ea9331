"""A wave of the census, its invitations and answers, as tests make them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from coworkmed.observatory.census import letters, services
from coworkmed.observatory.census.questionnaire import current
from coworkmed.observatory.models import Invitation, Wave
from coworkmed.places.models import Place
from coworkmed.platform.tokens import address_digest


def wave(**more: Any) -> Wave:
    """An open wave that asks all the world until next month."""
    today = timezone.localdate()
    given = {
        "number": Wave.objects.count() + 1,
        "title": {"en": "The census", "fr": "Le recensement", "el": "Η απογραφή", "hr": "Popis"},
        "questionnaire": current().version,
        "opens": today - timedelta(1),
        "closes": today + timedelta(30),
        "state": Wave.State.OPEN,
    }
    return Wave.objects.create(**given | more)


def invited(place: Place, to: Wave, address: str = "desk@place.example", on: date | None = None) -> Invitation:
    """A place that has its link."""
    return Invitation.objects.create(
        wave=to, place=place, address=address_digest(address), sent_on=on or timezone.localdate()
    )


def path(invitation: Invitation, address: str = "desk@place.example", *, language: str = "en") -> str:
    """The path of the personal link."""
    return "/" + letters.link(invitation, address, language=language).split("/", 3)[3]


def given(**values: Any) -> dict[str, dict[str, Any]]:
    """Answers to questions of which nothing was known."""
    return {name: {"value": value, "how": "given"} for name, value in values.items()}


def answer(invitation: Invitation, values: Mapping[str, Any]) -> None:
    """Keep and send these answers."""
    services.keep(invitation=invitation, section="economy", answers=given(**values), by=services.Speaker())
    services.submit(invitation=invitation, by=services.Speaker())
