"""Letters of open waves, day by day."""

from datetime import date

from django.db import transaction

from coworkmed.platform import mail, stops
from coworkmed.platform.tokens import address_digest
from coworkmed.stewardship.models import Asked
from coworkmed.stewardship.queries.asking import may_write
from coworkmed.stewardship.services import asking

from ...models import Invitation, Wave
from .. import letters, queries


@transaction.atomic
def write(*, today: date) -> int:
    """Write the invitations and reminders that may go out today: within the day's number of mails, to nobody twice in a
    month, to nobody who wants none. All or nothing. Returns how many."""
    if asking.why_not():
        return 0
    written = 0
    for wave in Wave.objects.filter(state=Wave.State.OPEN, opens__lte=today, closes__gte=today):
        waiting = wave.invitations.filter(answered_on=None, withdrawn_on=None)
        unsent = waiting.filter(sent_on=None)
        reminders = waiting.filter(remind=True)
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
