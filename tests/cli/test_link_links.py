"""Links as pairs: between two lists, inside one, each entry once."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.linkage import Record, link, score
from coworkmed.linkage.cluster import REVIEW
from coworkmed.linkage.links import Link, between, matching, within
from coworkmed.linkage.model import odds_of

LINKS = st.dictionaries(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), st.floats(REVIEW, 1), max_size=25
).map(lambda chances: [Link(left, right, chance, True) for (left, right), chance in chances.items()])  # fmt: skip


def gain(links: list[Link]) -> float:
    return sum(odds_of(min(max(one.probability, 1e-9), 1 - 1e-9)) - odds_of(REVIEW) for one in links)


@given(LINKS)
def test_no_other_matching_says_more(links: list[Link]) -> None:
    found = matching(links)
    assert {(one.left, one.right) for one in found} <= {(one.left, one.right) for one in links}
    assert len({one.left for one in found}) == len({one.right for one in found}) == len(found)
    by_pair = {(one.left, one.right): one for one in links}
    best = max(
        gain([by_pair[pair] for pair in enumerate(order) if pair in by_pair]) for order in permutations(range(5))
    )
    assert gain(found) == pytest.approx(best, abs=1e-6)


def place(source: str, number: int, name: str, street: str, house: str) -> Record:
    return Record((source, str(number)), name, locality="Nice", country="FR", street=street, number=house)


LEFT = [
    place("left", 0, "La Ruche", "rue des lilas", "12"),
    place("left", 1, "Le Phare", "quai du port", "3"),
    place("left", 2, "Ruche", "rue des lilas", "12"),
    place("left", 3, "Ailleurs", "rue curiol", "8"),
]
RIGHT = [
    place("right", 0, "Phare", "quai du port", "3"),
    place("right", 1, "La Ruche", "rue des lilas", "12"),
    place("right", 2, "Autre Chose", "rue de rome", "90"),
]


def keys(links: list[Link], left: list[Record], right: list[Record]) -> set[tuple[str, str]]:
    return {(left[one.left].key[1], right[one.right].key[1]) for one in links if one.same}


def test_links_between_are_the_same_from_both_sides_and_in_any_order() -> None:
    expected = {("0", "1"), ("1", "0"), ("2", "1")}
    assert keys(between(LEFT, RIGHT), LEFT, RIGHT) == expected
    assert keys(between(LEFT[::-1], RIGHT[::-1]), LEFT[::-1], RIGHT[::-1]) == expected
    assert {(two, one) for one, two in keys(between(RIGHT, LEFT), RIGHT, LEFT)} == expected


def test_the_best_come_first_and_are_those_of_the_engine() -> None:
    found = between(LEFT, RIGHT, doubts=True)
    assert found == sorted(found, key=lambda one: (not one.same, -one.probability))
    (pair,) = score([LEFT[found[0].left], RIGHT[found[0].right]], [(0, 1)])
    assert pair.reasons[0].code == found[0].reasons[0].code
    assert len(link([*LEFT, *RIGHT]).clusters) == 4


def test_one_to_one_keeps_the_better_of_two_claims() -> None:
    assert keys(between(LEFT, RIGHT, one_to_one=True), LEFT, RIGHT) == {("0", "1"), ("1", "0")}


def test_within_names_each_pair_once() -> None:
    assert [(one.left, one.right) for one in within(LEFT)] == [(0, 2)]


def test_a_threshold_judges_pairs_alone() -> None:
    assert between(LEFT, RIGHT, threshold=1.0) == []
    every = between(LEFT, RIGHT, threshold=REVIEW)
    assert {one.same for one in every} == {True}
    assert all(one.probability >= REVIEW for one in every)


def test_nothing_with_nothing() -> None:
    assert between([], []) == within([]) == within(LEFT[:1]) == between(LEFT[:1], []) == []
    assert matching([]) == []


def test_keys_that_are_not_unique_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        between(LEFT, LEFT)
