"""Once a week each steward is told what waits at their desk."""

from datetime import date

from allauth.account.models import EmailAddress
from django.db import transaction

from coworkmed.people.models import Membership
from coworkmed.people.rules import Who
from coworkmed.platform import mail

from .. import letters
from ..models import Asked
from ..queries import asking
from ..queries.desk import MOST, Desk
from .asking import note


@transaction.atomic
def digest(*, today: date) -> int:
    """Write to each steward of whom something waits, once in the week of ``today``; how many were written to. The
    letters count against the day's number of mails: whoever finds no room today is written to tomorrow."""
    week = "{}-{:02}".format(*today.isocalendar()[:2])
    stewards = Membership.objects.current().filter(role=Who.STEWARD).values("person")
    written = 0
    known = EmailAddress.objects.filter(verified=True, primary=True, user__in=stewards).select_related("user")
    for one in known.order_by("user"):
        person, email, key = one.user, one.email, f"desk:{week}:{one.user_id}"
        if mail.is_quiet(email) or Asked.objects.filter(mail=key).exists():
            continue
        if not asking.may_write(today):
            break
        if counts := {name: count for name, count in Desk(person, today=today).counts().items() if count}:
            letters.digest(person, email, counts, MOST, key=key)
            note(to=email, mail=key, today=today)
            written += 1
    return written
