"""Which entries are one place: candidates, comparison, probability, clusters. Pure functions over records."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .candidates import candidates
from .cluster import JOIN, REVIEW, Rules, Score, among, by_cluster_pair, cluster, own_doubles, pairs_inside
from .columns import Columns
from .compare import FEATURES, Doubles, Positions, compare
from .compiled import compiled
from .engines import LOCAL, Engine
from .model import Model, odds_of, probability, shipped
from .outcomes import RELATIONS, relations
from .prepare import completed, joined, prepare
from .reading import read
from .reasons import RULED, why
from .records import Linkage, Pair, Reason, Record, Ruling, Scored

__all__ = ["JOIN", "REVIEW", "RULED", "link", "score"]

_BRANCH = FEATURES.index("branch")
#: Pairs less probable than this are out of the question.
FLOOR = 0.01
READ_AT_ONCE, COMPARED_AT_ONCE, EXPLAINED_AT_ONCE = 25_000, 200_000, 5_000

Bools = NDArray[np.bool_]


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
    asked = np.array([*pairs], np.int64).reshape(-1, 2)
    explainer = _Explainer(records, prepare(records, model.seen), model)
    found: list[Pair] = []
    for start in range(0, len(asked), EXPLAINED_AT_ONCE):
        part = asked[start : start + EXPLAINED_AT_ONCE]
        found += explainer.pairs(part.min(axis=1), part.max(axis=1), explained=True)
        progress(len(found))
    return found


def link(
    records: Sequence[Record],
    rulings: Sequence[Ruling] = (),
    *,
    model: Model | None = None,
    engine: Engine = LOCAL,
    progress: Callable[[str], None] = lambda stage: None,
) -> Linkage:
    """The places that ``records`` speak of. Keys are unique (ValueError); rulings on unknown keys are left aside.

    Rulings always win: "different" over all, then "same"; should they contradict each other, the entries stay apart.
    The result does not depend on the order of records or rulings, nor on the ``engine``, and a record that shares
    nothing with others changes nothing for them. ``progress`` is told the stage that begins: "read", "candidates",
    "compare", "cluster".
    """
    order = sorted(range(len(records)), key=lambda index: records[index].key)
    in_order = [records[index] for index in order]
    if any(one.key == other.key for one, other in pairwise(in_order)):
        raise ValueError("Two records have the same key.")
    model = model or shipped()
    progress("read")
    parts = [in_order[start : start + READ_AT_ONCE] for start in range(0, len(in_order), READ_AT_ONCE)]
    columns = completed(joined(engine.spread_python(_read, None, parts) or [read([])]), model.seen)
    progress("candidates")
    left, right = candidates(columns, engine)
    progress("compare")
    edges = judged(columns, model, left, right, engine)
    progress("cluster")
    return linkage(in_order, columns, model, edges, rulings, np.array(order, np.int64))


def _read(nothing: None, records: Sequence[Record]) -> Columns:
    return read(records)


class Edges(NamedTuple):
    """Pairs with their log-odds, and whether they are branches of one chain."""

    left: Positions
    right: Positions
    odds: Doubles
    branch: Bools


def judged(columns: Columns, model: Model, left: Positions, right: Positions, engine: Engine = LOCAL) -> Edges:
    """The pairs that are not out of the question, and those of branches, however improbable."""
    parts = [
        (left[start : start + COMPARED_AT_ONCE], right[start : start + COMPARED_AT_ONCE])
        for start in range(0, len(left), COMPARED_AT_ONCE)
    ]
    found = engine.spread(partial(_judge_likely, model), columns, parts)
    found = found or [judge(model, columns, (left, right))]
    return Edges(
        np.concatenate([part.left for part in found]),
        np.concatenate([part.right for part in found]),
        np.concatenate([part.odds for part in found]),
        np.concatenate([part.branch for part in found]),
    )


def judge(model: Model, columns: Columns, pairs: tuple[Positions, Positions]) -> Edges:
    """Pairs of positions, compared and weighed."""
    levels = compare(columns, *pairs).levels
    return Edges(*pairs, model.log_odds(levels), levels[:, _BRANCH] == 1)


def _judge_likely(model: Model, columns: Columns, pairs: tuple[Positions, Positions]) -> Edges:
    every = judge(model, columns, pairs)
    return those(every, every.branch | (every.odds >= odds_of(FLOOR)))


def those(edges: Edges, kept: Bools) -> Edges:
    """Some of the pairs."""
    return Edges(edges.left[kept], edges.right[kept], edges.odds[kept], edges.branch[kept])


def linkage(
    records: Sequence[Record],
    columns: Columns,
    model: Model,
    edges: Edges,
    rulings: Sequence[Ruling],
    order: Positions,
) -> Linkage:
    """Places from compared pairs of ``records`` sorted by key; ``order`` says where each stood in the input."""
    rules = ruled(records, rulings)
    branches = those(edges, edges.branch)
    edges = those(edges, edges.odds >= odds_of(FLOOR))

    def weigh(one: Positions, other: Positions) -> tuple[Doubles, Bools]:
        every = judge(model, columns, (one, other))
        return every.odds, every.branch

    doubt = own_doubles(edges.left, edges.right, edges.odds, rules.source)
    first = cluster(len(records), edges.left, edges.right, edges.odds, rules, weigh, doubt)
    number = np.unique(first, return_inverse=True)[1]
    within = _within(number, weigh, rules)
    explain = _Explainer(records, columns, model, rules, order)
    tied, weakest = _ties(within, number)
    clusters, position = _in_the_order_of_input(number, order)
    doubts = explain.at(edges, _doubts(edges, number, rules))
    return Linkage(
        clusters=clusters,
        ties=_by_number(order, tied[0], explain.at(within, tied[1])),
        weakest=_by_number(position, weakest[0], explain.at(within, weakest[1])),
        doubts=sorted(doubts, key=lambda pair: (-round(pair.probability, 9), pair.left, pair.right)),
        branches=_across(position[number[branches.left]], position[number[branches.right]]),
        scored=_scored(edges, within, number, order),
        explain=explain,
    )


def _across(one: Positions, other: Positions) -> list[tuple[int, int]]:
    """The pairs of clusters, each once, sorted; not those of a cluster with itself."""
    ends = np.unique(np.sort(np.stack([one, other], axis=1), axis=1), axis=0)
    return [(low, high) for low, high in ends.tolist() if low != high]


def _by_number(numbers: Positions, at: Positions, pairs: Sequence[Pair]) -> dict[int, Pair]:
    return dict(sorted(zip(numbers[at].tolist(), pairs, strict=True)))


def ruled(records: Sequence[Record], rulings: Sequence[Ruling]) -> Rules:
    """Rulings on the records, by position."""
    position = {record.key: index for index, record in enumerate(records)} if rulings else {}
    edges: dict[str, set[tuple[int, int]]] = {"same": set(), "different": set()}
    for ruling in rulings:
        if ruling.left in position and ruling.right in position and ruling.left != ruling.right:
            low, high = sorted((position[ruling.left], position[ruling.right]))
            edges[ruling.verdict].add((low, high))
    number: dict[str, int] = {}
    sources = np.array([number.setdefault(record.key[0], len(number)) for record in records], np.int64)
    return Rules(frozenset(edges["same"] - edges["different"]), frozenset(edges["different"]), sources)


def _in_the_order_of_input(number: Positions, order: Positions) -> tuple[list[tuple[int, ...]], Positions]:
    """The members of each cluster as positions in the input, clusters by their first member; and for each number the
    place of its cluster among them."""
    in_input = np.empty(len(number), np.int64)
    in_input[order] = number
    _, first, place = np.unique(in_input, return_index=True, return_inverse=True)
    position = np.empty(len(first), np.int64)
    position[np.argsort(first)] = np.arange(len(first))
    of = position[place]
    members = np.argsort(of, kind="stable").tolist()
    bounds = [0, *np.cumsum(np.bincount(of)).tolist()]
    return [tuple(members[start:end]) for start, end in pairwise(bounds)], position


def _within(number: Positions, score: Score, rules: Rules) -> Edges:
    """All pairs inside clusters; those a person ruled the same are certain."""
    sizes = np.bincount(number) if len(number) else np.empty(0, np.int64)
    _, left, right = pairs_inside(np.cumsum(sizes) - sizes, sizes, np.argsort(number, kind="stable"))
    odds, branch = score(left, right)
    return Edges(left, right, np.where(among(left, right, rules.same, len(number)), np.inf, odds), branch)


def _ties(within: Edges, number: Positions) -> tuple[tuple[Positions, Positions], tuple[Positions, Positions]]:
    """(records, the pair that ties each most strongly), and (clusters, the weakest pair that holds each together)."""
    best_first = np.lexsort((within.right, within.left, -np.round(within.odds, 9)))
    ends = np.stack([within.left[best_first], within.right[best_first]], axis=1).ravel()
    member, first = np.unique(ends, return_index=True)
    holding = _holding(within.left, within.right, best_first, len(number))
    # the last pair that was needed: clusters in which it stands overwrite earlier ones
    last = dict(zip(number[within.left[holding]].tolist(), holding.tolist(), strict=True))
    clusters = np.array(sorted(last), np.int64)
    return (member, best_first[first // 2]), (clusters, np.array([last[one] for one in clusters.tolist()], np.int64))


@compiled
def _holding(left: Positions, right: Positions, best_first: Positions, size: int) -> Positions:
    """The pairs of the strongest tree over each cluster, in the order given (Kruskal 1956)."""
    parent = np.arange(size)
    found = np.empty(len(best_first), np.int64)
    kept = 0
    for pair in best_first:
        one, other = left[pair], right[pair]
        while parent[one] != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        while parent[other] != other:
            parent[other] = parent[parent[other]]
            other = parent[other]
        if one != other:
            parent[max(one, other)] = min(one, other)
            found[kept] = pair
            kept += 1
    return found[:kept]


def _doubts(edges: Edges, number: Positions, rules: Rules) -> Positions:
    """The most probable pair between any two clusters that no ruling parts."""
    at = np.nonzero((edges.odds >= odds_of(REVIEW)) & ~edges.branch & (number[edges.left] != number[edges.right]))[0]
    parted = {tuple(sorted((int(number[one]), int(number[other])))) for one, other in rules.different}
    strongest = by_cluster_pair(number, edges.left[at], edges.right[at], edges.odds[at])
    return at[[index for clusters, index in strongest.items() if clusters not in parted]]


def _scored(edges: Edges, within: Edges, number: Positions, order: Positions) -> Scored:
    across = number[edges.left] != number[edges.right]
    one = order[np.concatenate([edges.left[across], within.left])]
    other = order[np.concatenate([edges.right[across], within.right])]
    chance = probability(np.concatenate([edges.odds[across], within.odds]))
    joined_ = np.arange(len(one)) >= across.sum()
    left, right = np.minimum(one, other), np.maximum(one, other)
    by_position = np.lexsort((right, left))
    return Scored(left[by_position], right[by_position], chance[by_position], joined_[by_position])


class _Explainer:
    """Makes `Pair`s, compared in the order of keys so that reasons read the same both ways. ``order`` says where each
    of ``records`` stood in the input, if elsewhere."""

    def __init__(
        self,
        records: Sequence[Record],
        columns: Columns,
        model: Model,
        rules: Rules | None = None,
        order: Positions | None = None,
    ) -> None:
        self.records, self.columns, self.model = records, columns, model
        self.same = rules.same if rules else frozenset()
        self.order = np.arange(len(records)) if order is None else order
        self.rank = np.arange(len(records))
        if order is None:  # else records stand in the order of keys
            self.rank[sorted(range(len(records)), key=lambda index: records[index].key)] = np.arange(len(records))

    def __call__(self, pairs: Sequence[Pair]) -> list[Pair]:
        """Pairs as they stand in the input, with their reasons."""
        position = np.empty(len(self.order), np.int64)
        position[self.order] = np.arange(len(self.order))
        ends = position[np.array([(pair.left, pair.right) for pair in pairs], np.int64).reshape(-1, 2)]
        return self.pairs(ends[:, 0], ends[:, 1], explained=True)

    def at(self, edges: Edges, index: Positions) -> list[Pair]:
        return self.pairs(edges.left[index], edges.right[index])

    def pairs(self, left: Positions, right: Positions, *, explained: bool = False) -> list[Pair]:
        one, other = self._by_key(left, right)
        compared = compare(self.columns, one, other)
        odds = self.model.log_odds(compared.levels)
        relation = relations(compared.levels, compared.metres, odds).tolist()
        ends = np.sort(np.stack([self.order[left], self.order[right]], axis=1), axis=1).tolist()
        chances = probability(odds).tolist()
        found = []
        for index, (low, high) in enumerate(ends):
            if self.same and tuple(sorted((int(left[index]), int(right[index])))) in self.same:
                found.append(Pair(low, high, 1.0, "same", (Reason(RULED, 0.0),)))
                continue
            reasons: tuple[Reason, ...] = ()
            if explained:
                mine, theirs = int(one[index]), int(other[index])
                names = compared.rows[index] - self.columns.records["name_begin"][[mine, theirs]]
                reasons = why(
                    self.model,
                    compared.levels[index],
                    float(compared.metres[index]),
                    (int(names[0]), int(names[1])) if compared.rows[index, 0] >= 0 else (-1, -1),
                    self.records[mine],
                    self.records[theirs],
                )
            found.append(Pair(low, high, chances[index], RELATIONS[relation[index]], reasons, self.model.bias))
        return found

    def _by_key(self, left: Positions, right: Positions) -> tuple[Positions, Positions]:
        swap = self.rank[left] > self.rank[right]
        return np.where(swap, right, left), np.where(swap, left, right)
