"""Who a link of ours is about, who may speak of a place as what, and what there is to give back."""

import json

from allauth.account.models import EmailAddress
from django.db.models import Count, Q

from coworkmed.kernel import ids
from coworkmed.people.models import Membership, Organisation, Person
from coworkmed.people.queries import can, reach
from coworkmed.people.rules import ALLOWED, Action, Standing, holds
from coworkmed.places.models import Place
from coworkmed.platform.tokens import address_digest

from ..models import Report


def standing(public_id: str) -> Place | None:
    """The place that now answers for an id; None where there never was one."""
    place = Place.objects.select_related("merged_into").filter(pk=public_id).first()
    while place is not None and place.merged_into is not None:
        place = place.merged_into
    return place


def mark(place: Place) -> str:
    """By what one knows whether a place still shows what it did."""
    return ids.digest(place.pk, place.status, json.dumps(place.values, sort_keys=True))


def kind_of(person: Person, place: Place) -> str:
    """What a person's word on a place is (`freshness.KINDS`): the place's own, or that of the authority or the network
    they look after it for; "" where they may say nothing."""
    if can(person, Action.PLACE_SPEAK, place):
        return "OWNER"
    if not can(person, Action.PLACE_TEND, place):
        return ""
    whole = reach(place)
    held = Membership.objects.current().filter(person=person, role__in=ALLOWED[Action.PLACE_TEND])
    kinds = {
        one.organisation.kind
        for one in held.select_related("organisation")
        if holds(Standing(one.role, one.organisation_id, one.territory or one.organisation.territory), whole)
    }
    return "AUTHORITY" if Organisation.Kind.AUTHORITY in kinds else "NETWORK"


def addresses(place: Place) -> list[str]:
    """Those at which a place can be asked: of the people who run it, and the one shown."""
    run_by = reach(place).own
    people = Membership.objects.current().filter(organisation__in=run_by, role__in=ALLOWED[Action.PLACE_SPEAK])
    known = EmailAddress.objects.filter(user__in=people.values("person"), verified=True, primary=True)
    shown = place.values.get("email")
    return list(dict.fromkeys([*known.values_list("email", flat=True), *([shown] if isinstance(shown, str) else [])]))


def address_of(place: Place, digest: str) -> str:
    """The address of that digest, if it is one of the place's; else ""."""
    return next((one for one in addresses(place) if address_digest(one) == digest), "")


def disowned() -> set[tuple[str, str]]:
    """(place, digest of an address) wherever who reads its mail says that they are not the place, unless a steward
    found otherwise: nobody is asked about it there."""
    said = Report.objects.filter(reason="NOT_US").exclude(address="").exclude(outcome__in=("REFUSED", "WITHDRAWN"))
    return {(place, address) for place, address in said.values_list("place", "address")}


def confirmed_share(place: Place) -> tuple[str, int, float] | None:
    """Around a place: the code of its region (of its country, where the region isn't known), how many places are there,
    and the share of them that somebody on the spot has confirmed within twelve months; None without any."""
    around = {"region": place.region} if place.region else {"country": place.country}
    if not any(around.values()):
        return None
    counts = (
        Place.objects.shown()
        .filter(**around)
        .aggregate(all=Count("pk"), confirmed=Count("pk", filter=Q(freshness="confirmed")))
    )
    return (next(iter(around.values())), counts["all"], counts["confirmed"] / counts["all"]) if counts["all"] else None
