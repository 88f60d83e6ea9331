"""The census at work: waves prepared, opened and closed, letters written, answers kept at each step and sent.

Nobody needs an account to answer: the link of a mail is enough. It works as often as one likes while the wave is open,
on any device, and shows the portrait afterwards. That is why it is not one of those links that are used once: whether
it still opens anything is asked of the invitation, which names the address it was sent to.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Value
from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require
from coworkmed.places.models import Place
from coworkmed.places.services import tell
from coworkmed.platform import audit, mail, stops, tokens
from coworkmed.platform.tokens import address_digest
from coworkmed.sources import voices
from coworkmed.stewardship.models import Asked
from coworkmed.stewardship.queries.asking import may_write
from coworkmed.stewardship.queries.words import disowned, standing
from coworkmed.stewardship.services import asking

from ..models import Answer, Invitation, Release, Wave
from . import disclosure, letters, portrait, queries, rules
from .questionnaire import current

_BY_LINK = audit.Who("owner")  # whoever reads the mail of the place
NOT_YOURS = N_("Your role does not allow this, or no longer does.")
CLOSED = N_("This wave of the census takes no answers now. What you answered is kept.")


class Speaker(NamedTuple):
    """Who answers for a place: whoever holds its link, or a person who keys in its paper."""

    person: Person | None = None

    @property
    def channel(self) -> Answer.Channel:
        return Answer.Channel.PAPER if self.person else Answer.Channel.WEB


# -- waves ------------------------------------------------------------------------------------------------------------


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
    who = _runner(by, organisation)
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
    _record(who, "census.prepared", wave, after={"opens": str(opens), "closes": str(closes), "in": list(territories)})
    return wave


@transaction.atomic
def open_wave(*, by: Person, wave: Wave) -> int:
    """Invite the places of a wave; returns how many. Letters go out day by day, as the number of mails allows."""
    who, held = _runner(by, wave.organisation), _held(wave)
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
    _record(who, "census.opened", held, after={"invited": invited})
    return invited


@transaction.atomic
def remind(*, by: Person, wave: Wave) -> int:
    """Have those reminded who have not answered, each as soon as a month has passed since the last mail about them;
    returns how many wait for it."""
    who, held = _runner(by, wave.organisation), _held(wave)
    if not held.takes_answers(timezone.localdate()):
        raise CoworkmedError(CLOSED)
    waiting = held.invitations.filter(answered_on=None, sent_on__isnull=False, remind=False)
    count = waiting.update(remind=True)
    _record(who, "census.reminded", held, after={"places": count})
    return count


@transaction.atomic
def close(*, by: Person, wave: Wave) -> None:
    """No more answers are taken, and no more letters written. What was begun and not sent stays a draft."""
    who, held = _runner(by, wave.organisation), _held(wave)
    if held.state != Wave.State.OPEN:
        raise CoworkmedError(N_("This wave is not open."))
    held.state = Wave.State.CLOSED
    held.save(update_fields=["state"])
    held.invitations.update(remind=False)
    _record(who, "census.closed", held, after={"answered": held.invitations.exclude(answered_on=None).count()})


def _runner(by: Person, organisation: Organisation | None) -> audit.Who:
    if organisation is None and not by.is_staff:
        raise NotAllowedError(NOT_YOURS)
    return require(by, Action.CENSUS_RUN, organisation)


def _held(wave: Wave) -> Wave:
    return Wave.objects.select_for_update().get(pk=wave.pk)


def _record(who: audit.Who, verb: str, wave: Wave, *, after: Mapping[str, Any]) -> None:
    thing = audit.Thing("wave", str(wave.number))
    audit.record(who=who, verb=verb, thing=thing, before=None, after=dict(after))


# -- letters ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def write(*, today: date) -> int:
    """Write the invitations and reminders that may go out today: within the day's number of mails, to nobody twice in a
    month, to nobody who wants none. All or nothing. Returns how many."""
    if asking.why_not():
        return 0
    written = 0
    for wave in Wave.objects.filter(state=Wave.State.OPEN, opens__lte=today, closes__gte=today):
        unsent = wave.invitations.filter(answered_on=None, sent_on=None)
        reminders = wave.invitations.filter(answered_on=None, remind=True)
        for one in (unsent | reminders).select_related("place", "wave").order_by("sent_on", "pk"):
            if not may_write(today):
                return written
            written += _write(one, today)
    return written


def _write(invitation: Invitation, today: date) -> bool:
    place = queries.place_of(invitation)
    to = queries.address_of(place) if place else ""
    if place is None or not to or not may_write(today, address=to, place=place.pk):
        return False
    letter = letters.letter(invitation, place, to, today=today)
    key = f"census:{invitation.wave.number}:{invitation.pk}:{invitation.reminders + (invitation.sent_on is not None)}"
    try:
        sent = mail.send(
            to=to,
            language=letter.language,
            template="census",
            context=letter.context,
            key=key,
            stop=stops.stop_address(to),
        )
    except mail.AddressError:
        return False
    if not sent:
        return False
    if letter.asks:  # it asks what the clock would have asked: that waits for an answer now
        Asked.objects.create(address=address_digest(to), place=place, to=Asked.To.OWNER, why="DUE", on=today, mail=key)
    else:
        asking.note(to=to, mail=key, today=today, place=place)
    again = invitation.sent_on is not None
    invitation.reminders += again
    invitation.reminded_on = today if again else None
    invitation.sent_on = invitation.sent_on or today
    invitation.remind = False
    invitation.address = address_digest(to)
    invitation.save(update_fields=["reminders", "reminded_on", "sent_on", "remind", "address"])
    return True


# -- coming in --------------------------------------------------------------------------------------------------------


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
        return _BY_LINK
    place = standing(invitation.place_id)
    return require(by.person, Action.PLACE_TEND, place)


@transaction.atomic
def submit(*, invitation: Invitation, by: Speaker) -> Answer:
    """Send what was answered: what may be shown of the place is shown at once, as its word in this wave, and the rest
    counts in what is told of groups."""
    held = _held(invitation.wave)  # before all else: whoever closes the wave holds it first, too
    who = _may_answer(invitation, by, held)
    place = queries.place_of(invitation)
    if place is None:
        raise CoworkmedError(N_("Nobody speaks of this place any more, so that nothing can be said of it."))
    answer = _answer(invitation)
    known = {name: one.value for name, one in queries.known(place, invitation).items()}
    found = rules.outcome(current(), answer.values, known)
    if not found.fields and not found.vouches and not found.confidential:
        raise CoworkmedError(N_("Nothing has been answered yet."))
    vouches = [name for name in found.vouches if name in place.values]
    fields = found.fields | {name: Value(known[name]) for name in found.vouches if name not in place.values}
    if fields or vouches:
        tell(
            place=place,
            kind="CENSUS",
            who=who,
            verb="place.census",
            as_of=timezone.localdate(),
            fields=fields,
            vouches=vouches,
            voice=voices.census(invitation.wave.number),
        )
    answer.state, answer.version = Answer.State.SUBMITTED, answer.version + 1
    answer.channel, answer.updated = by.channel, timezone.now()
    answer.save()
    Invitation.objects.filter(pk=invitation.pk, answered_on=None).update(answered_on=timezone.localdate(), remind=False)
    after = {"place": place.pk, "version": answer.version, "channel": answer.channel}
    _record(who, "census.answered", invitation.wave, after=after)
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
        audit.record(who=_BY_LINK, verb="portrait.shown", thing=thing, before=before, after=public)


# -- what is told of groups -------------------------------------------------------------------------------------------


@transaction.atomic
def compare(*, wave: Wave) -> list[Release]:
    """Tell groups of places anew wherever enough answers came in since (`disclosure`)."""
    held = _held(wave)  # one at a time: two releases that don't know of each other could give somebody away
    if not queries.any_due(held):
        return []
    made = (_release(held, figure, now) for figure, now in queries.members(held).items())
    return [one for one in made if one]


def _release(wave: Wave, figure: str, now: Mapping[str, tuple[disclosure.Path, Any]]) -> Release | None:
    earlier = queries.releases(wave, figure)
    counted = [queries.counted(one) for one in earlier]
    before = dict(earlier[-1].members) if earlier else {}
    # who counted once counts for good, in the group and with the value of then
    paths = {place: path for place, (path, _) in now.items()} | {
        place: tuple(one["belongs"]) for place, one in before.items()
    }
    values = {place: value for place, (_, value) in now.items()} | {
        place: one["value"] for place, one in before.items()
    }
    if not disclosure.due(len(paths), counted):
        return None
    found = disclosure.release(paths, counted)
    if not found:
        return None
    return Release.objects.create(
        wave=wave,
        figure=figure,
        number=len(earlier) + 1,
        members={
            place: {"group": list(path), "belongs": list(paths[place]), "value": values[place]}
            for place, path in sorted(found.items())
        },
        groups={
            queries.key(path): portrait.tell(portrait.FIGURES[figure], [values[place] for place in places])
            for path, places in sorted(disclosure.groups(found).items())
        },
    )
