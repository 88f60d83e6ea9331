"""What holds whatever the records: order, strangers, rulings, reasons."""

import math
from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.linkage import engine
from coworkmed.linkage.model import odds_of, shipped
from coworkmed.linkage.reasons import SENTENCES, WORTH_SAYING, say
from coworkmed.linkage.records import Linkage, Pair, Reason, Record, Ruling

NAMES = ("La Fabrique", "Fabrique du Port", "Coworking Fabrique", "Regus", "Ο Κήπος", "Kipos", "Le Lab 2", "Le Lab", "")
STREETS = ("rue de Rome", "Rue de Rome", "Via Roma", "quai du Port", "")


@st.composite
def records(draw: st.DrawFn, source: str = "") -> Record:
    """Records that have much in common with each other."""
    lat = draw(st.sampled_from((None, 43.2950, 43.2951, 43.2990, 43.5)))
    return Record(
        key=(source or draw(st.sampled_from("abc")), str(draw(st.integers(0, 10**9)))),
        name=draw(st.sampled_from(NAMES)),
        other_names=tuple(draw(st.lists(st.sampled_from(NAMES), max_size=1))),
        kinds=tuple(draw(st.lists(st.sampled_from(("COWORK", "FAB", "café bar")), max_size=2))),
        country=draw(st.sampled_from(("FR", "IT", ""))),
        locality=draw(st.sampled_from(("Marseille", "MARSIGLIA", "Nice", ""))),
        postcode=draw(st.sampled_from(("13001", "13002", "06000", ""))),
        street=draw(st.sampled_from(STREETS)),
        number=draw(st.sampled_from(("12", "12bis", "14-16", ""))),
        lat=lat,
        lon=None if lat is None else 5.37,
        domains=tuple(draw(st.lists(st.sampled_from(("fabrique.org", "regus.com")), max_size=1))),
        phones=tuple(draw(st.lists(st.sampled_from(("+33491000001", "+33491000002")), max_size=1))),
        urls=tuple(draw(st.lists(st.sampled_from(("https://facebook.com/x", "https://facebook.com/y")), max_size=1))),
        ids=tuple(
            draw(st.lists(st.sampled_from(("SIRET:12345678900011", "SIREN:123456789", "WIKIDATA:Q1")), max_size=1))
        ),
    )


def lists(size: int = 9) -> st.SearchStrategy[list[Record]]:
    return st.lists(records(), min_size=2, max_size=size, unique_by=lambda record: record.key)


def by_key(given_records: Sequence[Record], found: Linkage) -> tuple[object, ...]:
    def named(pair: Pair) -> object:
        ends = sorted((given_records[pair.left].key, given_records[pair.right].key))
        return ends, pair.probability, pair.reasons

    return (
        {frozenset(given_records[member].key for member in cluster) for cluster in found.clusters},
        {given_records[member].key: named(pair) for member, pair in found.ties.items()},
        sorted((named(pair) for pair in found.doubts), key=str),
    )


def numbered(pairs: Sequence[tuple[int, int]], given_records: Sequence[Record], verdict: str) -> list[Ruling]:
    size = len(given_records)
    return [
        Ruling(given_records[one % size].key, given_records[other % size].key, verdict)
        for one, other in pairs
        if one % size != other % size
    ]


@given(lists(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_input_is_irrelevant(given_records: list[Record], random: object) -> None:
    shuffled = list(given_records)
    random.shuffle(shuffled)
    assert by_key(given_records, engine.link(given_records)) == by_key(shuffled, engine.link(shuffled))


@given(lists())
@settings(max_examples=40, deadline=None)
def test_clusters_are_a_partition_and_each_record_that_is_not_alone_has_a_tie(given_records: list[Record]) -> None:
    found = engine.link(given_records)
    assert sorted(member for cluster in found.clusters for member in cluster) == list(range(len(given_records)))
    cluster_of = {member: cluster for cluster in found.clusters for member in cluster}
    assert set(found.ties) == {member for member, cluster in cluster_of.items() if len(cluster) > 1}
    for member, pair in found.ties.items():
        assert pair.left < pair.right
        assert member in (pair.left, pair.right)
        assert cluster_of[pair.left] == cluster_of[pair.right]
    for pair in found.doubts:
        assert cluster_of[pair.left] != cluster_of[pair.right]
        assert pair.probability >= engine.REVIEW - 1e-9


@given(records(), records())
@settings(max_examples=120, deadline=None)
def test_a_score_is_symmetric(one: Record, other: Record) -> None:
    here, there = (engine.score(pair, [(0, 1)])[0] for pair in ([one, other], [other, one]))
    assert here.probability == there.probability
    assert engine.score([one, other], [(1, 0)])[0].probability == here.probability
    assert sorted(round(reason.weight, 9) for reason in here.reasons) == sorted(
        round(reason.weight, 9) for reason in there.reasons
    )


@given(lists())
@settings(max_examples=50, deadline=None)
def test_a_stranger_changes_nothing_for_the_others(given_records: list[Record]) -> None:
    stranger = Record(
        ("zz", "stranger"),
        "Quibbleworth Xylotheque",
        country="PT",
        locality="Horta",
        lat=38.5,
        lon=-28.6,
        domains=("xylotheque.example",),
        phones=("+351292000000",),
    )
    before = by_key(given_records, engine.link(given_records))
    after = by_key([stranger, *given_records], engine.link([stranger, *given_records]))
    assert after[0] == before[0] | {frozenset({stranger.key})}
    assert after[1:] == before[1:]


EDGES = st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=3)


@given(lists(), EDGES, EDGES)
@settings(max_examples=80, deadline=None)
def test_rulings_always_hold(
    given_records: list[Record], same: list[tuple[int, int]], apart: list[tuple[int, int]]
) -> None:
    different = numbered(apart, given_records, "different")
    joined = numbered(same, given_records, "same")
    found = engine.link(given_records, [*joined, *different])
    cluster_of = {given_records[member].key: cluster for cluster in found.clusters for member in cluster}
    for ruling in different:
        assert cluster_of[ruling.left] != cluster_of[ruling.right]
    if not different:  # nothing contradicts them
        for ruling in joined:
            assert cluster_of[ruling.left] == cluster_of[ruling.right]
    parted = {frozenset((ruling.left, ruling.right)) for ruling in different}
    assert not any(
        frozenset((given_records[pair.left].key, given_records[pair.right].key)) in parted for pair in found.doubts
    )


@given(lists(6), EDGES)
@settings(max_examples=40, deadline=None)
def test_the_order_of_rulings_is_irrelevant(given_records: list[Record], edges: list[tuple[int, int]]) -> None:
    rulings = [
        ruling
        for at, edge in enumerate(edges)
        for ruling in numbered([edge], given_records, ("same", "different")[at % 2])
    ]
    assert by_key(given_records, engine.link(given_records, rulings)) == by_key(
        given_records, engine.link(given_records, rulings[::-1])
    )


BASE = Record(
    ("a", "1"),
    "La Fabrique",
    country="FR",
    locality="Nice",
    postcode="06000",
    street="rue Paul Déroulède",
    number="8",
    lat=43.70,
    lon=7.26,
    domains=("fabrique.org",),
    phones=("+33493000001",),
    urls=("https://facebook.com/fabrique",),
    ids=("SIRET:12345678900011",),
    kinds=("COWORK",),
)
#: For each field, values that agree with the base less and less.
LESS_AND_LESS = {
    "name": ("La Fabrique", "La Fabrike", "La Maison Verte"),
    "country": ("FR", "IT"),
    "locality": ("Nice", "Cannes"),
    "postcode": ("06000", "06200", "83000"),
    "number": ("8", "12", "90"),
    "lat": (43.70, 43.7010, 43.7050, 43.75, 44.0, 48.0),
    "domains": (("fabrique.org",), ("autre.org",)),
    "phones": (("+33493000001",), ("+33493000002",)),
    "urls": (("https://facebook.com/fabrique",), ("https://facebook.com/autre",)),
    "ids": (("SIRET:12345678900011",), ("SIRET:12345678900029",), ("SIRET:98765432100019",)),
    "kinds": (("COWORK",), ("FAB",)),
}


@given(
    st.fixed_dictionaries({field: st.sampled_from(values) for field, values in LESS_AND_LESS.items()}),
    st.sampled_from(list(LESS_AND_LESS)),
)
@settings(max_examples=100, deadline=None)
def test_more_agreement_never_makes_less_likely(values: dict[str, object], field: str) -> None:
    chances = [
        engine.score([BASE, replace(BASE, key=("b", "1"), **{**values, field: value})], [(0, 1)])[0].probability
        for value in LESS_AND_LESS[field]
    ]
    assert all(more >= less - 1e-12 for more, less in pairwise(chances)), (field, chances)


@given(records(), records())
@settings(max_examples=80, deadline=None)
def test_reasons_add_up_and_can_be_said(one: Record, other: Record) -> None:
    found = engine.score([one, replace(other, key=("other", "1"))], [(0, 1)])[0]
    untold = 25 * WORTH_SAYING
    told = sum(reason.weight for reason in found.reasons) + shipped().bias
    assert abs(told - odds_of(min(max(found.probability, 1e-15), 1 - 1e-15))) <= untold or math.isclose(
        found.probability, 1
    )
    for reason in found.reasons:
        assert reason.code in SENTENCES
        assert "{" not in say(reason)
        assert say(reason.as_json()) == say(reason)


def test_a_ruling_is_the_tie_and_binds_transitively() -> None:
    one, two, three = (
        replace(BASE, key=(source, "1"), name=name) for source, name in zip("abc", ("A", "B", "C"), strict=True)
    )
    one, two, three = (replace(record, lat=40.0 + at * 3, ids=()) for at, record in enumerate((one, two, three)))
    rulings = [Ruling(one.key, two.key, "same"), Ruling(two.key, three.key, "same")]
    found = engine.link([one, two, three], rulings)
    assert found.clusters == [(0, 1, 2)]
    assert found.ties[0] == Pair(0, 1, 1.0, "same", (Reason(engine.RULED, 0.0),))


def test_different_forbids_the_merge_of_whole_clusters() -> None:
    twins = [replace(BASE, key=(source, "1")) for source in "abcd"]
    assert engine.link(twins).clusters == [(0, 1, 2, 3)]
    found = engine.link(twins, [Ruling(twins[0].key, twins[3].key, "different")])
    cluster_of = {member: cluster for cluster in found.clusters for member in cluster}
    assert cluster_of[0] != cluster_of[3]


def test_one_weak_edge_does_not_glue_two_solid_places() -> None:
    port = [replace(BASE, key=(source, "1"), name="Docks du Port", lat=43.7000) for source in "abc"]
    hill = [
        replace(
            BASE,
            key=(source, "2"),
            name="Villa des Pins",
            street="avenue des Pins",
            number="3",
            lat=43.7031,
            domains=("pins.org",),
            phones=("+33493000009",),
            urls=(),
            ids=(),
        )
        for source in "def"
    ]
    between = replace(
        BASE,
        key=("g", "1"),
        name="Docks du Port Villa des Pins",
        street="",
        number="",
        lat=43.7015,
        domains=(),
        phones=(),
        urls=(),
        ids=(),
    )
    found = engine.link([*port, *hill, between])
    cluster_of = {member: cluster for cluster in found.clusters for member in cluster}
    assert cluster_of[0] == cluster_of[1] == cluster_of[2]
    assert cluster_of[3] == cluster_of[4] == cluster_of[5]
    assert cluster_of[0] != cluster_of[3]


def test_nothing_and_next_to_nothing() -> None:
    empty = engine.link([])
    assert (empty.clusters, empty.ties, empty.weakest, empty.doubts) == ([], {}, {}, [])
    assert len(empty.scored.left) == 0
    assert engine.score([], []) == []
    assert engine.link([Record(("a", "1"), "")]).clusters == [(0,)]
    assert engine.link([Record(("a", "1"), ""), Record(("a", "2"), "")]).clusters == [(0,), (1,)]


def test_keys_must_be_unique() -> None:
    with pytest.raises(ValueError, match="same key"):
        engine.link([BASE, BASE])


def test_pairs_are_explained_whichever_end_comes_first() -> None:
    four = [replace(BASE, key=(source, "1")) for source in "dcba"]
    found = engine.link(four, [Ruling(four[0].key, four[3].key, "same")])
    asked = [Pair(3, 1, 0.0), Pair(1, 3, 0.0), Pair(3, 0, 0.0)]
    one, other, ruled = found.explain(asked)
    assert one == other == engine.score(four, [(1, 3)])[0]
    assert ruled == Pair(0, 3, 1.0, "same", (Reason(engine.RULED, 0.0),))
    assert found.explain([]) == []


@given(lists(7))
@settings(max_examples=60, deadline=None)
def test_without_pairs_as_weak_as_the_weakest_a_place_falls_apart(given_records: list[Record]) -> None:
    found = engine.link(given_records)
    odds = {(pair.left, pair.right): pair.probability for pair in _inside(found)}
    for at, members in enumerate(found.clusters):
        assert (at in found.weakest) == (len(members) > 1)
        if len(members) > 1:
            weakest = found.weakest[at]
            floor = round(odds[weakest.left, weakest.right], 6)
            assert _is_whole(members, {edge for edge, chance in odds.items() if round(chance, 6) >= floor})
            assert not _is_whole(members, {edge for edge, chance in odds.items() if round(chance, 6) > floor})


def _inside(found: Linkage) -> list[Pair]:
    asked = [Pair(*edge, 0.0) for members in found.clusters for edge in combinations(members, 2)]
    return found.explain(asked)


def _is_whole(members: Sequence[int], edges: set[tuple[int, int]]) -> bool:
    reached = {members[0]}
    for _ in members:
        reached |= {end for edge in edges if not reached.isdisjoint(edge) for end in edge}
    return reached == set(members)


def test_rulings_on_unknown_entries_are_left_aside() -> None:
    ruling = Ruling(BASE.key, ("gone", "1"), "same")
    assert engine.link([BASE], [ruling]).clusters == [(0,)]


def test_every_table_rises_with_agreement() -> None:
    for feature, table in shipped().tables.items():
        if feature == "name_and_premises":
            grid = table[1:].reshape(3, 3)
            assert (grid[1:] >= grid[:-1] - 1e-9).all()
            assert (grid[:, 1:] >= grid[:, :-1] - 1e-9).all()
        elif feature not in ("branch", "inside"):
            assert (table[2:] >= table[1:-1] - 1e-9).all(), feature
    assert shipped().tables["branch"][1] <= 0
    assert shipped().tables["inside"][1] <= 0
