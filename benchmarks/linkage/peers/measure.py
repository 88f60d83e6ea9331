"""Thresholds, F1 of pairs and clusters, and their intervals.

Every figure is a ratio of sums over units (places, or groups of records that share labelled pairs), so a bootstrap
draws units with replacement. Units with equal counts are drawn together: one multinomial draw per replicate.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from .exchange import Doubles, Ints, Scored

REPLICATES = 1000
#: How many pairs a threshold to try lets through, as shares of the pairs that are true.
SHARES = (0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05, 1.1, 1.2, 1.35, 1.5)


@dataclass(frozen=True)
class Units:
    """(units,) what each adds: ``hits`` over ``found`` is precision, ``hits_of_true`` over ``true`` recall."""

    hits: Doubles
    found: Doubles
    hits_of_true: Doubles
    true: Doubles

    def table(self) -> Doubles:
        """(units, 4)"""
        return np.stack([self.hits, self.found, self.hits_of_true, self.true], axis=1)


def ratios(sums: Doubles) -> Doubles:
    """(…, 3) precision, recall and F1 of (…, 4) sums; nothing found or nothing to find counts as 0."""
    precision = np.divide(sums[..., 0], sums[..., 1], out=np.zeros(sums.shape[:-1]), where=sums[..., 1] > 0)
    recall = np.divide(sums[..., 2], sums[..., 3], out=np.zeros(sums.shape[:-1]), where=sums[..., 3] > 0)
    both = precision + recall
    return np.stack(
        [precision, recall, np.divide(2 * precision * recall, both, np.zeros_like(both), where=both > 0)], -1
    )


@dataclass(frozen=True)
class Figure:
    """A figure and its 95 % interval."""

    precision: float
    recall: float
    f1: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.f1:.4f} [{self.low:.4f}, {self.high:.4f}]"


def figure(units: Units, seed: int = 0) -> Figure:
    """Precision, recall, F1 and the bootstrap interval of F1."""
    table = units.table()
    precision, recall, f1 = ratios(table.sum(axis=0)).tolist()
    low, high = np.quantile(ratios(_resampled(table, seed))[:, 2], [0.025, 0.975]).tolist()
    return Figure(precision, recall, f1, low, high)


def gap(ours: Units, theirs: Units, seed: int = 0) -> tuple[float, float, float]:
    """F1 of ours less F1 of theirs on the same units, and its 95 % interval from paired draws."""
    table = np.hstack([ours.table(), theirs.table()])
    drawn = _resampled(table, seed)
    both = np.vstack([table.sum(axis=0), drawn])
    apart = ratios(both[:, :4])[:, 2] - ratios(both[:, 4:])[:, 2]
    low, high = np.quantile(apart[1:], [0.025, 0.975]).tolist()
    return float(apart[0]), low, high


def _resampled(table: Doubles, seed: int) -> Doubles:
    """(replicates, columns) sums over units drawn with replacement."""
    kinds, counts = np.unique(np.round(table, 9), axis=0, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(counts.sum(), counts / counts.sum(), size=REPLICATES)
    return np.asarray(drawn @ kinds, np.float64)


def labelled_pairs(said: Ints, label: Ints, unit: Ints) -> Units:
    """Judged pairs: ``said`` and ``label`` are 1 or 0 (or True and False), ``unit`` numbers each pair's group."""
    size = int(unit.max(initial=-1)) + 1
    hits = np.bincount(unit, weights=(said == 1) & (label == 1), minlength=size)
    found = np.bincount(unit, weights=said == 1, minlength=size)
    return Units(hits, found, hits, np.bincount(unit, weights=label == 1, minlength=size))


def joined_pairs(cluster: Ints, truth: Ints) -> Units:
    """All pairs that clusters join against all pairs that are one place, by true place; a false pair counts half to
    the place of either record."""
    place, members, inside, at = _crossed(cluster, truth)
    places = int(truth.max()) + 1
    cluster_size = np.bincount(cluster)[at]
    hits = np.bincount(place, weights=inside * (inside - 1) / 2, minlength=places)
    false = np.bincount(place, weights=inside * (cluster_size - inside) / 2, minlength=places)
    return Units(hits, hits + false, hits, members * (members - 1) / 2)


def b_cubed(cluster: Ints, truth: Ints) -> Units:
    """B-cubed (Bagga and Baldwin 1998): per record, the share of its cluster that is its place, and of its place that
    is its cluster; summed by true place."""
    place, members, inside, at = _crossed(cluster, truth)
    places = int(truth.max()) + 1
    cluster_size = np.bincount(cluster)[at]
    precision = np.bincount(place, weights=inside * inside / cluster_size, minlength=places)
    recall = np.bincount(place, weights=inside * inside / members[place], minlength=places)
    return Units(precision, members.astype(float), recall, members.astype(float))


def _crossed(cluster: Ints, truth: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Per non-empty crossing of place and cluster: (place, …, records inside, cluster); second, records per place."""
    width = int(cluster.max()) + 1
    crossing, inside = np.unique(truth * width + cluster, return_counts=True)
    return crossing // width, np.bincount(truth), inside.astype(np.int64), crossing % width


def pair_threshold(score: Doubles, label: Ints) -> float:
    """The least score to call a pair the same at which F1 on these pairs is best."""
    order = np.argsort(-score, kind="stable")
    ranked, hits = score[order], np.cumsum(label[order] == 1)
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + hits[-1])
    last = np.append(ranked[1:] != ranked[:-1], True)  # equal scores pass together
    best = int(np.argmax(np.where(last, f1, -1.0)))
    after = ranked[best + 1] if best + 1 < len(ranked) else ranked[best] - 1.0
    return float((ranked[best] + after) / 2)


def cluster_threshold(scored: Scored, truth: Ints, cluster: Callable[[float], Ints]) -> float:
    """Of some thresholds, the one at which B-cubed F1 of what ``cluster`` makes of it is best."""
    label = (truth[scored.left] == truth[scored.right]).astype(np.int64)
    ranked = np.sort(scored.score)[::-1]
    ranks = np.clip([round(label.sum() * share) for share in SHARES], 1, len(ranked)) - 1
    tried = sorted({*ranked[ranks].tolist(), pair_threshold(scored.score, label)})
    f1 = [float(ratios(b_cubed(cluster(one), truth).table().sum(axis=0))[2]) for one in tried]
    return tried[int(np.argmax(f1))]


def components(size: int, left: Ints, right: Ints) -> Ints:
    """(size,) the number of each record's connected component."""
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    return connected_components(graph, directed=False)[1].astype(np.int64)


def numbered(size: int, clusters: Iterable[Iterable[int]]) -> Ints:
    """(size,) the number of each record's cluster; a record in none is alone."""
    number = np.full(size, -1, np.int64)
    found = 0
    for members in clusters:
        number[list(members)] = found
        found += 1
    alone = number < 0
    number[alone] = found + np.arange(alone.sum())
    return number
