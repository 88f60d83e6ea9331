"""A mail that asks about places, sent, and its links found as a reader finds them."""

import re
from collections.abc import Sequence

from django.core import mail as outbox

from coworkmed.places.models import Place
from coworkmed.platform import jobs, mail, stops
from coworkmed.stewardship.questions import language_of, question

_LINK = re.compile(r"https?://\S+/word/(confirm|correct|gone)/\S+")


def ask(places: Sequence[Place], to: str, *, language: str = "", key: str = "ask:1") -> outbox.EmailMessage:
    """The mail about these places, as it left."""
    language = language or language_of(places[0])
    context = question(places, to, language=language)
    mail.send(to=to, language=language, template="ask", context=context, key=key, stop=stops.stop_address(to))
    jobs.run_due()
    return outbox.outbox[-1]


def links(sent: outbox.EmailMessage) -> dict[str, str]:
    """confirm, correct, gone → the path of its page, of the last place in a mail."""
    return {one[1]: "/" + one[0].split("/", 3)[3] for one in _LINK.finditer(sent.body)}
