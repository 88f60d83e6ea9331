"""Roles: offered, taken, ended, handed over, lent."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.core import signing
from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.platform import audit

from .. import letters, rules
from ..models import Invitation, Membership, Organisation, Person
from ..rules import Action, Who
from .accounts import verified
from .organisations import held
from .trail import NotAllowedError, require, signed, tell

INVITATION_LASTS = timedelta(days=14)
LONGEST_LOAN = timedelta(days=366)
INVITATIONS_A_DAY = 50
NOT_YOURS = N_("Only whoever holds a role for good can give it to someone else.")
_SALT = "people.invitation"


@transaction.atomic
def invite(*, by: Person, organisation: Organisation, email: str, role: str, territory: str = "") -> str:
    """Offer a role to whoever reads the mail of ``email``, by a letter. Returns the token it carries.

    Whether they have an account here already changes nothing, so nobody can find that out.
    """
    who = require(by, Action.OWNERS_CHANGE if role == Who.OWNER else Action.MEMBERS_INVITE, organisation)
    if Who(role) not in rules.offered(organisation.kind):
        raise CoworkmedError(N_("An organisation that runs places has no such role: networks and authorities have."))
    now = timezone.now()
    # by the trail, for offers that were renewed or taken back were letters too
    sent = audit.trail().filter(verb="invitation.send", person=who.person, at__gt=now - timedelta(days=1))
    if sent.count() >= INVITATIONS_A_DAY:
        raise CoworkmedError(N_("That is a lot of invitations for one day. Send the others tomorrow."))
    offer, _ = Invitation.objects.update_or_create(
        organisation=organisation,
        email=email.strip().lower(),
        role=Who(role),
        defaults={"invited_by": by, "territory": territory, "created": now, "expires": now + INVITATION_LASTS},
    )
    tell(who, "invitation.send", offer, after={"role": str(offer.role), "territory": territory})
    token = signing.dumps([offer.pk, int(offer.created.timestamp())], salt=_SALT)
    letters.invitation(offer, token)
    return token


def invitation(token: str) -> Invitation | None:
    """The offer a token stands for: none where it was altered, answered, withdrawn, renewed or is too old."""
    try:
        pk, created = signing.loads(token, salt=_SALT, max_age=INVITATION_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    offer = Invitation.objects.open().select_related("organisation").filter(pk=pk).first()
    return offer if offer and int(offer.created.timestamp()) == created else None


@transaction.atomic
def accept(*, person: Person, token: str) -> Membership:
    """Take the role that was offered; the offer is gone. Raises NotAllowedError where it isn't theirs."""
    offer = invitation(token)
    if offer is None or offer.email not in verified(person):
        raise NotAllowedError(N_("This invitation is over, or was sent to another address than yours."))
    hold(offer.organisation_id)
    made = _give(signed(person, Who.SELF), person, offer.organisation, offer.role, offer.territory)
    offer.delete()
    return made


@transaction.atomic
def withdraw(*, by: Person, offer: Invitation) -> None:
    who = require(by, Action.OWNERS_CHANGE if offer.role == Who.OWNER else Action.MEMBERS_INVITE, offer.organisation)
    take_offers_back(who, [offer])


def take_offers_back(who: audit.Who, offers: Iterable[Invitation]) -> None:
    """Offers nobody has answered hold no more: those of somebody who is shown the door go with them."""
    for offer in offers:
        tell(who, "invitation.withdraw", offer, before={"role": str(offer.role), "territory": offer.territory})
        offer.delete()


@transaction.atomic
def end(*, by: Person, membership: Membership) -> None:
    """End a role: one's own (leave), or another's. All that was lent from it ends with it.

    Raises CoworkmedError where it is the last owner's.
    """
    organisation = hold(membership.organisation_id)
    if membership.person_id == by.pk:
        who = signed(by, Who.SELF)
    else:
        who = require(by, Action.OWNERS_CHANGE if membership.role == Who.OWNER else Action.MEMBERS_END, organisation)
        take_offers_back(who, Invitation.objects.filter(invited_by=membership.person, organisation=organisation))
    _close(who, membership)
    _still_owned(organisation)


@transaction.atomic
def hand_over(*, by: Person, membership: Membership, to: Person) -> Membership:
    """Give one's own role to someone who has a role there too; one has it no more. What was lent can't."""
    organisation = hold(membership.organisation_id)
    who = _is_mine_to_give(by, membership)
    _is_in(to, organisation)
    _close(who, membership)
    made = _give(who, to, organisation, membership.role, membership.territory)
    _still_owned(organisation)
    return made


@transaction.atomic
def lend(*, by: Person, membership: Membership, to: Person, until: datetime) -> Membership:
    """Let someone who has a role there too act in one's own until then; one keeps it, and it ends with one's own."""
    organisation = hold(membership.organisation_id)
    who = _is_mine_to_give(by, membership)
    _is_in(to, organisation)
    now = timezone.now()
    if not now < until <= now + LONGEST_LOAN:
        raise CoworkmedError(N_("Choose a day within the next year."))
    lent = Membership.objects.create(
        person=to,
        organisation=organisation,
        role=membership.role,
        territory=membership.territory,
        until=until,
        lent_from=membership,
    )
    tell(who, "membership.lend", lent, after=held(lent))
    return lent


def hold(organisation: int) -> Organisation:
    """The organisation, and nobody else changes who is in it until this transaction is over."""
    return Organisation.objects.select_for_update().get(pk=organisation)


def pass_on(who: audit.Who, person: Person) -> None:
    """Where ``person`` is the only owner, the next in line owns from now on."""
    owned = Membership.objects.filter(person=person, role=Who.OWNER, until=None).order_by("organisation")
    for one in owned.values_list("organisation", flat=True):
        organisation = hold(one)
        others = Membership.objects.current().filter(organisation=organisation, until=None).exclude(person=person)
        if others.filter(role=Who.OWNER).exists():
            continue
        ranked = [(each.role, each.since.timestamp(), each.person_id) for each in others]
        if (heir := rules.successor(ranked)) is not None:
            _give(who, Person.objects.get(pk=heir), organisation, Who.OWNER, "")


def _give(who: audit.Who, person: Person, organisation: Organisation, role: str, territory: str) -> Membership:
    """The role, for good; where they have it already, it stays as it is."""
    wanted = {"person": person, "organisation": organisation, "role": role, "until": None}
    made, fresh = Membership.objects.get_or_create(**wanted, defaults={"territory": territory})
    if fresh:
        tell(who, "membership.begin", made, after=held(made))
    return made


def _close(who: audit.Who, membership: Membership) -> None:
    before = held(membership)
    closed = Membership.objects.current().filter(pk=membership.pk).update(until=timezone.now())
    if not closed:
        raise CoworkmedError(N_("This role has ended already."))
    tell(who, "membership.end", membership, before=before)


def _is_mine_to_give(person: Person, membership: Membership) -> audit.Who:
    mine = Membership.objects.current().filter(pk=membership.pk, person=person, lent_from=None).exists()
    if not mine or not person.is_active:
        raise NotAllowedError(NOT_YOURS)
    return signed(person, membership.role)


def _is_in(person: Person, organisation: Organisation) -> None:
    if not Membership.objects.current().filter(person=person, organisation=organisation).exists():
        raise CoworkmedError(N_("A role can go to someone of the same organisation only. Invite them first."))


def _still_owned(organisation: Organisation) -> None:
    """Someone who can act must be left to answer for it; who was lent the role does not."""
    if not Membership.objects.current().filter(organisation=organisation, role=Who.OWNER, until=None).exists():
        raise CoworkmedError(N_("An organisation needs an owner. Hand the role over first."))
