"""From pairs to places: average-linkage clustering of log-odds under constraints.

Connected components would let one weak edge glue two places; here two clusters join only if, over all pairs between
them, the mean log-odds say so. Thresholds:

``JOIN``    0.5: a wrong merge shows one place with the facts of two; a missed one shows a place twice. The first is
            held to cost three times the second, so the machine joins what proves true three times in four; of pairs
            said 0.5 to 0.65 so many and more do, on judged French lists and on generated ones (benchmarks/RESULTS.md).
``REVIEW``  0.2: below it fewer than one pair in five is one place, which is not worth a person's minute.
            Between the two a person is asked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .compiled import compiled
from .model import odds_of, probability

JOIN, REVIEW = 0.5, 0.2
#: One pair may not outvote all others: evidence counts up to this (log-odds; 0.998).
CAP = 6.0
#: Larger groups are first split by raising the threshold, then by size: clustering is cubic in a group. So a place has
#: no more entries than this, but those that people put together.
MAX_GROUP = 150
#: How much less two entries of one list are taken for one place (log-odds) where nothing else is known of the list, and
#: with what weight (pairs) that is held against what the list itself shows.
SAME_SOURCE_DOUBT, PSEUDO_PAIRS = 1.5, 20.0
MAX_DOUBT = 5.0
#: The comparisons know part of it already (a list writes its places apart in its own way): what is learnt counts half.
HELD_BACK = 0.5

Longs = NDArray[np.int64]
Doubles = NDArray[np.float64]
Bools = NDArray[np.bool_]
Edge = tuple[int, int]
#: Log-odds and "are branches" of given pairs.
Score = Callable[[Longs, Longs], tuple[Doubles, Bools]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What people ruled (pairs of positions, left < right), and the number of each record's source."""

    same: frozenset[Edge]
    different: frozenset[Edge]
    source: Longs


def cluster(
    size: int, left: Longs, right: Longs, odds: Doubles, rules: Rules, score: Score, doubt: Doubles | None = None
) -> Longs:
    """A partition of ``range(size)`` by the pairs found (and, inside a group, all its pairs): for each record the first
    one of its cluster.

    ``doubt`` is how much less two entries of each source are taken for one place (see `own_doubles`).
    """
    if doubt is None:
        doubt = np.full(int(rules.source.max(initial=0)) + 1, SAME_SOURCE_DOUBT)
    kept = odds >= odds_of(REVIEW)
    ruled = np.array(sorted(rules.same), np.int64).reshape(-1, 2)
    one, other = np.concatenate([left[kept], ruled[:, 0]]), np.concatenate([right[kept], ruled[:, 1]])
    strength = np.concatenate([odds[kept], np.full(len(ruled), np.inf)])
    group = _groups(size, one, other, strength)
    order = np.argsort(group, kind="stable")
    first = np.nonzero(np.diff(group[order], prepend=-1))[0] if size else np.empty(0, np.int64)
    sizes = np.diff(first, append=size)
    first, sizes = first[sizes > 1], sizes[sizes > 1]
    members, one, other = pairs_inside(first, sizes, order)
    every, branches = score(one, other)
    twice = rules.source[one] == rules.source[other]
    every = np.clip(every, -CAP, CAP) - np.where(twice, doubt[rules.source[one]], 0.0)
    # two entries of one list must be as alike by themselves, not by way of a third
    forbidden = branches | (twice & (every < odds_of(JOIN)))
    label = _agglomerate(
        sizes,
        every,
        forbidden,
        among(one, other, rules.same, size),
        among(one, other, rules.different, size),
        odds_of(JOIN),
    )
    found = np.arange(size)
    found[members] = members[np.repeat(np.cumsum(sizes) - sizes, sizes) + label]
    return found


def _groups(size: int, one: Longs, other: Longs, strength: Doubles) -> Longs:
    """The number of the connected group of each record; groups above `MAX_GROUP` are split on ever stronger edges,
    and those that even near certainty holds together are filled up, the strongest edges first."""
    floor = REVIEW
    group = connected(size, one, other)
    while (np.bincount(group, minlength=1) > MAX_GROUP).any() and floor < 0.9999:
        floor = 1 - (1 - floor) / 2
        large = np.bincount(group)[group] > MAX_GROUP
        kept = ~large[one] | (strength >= odds_of(floor))
        group = connected(size, one[kept], other[kept])
        one, other, strength = one[kept], other[kept], strength[kept]
    if (np.bincount(group, minlength=1) > MAX_GROUP).any():
        order = np.lexsort((other, one, -np.round(strength, 9)))
        group = _filled(size, one[order], other[order], strength[order], MAX_GROUP)
    return group


@compiled
def _filled(size: int, one: Longs, other: Longs, strength: Doubles, most: int) -> Longs:
    """Groups of at most so many, put together by the edges in their order; rulings (of infinite strength) always
    hold."""
    parent, held = np.arange(size), np.ones(size, np.int64)
    for edge in range(len(one)):
        low, high = _root(parent, one[edge]), _root(parent, other[edge])
        if low != high and (held[low] + held[high] <= most or np.isinf(strength[edge])):
            low, high = min(low, high), max(low, high)
            parent[high] = low
            held[low] += held[high]
    for at in range(size):
        parent[at] = _root(parent, at)
    return parent


@compiled
def _root(parent: Longs, at: int) -> int:
    while parent[at] != at:
        parent[at] = parent[parent[at]]
        at = parent[at]
    return at


def connected(size: int, one: Longs, other: Longs) -> Longs:
    """The number of the connected group of each record."""
    if not size:
        return np.empty(0, np.int64)
    graph = coo_array((np.ones(len(one), np.int8), (one, other)), shape=(size, size))
    number: Longs = connected_components(graph, directed=False)[1].astype(np.int64)
    return number


def pairs_inside(first: Longs, sizes: Longs, order: Longs) -> tuple[Longs, Longs, Longs]:
    """The members of all groups, group after group, and both ends of all pairs inside each, row by row."""
    total, pairs = int(sizes.sum()), int((sizes * (sizes - 1) // 2).sum())
    members, one, other = np.empty(total, np.int64), np.empty(pairs, np.int64), np.empty(pairs, np.int64)
    _fill(first, sizes, order, members, one, other)
    return members, one, other


@compiled
def _fill(first: Longs, sizes: Longs, order: Longs, members: Longs, one: Longs, other: Longs) -> None:
    at = pair = 0
    for group in range(len(first)):
        for a in range(first[group], first[group] + sizes[group]):
            members[at] = order[a]
            at += 1
            for b in range(a + 1, first[group] + sizes[group]):
                one[pair], other[pair] = order[a], order[b]
                pair += 1


def among(one: Longs, other: Longs, edges: frozenset[Edge], size: int) -> Bools:
    """Which pairs are among the edges."""
    if not edges:
        return np.zeros(len(one), bool)
    packed = np.array([low * size + high for low, high in edges], np.int64)
    return np.isin(one * size + other, packed)


@compiled
def _agglomerate(sizes: Longs, odds: Doubles, forbidden: Bools, same: Bools, different: Bools, join: float) -> Longs:
    """For each group in turn: join what the constraints allow, the most certain first, until no two clusters agree on
    average. Returns, for each member, its cluster's first member (as a position in the group).

    What is ruled the same joins first, whatever the machine thinks; only another ruling can forbid it.
    """
    result = np.zeros(sizes.sum(), np.int64)
    base = start = 0
    for size in sizes:
        total, count = np.zeros((size, size)), np.ones(size)
        apart, parted = np.zeros((size, size), np.bool_), np.zeros((size, size), np.bool_)
        ruled = np.zeros((size, size), np.bool_)
        label = np.arange(size)
        pair = start
        for a in range(size):
            for b in range(a + 1, size):
                total[a, b] = total[b, a] = odds[pair]
                apart[a, b] = apart[b, a] = forbidden[pair] or different[pair]
                parted[a, b] = parted[b, a] = different[pair]
                ruled[a, b] = ruled[b, a] = same[pair]
                pair += 1
        for by_ruling in (True, False):
            while True:
                low = high = -1
                best = -np.inf
                for a in range(size):
                    for b in range(a + 1, size):
                        if label[a] != a or label[b] != b:
                            continue
                        if by_ruling:
                            if ruled[a, b] and not parted[a, b] and low < 0:
                                low, high = a, b
                        elif not apart[a, b]:
                            mean = round(total[a, b] / (count[a] * count[b]), 9)
                            if mean >= join and mean > best:
                                best, low, high = mean, a, b
                if low < 0:
                    break
                for c in range(size):  # sums add up, a ban of either binds both
                    total[low, c] += total[high, c]
                    total[c, low] = total[low, c]
                    apart[low, c] = apart[c, low] = apart[low, c] or apart[high, c]
                    parted[low, c] = parted[c, low] = parted[low, c] or parted[high, c]
                    ruled[low, c] = ruled[c, low] = ruled[low, c] or ruled[high, c]
                    if label[c] == high:
                        label[c] = low
                count[low] += count[high]
        result[base : base + size] = label
        base += size
        start = pair
    return result


def own_doubles(left: Longs, right: Longs, odds: Doubles, source: Longs) -> Doubles:
    """How much less two entries of each list are taken for one place than entries of two lists are (log-odds, 0 to
    `MAX_DOUBT`): learnt from how many of its own entries look alike, by the shift of the prior that explains them best
    (expectation-maximisation; Saerens, Latinne, Decaestecker 2002).

    A list that holds each place once shows hardly any; one that repeats itself shows as many as two lists do. With no
    pair across lists to compare with, half of `SAME_SOURCE_DOUBT` is taken.
    """
    number = int(source.max(initial=0)) + 1
    twice = source[left] == source[right]
    across = probability(odds[~twice])
    if not len(across):
        return np.full(number, HELD_BACK * SAME_SOURCE_DOUBT)
    usual = float(np.clip(across.mean(), 1e-6, 1 - 1e-6))
    expected = float(probability(np.array([odds_of(usual) - SAME_SOURCE_DOUBT]))[0])
    own, of = odds[twice], source[left[twice]]
    pairs = np.bincount(of, minlength=number)
    share = np.full(number, expected)
    for _ in range(30):
        shift = np.log(share / (1 - share)) - odds_of(usual)
        likely = np.bincount(of, probability(own + shift[of]), number)
        share = np.clip((likely + PSEUDO_PAIRS * expected) / (pairs + PSEUDO_PAIRS), 1e-6, 1 - 1e-6)
    doubt: Doubles = np.clip(odds_of(usual) - np.log(share / (1 - share)), 0.0, MAX_DOUBT)
    return np.round(HELD_BACK * doubt, 6)


def membership(size: int, clusters: Sequence[tuple[int, ...]]) -> Longs:
    """The number of each record's cluster."""
    number = np.empty(size, np.int64)
    sizes = [len(members) for members in clusters]
    number[np.array([member for members in clusters for member in members], np.int64)] = np.repeat(
        np.arange(len(clusters)), sizes
    )
    return number


def by_cluster_pair(number: Longs, left: Longs, right: Longs, odds: Doubles) -> Mapping[Edge, int]:
    """Of the pairs between each two clusters, the position of the most probable (the first of equals)."""
    strongest: dict[Edge, int] = {}
    for index in np.lexsort((right, left, -np.round(odds, 9))).tolist():
        one, other = sorted((int(number[left[index]]), int(number[right[index]])))
        strongest.setdefault((one, other), index)
    return strongest
