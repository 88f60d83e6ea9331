"""What the census writes to places: an invitation, a reminder; with the month's question where that is due."""

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from coworkmed.places.models import Place
from coworkmed.platform import tokens
from coworkmed.platform.audit import Thing
from coworkmed.stewardship import questions
from coworkmed.stewardship.letters import address
from coworkmed.web import formats

from ..models import Invitation
from . import queries
from .questionnaire import current

PURPOSE = "census"


class Letter(NamedTuple):
    """A mail as `platform.mail.send` takes it, and whether it asks the month's question too."""

    language: str
    context: Mapping[str, Any]
    asks: bool


def link(invitation: Invitation, to: str, *, language: str) -> str:
    """The personal link of a place, for whoever reads the mail of ``to``."""
    token = tokens.make(purpose=PURPOSE, thing=Thing("census", str(invitation.pk)), address=to)
    return address("census-answer", token, language=language)


def letter(invitation: Invitation, place: Place, to: str, *, today: date) -> Letter:
    """The invitation, or the reminder, to a place in its language."""
    language = questions.language_for(to, place)
    due = place.due_on is not None and place.due_on <= today
    title = invitation.wave.title
    core = [one for one in current().sections if one.core]
    context = {
        "title": title.get(language) or title.get("en") or next(iter(title.values()), ""),
        "place": place.name or place.pk,
        "link": link(invitation, to, language=language),
        "closes": invitation.wave.closes.isoformat(),
        "kept": queries.kept_until(invitation.wave).isoformat(),
        "minutes": sum(one.minutes for one in core),
        "again": invitation.sent_on is not None,
        "question": questions.question([place], to, language=language)["places"][0] if due else None,
    }
    return Letter(language, context, due)


def title_of(titles: Mapping[str, str], number: int) -> str:
    """A wave's title for the reader."""
    return formats.own_words(titles, str(number))[0]
