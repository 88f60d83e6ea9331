"""How well pairs are told apart: ``python -m benchmarks.linkage.accuracy``.

Labelled Overture pairs: five-fold cross-validation, folds by connected group of records (no record is on both sides),
with intervals by bootstrap over groups; by country; what is said beside what is true. Beside it the weights learnt
without any label: from those pairs, and from the pairs' records as lists, as a new country would do. Then the shipped
weights, trained on Overture alone, carried unchanged to the Fodor's-Zagat's restaurants: the 946 labelled pairs at the
fixed threshold 0.5, and the 864 records deduplicated from scratch. Last, generated lists, and few labels.
"""

import csv
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.linkage import generated
from coworkmed.linkage import em, training
from coworkmed.linkage.candidates import candidates
from coworkmed.linkage.compare import Doubles, Levels, compare
from coworkmed.linkage.engine import link
from coworkmed.linkage.model import Model, probability, shipped
from coworkmed.linkage.pairs import record
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record
from coworkmed.linkage.training import Ints, Labelled, Score

DATA = Path(__file__).resolve().parents[3] / "shared/data"
PAIRS = DATA / "overture-place-pairs/pairs_train.csv.gz"
RESTAURANTS = DATA / "restaurants-fodors-zagats"
COUNTRIES = ("FR", "IT", "ES", "PT", "GR", "HR", "TR")
SEEDS = range(5)
DRAWS = 2_000  # of the bootstrap


def overture(path: Path = PAIRS) -> tuple[list[Record], Labelled]:
    """The labelled pairs, and their records, left and right in turn."""
    return training.judged(training.in_turn(*training.labelled(path)))


def interval(chance: Doubles, given: Labelled, seed: int = 0) -> tuple[float, float]:
    """95 % of F1 over samples of groups with replacement: pairs that share a record stand or fall together."""
    size = int(given.group.max()) + 1
    said, true = chance >= 0.5, given.labels == 1
    both, either = (np.bincount(given.group, weights, size) for weights in (said & true, said.astype(int) + true))
    drawn = np.random.default_rng(seed).integers(0, size, (DRAWS, size))
    f1 = 2 * both[drawn].sum(axis=1) / np.maximum(either[drawn].sum(axis=1), 1)
    low, high = np.quantile(f1, (0.025, 0.975))
    return float(low), float(high)


def unlabelled(records: Sequence[Record], given: Labelled) -> tuple[Model, Model]:
    """Weights learnt without labels: from the labelled pairs' levels, and from their records as lists."""
    once = {one.key: one for one in records}
    return em.learn_levels(given.levels).model, em.learn_from([*once.values()]).model


def restaurants() -> tuple[Score, Score]:
    """Pairs at threshold 0.5, and the whole list deduplicated, by the shipped weights."""
    table, labels = training.labelled(RESTAURANTS / "pairs.csv")
    model = shipped()
    levels = training.levels_of(table.records(), model.seen)
    pairs = training.score(probability(model.log_odds(levels)), labels)
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
    every = sorted(found | truth, key=sorted)
    said, labels = (np.array([pair in some for pair in every], int) for some in (found, truth))
    return pairs, training.score(said.astype(float), labels)


def listed(size: int, seed: int) -> tuple[Levels, Ints]:
    """Levels and truth of the candidate pairs of generated lists."""
    records, truth = generated.records(size, seed)
    columns = prepare(records, shipped().seen)
    left, right = candidates(columns)
    place = np.array(truth)
    return compare(columns, left, right).levels, (place[left] == place[right]).astype(np.int64)


def few_labels(levels: Levels, labels: Ints, start: Model, number: int, times: int = 10) -> list[Score]:
    """How the other pairs are told once ``number`` of the doubtful ones were judged, at random, several times over."""
    chance = probability(start.log_odds(levels))
    doubtful = np.nonzero((chance > 0.2) & (chance < 0.95))[0]
    rng, scores = np.random.default_rng(0), []
    for _ in range(times):
        judged = rng.choice(doubtful, number, replace=False)
        rest = np.ones(len(labels), bool)
        rest[judged] = False
        model = training.fit(levels[judged], labels[judged], start=start, held=())
        scores.append(training.score(probability(model.log_odds(levels[rest])), labels[rest]))
    return scores


def told(score: Score) -> str:
    return f"F1 {score.f1:.4f} (precision {score.precision:.4f}, recall {score.recall:.4f}), Brier {score.brier:.4f}"


def _of_overture() -> None:
    records, given = overture()
    runs = [training.cross_validated(given, seed=seed) for seed in SEEDS]
    for seed, chance in zip(SEEDS, runs, strict=True):
        low, high = interval(chance, given)
        print(f"Overture, 5 folds by record, seed {seed}: {told(training.score(chance, given.labels))}, ", end="")
        print(f"F1 95 % {low:.3f} to {high:.3f}")
    for name, model in zip(("from the pairs", "from the records as lists"), unlabelled(records, given), strict=True):
        chance = probability(model.log_odds(given.levels))
        low, high = interval(chance, given)
        print(f"without labels, {name}: {told(training.score(chance, given.labels))}, 95 % {low:.3f} to {high:.3f}")
    neutral = probability(em.neutral().log_odds(given.levels))
    print(f"by judgement alone, nothing learnt: {told(training.score(neutral, given.labels))}")
    mean: Doubles = np.mean(runs, axis=0)
    country = np.array([one.country for one in records[::2]])
    for code in COUNTRIES:
        of = country == code
        if of.any():
            scores = [training.score(chance[of], given.labels[of]).f1 for chance in runs]
            print(f"  {code}: {of.sum():4d} pairs, F1 {np.mean(scores):.4f} ({min(scores):.4f} to {max(scores):.4f})")
        else:
            print(f"  {code}: no pair")
    print("  calibration, mean of the seeds: said, true (95 %), pairs")
    for one in training.calibration(mean, given.labels):
        print(f"    {one.said:.2f}  {one.true:.2f} ({one.low:.2f} to {one.high:.2f})  {one.pairs}")


def _of_generated(size: int, seed: int) -> None:
    levels, labels = listed(size, seed)
    learnt = em.learn_levels(levels).model
    for name, start in (("shipped weights", shipped()), ("without labels", learnt), ("nothing learnt", em.neutral())):
        score = training.score(probability(start.log_odds(levels)), labels)
        print(f"Generated, {size} records, seed {seed}, {len(labels)} candidate pairs, {name}: {told(score)}")
        for number in (10, 30, 100):
            scores = few_labels(levels, labels, start, number)
            f1 = [one.f1 for one in scores]
            print(f"  and {number} judged pairs: F1 {np.mean(f1):.4f}, worst of {len(f1)} {min(f1):.4f}")


def main() -> None:
    if not PAIRS.exists():
        sys.exit(f"The labelled pairs are not here: {PAIRS}")
    _of_overture()
    pairs, deduplicated = restaurants()
    print(f"Fodor's-Zagat's, 946 pairs, weights unchanged: {told(pairs)}")
    print(f"Fodor's-Zagat's, 864 records linked: {told(deduplicated)}")
    _of_generated(10_000, 12)


if __name__ == "__main__":
    main()
