"""Which entries are one place: candidates, comparison, probability, clusters. Pure functions over records."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from .candidates import candidates
from .cluster import JOIN, REVIEW, Rules, by_cluster_pair, cluster, membership
from .compare import CHUNK, FEATURES, Compared, Positions, compare
from .model import Model, odds_of, probability, shipped
from .prepare import Columns, prepare
from .reasons import RULED, why
from .records import Linkage, Pair, Reason, Record, Ruling

__all__ = ["JOIN", "REVIEW", "RULED", "link", "score"]

_BRANCH = FEATURES.index("branch")


def score(
    records: Sequence[Record],
    pairs: Iterable[tuple[int, int]],
    *,
    model: Model | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> list[Pair]:
    """The probability and reasons of given pairs of positions, in their order. Who stands left makes no difference.

    ``progress`` is told how many pairs are done.
    """
    model = model or shipped()
    columns = prepare(records, model.seen)
    asked = np.array([*pairs], np.int64).reshape(-1, 2)
    found: list[Pair] = []
    for start in range(0, len(asked), CHUNK // 8):
        part = asked[start : start + CHUNK // 8]
        found += _explained(columns, model, part.min(axis=1), part.max(axis=1))
        progress(len(found))
    return found


def link(records: Sequence[Record], rulings: Sequence[Ruling] = (), *, model: Model | None = None) -> Linkage:
    """The places that ``records`` speak of. Keys are unique (ValueError); rulings on unknown keys are left aside.

    Rulings always win: "different" over all, then "same"; should they contradict each other, the entries stay apart.
    The result does not depend on the order of records or rulings, and a record that shares nothing with others
    changes nothing for them.
    """
    order = sorted(range(len(records)), key=lambda index: records[index].key)
    sorted_records = [records[index] for index in order]
    position = {record.key: index for index, record in enumerate(sorted_records)}
    if len(position) < len(records):
        raise ValueError("Two records have the same key.")
    model = model or shipped()
    columns = prepare(sorted_records, model.seen)
    rules = _rules(sorted_records, rulings, position)
    left, right = candidates(columns)
    compared = compare(columns, left, right)
    odds = model.log_odds(compared.levels)
    branches = compared.levels[:, _BRANCH] == 1

    def judge(one: Positions, other: Positions) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        levels = compare(columns, one, other).levels
        return model.log_odds(levels), levels[:, _BRANCH] == 1

    clusters = cluster(len(records), left, right, odds, rules, judge)
    ties = _ties(columns, model, clusters, rules)
    doubtful = (odds >= odds_of(REVIEW)) & ~branches
    doubts = _doubts(columns, model, clusters, rules, (left[doubtful], right[doubtful], odds[doubtful]))
    return Linkage(
        clusters=sorted(tuple(sorted(order[member] for member in members)) for members in clusters),
        ties={order[member]: _placed(pair, order) for member, pair in sorted(ties.items())},
        doubts=[_placed(pair, order) for pair in doubts],
    )


def _rules(records: Sequence[Record], rulings: Sequence[Ruling], position: dict[tuple[str, str], int]) -> Rules:
    edges: dict[str, set[tuple[int, int]]] = {"same": set(), "different": set()}
    for ruling in rulings:
        if ruling.left in position and ruling.right in position and ruling.left != ruling.right:
            low, high = sorted((position[ruling.left], position[ruling.right]))
            edges[ruling.verdict].add((low, high))
    number: dict[str, int] = {}
    sources = np.array([number.setdefault(record.key[0], len(number)) for record in records], np.int64)
    return Rules(frozenset(sorted(edges["same"] - edges["different"])), frozenset(edges["different"]), sources)


def _ties(columns: Columns, model: Model, clusters: Sequence[tuple[int, ...]], rules: Rules) -> dict[int, Pair]:
    """For each record that is not alone, the pair that ties it most strongly; a person's word before all."""
    within = [(one, other) for members in clusters for at, one in enumerate(members) for other in members[at + 1 :]]
    if not within:
        return {}
    pairs = np.array(within, np.int64)
    odds = np.concatenate([
        model.log_odds(compare(columns, pairs[start : start + CHUNK, 0], pairs[start : start + CHUNK, 1]).levels)
        for start in range(0, len(pairs), CHUNK)
    ])  # fmt: skip
    odds[[pair in rules.same for pair in within]] = np.inf
    best: dict[int, int] = {}
    for index in np.argsort(-np.round(odds, 9), kind="stable").tolist():
        for member in within[index]:
            best.setdefault(member, index)
    chosen = sorted(set(best.values()))
    explained = dict(zip(chosen, _explained(columns, model, pairs[chosen, 0], pairs[chosen, 1], rules), strict=True))
    return {member: explained[index] for member, index in best.items()}


def _doubts(
    columns: Columns,
    model: Model,
    clusters: Sequence[tuple[int, ...]],
    rules: Rules,
    found: tuple[Positions, Positions, NDArray[np.float64]],
) -> list[Pair]:
    """The most probable pair between any two clusters that no ruling parts, most probable first."""
    left, right, odds = found
    number = membership(len(columns.records), clusters)
    across = number[left] != number[right]
    left, right, odds = left[across], right[across], odds[across]
    parted = {tuple(sorted((int(number[one]), int(number[other])))) for one, other in rules.different}
    strongest = by_cluster_pair(number, left, right, odds)
    chosen = [index for clusters_, index in strongest.items() if clusters_ not in parted]
    pairs = _explained(columns, model, left[chosen], right[chosen])
    return sorted(pairs, key=lambda pair: (-round(pair.probability, 9), pair.left, pair.right))


def _explained(
    columns: Columns, model: Model, left: Positions, right: Positions, rules: Rules | None = None
) -> list[Pair]:
    """Pairs with probability and reasons; compared in the order of keys, so that reasons read the same both ways."""
    swap = columns.order[left] > columns.order[right]
    one, other = np.where(swap, right, left), np.where(swap, left, right)
    compared = compare(columns, one, other)
    chances = probability(model.log_odds(compared.levels))
    return [
        _pair(columns, model, compared, index, (int(left[index]), int(right[index])), float(chances[index]), rules)
        for index in range(len(left))
    ]


def _pair(
    columns: Columns,
    model: Model,
    compared: Compared,
    index: int,
    positions: tuple[int, int],
    chance: float,
    rules: Rules | None,
) -> Pair:
    low, high = min(positions), max(positions)
    if rules and (low, high) in rules.same:
        return Pair(low, high, 1.0, (Reason(RULED, 0.0),))
    one, other = sorted(positions, key=lambda position: int(columns.order[position]))
    return Pair(low, high, chance, why(columns, model, compared, index, one, other))


def _placed(pair: Pair, order: Sequence[int]) -> Pair:
    low, high = sorted((order[pair.left], order[pair.right]))
    return Pair(low, high, pair.probability, pair.reasons)
