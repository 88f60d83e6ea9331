"""Pairs of French entries judged by hand, and what they say of the engine: ``python -m benchmarks.linkage.judged``.

424 pairs of five French lists. 375 of them are a stratified sample of all candidate pairs (by an earlier engine's
probability, each with the number of pairs it stands for), so that they estimate the precision and recall of the whole;
25 are the most alike names among pairs near each other that no blocking rule brought together; 24 are left from an
earlier sample. Each of the 400 was read twice, apart, from the raw rows alone and without sight of any probability:
394 were judged alike (Cohen's kappa 0.97), six were settled afterwards. The readers were language models.
"""

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from coworkmed.linkage import engine
from coworkmed.linkage.model import Model
from tests.linkage import french

JUDGED = Path(__file__).resolve().parents[2] / "tests/linkage/judged_french_pairs.csv"


def judged() -> list[dict[str, str]]:
    """The pairs, with the verdict (``same``), its kind, how sure the readers were (``doubt`` 1 to 3), the stratum and
    how many pairs the pair stands for (``weight``, empty outside the sample)."""
    with JUDGED.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def joined(
    rows: Sequence[Mapping[str, str]], model: Model | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Whether the engine makes each pair one place, and whether it does or asks a person."""
    records = list(french.records())
    position = {record.key: at for at, record in enumerate(records)}
    found = engine.link(records, model=model)
    place = {member: number for number, cluster in enumerate(found.clusters) for member in cluster}
    asked = {frozenset((place[pair.left], place[pair.right])) for pair in found.doubts}
    ends = [[place[position[row[f"{side}_source"], row[f"{side}_id"]]] for side in ("left", "right")] for row in rows]
    together = np.array([one == other for one, other in ends])
    return together, together | np.array([frozenset(both) in asked for both in ends])


def estimate(
    together: NDArray[np.bool_], same: NDArray[np.bool_], weight: NDArray[np.float64], draws: int = 2_000
) -> dict[str, tuple[float, float, float]]:
    """Precision and recall over all candidate pairs (each pair counts for as many as it stands for), with 95 %
    bootstrap intervals."""
    rng = np.random.default_rng(0)

    def figures(at: NDArray[np.int64]) -> tuple[float, float]:
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
    together, in_sight = joined(rows)
    sample = weight > 0
    for name, of in (("all", sample), ("without those the readers were unsure of", sample & sure)):
        found = estimate(together[of], same[of], weight[of])
        print(f"Candidate pairs, {name} ({of.sum()} judged): " + ", ".join(
            f"{figure} {point:.3f} ({low:.3f} to {high:.3f})" for figure, (point, low, high) in found.items()
        ))  # fmt: skip
    asked = float((weight * (in_sight & same)).sum() / (weight * same).sum())
    print(f"True pairs joined or put before a person: {asked:.3f}")
    print("Each error:")
    for row, one in zip(rows, together, strict=True):
        if one != (row["same"] == "1"):
            print(f"  {'joined' if one else 'missed'}: {row['left_source']} {row['left_id']}, {row['right_source']} "
                  f"{row['right_id']}: {row['kind']}, {row['note']} (doubt {row['doubt']})")  # fmt: skip


if __name__ == "__main__":
    main()
