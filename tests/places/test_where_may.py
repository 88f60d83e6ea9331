"""`Place.objects.where_may` lists exactly the places of which `people.queries.can` says yes."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.people.models import Membership, Operates, Organisation, Person
from coworkmed.people.queries import can
from coworkmed.people.rules import ALLOWED, ROLES, Action
from coworkmed.places.models import Place

#: Countries, regions and towns, some of the same number or name elsewhere.
TERRITORIES = ("", "FR", "GR", "FR-PAC", "GR-I", "2995469", "264371")
ACTIONS = [one for one in Action if one.value.startswith("place.")]

wheres = st.tuples(
    st.sampled_from(["", "FR", "GR"]),
    st.sampled_from(["", "FR-PAC", "GR-I"]),
    st.sampled_from([None, 2995469, 264371, 0]),
)
#: (parent among those before or none, territory)
bodies = st.lists(st.tuples(st.integers(-1, 4), st.sampled_from(TERRITORIES)), min_size=1, max_size=5)
#: (organisation, role, own territory, until: None, past or future, lent from an earlier one)
held = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(ROLES),
        st.sampled_from(TERRITORIES),
        st.sampled_from([None, -1, 1]),
        st.booleans(),
    ),
    max_size=5,
)
#: place → (organisation, whether it still runs it)
runs = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4), st.booleans()), max_size=6)


def world(places: Any, above: Any, roles: Any, run: Any, staff: bool, active: bool) -> Person:
    for number, (country, region, town) in enumerate(places):
        Place.objects.create(public_id=f"p{number}", country=country, region=region, town=town)
    made: list[Organisation] = []
    for parent, territory in above:
        over = made[parent] if 0 <= parent < len(made) else None
        made.append(Organisation.objects.create(kind="NETWORK", name={"en": "N"}, territory=territory, parent=over))
    person = Person.objects.create_user("someone@example.org", is_staff=staff, is_active=active)
    now = timezone.now()
    earlier: Membership | None = None
    for where, role, territory, until, lent in roles:
        ends = None if until is None else now + until * timedelta(days=1)
        if ends is None and Membership.objects.filter(person=person, organisation=made[where % len(made)], role=role):
            continue
        earlier = Membership.objects.create(
            person=person, organisation=made[where % len(made)], role=role, territory=territory, until=ends,
            lent_from=earlier if lent and ends else None,
        )  # fmt: skip
    for place, where, still in run:
        Operates.objects.get_or_create(
            organisation=made[where % len(made)], place=f"p{place}", until=None if still else now
        )
    return person


@pytest.mark.django_db
@given(st.lists(wheres, max_size=6), bodies, held, runs, st.booleans(), st.booleans())
def test_a_list_holds_what_one_may_and_nothing_else(
    places: Any, above: Any, roles: Any, run: Any, staff: bool, active: bool
) -> None:
    with transaction.atomic():
        person = world(places, above, roles, run, staff, active)
        for action in ACTIONS:
            told = set(Place.objects.where_may(person, action).values_list("pk", flat=True))
            assert told == {one.pk for one in Place.objects.all() if can(person, action, one)}, action
        transaction.set_rollback(True)


@pytest.mark.django_db
def test_nobody_may_do_anything() -> None:
    Place.objects.create(public_id="p1", country="FR")
    for action in ACTIONS:
        assert ALLOWED[action]
        assert not Place.objects.where_may(AnonymousUser(), action).exists()
