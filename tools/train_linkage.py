"""Retrain the matching engine's weights: ``python tools/train_linkage.py [PAIRS.csv.gz]``.

Labelled pairs teach the weights of names, addresses, contacts and kinds. What they can't teach (they hold a position
on one side only, no identifiers, and no pairs from far apart) is declared below, and held fixed while the rest is
fitted. More agreement never weighs less: every table is a sum of steps that may not be negative.
"""

import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from coworkmed.linkage.compare import FEATURES, LEVELS, Levels, compare
from coworkmed.linkage.model import WEIGHTS, Model
from coworkmed.linkage.pairs import Table, read
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import name_words

PAIRS = Path(__file__).resolve().parents[2] / "shared/data/overture-place-pairs/pairs_train.csv.gz"
ABOUT = {
    "version": "1",
    "date": "2026-11-22",
    "licence": "EUPL-1.2",
    "sources": [
        "Overture Maps Foundation, overturemaps.org: labelled pairs of places, January 2025, CDLA-Permissive-2.0",
        "Foursquare OS Places (part of the same pairs), Apache-2.0",
    ],
}

#: Log-odds by judgement, for what the labelled pairs don't show. In the order of the comparison's levels.
DECLARED: Mapping[str, Sequence[float]] = {
    # Beyond the reach of both positions evidence falls quickly; a wrong geocode can still be outweighed by contacts.
    "distance": (0, -6.0, -3.5, -1.8, -0.4, 0.4, 1.6),
    # An establishment's number settles it; two numbers of one company are two premises, or one that moved.
    "identifier": (0, -3.5, -1.5, 7.0),
    "country": (0, -6.0, 0),
    # A name that says it is inside the other ("Hacklab in MAMA") names a tenant.
    "inside": (0, -4.0),
    # The labelled pairs were all drawn from one neighbourhood: that another town speaks against can't be seen there.
    "postcode": (0, -0.9, -0.2, 0.1),
    "town": (0, -1.0, 0, 0.1),
    # Most sites among the labelled pairs are those of chains, each met once, so that they can't be told from own sites.
    "web": (0, -1.0, -1.0, -0.2, 0.8, 1.0),
    "profile": (0, -0.2, 0.8),
}
#: The first level that speaks for "same"; those under it speak against; "unknown" lies between.
SPEAKS_FOR = {
    "name_numbers": 3, "kinds": 2, "premises": 2, "unit": 2, "phone": 3, "branch": 2,
}  # fmt: skip
#: Names are always known: half the span of each of their tables is moved into the bias, so that they speak both ways.
CENTRED = ("name_spelling", "name_whole", "name_contained", "name_rarity", "name_own_words")
PENALTY = 1.0  # ridge on the steps


def steps(feature: str) -> NDArray[np.float64]:
    """(levels, steps): each column is a step up or down that keeps the table from falling as agreement grows."""
    size = len(LEVELS[feature])
    level = np.arange(size)
    known = level > 0
    if feature == "name_and_premises":
        return _crossed_steps((level - 1) % 3, (level - 1) // 3, known)
    if feature == "acronym":
        return (level >= 1)[:, None].astype(float)
    turn = SPEAKS_FOR.get(feature, 1)
    against = [-((level <= k) & known).astype(float) for k in range(1, turn)]
    return np.stack(against + [(level >= k).astype(float) for k in range(max(turn, 1), size)], axis=1)


def _crossed_steps(one: NDArray[np.int64], other: NDArray[np.int64], known: NDArray[np.bool_]) -> NDArray[np.float64]:
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


def fit(levels: Levels, labels: NDArray[np.int64], penalty: float = PENALTY) -> Model:
    """The weights that best explain ``labels`` (1 same, 0 not): ridge logistic regression over non-negative steps."""
    declared = {feature: np.array(weights, float) for feature, weights in DECLARED.items()}
    offset = sum(declared[feature][levels[:, FEATURES.index(feature)]] for feature in declared)
    bases = {feature: steps(feature) for feature in FEATURES if feature not in declared}
    design = np.hstack(
        [np.ones((len(labels), 1))] + [basis[levels[:, FEATURES.index(name)]] for name, basis in bases.items()]
    )
    sign = 2.0 * labels - 1.0
    ridge = np.full(design.shape[1], penalty)
    ridge[0] = 0.0

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margin = sign * (design @ weights + offset)
        wrong = 1.0 / (1.0 + np.exp(margin))
        value = np.logaddexp(0, -margin).sum() + 0.5 * (ridge * weights**2).sum()
        return float(value), ridge * weights - design.T @ (sign * wrong)

    bounds = [(None, None)] + [(0.0, None)] * (design.shape[1] - 1)
    start = np.zeros(design.shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000})
    bias, at, tables = float(found.x[0]), 1, dict(declared)
    for feature, basis in bases.items():
        tables[feature] = basis @ found.x[at : at + basis.shape[1]] + 0.0
        at += basis.shape[1]
    for feature in CENTRED:
        half = tables[feature].max() / 2
        tables[feature][1:] -= half
        bias += half
    return Model(bias, tables)


def labelled(path: Path) -> tuple[Table, NDArray[np.int64]]:
    """A file of labelled pairs, and its labels."""
    table = read(path)
    return table, np.array([int(row["label"]) for row in table.rows])


def levels_of(records: Sequence[Record], seen: Mapping[str, int] | None = None) -> Levels:
    """Levels of records that stand in pairs, left and right in turn."""
    at = np.arange(0, len(records), 2)
    return compare(prepare(records, seen), at, at + 1).levels


def common_words(records: Sequence[Record], least: int = 5) -> dict[str, int]:
    """How many names hold each word, for words in ``least`` or more."""
    counts = Counter(word for one in records for word in set(name_words(one.name)))
    return {word: count for word, count in sorted(counts.items()) if count >= least and not word.isdigit()}


def main(path: Path) -> None:
    table, labels = labelled(path)
    records = table.records()
    trained = fit(levels_of(records), labels)
    about = {**ABOUT, "pairs": len(labels), "declared": sorted(DECLARED)}
    model = Model(trained.bias, trained.tables, common_words(records), about)
    WEIGHTS.write_text(json.dumps(model.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{WEIGHTS.name}: {len(labels)} pairs, bias {model.bias:.2f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PAIRS)
