"""What a person says of pairs of entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.sources.models import Entry

from ..models import Decision, Doubt


@dataclass(frozen=True, slots=True)
class Word:
    """A person's word on two entries, named by source and identifier: "same" or "different"."""

    left: tuple[str, str]
    right: tuple[str, str]
    verdict: str
    note: str = ""


@transaction.atomic
def decide(*, words: Sequence[Word], as_of: date) -> None:
    """Record what a person says of pairs of entries: all of it or nothing. It binds from the next `link` on.

    With it is kept what the machine thought when it asked; who changes their mind leaves that as it was.

    Raises CoworkmedError where an entry is unknown or is compared with itself.
    """
    for word in words:
        one, other = sorted((_entry(word.left), _entry(word.right)), key=lambda entry: entry.pk)
        if one == other:
            raise CoworkmedError(N_("An entry can't be compared with itself."))
        said = {"verdict": word.verdict, "decided_on": as_of, "note": word.note}
        Decision.objects.update_or_create(
            left=one, right=other, defaults=said, create_defaults=said | _asked(one, other)
        )


def _asked(one: Entry, other: Entry) -> dict[str, Any]:
    """What the machine said of two entries when it asked about them; {} if it didn't."""
    told = "purpose", "probability", "stratum", "inclusion", "weights"
    return Doubt.objects.filter(left__in=(one, other), right__in=(one, other)).values(*told).first() or {}


def _entry(key: tuple[str, str]) -> Entry:
    entries = Entry.objects.filter(source=key[0])
    if found := entries.filter(external_id=key[1]).first():
        return found
    for renamed in entries.exclude(former_ids=[]):
        if key[1] in renamed.former_ids:
            return renamed
    raise CoworkmedError(N_("No entry {id} in the source {source}."), source=key[0], id=key[1])
