"""Answers taken back by who gave them, and forgotten when their time is over."""

import secrets
from datetime import date

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.fields import CONFIDENTIAL
from coworkmed.kernel.i18n import N_
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place, Signal
from coworkmed.places.services import strike
from coworkmed.platform import audit
from coworkmed.sources.models import Entry
from coworkmed.stewardship.queries.words import standing

from ...models import Answer, Invitation, Told, Wave
from ...stories import services as stories
from .. import rules
from .common import BY_LINK, Speaker, hold, record


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Speaker) -> None:
    """Take back all that a place answered to a wave, at any time: what it told of the place counts no more, what it
    told in confidence is deleted wherever it stands, and so are the stories it told with it."""
    held = hold(invitation.wave)
    place = standing(invitation.place_id) or invitation.place
    who = _who(by, place)
    answer = Answer.objects.select_for_update().filter(wave=held, place=invitation.place_id).first()
    if answer is None:
        raise CoworkmedError(N_("There are no answers of this place to take back."))
    today = timezone.localdate()
    _strike(answer, place, who, today)
    _leave_releases(held, answer.place_id)
    stories.withdraw_of_wave(wave=held, place=answer.place_id, who=who)
    answer.delete()
    if held.told_on and answer.state == Answer.State.SUBMITTED:  # what was never sent was never told of
        Wave.objects.filter(pk=held.pk).update(thinned=True)
        Told.objects.filter(wave=held).delete()
    Invitation.objects.filter(pk=invitation.pk).update(answered_on=None, remind=False, withdrawn_on=today)
    record(who, "census.withdrawn", held, after={"place": place.pk})


def _who(by: Speaker, place: Place) -> audit.Who:
    """Who takes back: the place by its link, who runs it, or who looks after it and keyed in its paper."""
    if by.person is None:
        return BY_LINK
    speaks = can(by.person, Action.PLACE_SPEAK, place)
    return require(by.person, Action.PLACE_SPEAK if speaks else Action.PLACE_TEND, place)


def _strike(answer: Answer, place: Place, who: audit.Who, today: date) -> None:
    for entry in Entry.objects.filter(pk__in=answer.entries, retired_on=None).select_related("assertion"):
        strike(place=place, entry=entry, who=who, as_of=today)
    for word in Signal.objects.standing().filter(pk__in=answer.signals):
        strike(place=place, word=word, who=who, as_of=today)


def _leave_releases(wave: Wave, place: str) -> None:
    """Of a place that counted in groups nothing stays but that somebody stood there: later releases must know it, lest
    its answer be the difference (`disclosure`)."""
    nobody = f"gone-{secrets.token_hex(6)}"
    for one in wave.releases.filter(members__has_key=place):
        member = one.members.pop(place)
        one.gone[nobody] = member["group"]
        one.save(update_fields=["members", "gone"])


@transaction.atomic
def forget(*, today: date) -> int:
    """Delete the confidential answers of waves whose time is over (`rules.KEPT_YEARS`), and what was begun and never
    sent; returns of how many answers. What groups were told stays, and who answered."""
    found = 0
    over = rules.years_after(today, -rules.KEPT_YEARS)
    for wave in Wave.objects.select_for_update().filter(closes__lt=over, forgotten_on=None):
        wave.answers.filter(state=Answer.State.DRAFT).delete()
        held = 0
        for answer in wave.answers.all():
            kept = {name: one for name, one in answer.values.items() if name not in CONFIDENTIAL}
            held += len(kept) < len(answer.values)
            Answer.objects.filter(pk=answer.pk).update(values=kept)
        wave.releases.update(members={}, gone={})
        wave.invitations.update(remind=False)
        wave.state, wave.forgotten_on = Wave.State.CLOSED, today
        wave.save(update_fields=["state", "forgotten_on"])
        record(audit.MACHINE, "census.forgotten", wave, after={"answers": held})
        found += held
    return found
