"""Suggestions as those who decide see them."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from allauth.account.models import EmailAddress

from coworkmed.kernel.fields import FIELDS, Field
from coworkmed.kernel.values import Value
from coworkmed.people.models import Membership, Operates, Person
from coworkmed.people.rules import ALLOWED, ROLES, Action, Who
from coworkmed.places.models import Place

from ..models import Suggestion


@dataclass(frozen=True, slots=True)
class Difference:
    """A field as it was shown when somebody suggested otherwise, as it is shown now, and what they suggest. None is
    that there is none."""

    field: Field
    before: Any
    now: Any
    proposed: Value

    @property
    def moved_on(self) -> bool:
        """Whether something else is shown since."""
        return bool(self.now != self.before)

    @property
    def arrived(self) -> bool:
        """Whether what is suggested is shown by now."""
        return bool(self.now == self.proposed.value)


def differences(suggestion: Suggestion) -> list[Difference]:
    """What a suggestion would change, in the order of the page's fields."""
    shown = suggestion.place.values
    said = {name: Value.from_json(one) for name, one in suggestion.values.items()}
    return [
        Difference(FIELDS[name], suggestion.before.get(name), shown.get(name), said[name])
        for name in FIELDS
        if name in said
    ]


def waiting_on(places: Collection[str]) -> dict[str, list[Suggestion]]:
    """The suggestions nobody has decided on, by the public id of their place: those asked about it are told."""
    found: dict[str, list[Suggestion]] = defaultdict(list)
    for one in Suggestion.objects.open().filter(place__in=places):
        found[one.place_id].append(one)
    return dict(found)


def speakers(place: Place) -> list[tuple[Person, str]]:
    """The people who speak for a place, owners first, each with their address."""
    run_by = Operates.objects.filter(place=place.pk, until=None).values("organisation")
    held = Membership.objects.current().filter(organisation__in=run_by, role__in=ALLOWED[Action.PLACE_SPEAK])
    known = EmailAddress.objects.filter(user__in=held.values("person"), verified=True, primary=True)
    ranks = {one.person_id: ROLES.index(Who(one.role)) for one in held}
    return sorted(((one.user, one.email) for one in known.select_related("user")), key=lambda one: ranks[one[0].pk])
