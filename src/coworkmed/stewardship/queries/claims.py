"""What is known of a place when someone says that they run it, and who may see which claim."""

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet

from coworkmed.people.models import Membership, Operates, Organisation, Person
from coworkmed.people.rules import Action, Who
from coworkmed.places.models import Link, Place
from coworkmed.sources.voices import VOICES

from .. import proofs
from ..models import Claim, about
from .words import standing

#: What readers suggest is nobody's word yet: else one could suggest an address, and then prove that one reads it.
_UNPROVEN = VOICES["IMPORT"].key


def known(place: Place) -> proofs.Known:
    """How the place can be reached, by what lists and the place itself say."""
    told = Link.objects.filter(place=place, entry__assertion__isnull=False, entry__retired_on=None)
    told = told.exclude(entry__source=_UNPROVEN)
    said: list[Mapping[str, Any]] = list(told.values_list("entry__assertion__fields", flat=True))

    def sure(name: str) -> str:
        shown = place.values.get(name, "")
        return shown if any(one.get(name, {}).get("value") == shown for one in said) else ""

    return proofs.Known(
        name=place.name, town=place.locality, web=sure("web"), email=sure("email"), phone=sure("phone"),
        post=_post(place.values),
    )  # fmt: skip


def _post(values: Mapping[str, Any]) -> tuple[str, ...]:
    line, town = values.get("address", {}).get("line", ""), values.get("locality", "")
    place = " ".join(filter(None, [values.get("postcode", ""), town]))
    return (values.get("name", ""), line, place, values.get("country", "")) if line and town else ()


def runners(place: str) -> QuerySet[Organisation]:
    """The organisations that run the place of this public id now, under the id that answers for it: one, or several
    where places with one each were found to be the same."""
    found = standing(place)
    run = Operates.objects.filter(place=found.pk if found else "", until=None)
    return Organisation.objects.filter(pk__in=run.values("organisation"))


def runner(place: str, *, of: Person | None = None) -> Organisation | None:
    """The organisation that runs a place; of several the one that ``of`` owns, if they own one."""
    own = runners(place).filter(pk__in=owned(of)).first() if of else None
    return own or runners(place).first()


def owned(person: Person) -> QuerySet[Organisation]:
    """Organisations for which ``person`` may claim a place."""
    return Organisation.objects.where_may(person, Action.PLACE_CLAIM)


def mine(person: Person) -> QuerySet[Claim]:
    """Claims of the organisations that ``person`` owns."""
    return Claim.objects.filter(organisation__in=owned(person)).select_related("place", "organisation")


def against(person: Person) -> QuerySet[Claim]:
    """Disputes in which ``person`` answers for who runs the place."""
    runs = Operates.objects.filter(organisation__in=owned(person), until=None).values("place")
    disputed = Claim.objects.filter(about(Place.objects.filter(pk__in=runs)), outcome="", disputed=True)
    return disputed.exclude(organisation__in=owned(person)).select_related("place", "organisation")


def owners(organisation: Organisation) -> list[Person]:
    held = Membership.objects.current().filter(organisation=organisation, role=Who.OWNER)
    return [one.person for one in held.select_related("person").order_by("pk")]


def is_party(person: Person, claim: Claim) -> bool:
    """Whether ``person`` belongs to one of the sides: who does decides nothing, and is shown no code."""
    if claim.person_id == person.pk:
        return True
    sides = {claim.organisation_id, *runners(claim.place_id).values_list("pk", flat=True)}
    return Membership.objects.current().filter(person=person, organisation__in=sides).exists()
