"""Organisations: founded, named, put under each other, ended; and the places they run."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.platform import audit

from .. import rules
from ..models import Membership, Operates, Organisation, Person
from ..queries import can
from ..rules import Action, Who
from .trail import require, tell


@transaction.atomic
def found(*, by: Person, name: Mapping[str, str]) -> Organisation:
    """An organisation that runs places; who founds it owns it. It has no place until a steward says which."""
    who = require(by, Action.ORGANISATION_FOUND)
    made = Organisation.objects.create(kind=Organisation.Kind.OPERATOR, name=dict(name))
    return _owned(who, by, made, "organisation.found")


@transaction.atomic
def appoint(
    *, by: Person, kind: str, name: Mapping[str, str], territory: str = "", parent: Organisation | None = None
) -> Organisation:
    """An organisation of any kind, which may look after a territory. It is the operator's until they hand it over."""
    who = require(by, Action.ORGANISATION_APPOINT)
    made = Organisation.objects.create(kind=kind, name=dict(name), territory=territory, parent=parent)
    return _owned(who, by, made, "organisation.appoint")


def _owned(who: audit.Who, by: Person, made: Organisation, verb: str) -> Organisation:
    owner = Membership.objects.create(person=by, organisation=made, role=Who.OWNER)
    now = {"kind": str(made.kind), "territory": made.territory, "parent": made.parent_id}
    tell(who, verb, made, after=now)
    tell(who, "membership.begin", owner, after=held(owner))
    return made


def held(membership: Membership) -> dict[str, Any]:
    """A role as the trail tells it."""
    return {
        "person": str(membership.person_id),
        "role": str(membership.role),
        "territory": membership.territory,
        "until": membership.until and membership.until.isoformat(),
    }


@transaction.atomic
def rename(*, by: Person, organisation: Organisation, name: Mapping[str, str]) -> None:
    """Other names, by language. The trail is told in which languages, not the names: they may be a person's."""
    who = require(by, Action.ORGANISATION_CHANGE, organisation)
    one = Organisation.objects.select_for_update().get(pk=organisation.pk)
    changed = sorted(code for code in {*one.name, *name} if one.name.get(code) != name.get(code))
    if not changed:
        return
    Organisation.objects.filter(pk=one.pk).update(name=dict(name))
    told = {"named": sorted(name), "changed": changed}
    tell(who, "organisation.rename", one, before={"named": sorted(one.name)}, after=told)


@transaction.atomic
def place_under(*, by: Person, organisation: Organisation, parent: Organisation | None) -> None:
    """Make ``organisation`` part of ``parent``. Raises CoworkmedError where it would stand above itself."""
    who = require(by, Action.ORGANISATION_APPOINT)
    # all are held: two that were put under each other at once would close a circle
    parents = dict(Organisation.objects.select_for_update().order_by("pk").values_list("pk", "parent"))
    if rules.closes_a_circle(organisation.pk, parent.pk if parent else None, parents):
        raise CoworkmedError(N_("{name} is already part of this organisation."), name=str(parent))
    Organisation.objects.filter(pk=organisation.pk).update(parent=parent)
    before, after = parents[organisation.pk], parent.pk if parent else None
    if before != after:
        tell(who, "organisation.place", organisation, before={"parent": before}, after={"parent": after})


@transaction.atomic
def dissolve(*, by: Person, organisation: Organisation) -> None:
    """End an organisation; those below it stand for themselves."""
    end_for_good(require(by, Action.ORGANISATION_END, organisation), organisation)


def end_for_good(who: audit.Who, organisation: Organisation) -> None:
    below = Organisation.objects.filter(parent=organisation)
    left = {
        "members": Membership.objects.current().filter(organisation=organisation).count(),
        "places": list(Operates.objects.filter(organisation=organisation, until=None).values_list("place", flat=True)),
        "below": list(below.values_list("pk", flat=True)),
    }
    below.update(parent=None)
    tell(who, "organisation.dissolve", organisation, before=left)
    organisation.delete()


@transaction.atomic
def attach(*, by: Person, organisation: Organisation, place: Any) -> Operates:
    """Say that ``organisation`` runs ``place``; whoever ran it before does no more."""
    return take_over(require(by, Action.PLACE_ATTACH, place), organisation, place.public_id)


def take_over(who: audit.Who, organisation: Organisation, place: str) -> Operates:
    """As `attach`, where it has been decided that it is so."""
    others = Operates.objects.select_for_update().filter(place=place, until=None)
    for one in others.exclude(organisation=organisation):
        _let_go(who, one)
    runs, fresh = Operates.objects.get_or_create(organisation=organisation, place=place, until=None)
    if fresh:
        tell(who, "place.attach", runs, after={"place": place})
    return runs


@transaction.atomic
def detach(*, by: Person, organisation: Organisation, place: Any) -> None:
    """Say that ``organisation`` runs ``place`` no more. Raises CoworkmedError where it did not."""
    who = require(by, Action.PLACE_DETACH, place)
    if not can(by, Action.PLACE_CLAIM, organisation):  # of several that run it, owners speak for their own alone
        who = require(by, Action.PLACE_ATTACH, place)
    runs = Operates.objects.select_for_update().filter(organisation=organisation, place=place.public_id, until=None)
    one = runs.first()
    if one is None:
        raise CoworkmedError(N_("{name} does not run this place."), name=str(organisation))
    _let_go(who, one)


@transaction.atomic
def follow(*, place: str, kept: str) -> None:
    """Two places were found to be one: who runs ``place`` runs ``kept``, beside whoever ran that."""
    for runs in Operates.objects.select_for_update().filter(place=place, until=None):
        _let_go(audit.MACHINE, runs)
        fresh, made = Operates.objects.get_or_create(organisation=runs.organisation, place=kept, until=None)
        if made:
            tell(audit.MACHINE, "place.attach", fresh, after={"place": kept})


def _let_go(who: audit.Who, runs: Operates) -> None:
    Operates.objects.filter(pk=runs.pk).update(until=timezone.now())
    tell(who, "place.detach", runs, before={"place": runs.place})
