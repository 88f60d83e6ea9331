"""The probability that two records are one place: a sum of weights, one per comparison, on the log-odds scale.

The weights stand in ``weights.json``, one per level of each comparison (Fellegi and Sunter's additive form). They are
fitted by `training` on labelled pairs, or by `em` where there are none, under the condition that more agreement never
weighs less.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from math import isfinite
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_

from .compare import FEATURES, LEVELS, Doubles, Levels

WEIGHTS = Path(__file__).with_name("weights.json")


@dataclass(frozen=True)
class Model:
    """``bias``    log-odds of a pair of which nothing is known
    ``tables``  comparison → weight of each of its levels (natural logarithm of odds)
    ``seen``    how many names of the training lists hold a word: what is common everywhere
    ``about``   version, date, licence, training sources; ``share``: of matches among the pairs it was fitted on
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
        """KeyError if a comparison or one of its levels has no weight, ValueError if it has one that we don't know: the
        file is of another version."""
        for feature, weights in data["weights"].items():
            if set(weights) - set(LEVELS.get(feature, ())):
                raise ValueError(feature)
        tables = {
            feature: np.array([_number(data["weights"][feature][label]) for label in labels])
            for feature, labels in LEVELS.items()
        }
        seen = {str(word): int(_number(count)) for word, count in data["seen"].items()}
        return cls(_number(data["bias"]), tables, seen, dict(data["about"]))


def _number(value: Any) -> float:
    """TypeError if it is no number that can be reckoned with."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise TypeError(value)
    return float(value)


def read(path: Path) -> Model:
    """The model of a weights file. SourceError says in words what is wrong with it."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SourceError(N_("{file} can't be read: {problem}"), file=path.name, problem=str(error)) from error
    except (ValueError, RecursionError) as error:  # no text, or no JSON
        raise SourceError(N_("{file} is no file of weights, or it is damaged."), file=path.name) from error
    try:
        if not all(isinstance(data[part], dict) for part in ("about", "weights", "seen")):
            raise TypeError(path)
        if not all(isinstance(weights, dict) for weights in data["weights"].values()):
            raise TypeError(path)
    except (KeyError, TypeError) as error:
        raise SourceError(N_("{file} is no file of weights, or it is damaged."), file=path.name) from error
    try:
        return Model.from_json(data)
    except TypeError as error:
        raise SourceError(N_("{file} holds a weight that is no number."), file=path.name) from error
    except (KeyError, ValueError, OverflowError) as error:
        raise SourceError(
            N_("{file} was made for another version of the comparisons. Make it anew: ./run train --out {file}"),
            file=path.name,
        ) from error


def write(path: Path, model: Model) -> None:
    """The model as a weights file, which appears whole or not at all. SourceError where it can't be written."""
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(json.dumps(model.as_json(), ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        raise SourceError(N_("{file} can't be written: {problem}"), file=path.name, problem=str(error)) from error
    finally:
        part.unlink(missing_ok=True)


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
