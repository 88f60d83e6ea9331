"""Chains, moves and tenants of a linkage."""

import random
from collections.abc import Sequence
from dataclasses import replace

from hypothesis import given, settings

from coworkmed.linkage import engine
from coworkmed.linkage.outcomes import Chain, chains
from coworkmed.linkage.records import Linkage, Pair, Record, Ruling

from .test_engine import lists

TOWNS = (("Nice", 43.70, 7.26), ("Marseille", 43.30, 5.37), ("Lyon", 45.76, 4.84), ("Toulon", 43.12, 5.93))


def premises(source: str, town: tuple[str, float, float], **more: object) -> Record:
    name, lat, lon = town
    record = Record((source, name), f"Wharf {name}", country="FR", locality=name, lat=lat, lon=lon)
    return replace(record, street=f"rue de {name}", number=str(len(name)), **more)


def named(found: Sequence[Chain], linkage: Linkage, given_records: Sequence[Record]) -> set[object]:
    return {
        (
            one.by,
            one.name,
            frozenset(given_records[entry].key for at in one.clusters for entry in linkage.clusters[at]),
        )
        for one in found
    }


def test_branches_of_a_brand_are_a_chain_whichever_list_tells_of_them() -> None:
    given_records = [
        *(premises("a", town, brand="Wharf") for town in TOWNS[:3]),
        *(premises("b", town, brand="WHARF") for town in TOWNS[:3]),
        premises("c", TOWNS[0], brand="WHARF"),
        premises("a", TOWNS[3], name="Le Hangar", brand="Hangar"),
    ]
    found = engine.link(given_records)
    assert len(found.clusters) == 4
    (chain,) = chains(found, given_records)
    assert (chain.by, chain.name, chain.clusters) == ("brand", "WHARF", (0, 1, 2))


def test_a_domain_at_many_addresses_is_a_chain_and_unlike_brands_on_it_are_not_one() -> None:
    given_records = [premises("a", town, domains=("wharf.example",)) for town in TOWNS]
    given_records += [premises("b", town, name=f"Regus {town[0]}", brand="Regus") for town in TOWNS[:2]]
    found = engine.link(given_records)
    every = {(one.by, one.name, len(one.clusters)) for one in chains(found, given_records)}
    assert every == {("brand", "Regus", 2), ("domain", "wharf.example", 4)}


def test_a_place_alone_is_no_chain() -> None:
    one = premises("a", TOWNS[0], brand="Wharf", domains=("wharf.example",))
    assert chains(engine.link([one, replace(one, key=("b", "1"))]), [one, one]) == []


def test_branches_far_below_doubt_are_branches_still() -> None:
    one = premises("a", TOWNS[0], brand="Wharf", phones=("+33490000001",), postcode="06000")
    other = premises("b", TOWNS[1], name="Riverside Wharf", brand="Wharf", phones=("+33490000002",), postcode="69001")
    (pair,) = engine.score([one, other], [(0, 1)])
    assert pair.probability < engine.FLOOR
    found = engine.link([one, other])
    assert found.branches == [(0, 1)]
    assert len(found.scored.left) == 0  # not worth counting all the same


@given(lists())
@settings(max_examples=40, deadline=None)
def test_branches_join_different_clusters_and_are_listed_once(given_records: list[Record]) -> None:
    found = engine.link(given_records)
    assert all(0 <= low < high < len(found.clusters) for low, high in found.branches)
    assert list(found.branches) == sorted(set(found.branches))
    for one in chains(found, given_records):
        assert len(one.clusters) > 1
        assert list(one.clusters) == sorted(set(one.clusters))


@given(lists())
@settings(max_examples=40, deadline=None)
def test_chains_do_not_depend_on_the_order_of_input(given_records: list[Record]) -> None:
    shuffled = list(given_records)
    random.Random(7).shuffle(shuffled)
    here, there = engine.link(given_records), engine.link(shuffled)
    assert named(chains(here, given_records), here, given_records) == named(chains(there, shuffled), there, shuffled)


def test_a_move_and_a_tenant() -> None:
    old = Record(("a", "1"), "Atelier Sirocco", country="FR", locality="Nice", street="rue Neuve", number="3",
                 phones=("+33490000001",), domains=("sirocco.example",))  # fmt: skip
    new = replace(old, key=("b", "1"), street="avenue de la Gare", number="88")
    assert relation(old, new).relation == "moved"
    assert relation(old, replace(old, key=("b", "1"))).relation == "same"
    host = replace(old, key=("b", "1"), name="Halle du Port", phones=("+33490000009",), domains=("halle.example",))
    assert relation(old, host).relation == "tenant"
    assert relation(old, replace(host, street="avenue de la Gare", number="88")).relation == "other"


def relation(one: Record, other: Record) -> Pair:
    (pair,) = engine.score([one, other], [(0, 1)])
    return pair


def test_a_ruling_makes_two_branches_one_place_and_no_chain() -> None:
    one, other = premises("a", TOWNS[0], brand="Wharf"), premises("b", TOWNS[1], brand="Wharf")
    found = engine.link([one, other], [Ruling(one.key, other.key, "same")])
    assert found.clusters == [(0, 1)]
    assert found.branches == []
