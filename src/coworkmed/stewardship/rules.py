"""Stewardship's thinking: what may be shown though nobody who knows has answered for it. Pure."""

from datetime import timedelta
from typing import Any

from coworkmed.kernel.fields import FIELDS

ANSWER_WITHIN = timedelta(days=14)
#: Reasons of reports that can't wait: someone's data, someone's rights.
URGENT = frozenset(("PRIVATE", "RIGHTS"))
URGENT_WITHIN = timedelta(days=2)

#: Forms of fields in which nothing can be written but facts: codes, numbers, hours.
_FACTS = frozenset("code codes flag number price hours languages".split())


def harmless(name: str, value: Any) -> bool:
    """Whether a reader's suggestion for a field may be shown, as not confirmed, after two weeks without an answer.

    What may not waits until a person answers, however long:

    - words, names and links: they may insult, advertise, lead astray or name a person;
    - telephone, e-mail, web site and address: who runs a place proves it by them, so that whoever could slip in their
      own would be given the place;
    - that a place closed or is something else (`status`): it becomes a question to the place, and a warning;
    - that there is none of something that is shown: it takes away what a list said.
    """
    return name != "status" and FIELDS[name].form in _FACTS and value not in (None, [], "")


def due_within(reason: str) -> timedelta:
    """How long a report for this reason may wait."""
    return URGENT_WITHIN if reason in URGENT else ANSWER_WITHIN
