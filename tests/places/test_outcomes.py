"""What the registry keeps of how entries hang together: ties, weakest ties, moves, chains."""

from collections.abc import Sequence
from math import exp
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.values import Value
from coworkmed.places import rules
from coworkmed.places.models import Doubt, Link, Place, Weakest
from coworkmed.places.rules import Claim

from .test_services import PHARE, RUCHE_A, RUCHE_B, World

RUCHE_C = "c1,Ruche Bleue,12 r. des Lilas,13001,Marseille,43.2960,5.3698,https://ruche.example,+33 4 91 00 00 01"
#: Four houses of one chain.
HOUSES = [
    f"h{number},Wharf {town},{number} rue de {town},{postcode},{town},{lat},{lon},https://wharf.example,"
    for number, town, postcode, lat, lon in (
        (11, "Nice", "06000", 43.70, 7.26),
        (22, "Marseille", "13001", 43.30, 5.37),
        (33, "Lyon", "69001", 45.76, 4.84),
        (44, "Toulon", "83000", 43.12, 5.93),
    )
]


@pytest.fixture
def world(db: None, tmp_path: Path) -> World:
    return World(tmp_path)


def probability(reasons: Sequence[dict[str, float]]) -> float:
    return 1 / (1 + exp(-sum(reason["weight"] for reason in reasons)))


def test_a_link_keeps_what_adds_up_to_its_probability(world: World) -> None:
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    link, other = Link.objects.get(entry__source="b"), Link.objects.get(entry__source="a", entry__external_id="1")
    assert (link.tied_to, other.tied_to) == (other.entry, link.entry)
    assert link.relation == "same"
    assert [link.reasons[0]["code"], link.reasons[-1]["code"]] == ["PRIOR", "REST"]
    assert probability(link.reasons) == pytest.approx(link.probability, abs=1e-3)
    alone = Link.objects.get(entry__external_id="2")
    assert (alone.tied_to, alone.relation, alone.reasons) == (None, "", [])


def test_the_weakest_tie_is_kept_of_places_of_three_entries(world: World) -> None:
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    assert not Weakest.objects.exists()
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B], c=[RUCHE_C])
    weakest = Weakest.objects.get()
    assert weakest.place == world.place_of("c", "c1")
    assert {weakest.left.source_id, weakest.right.source_id} < {"a", "b", "c"}
    assert probability(weakest.reasons) == pytest.approx(weakest.probability, abs=1e-3)
    ties = weakest.place.links.values_list("probability", flat=True)
    assert weakest.probability <= min(ties) + 1e-4
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B], c=["c9,Nowhere,,,,,,,"])
    assert Weakest.objects.count() <= 1


def test_branches_of_a_chain_know_each_other(world: World) -> None:
    world.run(a=[*HOUSES, PHARE])
    assert set(Place.objects.filter(chain="domain:wharf.example").values_list("locality", flat=True)) == {
        "Nice", "Marseille", "Lyon", "Toulon"
    }  # fmt: skip
    assert world.place_of("a", "2").chain == ""


def test_a_chain_that_is_none_any_more_is_forgotten(world: World) -> None:
    world.run(a=[*HOUSES, PHARE])
    world.run(a=[*(house.replace("wharf.example", f"{at}.example") for at, house in enumerate(HOUSES)), PHARE])
    assert not Place.objects.exclude(chain="").exists()


def test_a_move_is_kept_with_the_tie_or_the_doubt(world: World) -> None:
    then = "m,Atelier Sirocco,12 rue des Lilas,13001,Marseille,43.2961,5.3699,https://sirocco.example,+33 4 91 00 00 01"
    now = "n,Atelier Sirocco,77 rue Paradis,13001,Marseille,43.2920,5.3740,https://sirocco.example,+33 4 91 00 00 01"
    world.run(a=[then], b=[now])
    kept = [*Link.objects.exclude(relation="").values_list("relation", flat=True)]
    kept += Doubt.objects.values_list("relation", flat=True)
    assert set(kept) == {"moved"}


# the addresses of a place


def claim(number: int, observed_on: str, street: str, lat: float | None = None, doubt: str = "") -> Claim:
    fields = {"address": Value({"line": street, "street": street, "number": "1", "unit": ""}, doubt=doubt)}
    if lat is not None:
        fields["position"] = Value({"lat": lat, "lon": 5.0, "precision": "STREET", "score": None})
    return Claim("list", str(number), observed_on, fields)


claims = st.lists(
    st.tuples(
        st.sampled_from(("", "2019", "2020-05", "2022")),
        st.sampled_from(("rue A", "Rue A", "rue B", "rue C")),
        st.sampled_from((None, 43.0, 43.001, 44.0)),
    ),
    max_size=6,
).map(lambda said: [claim(number, *one) for number, one in enumerate(said)])


@given(claims, st.randoms(use_true_random=False))
def test_every_address_has_one_stay_in_whatever_order_it_is_told(told: list[Claim], random: object) -> None:
    found = rules.stays(told)
    assert sorted(one.key for stay in found for one in stay.by) == sorted(one.key for one in told)
    shuffled = list(told)
    random.shuffle(shuffled)
    assert rules.stays(shuffled) == found
    days = [stay.newest.observed_on[:4] for stay in found]
    assert days == sorted(days)


@given(claims)
def test_the_place_has_moved_to_what_is_newer_than_all_else(told: list[Claim]) -> None:
    found = rules.stays(told)
    now = rules.moved_to(found)
    if now:
        assert all(stay.newest.observed_on < now.newest.observed_on for stay in found if stay is not now)
    else:
        assert len(found) < 2 or found[-1].newest.observed_on == found[-2].newest.observed_on


def test_one_house_told_in_two_spellings_is_no_move() -> None:
    (stay,) = rules.stays([claim(1, "2020", "rue A", 43.0), claim(2, "2022", "r. A", 43.0005)])
    assert (stay.address["street"], stay.oldest.observed_on) == ("r. A", "2020")
    assert rules.moved_to([stay]) is None


def test_a_doubted_address_is_no_stay() -> None:
    assert len(rules.stays([claim(1, "2020", "rue A"), claim(2, "2022", "rue B", doubt="SHIFTED")])) == 1
    assert rules.stays([]) == []
