"""What happened to a place: to its identity, in the lists, and by the word of people."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.utils import timezone

from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.i18n import N_
from coworkmed.platform import audit
from coworkmed.sources.models import Assertion, Entry, Source

from ..models import Change, Place

_MOST = 50  # words of people that are told

_CHANGES: Mapping[str, str] = {
    Change.Kind.MADE: N_("The place entered the registry"),
    Change.Kind.MERGED: N_("It was found to be the same as {other}"),
    Change.Kind.SPLIT: N_("It was parted from {other}"),
}
#: Verb of the audit trail → what everyone reads of it; the others are nobody's business.
_SAID: Mapping[str, str] = {
    "place.confirmed": N_("The page was confirmed"),
    "place.reopened": N_("It was said to be open"),
    "place.corrected": N_("The page was put right"),
    "place.closing": N_("Its closing was announced"),
    "place.closed": N_("It was said to have closed"),
    "place.paused": N_("It was said to be closed for a time"),
    "place.moved": N_("It was said to have moved"),
    "place.struck": N_("Something said of it was taken back"),
    "place.suggested": N_("A reader’s suggestion is shown: nobody answered it for two weeks"),
    "place.doubted": N_("A reader said that it has closed, and nobody answered for two weeks"),
    "place.not-a-match": N_("It was found not to be a third place"),
    "place.withheld": N_("A value was taken off that should not have been shown"),
}
#: Role of the audit trail → who that is to a reader.
WHO: Mapping[str, str] = {
    "owner": N_("The place itself"),
    "team": N_("The place itself"),
    "steward": N_("Who looks after the places here"),
    "coordinator": N_("Who looks after the places here"),
    "operator": N_("Who runs this site"),
    "reader": N_("A reader"),
    "machine": N_("This site"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """A field said to be otherwise, and what was shown until then; None for nothing."""

    field: Field
    now: Any
    before: Any


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a place: ``message`` is a sentence whose ``params`` a page fills; ``who`` said it, of
    `WHO`, where people did, and ``said`` what."""

    on: date
    message: str
    source: Source | None = None
    other: str = ""
    who: str = ""
    said: Sequence[Said] = ()


class _Witness(Protocol):
    @property
    def entry(self) -> Entry: ...
    @property
    def source(self) -> Source: ...


def history(place: Place, lists: Sequence[_Witness]) -> list[Event]:
    """What happened, newest first. ``lists``: the entries of lists that speak of the place."""
    events = [Event(change.on, _CHANGES[change.kind], other=change.other_id or "") for change in place.changes.all()]
    by_entry = {one.entry.pk: one for one in lists}
    first = {one.entry.pk: one.entry.first_seen for one in lists}
    for one in lists:
        events.append(Event(one.entry.first_seen, N_("{source} listed it for the first time"), one.source))
        if one.entry.missing_since:
            events.append(Event(one.entry.missing_since, N_("It was no longer in {source}"), one.source))
        if one.entry.retired_on:
            events.append(Event(one.entry.retired_on, N_("{source} no longer speaks for it"), one.source))
    told = Assertion.objects.filter(entry__in=list(by_entry)).values_list("entry", "asserted_on").distinct()
    events += [
        Event(on, N_("{source} said something new"), by_entry[entry].source) for entry, on in told if on > first[entry]
    ]
    events.sort(key=lambda event: (event.on, event.message), reverse=True)
    return sorted([*_of_people(place), *events], key=lambda event: event.on, reverse=True)


def _of_people(place: Place) -> list[Event]:
    """The words of people, newest first. What was once taken off is quoted nowhere."""
    told = audit.public_history(audit.Thing("place", place.pk), most=_MOST)
    hidden = {str((one.after or {}).get("field")) for one in told if one.verb == "place.withheld"}
    return [
        Event(timezone.localdate(one.at), _SAID[one.verb], who=WHO.get(one.role, ""), said=list(_said(one, hidden)))
        for one in told
        if one.verb in _SAID
    ]


def _said(told: audit.Told, hidden: Iterable[str]) -> Iterable[Said]:
    """Field by field, what of the page became otherwise; of what was taken back, nothing."""
    if told.verb in ("place.struck", "place.withheld"):
        return
    before, after = told.before or {}, told.after or {}
    for name, field in FIELDS.items():
        if name in after and name != "status" and name not in hidden and after[name] != before.get(name):
            yield Said(field, after[name], before.get(name))
