"""Questions about people and what they may do. Asked of the database each time: a role that ended ends at once."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Protocol

from django.contrib.auth.models import AnonymousUser

from . import rules
from .events import NAMING
from .models import Consent, Invitation, Membership, Operates, Organisation, Person, above
from .rules import Action, Reach, Standing, Who
from .words import CONSENTS


class Placed(Protocol):
    """What a permission needs to know of a place of the registry, which stands above people."""

    public_id: str
    country: str
    region: str
    town: int | None


Thing = Person | Organisation | Placed | None


def can(person: Person | AnonymousUser, action: Action, thing: Thing = None) -> bool:
    """Whether ``person`` may do ``action`` to ``thing`` (or at all, where the action is about no thing)."""
    return quality(person, action, thing) is not None


def quality(person: Person | AnonymousUser, action: Action, thing: Thing = None) -> Who | None:
    """In what quality ``person`` may do ``action`` to ``thing``; None where they may not."""
    if not isinstance(person, Person) or not person.is_active or person.pk is None:
        return None
    qualities = {Who.PERSON}
    if person.is_staff:
        qualities.add(Who.OPERATOR)
    if isinstance(thing, Person) and thing.pk == person.pk:
        qualities.add(Who.SELF)
    return rules.quality(action, qualities=qualities, standings=standings(person), reach=reach(thing))


def standings(person: Person) -> list[Standing]:
    """The roles ``person`` holds now; a steward's territory is their own, or else the organisation's."""
    held = Membership.objects.current().filter(person=person).select_related("organisation")
    return [Standing(one.role, one.organisation_id, one.territory or one.organisation.territory) for one in held]


def reach(thing: Thing) -> Reach:
    """Whom a thing belongs to."""
    if thing is None or isinstance(thing, Person):
        return Reach()
    if isinstance(thing, Organisation):
        return Reach(own=frozenset({thing.pk}), above=frozenset(above([thing.pk])))
    run_by = frozenset(
        Operates.objects.filter(place=thing.public_id, until=None).values_list("organisation", flat=True)
    )
    territories = {thing.country, thing.region, str(thing.town or "")} - {""}
    return Reach(own=run_by, above=frozenset(above(run_by)), territories=frozenset(territories))


def agreeing(purpose: str) -> set[int]:
    """The numbers of all who agree to ``purpose`` now, in the words it has now."""
    version = CONSENTS[purpose].version
    given = Consent.objects.filter(purpose=purpose, version=version, withdrawn_at=None)
    return set(given.values_list("person", flat=True))


@dataclass(frozen=True, slots=True)
class Colleague:
    """A role held in an organisation, as one who looks may see it: ``who`` is "" where they may not see who."""

    membership: Membership
    who: str
    is_self: bool
    may_end: bool


@dataclass(frozen=True, slots=True)
class Inside:
    """An organisation, as one person may see it."""

    organisation: Organisation
    colleagues: list[Colleague]
    invitations: list[Invitation]
    places: dict[str, str]  # names by public id
    may_change: bool
    may_invite: bool
    may_make_owners: bool
    may_end: bool


def inside(person: Person, organisation: Organisation) -> Inside:
    addresses, ends, owners = (
        can(person, action, organisation)
        for action in (Action.MEMBERS_ADDRESSES, Action.MEMBERS_END, Action.OWNERS_CHANGE)
    )
    version = CONSENTS["NAME_SHOWN"].version
    named = set(
        Consent.objects.filter(
            purpose="NAME_SHOWN", version=version, withdrawn_at=None, person__memberships__organisation=organisation
        ).values_list("person", flat=True)
    )

    def seen(one: Membership) -> str:
        known = addresses or one.person_id in named or one.person_id == person.pk
        name = one.person.name if known else ""
        return " · ".join(filter(None, [name, one.person.email if addresses else ""]))

    held = Membership.objects.current().filter(organisation=organisation).select_related("person", "lent_from")
    return Inside(
        organisation,
        [
            Colleague(
                one, seen(one), one.person_id == person.pk,
                one.person_id == person.pk or (owners if one.role == Who.OWNER else ends),
            )
            for one in sorted(held, key=lambda one: (rules.ROLES.index(Who(one.role)), one.since))
        ],
        list(Invitation.objects.open().visible_to(person).filter(organisation=organisation)),
        place_names(Operates.objects.filter(organisation=organisation, until=None).values_list("place", flat=True)),
        may_change=can(person, Action.ORGANISATION_CHANGE, organisation),
        may_invite=can(person, Action.MEMBERS_INVITE, organisation),
        may_make_owners=owners,
        may_end=can(person, Action.ORGANISATION_END, organisation),
    )  # fmt: skip


def place_names(ids: Collection[str]) -> dict[str, str]:
    """What places are called, by their public ids, in the order of names; one without a name by its id."""
    found = {one: one for one in ids}
    for names in NAMING:
        found |= names(list(found))
    return dict(sorted(found.items(), key=lambda one: one[1].casefold()))


def has_account(email: str) -> bool:
    """Whether someone signs in with this address. Not to be told to strangers."""
    return Person.objects.filter(emailaddress__email__iexact=email).exists()


def left_alone(person: Person) -> list[Organisation]:
    """Organisations that nobody else is in for good: they go with ``person``."""
    mine = Membership.objects.current().filter(person=person).values("organisation")
    others = Membership.objects.current().filter(until=None).exclude(person=person).values("organisation")
    return list(Organisation.objects.filter(pk__in=mine).exclude(pk__in=others))
