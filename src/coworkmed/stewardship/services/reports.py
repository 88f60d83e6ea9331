"""Reports: someone says that something should not be on a page; a steward decides, says why, and can be contradicted
once, before someone else."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require
from coworkmed.places import services as places
from coworkmed.places.models import Link, Place, Signal
from coworkmed.platform import audit, tokens
from coworkmed.platform.audit import Thing
from coworkmed.sources.models import Entry

from .. import letters, rules
from ..models import Report, Suggestion
from .suggestions import NOTES_KEPT, READER, DecidedError, speaks_as, standing

ADDRESS_KEPT = rules.ANSWER_WITHIN * 13  # half a year: that of a report nobody ever decided on
NOT_YOURS = N_("This objects to a decision of your own: another steward, or those who run this site, decide on it.")


@dataclass(frozen=True, slots=True)
class Acts:
    """What is done about a report.

    ``withhold``  values to take off for good: numbers of entries, each with the name of a field
    ``strike``    words of people that count no more: numbers of entries
    ``unvouch``   what people said to be so, and is not: numbers of signals
    ``not_a_place``, ``keeper``, ``other``  as in `words.DONE`
    """

    withhold: Collection[tuple[int, str]] = ()
    strike: Collection[int] = ()
    unvouch: Collection[int] = ()
    not_a_place: bool = False
    keeper: bool = False
    other: bool = False

    @property
    def codes(self) -> list[str]:
        """As `words.DONE` has them."""
        done = {
            "WITHHELD": self.withhold,
            "STRUCK": self.strike or self.unvouch,
            "NOT_A_PLACE": self.not_a_place,
            "KEEPER": self.keeper,
            "OTHER": self.other,
        }
        return [code for code, any_of in done.items() if any_of]


@transaction.atomic
def report(*, place: Place, reason: str, note: str = "", email: str = "", who: audit.Who = READER) -> Report:
    """Keep a report for one of `words.REASONS`, in the reader's language."""
    return _report(place=standing(place), reason=reason, note=note, email=email, who=who)


@transaction.atomic
def object_to(*, token: str, note: str, email: str = "") -> Report:
    """Contradict what was decided on a report, by the link of its letter: once, for someone else to decide. Raises
    TokenError."""
    first = _of(tokens.use(token, purpose=letters.OBJECT))
    return _report(
        place=standing(first.place), reason=first.reason, note=note, email=email, who=READER, objects_to=first
    )


def objected(token: str) -> Report:
    """The report whose decision the link of a letter lets one contradict. Raises TokenError; changes nothing."""
    return _of(tokens.read(token, purpose=letters.OBJECT))


def _of(token: tokens.Token) -> Report:
    found = Report.objects.select_related("place").filter(pk=int(token.thing.id)).first()
    if found is None:
        raise tokens.InvalidTokenError
    return found


def _report(
    *, place: Place, reason: str, note: str, email: str, who: audit.Who, objects_to: Report | None = None
) -> Report:
    made = Report.objects.create(
        place=place,
        language=translation.get_language() or "en",
        email=email,
        due=timezone.now() + rules.due_within(reason),
        reason=reason,
        note=note,
        objects_to=objects_to,
    )
    _tell(who, "report.made", made, {"place": place.pk, "reason": reason})
    return made


@transaction.atomic
def act(*, by: Person, report: Report, acts: Acts, reply: str) -> None:
    """Do something about a report, and say so to who made it.

    Raises NotAllowedError; DecidedError where someone was faster; CoworkmedError where nothing is done, or no reason
    is given.
    """
    if not acts.codes:
        raise CoworkmedError(N_("Choose what is to be done, or dismiss the report."))
    held, who = _decide(by, report, "ACCEPTED", reply, acts.codes)
    place, today = standing(held.place), timezone.localdate()
    entries = {one.pk: one for one in Entry.objects.filter(link__place=place).select_related("assertion")}
    for number, name in acts.withhold:
        if number not in entries:
            raise CoworkmedError(N_("This value has been taken off already, or changed: look at the page anew."))
        _unquote(place, entries[number], name)
        places.withhold(place=place, entry=entries[number], name=name, who=who, as_of=today)
    for number in acts.strike:
        if number in entries:
            places.strike(place=place, entry=entries[number], who=who, as_of=today)
    for word in Signal.objects.standing().filter(place=place, pk__in=acts.unvouch):
        places.strike(place=place, word=word, who=who, as_of=today)
    if acts.not_a_place:
        fields = {"status": Value("NOT_A_MATCH")}
        kind = speaks_as(by, place)[1]
        places.tell(place=place, kind=kind, who=who, verb="place.not-a-match", as_of=today, fields=fields)
    letters.report_decided(held, "ACCEPTED", done=acts.codes, reply=reply)


@transaction.atomic
def dismiss(*, by: Person, report: Report, reply: str) -> None:
    """Leave the page as it is, and say why. Raises NotAllowedError; DecidedError where someone was faster;
    CoworkmedError where no reason is given."""
    held, _who = _decide(by, report, "REFUSED", reply, [])
    letters.report_decided(held, "REFUSED", done=[], reply=reply)


def _unquote(place: Place, entry: Entry, name: str) -> None:
    """Take a value that is to go out of suggestions that quote it."""
    said = entry.assertion.fields.get(name) if entry.assertion else None
    if said is None:
        return
    mark = name, said["value"]
    for one in Suggestion.objects.filter(place=place):
        values = {field: word for field, word in one.values.items() if (field, word["value"]) != mark}
        before = {field: value for field, value in one.before.items() if (field, value) != mark}
        if values != one.values or before != one.before:
            Suggestion.objects.filter(pk=one.pk).update(values=values, before=before)


def undecided(report: Report) -> QuerySet[Report]:
    """The report, while nobody has decided on it."""
    return Report.objects.filter(pk=report.pk, outcome="")


def words_on(place: Place) -> list[tuple[Link, bool]]:
    """Every entry that speaks of a place, and whether it is a person's word, which can be struck out."""
    links = Link.objects.filter(place=place, entry__assertion__isnull=False, entry__retired_on=None)
    links = links.select_related("entry__assertion", "entry__source").order_by("entry__source__position", "pk")
    return [(one, one.entry.source.spec.get("connector") == "people") for one in links]


def confirmations_of(place: Place) -> list[Signal]:
    """What people said to be so on a place's page, the newest first: it can be struck out where it was false."""
    said = Signal.objects.standing().filter(place=place, kind__in=("OWNER", "NETWORK", "AUTHORITY", "VISIT", "CENSUS"))
    return sorted(said, key=lambda one: (one.on, one.pk), reverse=True)


def _decide(by: Person, report: Report, outcome: str, reply: str, done: list[str]) -> tuple[Report, audit.Who]:
    if not reply.strip():
        raise CoworkmedError(N_("Say why: whoever reported it gets your reason."))
    held = Report.objects.select_for_update().get(pk=report.pk)
    who = require(by, Action.PLACE_TEND, standing(held.place))
    if held.objects_to and held.objects_to.decided_by_id == by.pk:
        raise NotAllowedError(NOT_YOURS)
    decided = undecided(held).update(
        outcome=outcome, decided=timezone.now(), decided_by=by, decided_as=who.role, reply=reply, done=done, email=""
    )
    if not decided:
        raise DecidedError
    _tell(who, "report.acted" if done else "report.dismissed", held, {"done": done})
    return held, who


def forget(now: datetime) -> None:
    """Erase what people wrote to those who decide once nobody needs it any more."""
    decided = Report.objects.filter(decided__lt=now - NOTES_KEPT).exclude(outcome="")
    decided.exclude(note="", reply="").update(note="", reply="")
    Report.objects.filter(created__lt=now - ADDRESS_KEPT).exclude(email="").update(email="")


def _tell(who: audit.Who, verb: str, report: Report, after: object) -> None:
    audit.record(who=who, verb=verb, thing=Thing("report", str(report.pk)), before=None, after=after)
