"""What operators of the site do to an account."""

from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.db import transaction

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from .. import letters
from ..models import Invitation, Person
from ..rules import Action
from .leaving import end_sessions
from .roles import pass_on, take_offers_back
from .trail import require, tell

OnPerson = Callable[[Person, Person], None]  # by whom, to whom


@transaction.atomic
def block(*, by: Person, person: Person, blocked: bool) -> None:
    """Shut someone out, or let them in again. Their sessions end at once; what they own passes on."""
    who = require(by, Action.ACCOUNT_BLOCK, person)
    if person.pk == by.pk:
        raise CoworkmedError(N_("You can’t shut yourself out."))
    if not Person.objects.filter(pk=person.pk, is_active=blocked).update(is_active=not blocked):
        return
    tell(who, "person.block" if blocked else "person.admit", person)
    if blocked:
        pass_on(who, person)
        take_offers_back(who, Invitation.objects.filter(invited_by=person))
        end_sessions(person)


@transaction.atomic
def empower(*, by: Person, person: Person, operator: bool) -> None:
    """Make someone an operator of the site, or no more; the last one stays."""
    who = require(by, Action.SITE_OPERATE)
    operators = Person.objects.select_for_update().filter(is_staff=True, is_active=True)
    if not operator and not operators.exclude(pk=person.pk).exists():
        raise CoworkmedError(N_("A site needs someone who runs it."))
    changed = Person.objects.filter(pk=person.pk).exclude(is_staff=operator, is_superuser=operator)
    if changed.update(is_staff=operator, is_superuser=operator):
        tell(who, "person.empower" if operator else "person.relieve", person)


@transaction.atomic
def rescue(*, by: Person, person: Person) -> None:
    """Take away what someone lost: passkeys, codes of an app, recovery codes. A code by mail lets them in again; they
    are told, and all their sessions end."""
    who = require(by, Action.ACCOUNT_RESCUE, person)
    ways = Authenticator.objects.filter(user=person)
    kinds = sorted(ways.values_list("type", flat=True))
    if not kinds:
        raise CoworkmedError(N_("They sign in by a code from a letter only: there is nothing to take away."))
    ways.delete()
    end_sessions(person)
    letters.notice("ways-removed", person=person)
    tell(who, "person.rescue", person, before=kinds)
