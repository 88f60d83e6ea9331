"""Suggestions: anyone says what should stand on a place's page; who speaks for the place or tends it decides.

Two weeks without an answer, and what is harmless of it is shown as not confirmed (`rules.harmless`); that a place no
longer exists becomes a warning and a question to the place. Both can still be accepted or refused.
"""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.people.models import Person
from coworkmed.people.queries import quality
from coworkmed.people.rules import Action
from coworkmed.people.services import require, signed
from coworkmed.places import services as places
from coworkmed.places.models import Place, Signal
from coworkmed.platform import audit

from .. import letters, rules
from ..models import Suggestion
from ..queries import suggestions
from ..queries.asking import may_write
from ..queries.words import kind_of
from ..queries.words import standing as _standing
from . import asking

READER = audit.Who("reader")
_VERBS = {"CLOSED": "place.closed", "OPEN": "place.reopened"}
NOTES_KEPT = timedelta(days=90)  # after a decision, for who objects to it
#: The address of who was never answered goes after so long.
ADDRESS_KEPT = timedelta(days=180)


class DecidedError(CoworkmedError):
    """Someone was faster."""

    def __init__(self) -> None:
        super().__init__(N_("Someone has decided on this just now. This is what they decided."))


@transaction.atomic
def suggest(
    *, place: Place, fields: Mapping[str, Value], note: str = "", link: str = "", email: str = ""
) -> Suggestion:
    """Keep what a reader suggests: what differs from what is shown. Raises CoworkmedError where nothing does."""
    shown = Place.objects.select_for_update().get(pk=place.pk).values  # one at a time: its owner is told once a month
    new = {name: value for name, value in fields.items() if value.value != shown.get(name)}
    if not new:
        raise CoworkmedError(N_("All this is already on the page: there is nothing to suggest."))
    made = Suggestion.objects.create(
        place=place,
        language=translation.get_language() or "en",
        email=email,
        due=timezone.now() + rules.ANSWER_WITHIN,
        values={name: value.as_json() for name, value in new.items()},
        before={name: shown[name] for name in new if name in shown},
        note=note,
        link=link,
    )
    _tell(READER, "suggestion.made", made, after={"place": place.pk, "fields": sorted(new)})
    _tell_owners(made)
    return made


def _tell_owners(made: Suggestion) -> None:
    """Word to those who run the place, unless they or the place were written to within the month: then they find it at
    their desk, and in the next mail that asks them."""
    today = timezone.localdate()
    for person, email in suggestions.speakers(made.place):
        key = f"suggestion:{made.pk}:{person.pk}"
        if may_write(today, address=email, place=made.place_id):
            letters.suggestion_received(made, person, email, key=key)
            asking.note(to=email, mail=key, today=today, place=made.place, why="SUGGESTED")
            return


@transaction.atomic
def accept(*, by: Person, suggestion: Suggestion, names: Collection[str], reply: str = "") -> None:
    """Make some of what is suggested one's own word on the place: it is shown at once as such.

    Raises NotAllowedError; DecidedError where someone was faster; CoworkmedError where nothing is accepted.
    """
    place = standing(suggestion.place)
    who, kind = speaks_as(by, place)
    fields = {name: Value.from_json(value) for name, value in suggestion.values.items() if name in names}
    if not fields:
        raise CoworkmedError(N_("Choose what you accept, or refuse the suggestion."))
    held = _decide(suggestion, "ACCEPTED", by, who, reply)
    Suggestion.objects.filter(pk=held.pk).update(taken=sorted(fields))
    _take_back(held, place, who)
    status = fields.get("status", Value("")).value
    places.tell(
        place=place,
        kind=kind,
        who=who,
        verb=_VERBS.get(status, "place.corrected"),
        as_of=timezone.localdate(),
        fields=fields,
        says="CLOSED" if status == "CLOSED" else "",
        why="suggested by a reader",
    )
    _tell(who, "suggestion.accepted", held, after={"place": place.pk, "fields": sorted(fields)})
    letters.suggestion_decided(held, "ACCEPTED", taken=sorted(fields), reply=reply)


@transaction.atomic
def refuse(*, by: Person, suggestion: Suggestion, reply: str) -> None:
    """Say that it is not so, and why; what was shown of it unconfirmed goes.

    Raises NotAllowedError; DecidedError where someone was faster; CoworkmedError without a reason.
    """
    place = standing(suggestion.place)
    who, _kind = speaks_as(by, place)
    if not reply.strip():
        raise CoworkmedError(N_("Say why: whoever suggested it took the trouble to write."))
    held = _decide(suggestion, "REFUSED", by, who, reply)
    _take_back(held, place, who)
    _tell(who, "suggestion.refused", held, after={"place": place.pk})
    letters.suggestion_decided(held, "REFUSED", taken=[], reply=reply)


def undecided(suggestion: Suggestion) -> QuerySet[Suggestion]:
    """The suggestion, while nobody has decided on it; that it was shown unanswered decides nothing."""
    return Suggestion.objects.filter(pk=suggestion.pk, outcome__in=("", "PUBLISHED"))


def standing(place: Place) -> Place:
    """The place that answers for ``place`` now."""
    return _standing(place.pk) or place


def speaks_as(person: Person, place: Place) -> tuple[audit.Who, str]:
    """How the trail names ``person`` speaking of ``place``, and what their word is (`places.freshness.KINDS`). Raises
    NotAllowedError."""
    role = quality(person, Action.PLACE_SPEAK, place)
    who = signed(person, role) if role else require(person, Action.PLACE_TEND, place)
    return who, kind_of(person, place)


def _decide(suggestion: Suggestion, outcome: str, by: Person, who: audit.Who, reply: str) -> Suggestion:
    held = Suggestion.objects.select_for_update().get(pk=suggestion.pk)
    decided = undecided(suggestion).update(
        outcome=outcome, decided=timezone.now(), decided_by=by, decided_as=who.role, reply=reply, email=""
    )
    if not decided:
        raise DecidedError
    return held


def _take_back(held: Suggestion, place: Place, who: audit.Who) -> None:
    """Let what was shown of a suggestion unanswered count no more: somebody who knows has spoken."""
    if held.entry and held.entry.retired_on is None:
        places.strike(place=place, entry=held.entry, who=who, as_of=timezone.localdate())
    if held.lapsed and "status" in held.values:
        for word in Signal.objects.standing().filter(place=place, says="DOUBTED"):
            places.strike(place=place, word=word, who=who, as_of=timezone.localdate())


# -- without an answer ------------------------------------------------------------------------------------------------


def lapse(now: datetime) -> int:
    """Show what two weeks have left unanswered, each in a transaction of its own; returns how many came to that. Done
    twice, it finds none."""
    waited = Suggestion.objects.open().filter(lapsed=None, due__lte=now).order_by("due", "pk")
    return sum(_lapse(one, now) for one in waited.values_list("pk", flat=True))


@transaction.atomic
def _lapse(pk: int, now: datetime) -> bool:
    if not Suggestion.objects.filter(pk=pk, outcome="", lapsed=None).update(lapsed=now):
        return False
    found = Suggestion.objects.select_related("place").get(pk=pk)
    place = standing(found.place)
    # what was said otherwise meanwhile is newer than the suggestion
    same = {name: one for name, one in found.values.items() if place.values.get(name) == found.before.get(name)}
    shown = {name: Value.from_json(one) for name, one in same.items() if rules.harmless(name, one["value"])}
    doubted = same.get("status", {}).get("value") == "CLOSED"
    if shown or doubted:
        entry = places.tell(
            place=place,
            kind="LISTED",
            who=audit.MACHINE,
            verb="place.suggested" if shown else "place.doubted",
            as_of=timezone.localdate(now),
            fields=shown,
            says="DOUBTED" if doubted else "",
        )
        Suggestion.objects.filter(pk=pk).update(entry=entry)
    if doubted or len(shown) < len(same):
        return True  # somebody has to answer for the rest
    Suggestion.objects.filter(pk=pk).update(outcome="PUBLISHED", decided=now, decided_as=audit.MACHINE.role, email="")
    _tell(audit.MACHINE, "suggestion.published", found, after={"place": place.pk, "fields": sorted(shown)})
    letters.suggestion_decided(found, "PUBLISHED", taken=sorted(shown), reply="")
    return True


def forget(now: datetime) -> None:
    """Erase what readers wrote to those who decide once nobody needs it any more."""
    decided = Suggestion.objects.filter(decided__lt=now - NOTES_KEPT).exclude(outcome="")
    decided.exclude(note="", reply="", link="").update(note="", reply="", link="")
    Suggestion.objects.filter(created__lt=now - ADDRESS_KEPT).exclude(email="").update(email="")


def _tell(who: audit.Who, verb: str, suggestion: Suggestion, *, after: object) -> None:
    thing = audit.Thing("suggestion", str(suggestion.pk))
    audit.record(who=who, verb=verb, thing=thing, before=None, after=after)
