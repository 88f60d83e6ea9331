"""Weights from labelled pairs: ridge logistic regression over steps that may not be negative.

Every table is a sum of steps, so that more agreement never weighs less. The ridge draws the steps towards those of a
model to start from (or towards nothing), so that a few labels improve it and can't wreck it. What labelled pairs of one
neighbourhood can't teach (they hold a position on one side only, no identifiers, and no pairs from far apart) is
declared below, and held fixed while the rest is fitted.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize, nnls
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_

from . import pairs
from .compare import FEATURES, LEVELS, Doubles, Levels, compare
from .model import Model, probability
from .prepare import prepare
from .records import Key, Record
from .review import wilson
from .texts import name_words

#: Log-odds by judgement, for what the labelled pairs don't show. In the order of the comparison's levels.
DECLARED: Mapping[str, Sequence[float]] = {
    # Beyond the reach of both positions evidence falls quickly; a wrong geocode can still be outweighed by contacts.
    "distance": (0, -6.0, -3.5, -1.8, -0.4, 0.4, 1.6),
    # An establishment's number settles it; two numbers of one company are two premises, or one that moved.
    "identifier": (0, -3.5, -1.5, 7.0),
    "country": (0, -6.0, 0),
    # A name that says it is inside the other ("Hacklab in MAMA") names a tenant.
    "inside": (0, -5.5),
    # The labelled pairs were all drawn from one neighbourhood: that another town speaks against can't be seen there.
    "postcode": (0, -0.9, -0.2, 0.1),
    "town": (0, -1.0, 0, 0.1),
    # Most sites among the labelled pairs are those of chains, each met once, so that they can't be told from own sites.
    "web": (0, -0.8, -0.8, -0.1, 0.6, 1.0, 1.2),
    # Lists rarely know when a place opened; a place that closed before another opened is not it.
    "dates": (0, -2.5, -0.4, 0.4),
    "profile": (0, -0.2, 0.8),
}
#: The first level that speaks for "same" (1 where not named); those under it speak against; "unknown" lies between.
SPEAKS_FOR = {
    "name_numbers": 3, "kinds": 2, "premises": 2, "unit": 2, "phone": 3, "branch": 2, "distance": 5, "identifier": 3,
    "country": 2, "inside": 2, "postcode": 3, "town": 2, "web": 4, "dates": 3, "address_numbers": 2, "department": 4,
    "site_name": 2, "profile": 2,
}  # fmt: skip
#: Names are always known: half the span of each of their tables is moved into the bias, so that they speak both ways.
CENTRED = ("name_spelling", "name_whole", "name_contained", "name_rarity", "name_own_words")
#: Two comparisons in one, as rows and columns of a grid, the first of this many levels.
CROSSED = {"name_and_premises": 3}
#: Ridge on the steps: where there is nothing to start from, and towards a model to start from.
PENALTY, LOYALTY = 1.0, 16.0

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Labelled:
    """``levels`` (pairs, features);  ``labels`` (pairs,) 1 same, 0 not;  ``group`` (pairs,) the number of the connected
    group of records that each pair belongs to, in order of arrival."""

    levels: Levels
    labels: Ints
    group: Ints


def steps(feature: str) -> Doubles:
    """(levels, steps): each column is a step up or down that keeps the table from falling as agreement grows."""
    size = len(LEVELS[feature])
    level = np.arange(size)
    known = level > 0
    if feature in CROSSED:
        return _crossed_steps((level - 1) % CROSSED[feature], (level - 1) // CROSSED[feature], known)
    turn = SPEAKS_FOR.get(feature, 1)
    against = [-((level <= k) & known).astype(float) for k in range(1, turn)]
    return np.stack(against + [(level >= k).astype(float) for k in range(turn, size)], axis=1)


def _crossed_steps(one: Ints, other: Ints, known: NDArray[np.bool_]) -> Doubles:
    """Steps over a grid, rising along both sides: for "both reach", "either reaches", and against where they don't."""
    columns = []
    for i in range(one.max() + 1):
        for j in range(other.max() + 1):
            both = (one >= i) & (other >= j)
            either = ((one >= i) | (other >= j)) if i and j else both
            if i or j:
                columns += [both & known, -1.0 * (~both & known)]
            if i and j:
                columns += [either & known, -1.0 * (~either & known)]
    return np.stack([np.asarray(column, float) for column in columns], axis=1)


def blank() -> Model:
    """Nothing is known but what is declared."""
    tables = {feature: np.array(DECLARED.get(feature, np.zeros(len(LEVELS[feature]))), float) for feature in FEATURES}
    return Model(0.0, tables)


def fit(
    levels: Levels,
    labels: Ints | Doubles,
    *,
    start: Model | None = None,
    penalty: float | None = None,
    held: Collection[str] = tuple(DECLARED),
    weights: Doubles | None = None,
) -> Model:
    """The weights that best explain ``labels`` (1 same, 0 not, or a probability between).

    ``start``    what the weights, the bias among them, are drawn towards; without it, weights are drawn towards 0
    ``penalty``  how strongly: half of it times the square of each difference is weighed against the log-likelihood
    ``held``     comparisons whose weights stay as in ``start`` (as declared without it)
    ``weights``  how many pairs each row counts for
    """
    begin = start or blank()
    penalty = penalty if penalty is not None else LOYALTY if start else PENALTY
    count = np.ones(len(labels)) if weights is None else weights
    bases = {feature: steps(feature) for feature in FEATURES if feature not in held}
    design = np.hstack(
        [np.ones((len(labels), 1))] + [basis[levels[:, FEATURES.index(name)]] for name, basis in bases.items()]
    )
    offset = sum((begin.tables[name][levels[:, FEATURES.index(name)]] for name in held), np.zeros(len(labels)))
    towards = _in_steps(begin, bases)
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = penalty if start else 0.0

    def loss(at: Doubles) -> tuple[float, Doubles]:
        odds = design @ at + offset
        value = (count * (np.logaddexp(0, odds) - labels * odds)).sum() + 0.5 * (ridge * (at - towards) ** 2).sum()
        return float(value), design.T @ (count * (probability(odds) - labels)) + ridge * (at - towards)

    bounds = [(None, None)] + [(0.0, None)] * (design.shape[1] - 1)
    found = minimize(loss, towards, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    bias, at, tables = float(found.x[0]), 1, {feature: begin.tables[feature] for feature in held}
    for feature, basis in bases.items():
        tables[feature] = basis @ found.x[at : at + basis.shape[1]] + 0.0
        at += basis.shape[1]
    for feature in CENTRED:
        half = tables[feature].max() / 2
        tables[feature][1:] -= half
        bias += half
    # as if one more pair of each kind had been seen: a share of 0 or 1 has no log-odds
    share = (float(count @ labels) + 1) / (float(count.sum()) + 2)
    return Model(bias, tables, begin.seen, {"share": round(share, 6)})


def _in_steps(model: Model, bases: Mapping[str, Doubles]) -> Doubles:
    """The bias and steps that come nearest to a model's, centred tables brought back to begin at 0."""
    bias, found = model.bias, []
    for feature, basis in bases.items():
        table = model.tables[feature].copy()
        if feature in CENTRED:
            bias += table[1:].min()
            table[1:] -= table[1:].min()
        found.append(nnls(basis, table)[0])
    return np.concatenate([[bias], *found])


# What is learnt from


def labelled(path: Path) -> tuple[pairs.Table, Ints]:
    """A file of labelled pairs, and its labels. SourceError if a row has none."""
    table = pairs.read(path)
    if "label" not in table.columns:
        raise SourceError(N_("{file} has no column label: 1 for one place, 0 for two."), file=path.name)
    for number, row in enumerate(table.rows, start=1):
        if row["label"].strip() not in ("0", "1"):
            raise SourceError(
                N_("{file}, row {number}: the label is “{label}”, and should be 1 for one place, 0 for two."),
                file=path.name,
                number=number,
                label=row["label"],
            )
    return table, np.array([int(row["label"]) for row in table.rows], np.int64)


def levels_of(records: Sequence[Record], seen: Mapping[str, int] | None = None) -> Levels:
    """Levels of records that stand in pairs, left and right in turn."""
    at = np.arange(0, len(records), 2)
    return compare(prepare(records, seen), at, at + 1).levels


def judged(
    found: Iterable[tuple[Record, Record, int]], seen: Mapping[str, int] | None = None
) -> tuple[list[Record], Labelled]:
    """Pairs with labels as they are learnt from, and their records in turn."""
    records, labels = list[Record](), list[int]()
    for left, right, label in found:
        records += [left, right]
        labels.append(label)
    return records, Labelled(levels_of(records, seen), np.array(labels, np.int64), groups(records))


def in_turn(table: pairs.Table, labels: Ints) -> Iterator[tuple[Record, Record, int]]:
    """The pairs of a table with their labels."""
    records = table.records()
    yield from zip(records[::2], records[1::2], labels.tolist(), strict=True)


def groups(records: Sequence[Record]) -> Ints:
    """(pairs,) the number of each pair's connected group, by shared records, in order of arrival. Records stand in
    pairs, left and right in turn."""
    number: dict[Key, int] = {}
    ends = np.array([number.setdefault(one.key, len(number)) for one in records], np.int64)
    left, right = ends[::2], ends[1::2]
    if not len(left):
        return np.empty(0, np.int64)
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(len(number), len(number)))
    of_record = connected_components(graph, directed=False)[1]
    arrival: dict[int, int] = {}
    return np.array([arrival.setdefault(one, len(arrival)) for one in of_record[left].tolist()], np.int64)


def common_words(records: Iterable[Record], least: int = 5) -> dict[str, int]:
    """How many names hold each word, for words in ``least`` or more."""
    counts = Counter(word for one in records for word in set(name_words(one.name)))
    return {word: count for word, count in sorted(counts.items()) if count >= least and not word.isdigit()}


# How well it is learnt


@dataclass(frozen=True, slots=True)
class Score:
    """Precision, recall and their harmonic mean, at a threshold; and the Brier score: the mean squared distance of the
    probability from what is true, 0 at best."""

    precision: float
    recall: float
    brier: float
    pairs: int

    @property
    def f1(self) -> float:
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0

    def as_json(self) -> dict[str, float]:
        figures = {"f1": self.f1, "precision": self.precision, "recall": self.recall, "brier": self.brier}
        return {**{name: round(figure, 4) for name, figure in figures.items()}, "pairs": self.pairs}


def score(chance: Doubles, labels: Ints, threshold: float = 0.5) -> Score:
    """How well probabilities tell labels."""
    said = chance >= threshold
    right = float((said & (labels == 1)).sum())
    brier = float(((chance - labels) ** 2).mean()) if len(labels) else 0.0
    return Score(right / max(1, said.sum()), right / max(1, (labels == 1).sum()), brier, len(labels))


def log_loss(chance: Doubles, labels: Ints) -> float:
    """Mean surprise at the labels, in natural units: −ln of the probability that was given to what is true; 0 at best,
    0.69 for whoever always says one half."""
    said = np.clip(np.where(labels == 1, chance, 1 - chance), 1e-12, 1.0)
    return float(-np.log(said).mean())


@dataclass(frozen=True, slots=True)
class Bin:
    """Of the pairs whose probability falls in one tenth: the mean probability ``said``, the share ``true`` that is one
    place, with its 95 % interval by Wilson from ``low`` to ``high``, and how many they are."""

    said: float
    true: float
    low: float
    high: float
    pairs: int


def calibration(chance: Doubles, labels: Ints, bins: int = 10) -> list[Bin]:
    """Whether what is said comes true, by equal intervals of probability; empty ones are left out."""
    which = np.minimum((chance * bins).astype(np.int64), bins - 1)
    size = np.bincount(which, minlength=bins).astype(float)
    known = size > 0
    said = np.bincount(which, chance, bins)[known] / size[known]
    true = np.bincount(which, labels, bins)[known] / size[known]
    low, high = wilson(true, size[known])
    columns = (said.tolist(), true.tolist(), low.tolist(), high.tolist(), size[known].astype(int).tolist())
    return [Bin(*row) for row in zip(*columns, strict=True)]


def cross_validated(
    given: Labelled,
    *,
    folds: int = 5,
    seed: int = 0,
    start: Model | None = None,
    held: Collection[str] = tuple(DECLARED),
    penalty: float | None = None,
) -> Doubles:
    """(pairs,) probabilities by weights that saw none of a pair's group. Where there are fewer groups than folds, each
    is a fold by itself; of a single one nothing can be learnt, and ``start`` judges it."""
    chance = np.zeros(len(given.labels))
    number = int(given.group.max(initial=-1)) + 1
    fold = (np.random.default_rng(seed).permutation(number) % folds)[given.group]
    for one in np.unique(fold).tolist():
        inside = fold == one
        model = fit(given.levels[~inside], given.labels[~inside], start=start, held=held, penalty=penalty)
        chance[inside] = probability(model.log_odds(given.levels[inside]))
    return chance
