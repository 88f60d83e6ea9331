"""Pairs of French entries judged by hand, and what they say of the engine: ``python -m benchmarks.linkage.judged``.

424 pairs of five French lists. 375 of them are a stratified sample of all candidate pairs (by an earlier engine's
probability, each with the number of pairs it stands for), so that they estimate the precision and recall of the whole;
25 are the most alike names among pairs near each other that no blocking rule brought together; 24 are left from an
earlier sample. Each of the 400 was read twice, apart, from the raw rows alone and without sight of any probability:
394 were judged alike (Cohen's kappa 0.97), six were settled afterwards. The readers were language models.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from benchmarks.linkage import accuracy
from coworkmed.linkage import engine, training
from coworkmed.linkage.compare import Doubles, compare
from coworkmed.linkage.engine import Bools
from coworkmed.linkage.model import Model, probability
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record
from coworkmed.linkage.training import Ints, Labelled
from tests.linkage import french

JUDGED = Path(__file__).resolve().parents[2] / "tests/linkage/judged_french_pairs.csv"


#: What neither set can teach stays as declared; all else is only drawn towards it.
HELD = ("country", "identifier", "inside", "dates")
COUNTS_FOR = 2.0  # times an Overture pair


def fit(overture: Labelled, french: Labelled) -> Model:
    """The weights both sets teach together."""
    counts = np.concatenate([np.ones(len(overture.labels)), np.full(len(french.labels), COUNTS_FOR)])
    return training.fit(
        np.vstack([overture.levels, french.levels]),
        np.concatenate([overture.labels, french.labels]),
        start=training.blank(),
        penalty=training.PENALTY,
        held=HELD,
        weights=counts,
    )


def judged() -> list[dict[str, str]]:
    """The pairs, with the verdict (``same``), its kind, how sure the readers were (``doubt`` 1 to 3), the stratum and
    how many pairs the pair stands for (``weight``, empty outside the sample)."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ends(rows: Sequence[Mapping[str, str]], records: Sequence[Record]) -> Ints:
    """(pairs, 2) the positions of both entries of each pair, the lower first."""
    position = {record.key: at for at, record in enumerate(records)}
    found = [[position[row[f"{side}_source"], row[f"{side}_id"]] for side in ("left", "right")] for row in rows]
    return np.sort(np.array(found, np.int64).reshape(-1, 2), axis=1)


def learnable(seen: Mapping[str, int] | None = None) -> Labelled:
    """The pairs the readers were sure of, to learn from: compared within all five lists."""
    return labelled(sure_of(judged()), list(french.records()), seen)


def sure_of(rows: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    return [row for row in rows if row["doubt"] != "3"]


def labelled(
    rows: Sequence[Mapping[str, str]], records: Sequence[Record], seen: Mapping[str, int] | None = None
) -> Labelled:
    at = ends(rows, records)
    return Labelled(
        compare(prepare(records, seen), at[:, 0], at[:, 1]).levels,
        np.array([row["same"] == "1" for row in rows]).astype(np.int64),
        training.groups([records[one] for one in at.ravel().tolist()]),
    )


def joined(
    rows: Sequence[Mapping[str, str]], records: Sequence[Record], model: Model | None = None
) -> tuple[Bools, Bools]:
    """Whether the engine makes each pair one place, and whether it does or asks a person."""
    found = engine.link(records, model=model)
    place = np.array([number for _, number in sorted(
        (member, number) for number, cluster in enumerate(found.clusters) for member in cluster
    )])  # fmt: skip
    asked = {frozenset((place[pair.left], place[pair.right])) for pair in found.doubts}
    of = place[ends(rows, records)]
    together = of[:, 0] == of[:, 1]
    return together, together | np.array([frozenset(both) in asked for both in of.tolist()])


def cross_validated(rows: Sequence[dict[str, str]], folds: int = 5, seed: int = 0) -> tuple[Bools, Bools, Doubles]:
    """As `joined`, and the probability, each pair by weights that saw none of its group."""
    of_overture, overture = accuracy.overture()
    seen, records = training.common_words(of_overture), list(french.records())
    given = labelled(rows, records, seen)
    sure = np.array([row["doubt"] != "3" for row in rows])
    fold = (np.random.default_rng(seed).permutation(int(given.group.max()) + 1) % folds)[given.group]
    together, in_sight, chance = np.zeros(len(rows), bool), np.zeros(len(rows), bool), np.zeros(len(rows))
    for one in range(folds):
        learnt, inside = sure & (fold != one), fold == one
        model = replace(
            fit(overture, Labelled(given.levels[learnt], given.labels[learnt], given.group[learnt])), seen=seen
        )
        some = [row for row, there in zip(rows, inside, strict=True) if there]
        together[inside], in_sight[inside] = joined(some, records, model)
        chance[inside] = probability(model.log_odds(given.levels[inside]))
    return together, in_sight, chance


def estimate(
    together: Bools, same: Bools, weight: Doubles, draws: int = 2_000
) -> dict[str, tuple[float, float, float]]:
    """Precision and recall over all candidate pairs (each pair counts for as many as it stands for), with 95 %
    bootstrap intervals."""
    rng = np.random.default_rng(0)

    def figures(at: Ints) -> tuple[float, float]:
        right = (weight[at] * (together & same)[at]).sum()
        return (
            right / max(1e-9, (weight[at] * together[at]).sum()),
            right / max(1e-9, (weight[at] * same[at]).sum()),
        )

    drawn = np.array([figures(rng.integers(0, len(same), len(same))) for _ in range(draws)])
    low, high = np.percentile(drawn, [2.5, 97.5], axis=0)
    point = figures(np.arange(len(same)))
    return {name: (point[at], low[at], high[at]) for at, name in enumerate(("precision", "recall"))}


def main() -> None:
    rows = judged()
    same = np.array([row["same"] == "1" for row in rows])
    weight = np.array([float(row["weight"] or 0) for row in rows])
    sure = np.array([row["doubt"] != "3" for row in rows])
    together, in_sight, chance = cross_validated(rows)
    sample = weight > 0
    print("Each pair linked by weights that saw none of its group (five folds); 95 % bootstrap intervals.")
    for name, of in (("all", sample), ("without those the readers were unsure of", sample & sure)):
        found = estimate(together[of], same[of], weight[of])
        figures = [f"{figure} {at:.3f} ({low:.3f} to {high:.3f})" for figure, (at, low, high) in found.items()]
        asked = float((weight * (in_sight & same))[of].sum() / (weight * same)[of].sum())
        print(f"Candidate pairs, {name} ({of.sum()} judged): {', '.join(figures)}; joined or asked about {asked:.3f}")
    told = training.score(chance, same.astype(np.int64))
    print(f"The {len(rows)} pairs as they are, at 0.5: F1 {told.f1:.3f}, Brier {told.brier:.4f}; "
          f"joined {together.sum()}, of them right {(together & same).sum()}; true {same.sum()}")  # fmt: skip
    likely = sample & (chance >= 0.5) & (chance < 0.65)
    share = float((weight * same)[likely].sum() / max(1e-9, weight[likely].sum()))
    print(f"Of those said 0.5 to 0.65 ({likely.sum()} judged), {share:.2f} of the candidate pairs are one place")
    print("Each error:")
    for row, one in zip(rows, together, strict=True):
        if one != (row["same"] == "1"):
            print(f"  {'joined' if one else 'missed'}: {row['left_source']} {row['left_id']}, {row['right_source']} "
                  f"{row['right_id']}: {row['kind']}, {row['note']} (doubt {row['doubt']})")  # fmt: skip


if __name__ == "__main__":
    main()
