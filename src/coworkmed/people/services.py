"""Every change to people, organisations and roles: one transaction each, refused where it is not allowed."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.core import signing
from django.db import models, transaction
from django.db.models import ManyToOneRel
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from . import rules
from .models import Consent, Invitation, Membership, Operates, Organisation, Person
from .queries import Thing, can, left_alone
from .rules import Action, Who
from .words import CONSENTS

INVITATION_LASTS = timedelta(days=14)
LONGEST_LOAN = timedelta(days=366)
INVITATIONS_A_DAY = 50
NOT_YOURS = N_("Only whoever holds a role for good can give it to someone else.")
_SALT = "people.invitation"
OnPerson = Callable[[Person, Person], None]  # by whom, to whom


class NotAllowedError(CoworkmedError):
    """Someone may not do this, or no longer."""


def require(person: Person, action: Action, thing: Thing = None) -> None:
    """Raises NotAllowedError where ``person`` may not."""
    if not can(person, action, thing):
        raise NotAllowedError(N_("Your role does not allow this, or no longer does."))


# -- organisations --------------------------------------------------------------------------------------------------


@transaction.atomic
def found(*, by: Person, name: Mapping[str, str]) -> Organisation:
    """An organisation that runs places; who founds it owns it. It has no place until a steward says which."""
    require(by, Action.ORGANISATION_FOUND)
    made = Organisation.objects.create(kind=Organisation.Kind.OPERATOR, name=dict(name))
    Membership.objects.create(person=by, organisation=made, role=Who.OWNER)
    return made


@transaction.atomic
def appoint(
    *, by: Person, kind: str, name: Mapping[str, str], territory: str = "", parent: Organisation | None = None
) -> Organisation:
    """An organisation of any kind, which may look after a territory. It is the operator's until they hand it over."""
    require(by, Action.ORGANISATION_APPOINT)
    made = Organisation.objects.create(kind=kind, name=dict(name), territory=territory, parent=parent)
    Membership.objects.create(person=by, organisation=made, role=Who.OWNER)
    return made


@transaction.atomic
def rename(*, by: Person, organisation: Organisation, name: Mapping[str, str]) -> None:
    require(by, Action.ORGANISATION_CHANGE, organisation)
    Organisation.objects.filter(pk=organisation.pk).update(name=dict(name))


@transaction.atomic
def place_under(*, by: Person, organisation: Organisation, parent: Organisation | None) -> None:
    """Make ``organisation`` part of ``parent``. Raises CoworkmedError where it would stand above itself."""
    require(by, Action.ORGANISATION_APPOINT)
    # all are held: two that were put under each other at once would close a circle
    parents = dict(Organisation.objects.select_for_update().order_by("pk").values_list("pk", "parent"))
    if rules.closes_a_circle(organisation.pk, parent.pk if parent else None, parents):
        raise CoworkmedError(N_("{name} is already part of this organisation."), name=str(parent))
    Organisation.objects.filter(pk=organisation.pk).update(parent=parent)


@transaction.atomic
def dissolve(*, by: Person, organisation: Organisation) -> None:
    """End an organisation; those below it stand for themselves."""
    require(by, Action.ORGANISATION_END, organisation)
    _dissolve(organisation)


def _dissolve(organisation: Organisation) -> None:
    Organisation.objects.filter(parent=organisation).update(parent=None)
    organisation.delete()


@transaction.atomic
def attach(*, by: Person, organisation: Organisation, place: Any) -> Operates:
    """Say that ``organisation`` runs ``place``; whoever ran it before does no more."""
    require(by, Action.PLACE_ATTACH, place)
    now = timezone.now()
    Operates.objects.filter(place=place.public_id, until=None).exclude(organisation=organisation).update(until=now)
    return Operates.objects.get_or_create(organisation=organisation, place=place.public_id, until=None)[0]


# -- roles ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(*, by: Person, organisation: Organisation, email: str, role: str, territory: str = "") -> str:
    """Offer a role to whoever reads the mail of ``email``. Returns the token their letter carries.

    Whether they have an account here already changes nothing, so nobody can find that out.
    """
    require(by, Action.OWNERS_CHANGE if role == Who.OWNER else Action.MEMBERS_INVITE, organisation)
    now = timezone.now()
    if Invitation.objects.filter(invited_by=by, created__gt=now - timedelta(days=1)).count() >= INVITATIONS_A_DAY:
        raise CoworkmedError(N_("That is a lot of invitations for one day. Send the others tomorrow."))
    offer, _ = Invitation.objects.update_or_create(
        organisation=organisation,
        email=email.strip().lower(),
        role=Who(role),
        defaults={"invited_by": by, "territory": territory, "created": now, "expires": now + INVITATION_LASTS},
    )
    return signing.dumps([offer.pk, int(offer.created.timestamp())], salt=_SALT)


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
    _hold(offer.organisation_id)
    made = _give(person, offer.organisation, offer.role, offer.territory)
    offer.delete()
    return made


@transaction.atomic
def forget_expired() -> int:
    """Delete unanswered invitations and sessions that ran out, with the addresses in them; how many rows."""
    now = timezone.now()
    ran_out, _ = Session.objects.filter(expire_date__lte=now).delete()
    listed, _ = UserSession.objects.exclude(session_key__in=Session.objects.values("session_key")).delete()
    unanswered, _ = Invitation.objects.filter(expires__lte=now).delete()
    return int(ran_out + listed + unanswered)


@transaction.atomic
def withdraw(*, by: Person, offer: Invitation) -> None:
    require(by, Action.OWNERS_CHANGE if offer.role == Who.OWNER else Action.MEMBERS_INVITE, offer.organisation)
    offer.delete()


@transaction.atomic
def end(*, by: Person, membership: Membership) -> None:
    """End a role: one's own (leave), or another's. All that was lent from it ends with it.

    Raises CoworkmedError where it is the last owner's.
    """
    organisation = _hold(membership.organisation_id)
    if membership.person_id != by.pk:
        require(by, Action.OWNERS_CHANGE if membership.role == Who.OWNER else Action.MEMBERS_END, organisation)
    _close(membership)
    _still_owned(organisation)


@transaction.atomic
def hand_over(*, by: Person, membership: Membership, to: Person) -> Membership:
    """Give one's own role to someone who has a role there too; one has it no more. What was lent can't."""
    organisation = _hold(membership.organisation_id)
    _is_mine_to_give(by, membership)
    _is_in(to, organisation)
    _close(membership)
    made = _give(to, organisation, membership.role, membership.territory)
    _still_owned(organisation)
    return made


@transaction.atomic
def lend(*, by: Person, membership: Membership, to: Person, until: datetime) -> Membership:
    """Let someone who has a role there too act in one's own until then; one keeps it, and it ends with one's own."""
    organisation = _hold(membership.organisation_id)
    _is_mine_to_give(by, membership)
    _is_in(to, organisation)
    now = timezone.now()
    if not now < until <= now + LONGEST_LOAN:
        raise CoworkmedError(N_("Choose a day within the next year."))
    return Membership.objects.create(
        person=to,
        organisation=organisation,
        role=membership.role,
        territory=membership.territory,
        until=until,
        lent_from=membership,
    )


def _hold(organisation: int) -> Organisation:
    """The organisation, and nobody else changes who is in it until this transaction is over."""
    return Organisation.objects.select_for_update().get(pk=organisation)


def _give(person: Person, organisation: Organisation, role: str, territory: str) -> Membership:
    """The role, for good; where they have it already, it stays as it is."""
    held = {"person": person, "organisation": organisation, "role": role, "until": None}
    return Membership.objects.get_or_create(**held, defaults={"territory": territory})[0]


def _close(membership: Membership) -> None:
    closed = Membership.objects.current().filter(pk=membership.pk).update(until=timezone.now())
    if not closed:
        raise CoworkmedError(N_("This role has ended already."))


def _is_mine_to_give(person: Person, membership: Membership) -> None:
    mine = Membership.objects.current().filter(pk=membership.pk, person=person, lent_from=None).exists()
    if not mine or not person.is_active:
        raise NotAllowedError(NOT_YOURS)


def _is_in(person: Person, organisation: Organisation) -> None:
    if not Membership.objects.current().filter(person=person, organisation=organisation).exists():
        raise CoworkmedError(N_("A role can go to someone of the same organisation only. Invite them first."))


def _still_owned(organisation: Organisation) -> None:
    """Someone who can act must be left to answer for it; who was lent the role does not."""
    if not Membership.objects.current().filter(organisation=organisation, role=Who.OWNER, until=None).exists():
        raise CoworkmedError(N_("An organisation needs an owner. Hand the role over first."))


# -- persons --------------------------------------------------------------------------------------------------------


@transaction.atomic
def change(*, person: Person, name: str, language: str) -> None:
    Person.objects.filter(pk=person.pk).update(name=name.strip(), language=language)


@transaction.atomic
def consent(*, person: Person, purpose: str, given: bool) -> None:
    """Note that ``person`` agrees to a purpose of `words.CONSENTS` in the words of today, or does no more."""
    version, now = CONSENTS[purpose].version, timezone.now()
    standing = Consent.objects.select_for_update().filter(person=person, purpose=purpose, withdrawn_at=None)
    if given and standing.filter(version=version).exists():
        return
    standing.update(withdrawn_at=now)
    if given:
        Consent.objects.create(person=person, purpose=purpose, version=version, given_at=now)


@transaction.atomic
def block(*, by: Person, person: Person, blocked: bool) -> None:
    """Shut someone out, or let them in again. Their sessions end at once; what they own passes on."""
    require(by, Action.ACCOUNT_BLOCK, person)
    if person.pk == by.pk:
        raise CoworkmedError(N_("You can’t shut yourself out."))
    Person.objects.filter(pk=person.pk).update(is_active=not blocked)
    if blocked:
        _pass_on(person)
        _end_sessions(person)


@transaction.atomic
def empower(*, by: Person, person: Person, operator: bool) -> None:
    """Make someone an operator of the site, or no more; the last one stays."""
    require(by, Action.SITE_OPERATE)
    operators = Person.objects.select_for_update().filter(is_staff=True, is_active=True)
    if not operator and not operators.exclude(pk=person.pk).exists():
        raise CoworkmedError(N_("A site needs someone who runs it."))
    Person.objects.filter(pk=person.pk).update(is_staff=operator, is_superuser=operator)


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
    offers = Invitation.objects.filter(email__in=_addresses(person))
    if offers:
        about["people.invitation to me"] = [_row(offer) for offer in offers]
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

    What they said of places stays, signed by their role: that was never theirs by name.
    """
    addresses = _addresses(person)
    for organisation in left_alone(person):
        _dissolve(organisation)
    _pass_on(person)
    _end_sessions(person)
    Invitation.objects.filter(email__in=addresses).delete()
    for address in addresses:
        LogEntry.objects.filter(object_repr__icontains=address).delete()
    person.delete()


def _addresses(person: Person) -> set[str]:
    return {person.email, *EmailAddress.objects.filter(user=person).values_list("email", flat=True)}


def verified(person: Person) -> set[str]:
    """Addresses ``person`` has shown to be theirs."""
    return set(EmailAddress.objects.filter(user=person, verified=True).values_list("email", flat=True))


def _pass_on(person: Person) -> None:
    """Where ``person`` is the only owner, the next in line owns from now on."""
    owned = Membership.objects.filter(person=person, role=Who.OWNER, until=None).order_by("organisation")
    for one in owned.values_list("organisation", flat=True):
        organisation = _hold(one)
        others = Membership.objects.current().filter(organisation=organisation, until=None).exclude(person=person)
        if others.filter(role=Who.OWNER).exists():
            continue
        ranked = [(each.role, each.since.timestamp(), each.person_id) for each in others]
        if (heir := rules.successor(ranked)) is not None:
            Membership.objects.create(person_id=heir, organisation=organisation, role=Who.OWNER)


def _end_sessions(person: Person) -> None:
    """All of them, those in which someone has only begun to sign in with an address of theirs as well."""
    addresses, number = _addresses(person), str(person.pk)
    for session in Session.objects.iterator():
        held = session.get_decoded()
        if held.get("_auth_user_id") == number or any(address in str(held) for address in addresses):
            session.delete()
    UserSession.objects.filter(user=person).delete()
