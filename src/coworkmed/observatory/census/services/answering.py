"""Coming in by a link or from paper; answers kept at each step, and sent.

Nobody needs an account to answer: the link of a mail is enough. It works as often as one likes while the wave is open,
on any device, and shows the portrait afterwards. That is why it is not one of those links that are used once: whether
it still opens anything is asked of the invitation, which names the address it was sent to.
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import get_language

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place, Signal
from coworkmed.places.services import tell
from coworkmed.platform import audit, tokens
from coworkmed.sources import voices
from coworkmed.stewardship import questions
from coworkmed.stewardship.queries.words import disowned, standing

from ...models import Answer, Invitation, Wave
from ...stories import services as stories
from .. import letters, queries, rules
from ..questionnaire import current
from .common import BY_ITS_LINK, BY_LINK, CLOSED, Speaker, hold, record
from .telling import compare


def by_link(token: str) -> Invitation:
    """The invitation that a link of ours opens. Raises InvalidTokenError for one that is none, that was sent to an
    address which is no longer the one invited, or whose reader said that they are not the place."""
    found = tokens.glance(token, purpose=letters.PURPOSE)
    if found.thing.type != "census" or not found.thing.id.isdecimal():
        raise tokens.InvalidTokenError
    asked = Invitation.objects.select_related("wave", "place").filter(pk=int(found.thing.id))
    invitation = asked.exclude(address="").first()
    if invitation is None or invitation.address != found.address:
        raise tokens.InvalidTokenError
    if (invitation.place_id, found.address) in disowned():
        raise tokens.InvalidTokenError
    return invitation


def by_paper(code: str, wave: Wave, by: Person) -> Invitation:
    """The invitation with the code that stands on a paper. Raises CoworkmedError where there is none in this wave, and
    the same where its place is none that ``by`` looks after."""
    invitation = Invitation.objects.select_related("wave", "place").filter(code=code, wave=wave).first()
    place = standing(invitation.place_id) if invitation else None
    mine = Place.objects.where_may(by, Action.PLACE_TEND)
    if invitation is None or place is None or not mine.filter(pk=place.pk).exists():
        raise CoworkmedError(N_("No place of yours has this code in this wave. Look at the paper once more."))
    return invitation


def to_key_in(code: str, wave: Wave, by: Person) -> Invitation:
    """The same, to key the paper in. Raises CoworkmedError as well where the place answers by its link: what it says
    there in confidence is for nobody else to read."""
    invitation = by_paper(code, wave, by)
    if Answer.objects.filter(wave=wave, place=invitation.place_id, channel=Answer.Channel.WEB).exists():
        raise CoworkmedError(BY_ITS_LINK)
    return invitation


# -- answering --------------------------------------------------------------------------------------------------------


@transaction.atomic
def begin(*, invitation: Invitation) -> None:
    """Its reader wants to answer."""
    if invitation.opened_on is None:
        Invitation.objects.filter(pk=invitation.pk, opened_on=None).update(opened_on=timezone.localdate())


@transaction.atomic
def keep(
    *,
    invitation: Invitation,
    section: str,
    answers: Mapping[str, Mapping[str, Any] | None],
    by: Speaker,
    gone_through: bool = True,
) -> Answer:
    """Keep what was answered to the questions of a section, and nothing else: what is answered to another at the same
    moment, on another device, stays. None takes an answer away. What was sent before and is changed waits to be sent
    anew."""
    _may_answer(invitation, by)
    begin(invitation=invitation)
    answer = _answer(invitation)
    answer.values = {name: one for name, one in (answer.values | dict(answers)).items() if one is not None}
    if gone_through and section not in answer.seen:
        answer.seen = [*answer.seen, section]
    answer.channel = by.channel
    answer.updated = timezone.now()
    answer.save()
    return answer


def _answer(invitation: Invitation) -> Answer:
    """The answer of an invited place, held until the transaction ends; made where there is none."""
    Answer.objects.bulk_create([Answer(wave=invitation.wave, place_id=invitation.place_id)], ignore_conflicts=True)
    return Answer.objects.select_for_update().get(wave=invitation.wave, place=invitation.place_id)


def _may_answer(invitation: Invitation, by: Speaker, wave: Wave | None = None) -> audit.Who:
    """Who answers, as the trail names them. Raises CoworkmedError where the wave takes no answers, and NotAllowedError
    where a person keys in the paper of a place that they don't look after. Paper may come in after the last day."""
    wave = wave or Wave.objects.get(pk=invitation.wave_id)
    open_now = wave.state == Wave.State.OPEN if by.person else wave.takes_answers(timezone.localdate())
    if not open_now:
        raise CoworkmedError(CLOSED)
    if by.person is None:
        return BY_LINK
    place = standing(invitation.place_id)
    return require(by.person, Action.PLACE_TEND, place)


@transaction.atomic
def submit(*, invitation: Invitation, by: Speaker) -> Answer:
    """Send what was answered: what may be shown of the place is shown at once, as its word in this wave, and the rest
    counts in what is told of groups."""
    held = hold(invitation.wave)  # before all else: whoever closes the wave holds it first, too
    who = _may_answer(invitation, by, held)
    place = queries.place_of(invitation)
    if place is None:
        raise CoworkmedError(N_("Nobody speaks of this place any more, so that nothing can be said of it."))
    answer = _answer(invitation)
    earlier = invitation if by.person is None else None
    known = {name: one.value for name, one in queries.known(place, earlier).items()}
    asked = {one.name for one in current().asked(rules.told(answer.values, known))}
    answer.values = {name: one for name, one in answer.values.items() if name in asked}
    found = rules.outcome(current(), answer.values, known)
    if not found.fields and not found.vouches and not found.confidential:
        raise CoworkmedError(N_("Nothing has been answered yet."))
    vouches = [name for name in found.vouches if name in place.values]
    fields = found.fields | {name: Value(known[name]) for name in found.vouches if name not in place.values}
    spoke = Signal.objects.aggregate(last=Max("pk"))["last"] or 0
    if fields or vouches:
        entry = tell(
            place=place,
            kind="CENSUS",
            who=who,
            verb="place.census",
            as_of=timezone.localdate(),
            fields=fields,
            vouches=vouches,
            voice=voices.census(invitation.wave.number),
        )
        answer.entries = [*answer.entries, *([entry.pk] if entry else [])]
        vouched = Signal.objects.filter(place=place, kind="CENSUS", pk__gt=spoke)
        answer.signals = [*answer.signals, *vouched.values_list("pk", flat=True)]
    answer.state, answer.version = Answer.State.SUBMITTED, answer.version + 1
    answer.channel, answer.updated = by.channel, timezone.now()
    answer.save()
    Invitation.objects.filter(pk=invitation.pk, answered_on=None).update(answered_on=timezone.localdate(), remind=False)
    Invitation.objects.filter(pk=invitation.pk).update(withdrawn_on=None)
    language = questions.language_of(place) if by.person else get_language() or "en"
    stories.from_census(answer=answer, place=place, said=rules.said(answer.values), language=language, who=who)
    after = {"place": place.pk, "version": answer.version, "channel": answer.channel}
    record(who, "census.answered", invitation.wave, after=after)
    compare(wave=held)
    return answer


@transaction.atomic
def show(*, invitation: Invitation, public: bool) -> None:
    """Let everyone read the portrait of a place, or only who holds its link."""
    answer = _answer(invitation)
    if answer.state != Answer.State.SUBMITTED:
        raise CoworkmedError(N_("There is no portrait before the answers are sent."))
    before, answer.public = answer.public, public
    answer.save(update_fields=["public"])
    if before != public:
        thing = audit.Thing("place", answer.place_id)
        audit.record(who=BY_LINK, verb="portrait.shown", thing=thing, before=before, after=public)
