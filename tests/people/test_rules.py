"""The table of permissions: complete, and read as it says."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import AnonymousUser
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.people import rules
from coworkmed.people.models import Invitation, Membership, Operates, Organisation, Person
from coworkmed.people.queries import can
from coworkmed.people.rules import ALLOWED, Action, Reach, Standing, Who

from .conftest import organisation, person, role

ids = st.integers(1, 5)
reaches = st.builds(
    Reach, st.frozensets(ids, max_size=3), st.frozensets(ids, max_size=3), st.frozensets(st.sampled_from(["FR", "GR"]))
)
held = st.lists(st.builds(Standing, st.sampled_from(rules.ROLES), ids, st.sampled_from(["", "FR", "GR"])), max_size=4)


def test_every_action_says_who_may() -> None:
    assert set(ALLOWED) == set(Action)
    assert all(ALLOWED.values())


@given(st.sampled_from(Action), held, reaches)
def test_no_role_counts_for_a_thing_out_of_its_reach(action: Action, standings: list[Standing], reach: Reach) -> None:
    if rules.allowed(action, qualities=(), standings=standings, reach=reach):
        assert any(
            one.organisation in reach.own
            or (one.organisation in reach.above and one.role in ("STEWARD", "COORDINATOR"))
            or (one.role == "STEWARD" and one.territory and one.territory in reach.territories)
            for one in standings
        )


@given(st.sampled_from(Action), held, held, reaches)
def test_another_role_never_takes_away(
    action: Action, standings: list[Standing], more: list[Standing], reach: Reach
) -> None:
    if rules.allowed(action, qualities=(), standings=standings, reach=reach):
        assert rules.allowed(action, qualities=(), standings=standings + more, reach=reach)


@given(st.dictionaries(ids, st.none() | ids), ids, st.none() | ids)
def test_circles_are_seen(parents: dict[int, int | None], one: int, parent: int | None) -> None:
    """Beside a slower way: walk up from ``one`` as if the change were made."""
    after, now, steps = {**parents, one: parent}, parent, 0
    while now is not None and now != one and steps < 10:
        now, steps = after.get(now), steps + 1
    if rules.closes_a_circle(one, parent, parents):
        assert now is not None
    else:
        assert now is None


@given(st.lists(st.tuples(st.sampled_from(rules.ROLES), st.floats(0, 9), ids)))
def test_the_next_in_line_has_the_highest_role(others: list[tuple[str, float, int]]) -> None:
    heir = rules.successor(others)
    assert (heir is None) == (not others)
    if others:
        best = min(rules.ROLES.index(Who(one)) for one, _, _ in others)
        assert any(rules.ROLES.index(Who(one)) == best and who == heir for one, _, who in others)


def place(country: str = "FR", region: str = "FR-PAC", town: int | None = 2995469) -> SimpleNamespace:
    return SimpleNamespace(public_id="p1", country=country, region=region, town=town)


def test_a_steward_tends_the_places_of_a_territory_and_no_others(ana: Person) -> None:
    region = organisation("Région", territory="FR")
    role(ana, region, "STEWARD", territory="FR-PAC")
    assert can(ana, Action.PLACE_TEND, place())
    assert not can(ana, Action.PLACE_TEND, place(region="FR-OCC"))
    assert not can(ana, Action.PLACE_TEND, place(country="", region="", town=None))
    assert not can(ana, Action.PLACE_SPEAK, place())


def test_who_runs_a_place_speaks_for_it_until_they_run_it_no_more(ana: Person, ben: Person) -> None:
    network = organisation("Network")
    mill = organisation("Mill", network, kind="OPERATOR")
    role(ana, mill, "TEAM")
    role(ben, network, "COORDINATOR")
    assert not can(ana, Action.PLACE_SPEAK, place())
    runs = Operates.objects.create(organisation=mill, place="p1")
    assert can(ana, Action.PLACE_SPEAK, place())
    assert can(ben, Action.PLACE_TEND, place()), "through the network above"
    assert not can(ben, Action.PLACE_SPEAK, place())
    runs.until = runs.since
    runs.save()
    assert not can(ana, Action.PLACE_SPEAK, place())


def test_roles_reach_down_and_never_up(ana: Person) -> None:
    top, low = organisation("Top"), None
    low = organisation("Low", organisation("Middle", top))
    role(ana, low, "COORDINATOR")
    assert can(ana, Action.ORGANISATION_CHANGE, low)
    assert not can(ana, Action.ORGANISATION_SEE, top)
    assert list(Organisation.objects.visible_to(ana)) == [low]
    role(ana, top, "STEWARD")
    assert Organisation.objects.visible_to(ana).count() == 3


@pytest.mark.django_db
@pytest.mark.parametrize("who", [*rules.ROLES, Who.OPERATOR, Who.PERSON, "blocked", "nobody"])
@pytest.mark.parametrize("action", [one for one in Action if one.startswith(("organisation.s", "members", "owners"))])
def test_lists_hold_what_can_says(who: str, action: Action) -> None:
    """`visible_to` and `where_may` beside `can`, organisation by organisation: two ways to the same answer."""
    top = organisation("Top")
    middle = organisation("Middle", top)
    low, other = organisation("Low", middle), organisation("Other")
    one: Person | AnonymousUser = AnonymousUser() if who == "nobody" else person("one@example.org")
    if isinstance(one, Person):
        one.is_staff, one.is_active = who == Who.OPERATOR, who != "blocked"
        one.save()
        if who in (*rules.ROLES, "blocked"):
            role(one, middle, who if who != "blocked" else "OWNER")
    every = [top, middle, low, other]
    assert set(Organisation.objects.where_may(one, action)) == {each for each in every if can(one, action, each)}
    seen = set(Organisation.objects.visible_to(one))
    for each in every:
        role(person(f"member{each.pk}@example.org"), each, "TEAM")
    assert {m.organisation for m in Membership.objects.visible_to(one).exclude(person_id=one.pk)} == seen
    assert not Invitation.objects.visible_to(one).exists()
