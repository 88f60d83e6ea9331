"""What people say of a place, taken in and shown at once."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.platform import audit
from coworkmed.sources import services as sources
from coworkmed.sources.models import Entry
from coworkmed.sources.normalise import phones, privacy
from coworkmed.sources.spec import Spec
from coworkmed.sources.voices import KEYS as VOICES

from .. import freshness
from ..models import Link, Place, Signal
from .settling import settle_some


@transaction.atomic
def tell(
    *,
    place: Place,
    kind: str,
    who: audit.Who,
    verb: str,
    as_of: date,
    fields: Mapping[str, Value] | None = None,
    vouches: Collection[str] = (),
    says: str = "",
    until: str = "",
    why: str = "",
    voice: Spec | None = None,
) -> Entry | None:
    """Take in somebody's word on a place, and show it at once; returns the entry that what they said anew became.

    ``kind``     of `freshness.KINDS`: what the word is; the role it is shown under follows from it
    ``verb``     for the audit trail: "place.confirmed", "place.corrected", "place.closed" …
    ``fields``   what they say anew: an assertion, under the voice of their role
    ``vouches``  names of fields that stand as they are shown
    ``says``, ``until``  as in `freshness.Signal`
    ``voice``    who it is said as, where that is not the role alone: `sources.voices.census`

    Raises CoworkmedError where the place has been joined to another meanwhile.
    """
    held = Place.objects.select_for_update().get(pk=place.pk)
    if held.merged_into_id:
        raise CoworkmedError(N_("This place has been found to be the same as another: open its page anew."))
    said = dict(fields or {})
    shown = {name: held.values[name] for name in vouches if name in held.values and name not in said}
    entry = None
    if said:
        entry = sources.say(role=freshness.ROLE_OF[kind], about=held.pk, fields=said, as_of=as_of, voice=voice)
        Link.objects.create(entry=entry, place=held, decided_by=Link.By.PERSON)
    if shown or says:
        Signal.objects.create(place=held, kind=kind, on=as_of.isoformat(), says=says, until=until, values=shown)
    audit.record(
        who=who,
        verb=verb,
        thing=audit.Thing("place", held.pk),
        before=_told({name: held.values.get(name) for name in said}) or None,
        after=_told({name: value.value for name, value in said.items()})
        | ({"confirmed": sorted(shown)} if shown else {})
        | ({"says": says, "until": until} if says else {}),
        why=why,
    )
    settle_some(places=[held.pk], as_of=as_of)
    return entry


@transaction.atomic
def strike(
    *, place: Place, entry: Entry | None = None, word: Signal | None = None, who: audit.Who, as_of: date
) -> None:
    """Let what a person said of a place count no more, because it proved false. It is kept. Lists can't be struck."""
    if entry and entry.source_id in VOICES:
        sources.strike(entry=entry, as_of=as_of)
    if word:
        Signal.objects.filter(pk=word.pk).update(struck_on=as_of)
    said = entry.assertion.fields if entry and entry.assertion else {}
    audit.record(
        who=who,
        verb="place.struck",
        thing=audit.Thing("place", place.pk),
        before=_told({name: one["value"] for name, one in said.items()}) or None,
        after=None,
    )
    settle_some(places=[place.pk], as_of=as_of)


@transaction.atomic
def withhold(*, place: Place, entry: Entry, name: str, who: audit.Who, as_of: date) -> None:
    """Take a value off that should never have been shown: out of all that the entry said, and of what quotes it. Its
    list may not say the same again; the trail tells which field, and not what it held."""
    said = (entry.assertion.fields if entry.assertion else {}).get(name)
    if said is None or not Link.objects.filter(entry=entry, place=place).exists():
        raise CoworkmedError(N_("This value has been taken off already, or changed: look at the page anew."))
    sources.withhold(entry=entry, name=name, value=said["value"], as_of=as_of)
    for word in Signal.objects.filter(place=place):
        if name in word.values:
            kept = {other: value for other, value in word.values.items() if other != name}
            Signal.objects.filter(pk=word.pk).update(values=kept)
    audit.record(
        who=who,
        verb="place.withheld",
        thing=audit.Thing("place", place.pk),
        before=None,
        after={"field": name, "source": entry.source_id},
    )
    settle_some(places=[place.pk], as_of=as_of)


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the trail may tell them. Nobody can ever take something out of it, so what may be a person's own (a
    place that has nothing else gives it) is only named there, under ``untold``."""
    untold = [name for name, value in values.items() if isinstance(value, str) and _may_be_a_persons(name, value)]
    told = {name: value for name, value in values.items() if name not in untold}
    return told | {"untold": untold} if untold else told


def _may_be_a_persons(name: str, value: str) -> bool:
    return phones.is_mobile(value) if name == "phone" else name == "email" and not privacy.is_role(value)
