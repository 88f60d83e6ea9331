"""What a person takes along, and what goes: all of it with them, the rest in its time."""

from typing import Any

from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import models, transaction
from django.db.models import ManyToOneRel
from django.utils import timezone

from coworkmed.platform import audit, mail

from ..events import LEAVING
from ..models import Invitation, Person
from ..queries import left_alone
from ..rules import Who
from .accounts import addresses
from .organisations import end_for_good
from .roles import pass_on
from .trail import signed, tell

#: Columns that prove who someone is. To hand them out would be to hand out the key.
SECRETS = frozenset({"password", "data", "session_key", "hash", "token", "token_secret", "secret", "key"})


def export(person: Person) -> dict[str, Any]:
    """Everything that is known of ``person``, table by table, as JSON: each row that points at them, in any subject.

    Secrets are named and left out.
    """
    about: dict[str, Any] = {"people.person": [_row(person)]}
    for relation in person._meta.get_fields(include_hidden=True):
        if isinstance(relation, ManyToOneRel):
            rows = relation.related_model._base_manager.filter(**{relation.field.name: person}).order_by("pk")
            if rows:
                about.setdefault(relation.related_model._meta.label_lower, []).extend(_row(row) for row in rows)
    offers = Invitation.objects.filter(email__in=addresses(person))
    if offers:
        about["people.invitation to me"] = [_row(offer) for offer in offers]
    done = audit.trail().filter(person=str(person.pk)).order_by("number")
    if done:
        about["platform.event by me"] = [_row(event) for event in done]
    return about


def _row(thing: models.Model) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for field in thing._meta.concrete_fields:
        value = getattr(thing, field.attname)
        known = isinstance(value, str | int | float | bool | dict | list | None)
        row[field.name] = (
            "not handed out" if field.name in SECRETS else value if known else field.value_to_string(thing)
        )
    return row


@transaction.atomic
def forget(person: Person) -> None:
    """Delete a person, and everything that is theirs alone. What they own passes on; what nobody else is in goes too.

    What they said of places stays, signed by their role: that was never theirs by name. In the trail they are a number
    that leads to nobody any more.
    """
    who, known = signed(person, Who.SELF), addresses(person)
    for organisation in left_alone(person):
        end_for_good(who, organisation)
    pass_on(who, person)
    end_sessions(person)
    Invitation.objects.filter(email__in=known).delete()
    for address in known:
        LogEntry.objects.filter(object_repr__icontains=address).delete()
        mail.forget(address)
    for follow in LEAVING:
        follow(known)
    tell(who, "person.forget", person)
    person.delete()


def end_sessions(person: Person) -> None:
    """All of them, those in which someone has only begun to sign in with an address of theirs as well."""
    known, number = addresses(person), str(person.pk)
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == number or any(address in str(held) for address in known):
            session.delete()
    UserSession.objects.filter(user=person).delete()


@transaction.atomic
def forget_expired() -> int:
    """Delete unanswered invitations and sessions that ran out, with the addresses in them; how many rows."""
    now = timezone.now()
    gone = {
        "sessions": Session.objects.filter(expire_date__lte=now).delete()[0],
        "listed": UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()[0],
        "invitations": Invitation.objects.filter(expires__lte=now).delete()[0],
    }
    number = int(sum(gone.values()))
    if number:
        audit.record(
            who=audit.MACHINE, verb="people.forget-expired", thing=audit.Thing("site", ""), before=gone, after=None
        )
    return number
