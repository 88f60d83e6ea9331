"""Waves prepared, opened, reminded of, closed, and opened again."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Organisation, Person
from coworkmed.sources import voices
from coworkmed.stewardship.services import asking

from ...models import Invitation, Wave
from .. import queries
from ..questionnaire import current
from .common import CLOSED, hold, record, runner


@transaction.atomic
def prepare(
    *,
    by: Person,
    title: Mapping[str, str],
    organisation: Organisation | None,
    territories: Sequence[str],
    opens: date,
    closes: date,
) -> Wave:
    """A wave that asks nobody yet."""
    who = runner(by, organisation)
    number = (Wave.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    if number not in voices.WAVES:
        raise CoworkmedError(N_("There are no numbers left for another wave."))
    wave = Wave.objects.create(
        number=number,
        title=dict(title),
        organisation=organisation,
        territories=list(territories),
        opens=opens,
        closes=closes,
        questionnaire=current().version,
    )
    record(who, "census.prepared", wave, after={"opens": str(opens), "closes": str(closes), "in": list(territories)})
    return wave


@transaction.atomic
def open_wave(*, by: Person, wave: Wave) -> int:
    """Invite the places of a wave; returns how many. Letters go out day by day, as the number of mails allows."""
    who, held = runner(by, wave.organisation), hold(wave)
    if held.state != Wave.State.DRAFT:
        raise CoworkmedError(N_("This wave has been opened already."))
    if held.closes < timezone.localdate():
        raise CoworkmedError(N_("The last day of this wave has passed."))
    if hindrance := asking.why_not():
        raise hindrance
    Invitation.objects.bulk_create(
        [Invitation(wave=held, place=place) for place in queries.population(held, by).iterator(chunk_size=2000)]
    )
    held.state = Wave.State.OPEN
    held.save(update_fields=["state"])
    invited = held.invitations.count()
    record(who, "census.opened", held, after={"invited": invited})
    return invited


@transaction.atomic
def remind(*, by: Person, wave: Wave) -> int:
    """Have those reminded who have not answered, each as soon as a month has passed since the last mail about them;
    returns how many wait for it."""
    who, held = runner(by, wave.organisation), hold(wave)
    if not held.takes_answers(timezone.localdate()):
        raise CoworkmedError(CLOSED)
    waiting = held.invitations.filter(answered_on=None, withdrawn_on=None, sent_on__isnull=False, remind=False)
    count = waiting.update(remind=True)
    record(who, "census.reminded", held, after={"places": count})
    return count


@transaction.atomic
def close(*, by: Person, wave: Wave) -> None:
    """No more answers are taken, and no more letters written. What was begun and not sent stays a draft."""
    who, held = runner(by, wave.organisation), hold(wave)
    if held.state != Wave.State.OPEN:
        raise CoworkmedError(N_("This wave is not open."))
    held.state = Wave.State.CLOSED
    held.save(update_fields=["state"])
    held.invitations.update(remind=False)
    record(who, "census.closed", held, after={"answered": held.invitations.exclude(answered_on=None).count()})


@transaction.atomic
def reopen(*, by: Person, wave: Wave, closes: date) -> None:
    """Take answers again, until a new last day. Not once indicators told of the answers: what was told and what would
    be told then, subtracted, would be the few who answer in between."""
    who, held = runner(by, wave.organisation), hold(wave)
    if held.state != Wave.State.CLOSED:
        raise CoworkmedError(N_("This wave is not closed."))
    if held.told_on or held.forgotten_on:
        raise CoworkmedError(N_("Figures of this wave have been published. Prepare another wave."))
    if closes < max(timezone.localdate(), held.opens):
        raise CoworkmedError(N_("This day has passed."))
    before, held.state, held.closes = held.closes, Wave.State.OPEN, closes
    held.save(update_fields=["state", "closes"])
    record(who, "census.reopened", held, after={"closes": str(closes), "closed": str(before)})
