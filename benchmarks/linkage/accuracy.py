"""How well pairs are told apart: ``python -m benchmarks.linkage.accuracy``.

Five-fold cross-validation on the labelled Overture pairs, folds by connected group of records (no record is on both
sides), and the shipped weights, trained on Overture alone, carried unchanged to the Fodor's-Zagat's restaurants:
the 946 labelled pairs at the fixed threshold 0.5, and the 864 records deduplicated from scratch.
"""

import csv
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coworkmed.linkage.engine import link
from coworkmed.linkage.model import probability, shipped
from coworkmed.linkage.pairs import record
from tools.train_linkage import PAIRS, fit, labelled, levels_of

DATA = PAIRS.parents[1]
RESTAURANTS = DATA / "restaurants-fodors-zagats"


@dataclass(frozen=True)
class Score:
    """Precision, recall and their harmonic mean."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        return (
            2 * self.precision * self.recall / (self.precision + self.recall) if self.precision + self.recall else 0.0
        )

    def __str__(self) -> str:
        return f"F1 {self.f1:.4f} (precision {self.precision:.4f}, recall {self.recall:.4f})"


def score(same: NDArray[np.bool_], labels: NDArray[np.int64]) -> Score:
    right = float((same & (labels == 1)).sum())
    return Score(right / max(1, same.sum()), right / max(1, (labels == 1).sum()))


def groups(rows: Sequence[Mapping[str, str]]) -> NDArray[np.int64]:
    """The connected group of each pair, by shared record, numbered in order of arrival."""
    parent: dict[str, str] = {}

    def root(one: str) -> str:
        while parent.setdefault(one, one) != one:
            one = parent[one]
        return one

    for row in rows:
        parent[root(row["left_id"])] = root(row["right_id"])
    number: dict[str, int] = {}
    return np.array([number.setdefault(root(row["left_id"]), len(number)) for row in rows])


def cross_validated(
    path: Path = PAIRS, folds: int = 5, seed: int = 0
) -> tuple[NDArray[np.float64], NDArray[np.int64], Sequence[Mapping[str, str]]]:
    """(probabilities, labels, rows): each pair scored by weights that saw none of its group."""
    table, labels = labelled(path)
    levels, group = levels_of(table.records()), groups(table.rows)
    fold = (np.random.default_rng(seed).permutation(group.max() + 1) % folds)[group]
    chance = np.zeros(len(labels))
    for one in range(folds):
        chance[fold == one] = probability(fit(levels[fold != one], labels[fold != one]).log_odds(levels[fold == one]))
    return chance, labels, table.rows


def restaurants() -> tuple[Score, Score]:
    """Pairs at threshold 0.5, and the whole list deduplicated, by the shipped weights."""
    table, labels = labelled(RESTAURANTS / "pairs.csv")
    model = shipped()
    pairs = score(probability(model.log_odds(levels_of(table.records(), model.seen))) >= 0.5, labels)
    with (RESTAURANTS / "records_864.csv").open(encoding="utf-8") as file:
        listed = [record(row, "", number) for number, row in enumerate(csv.DictReader(file))]
    with (RESTAURANTS / "true_pairs_112.csv").open(encoding="utf-8") as file:
        truth = {frozenset((row["id_a"], row["id_b"])) for row in csv.DictReader(file)}
    found = {
        frozenset((listed[one].key[1], listed[other].key[1]))
        for cluster in link(listed).clusters
        for one in cluster
        for other in cluster
        if one < other
    }
    right = len(found & truth)
    return pairs, Score(right / max(1, len(found)), right / len(truth))


def main() -> None:
    if not PAIRS.exists():
        sys.exit(f"The labelled pairs are not here: {PAIRS}")
    for seed in range(3):
        chance, labels, rows = cross_validated(seed=seed)
        brier = ((chance - labels) ** 2).mean()
        print(f"Overture, 5 folds by record, seed {seed}: {score(chance >= 0.5, labels)}, Brier {brier:.4f}")
    for country in ("FR", "IT", "ES", "PT", "GR", "TR"):
        of = np.array([row["left_addr_country"] == country for row in rows])
        print(f"  {country}: {of.sum():4d} pairs, {score(chance[of] >= 0.5, labels[of])}")
    print("  calibration (said, true, pairs):")
    for low in np.arange(0, 1, 0.1):
        of = (chance >= low) & (chance < low + 0.1)
        print(f"    {chance[of].mean():.2f}  {labels[of].mean():.2f}  {of.sum()}")
    pairs, listed = restaurants()
    print(f"Fodor's-Zagat's, 946 pairs, weights unchanged: {pairs}")
    print(f"Fodor's-Zagat's, 864 records linked: {listed}")


if __name__ == "__main__":
    main()
