"""From pairs to places: average-linkage clustering of log-odds under constraints.

Connected components would let one weak edge glue two places; here two clusters join only if, over all pairs between
them, the mean log-odds say so. Thresholds:

``JOIN``    0.75: a wrong merge shows one place with the facts of two; a missed one shows a place twice and stays before
            a reviewer's eyes. The first is held to cost three times the second, so the machine joins from 3 : 1 on.
``REVIEW``  0.35: below it the machine expects to be wrong more often than a person's minute is worth.
            Between the two a person is asked.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from .model import odds_of

JOIN, REVIEW = 0.75, 0.35
#: A list rarely holds a place twice: two of its own entries need that much more evidence (log-odds), and as much alone.
SAME_SOURCE_DOUBT = 1.0
#: One pair may not outvote all others: evidence counts up to this (log-odds; 0.998).
CAP = 6.0
#: Larger groups are first split by raising the threshold: clustering is quadratic in a group.
MAX_GROUP = 150

T = TypeVar("T", bound=np.generic)
Edge = tuple[int, int]
#: Log-odds and "are branches" of given pairs.
Score = Callable[[NDArray[np.int64], NDArray[np.int64]], tuple[NDArray[np.float64], NDArray[np.bool_]]]


@dataclass(frozen=True, slots=True)
class Rules:
    """What people ruled (pairs of positions, left < right), and the number of each record's source."""

    same: frozenset[Edge]
    different: frozenset[Edge]
    source: NDArray[np.int64]


def cluster(
    size: int, left: NDArray[np.int64], right: NDArray[np.int64], odds: NDArray[np.float64], rules: Rules, score: Score
) -> list[tuple[int, ...]]:
    """A partition of ``range(size)``, clusters sorted, by the pairs found (and, inside a group, all its pairs)."""
    kept = odds >= odds_of(REVIEW)
    edges = [*zip(left[kept].tolist(), right[kept].tolist(), strict=True), *rules.same]
    strength = [*odds[kept].tolist(), *[np.inf] * len(rules.same)]
    groups = _groups(range(size), edges, strength, REVIEW)
    clusters = [tuple(group) for group in groups if len(group) == 1]
    several = [np.array(group) for group in groups if len(group) > 1]
    if several:
        # all pairs of all groups are judged in one go
        within = [np.triu_indices(len(group), 1) for group in several]
        every, branches = score(
            np.concatenate([group[one] for group, (one, _) in zip(several, within, strict=True)]),
            np.concatenate([group[other] for group, (_, other) in zip(several, within, strict=True)]),
        )
        ends = np.cumsum([len(one) for one, _ in within]).tolist()
        for group, start, end in zip(several, [0, *ends], ends, strict=False):
            clusters += _agglomerate(group.tolist(), rules, every[start:end], branches[start:end])
    return sorted(clusters)


def _groups(members: Iterable[int], edges: Sequence[Edge], strength: Sequence[float], floor: float) -> list[list[int]]:
    """Connected groups; those above `MAX_GROUP` are split again on stronger edges only."""
    parent = {member: member for member in members}

    def root(one: int) -> int:
        while parent[one] != one:
            parent[one] = one = parent[parent[one]]
        return one

    for (one, other), odds in zip(edges, strength, strict=True):
        if odds >= odds_of(floor):
            high, low = sorted((root(one), root(other)), reverse=True)
            parent[high] = low
    groups: dict[int, list[int]] = {}
    for member in parent:
        groups.setdefault(root(member), []).append(member)
    result: list[list[int]] = []
    large: dict[int, int] = {}
    for group in groups.values():
        if len(group) <= MAX_GROUP or floor > 0.9999:
            result.append(sorted(group))
        else:
            large |= dict.fromkeys(group, root(group[0]))
    for top in sorted(set(large.values())):
        inside = [index for index, (one, other) in enumerate(edges) if large.get(one) == top == large.get(other)]
        result += _groups(
            groups[top], [edges[index] for index in inside], [strength[index] for index in inside], 1 - (1 - floor) / 2
        )
    return result


def _agglomerate(
    group: Sequence[int], rules: Rules, odds: NDArray[np.float64], branches: NDArray[np.bool_]
) -> list[tuple[int, ...]]:
    """Join what the constraints allow, the most certain first, until no two clusters agree on average."""
    members = np.array(group)
    one, other = np.triu_indices(len(members), 1)
    odds = np.clip(odds, -CAP, CAP)
    twice = rules.source[members[one]] == rules.source[members[other]]
    forbidden = branches | (twice & (odds - SAME_SOURCE_DOUBT < odds_of(JOIN)))
    odds = odds - SAME_SOURCE_DOUBT * twice
    total, apart = _square(len(members), one, other, odds), _square(len(members), one, other, forbidden)
    parted = np.zeros_like(apart)
    ruled = np.zeros_like(apart)
    for edges, table in ((rules.same, ruled), (rules.different, parted)):
        for at, low in enumerate(group):
            for place, high in enumerate(group[at + 1 :], start=at + 1):
                table[at, place] = table[place, at] = (low, high) in edges
    count = np.ones(len(members))
    alive = np.ones(len(members), bool)
    inside = [[index] for index in range(len(members))]
    # What is ruled the same joins first, whatever the machine thinks; only another ruling can forbid it.
    while (pair := _first(ruled & ~parted, alive)) is not None:
        _join(*pair, total, (apart, parted, ruled), count, alive, inside)
    while (pair := _best(total, apart | parted, count, alive)) is not None:
        _join(*pair, total, (apart, parted, ruled), count, alive, inside)
    return [tuple(sorted(group[index] for index in inside[at])) for at in np.nonzero(alive)[0]]


def _square(size: int, one: NDArray[np.int64], other: NDArray[np.int64], values: NDArray[T]) -> NDArray[T]:
    """A symmetric table of values given for its upper half."""
    table = np.zeros((size, size), values.dtype)
    table[one, other] = table[other, one] = values
    return table


def _first(table: NDArray[np.bool_], alive: NDArray[np.bool_]) -> Edge | None:
    found = np.argwhere(np.triu(table & alive[:, None] & alive[None, :], 1))
    return (int(found[0, 0]), int(found[0, 1])) if len(found) else None


def _best(
    total: NDArray[np.float64], apart: NDArray[np.bool_], count: NDArray[np.float64], alive: NDArray[np.bool_]
) -> Edge | None:
    """The two clusters that agree most on average, if they agree enough to join."""
    mean = np.round(total / (count[:, None] * count[None, :]), 9)
    mean[apart | ~alive[:, None] | ~alive[None, :]] = -np.inf
    mean[np.tril_indices(len(mean))] = -np.inf
    at = int(mean.argmax())
    low, high = divmod(at, len(mean))
    return (low, high) if mean[low, high] >= odds_of(JOIN) else None


def _join(
    low: int,
    high: int,
    total: NDArray[np.float64],
    tables: tuple[NDArray[np.bool_], ...],
    count: NDArray[np.float64],
    alive: NDArray[np.bool_],
    inside: list[list[int]],
) -> None:
    """Make one cluster of two, in place: sums add up, a ban of either binds both."""
    total[low] += total[high]
    total[:, low] = total[low]
    for table in tables:
        table[low] |= table[high]
        table[:, low] = table[low]
        table[low, low] = False
    count[low] += count[high]
    alive[high] = False
    inside[low] += inside[high]


def membership(size: int, clusters: Sequence[tuple[int, ...]]) -> NDArray[np.int64]:
    """The number of each record's cluster."""
    number = np.empty(size, np.int64)
    for index, members in enumerate(clusters):
        number[list(members)] = index
    return number


def by_cluster_pair(
    number: NDArray[np.int64], left: NDArray[np.int64], right: NDArray[np.int64], odds: NDArray[np.float64]
) -> Mapping[Edge, int]:
    """Of the pairs between each two clusters, the position of the most probable (the first of equals)."""
    strongest: dict[Edge, int] = {}
    for index in np.lexsort((right, left, -np.round(odds, 9))).tolist():
        one, other = sorted((int(number[left[index]]), int(number[right[index]])))
        strongest.setdefault((one, other), index)
    return strongest
