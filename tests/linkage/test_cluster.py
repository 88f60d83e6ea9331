"""Clustering against the plainest way of saying the same, and groups beyond bounds."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.linkage.cluster import CAP, JOIN, MAX_GROUP, REVIEW, Rules, cluster
from coworkmed.linkage.model import odds_of

Edge = tuple[int, int]


def rules(source: list[int], same: set[Edge] = frozenset(), different: set[Edge] = frozenset()) -> Rules:
    return Rules(frozenset(same), frozenset(different), np.array(source, np.int64))


def clustered(odds: dict[Edge, float], branches: set[Edge], ruled: Rules, doubt: float) -> list[set[int]]:
    size = len(ruled.source)
    pairs = np.array(sorted(odds), np.int64).reshape(-1, 2)

    def score(one: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        asked = list(zip(one.tolist(), other.tolist(), strict=True))
        return np.array([odds[edge] for edge in asked], float), np.array([edge in branches for edge in asked], bool)

    every = np.array([odds[edge] for edge in sorted(odds)], float)
    doubts = np.full(int(ruled.source.max()) + 1, doubt)
    first = cluster(size, pairs[:, 0], pairs[:, 1], every, ruled, score, doubts)
    assert all(first[first] == first)
    assert all(first <= np.arange(size))
    return [set(np.nonzero(first == one)[0].tolist()) for one in sorted(set(first.tolist()))]


def connected(size: int, edges: set[Edge]) -> dict[int, set[int]]:
    group = {at: {at} for at in range(size)}
    for one, other in edges:
        if group[one] is not group[other]:
            both = group[one] | group[other]
            group |= dict.fromkeys(both, both)
    return group


def plainly(odds: dict[Edge, float], branches: set[Edge], ruled: Rules, doubt: float) -> list[set[int]]:
    """Average linkage with sets, worked out anew at every step; within what `REVIEW` and rulings connect."""
    size, source = len(ruled.source), ruled.source.tolist()
    near = {edge for edge, value in odds.items() if value >= odds_of(REVIEW)} | ruled.same
    group = connected(size, near)
    value = {
        edge: max(-CAP, min(CAP, odds[edge])) - (doubt if source[edge[0]] == source[edge[1]] else 0.0) for edge in odds
    }
    forbidden = branches | {edge for edge in odds if source[edge[0]] == source[edge[1]] and value[edge] < odds_of(JOIN)}
    places = [{at} for at in range(size)]

    def between(one: set[int], other: set[int]) -> list[Edge]:
        return [(min(a, b), max(a, b)) for a in one for b in other]

    def merge(one: set[int], other: set[int]) -> None:
        places.remove(other)
        one |= other

    while True:  # what is ruled the same, in the order of entries
        ways = [
            (one, other)
            for one, other in combinations(places, 2)
            if not ruled.same.isdisjoint(between(one, other)) and ruled.different.isdisjoint(between(one, other))
        ]
        if not ways:
            break
        merge(*min(ways, key=lambda way: (min(way[0]), min(way[1]))))
    while True:
        best = []
        for one, other in combinations(places, 2):
            edges = between(one, other)
            mean = round(sum(value[edge] for edge in edges) / len(edges), 9)
            allowed = (forbidden | ruled.different).isdisjoint(edges) and group[min(one)] is group[min(other)]
            if allowed and mean >= odds_of(JOIN):
                best.append((-mean, min(one), min(other), one, other))
        if not best:
            return sorted(places, key=min)
        merge(*min(best, key=lambda way: way[:3])[3:])


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[Edge, float], set[Edge], Rules, float]:
    size = draw(st.integers(2, 8))
    edges = list(combinations(range(size), 2))
    # quarters add up without loss, so that both ways see the same ties
    odds = {edge: draw(st.integers(-30, 30)) / 4 for edge in edges}
    some = st.sets(st.sampled_from(edges), max_size=3)
    different = draw(some)
    source = draw(st.lists(st.integers(0, 3), min_size=size, max_size=size))
    return odds, draw(some), rules(source, draw(some) - different, different), draw(st.sampled_from((0.0, 1.5)))


@given(cases())
@settings(max_examples=300, deadline=None)
def test_it_says_what_the_plainest_way_says(case: tuple[dict[Edge, float], set[Edge], Rules, float]) -> None:
    assert clustered(*case) == plainly(*case)


def chain(size: int, strength: float, step: int = 1) -> dict[Edge, float]:
    """Entries of which each agrees with the next ones, and with nobody else."""
    return {(one, other): strength if other - one <= step else -6.0 for one, other in combinations(range(size), 2)}


def test_a_chain_of_weak_edges_is_no_place() -> None:
    found = clustered(chain(40, 1.0), set(), rules(list(range(40))), 0.0)
    assert max(map(len, found)) == 2


@pytest.mark.parametrize("strength", [0.1, 5.0, 20.0])
def test_a_crowd_that_is_all_alike_is_cut_to_bounded_places(strength: float) -> None:
    """However certain each pair: else one wrong telephone in ten thousand entries would never come to an end."""
    size = 2 * MAX_GROUP + 20
    found = clustered(chain(size, strength, step=size), set(), rules(list(range(size))), 0.0)
    assert max(map(len, found)) <= MAX_GROUP
    if strength > odds_of(0.9999):
        assert [len(place) for place in found] == [MAX_GROUP, MAX_GROUP, 20]


def test_what_people_put_together_stays_so_however_much_it_is() -> None:
    size = MAX_GROUP + 5
    same = {(at, at + 1) for at in range(size - 1)}
    assert len(clustered(chain(size, -6.0), set(), rules(list(range(size)), same), 0.0)) == 1
