"""The probability that two records are one place: a sum of weights, one per comparison, on the log-odds scale.

The weights stand in ``weights.json``, one per level of each comparison (Fellegi and Sunter's additive form). They are
fitted on labelled pairs by ``tools/train_linkage.py`` under the condition that more agreement never weighs less;
those of comparisons the labelled pairs can't teach are declared there and marked as such in the file.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .compare import FEATURES, LEVELS, Doubles, Levels

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class Model:
    """``bias``    log-odds of a pair of which nothing is known
    ``tables``  comparison → weight of each of its levels (natural logarithm of odds)
    ``seen``    how many names of the training lists hold a word: what is common everywhere
    ``about``   version, date, licence, training sources
    """

    bias: float
    tables: Mapping[str, NDArray[np.float64]]
    seen: Mapping[str, int] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)

    def log_odds(self, levels: Levels) -> Doubles:
        """(pairs,) from the (pairs, features) levels of `compare.compare`."""
        total = np.full(len(levels), self.bias)
        for place, feature in enumerate(FEATURES):
            total += self.tables[feature][levels[:, place]]
        return total

    def shares(self, levels: NDArray[np.uint8]) -> dict[str, float]:
        """What each comparison adds for one pair (a row of levels), beside the bias."""
        return {
            feature: float(self.tables[feature][level])
            for feature, level in zip(FEATURES, levels.tolist(), strict=True)
        }

    def as_json(self) -> dict[str, Any]:
        tables = {
            feature: {
                label: round(float(weight), 4) for label, weight in zip(labels, self.tables[feature], strict=True)
            }
            for feature, labels in LEVELS.items()
        }
        return {"about": dict(self.about), "bias": round(self.bias, 4), "weights": tables, "seen": dict(self.seen)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Model":
        """KeyError if a comparison or one of its levels has no weight: the file is of another version."""
        tables = {
            feature: np.array([data["weights"][feature][label] for label in labels])
            for feature, labels in LEVELS.items()
        }
        return cls(data["bias"], tables, data["seen"], data["about"])


def read(path: Path) -> Model:
    """The model of a weights file."""
    return Model.from_json(json.loads(path.read_text(encoding="utf-8")))


@cache
def shipped() -> Model:
    """The model the project ships."""
    return read(WEIGHTS)


def probability(log_odds: Doubles) -> Doubles:
    """From log-odds to probability."""
    return 1.0 / (1.0 + np.exp(-np.clip(log_odds, -40, 40)))


def odds_of(chance: float) -> float:
    """From probability to log-odds."""
    return float(np.log(chance / (1 - chance)))
