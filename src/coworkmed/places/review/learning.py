"""What reviewers' decisions teach the matching, and by how much. Pure: tables in, weights out."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from math import log
from typing import Any

from coworkmed.linkage import training
from coworkmed.linkage.compare import LEVELS
from coworkmed.linkage.model import Model, probability
from coworkmed.linkage.records import Record

#: Fewer decisions, or decisions of one kind only, teach nothing worth showing.
LEAST = 10
#: The largest changes that are told.
TOLD = 5
#: Comparisons with nothing between "no" and "yes": they speak in one case only.
_ONE_SIDED = frozenset(name for name, levels in LEVELS.items() if len(levels) == 2)


@dataclass(frozen=True, slots=True)
class Change:
    """By how many bits a comparison weighs more (or less, below 0) than before, where it ``differs`` (None where it
    then says nothing) and where it ``agrees``."""

    comparison: str
    differs: float | None
    agrees: float

    @property
    def size(self) -> float:
        return max(abs(self.agrees), abs(self.differs or 0))


@dataclass(frozen=True, slots=True)
class Lesson:
    """``decisions``, how many of them said ``same``, and the log loss ``before``, by the weights begun with, and
    ``after``, in five folds, each judged by weights that saw none of its entries; the largest ``changes`` first."""

    decisions: int
    same: int
    before: float
    after: float
    changes: Sequence[Change]

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Lesson":
        return cls(**data | {"changes": [Change(**one) for one in data["changes"]]})


def learn(given: Iterable[tuple[Record, Record, int]], start: Model, on: date) -> tuple[Model, Lesson] | None:
    """Weights that improve on ``start`` by pairs judged the same (1) or not (0); None where these are too few.

    Reviewers saw pairs of the lists themselves, so every comparison may learn from them.
    """
    _, learnt = training.judged(given, start.seen)
    count, same = len(learnt.labels), int(learnt.labels.sum())
    if count < LEAST or same in (0, count):
        return None
    model = training.fit(learnt.levels, learnt.labels, start=start, held=())
    before = training.log_loss(probability(start.log_odds(learnt.levels)), learnt.labels)
    after = training.log_loss(training.cross_validated(learnt, start=start, held=()), learnt.labels)
    said = {"decisions": count, "same": same}
    about = dict(start.about) | {
        "date": on.isoformat(),
        "inputs": [*start.about.get("inputs", ()), said],
        "share": model.about["share"],
        "declared": [],
    }
    lesson = Lesson(count, same, round(before, 4), round(after, 4), changes(start, model))
    return replace(model, about=about), lesson


def changes(before: Model, after: Model) -> list[Change]:
    """The comparisons that weigh otherwise by a tenth of a bit or more, the largest change first."""
    found = [_change(name, after.tables[name] - before.tables[name]) for name in LEVELS]
    told = [one for one in found if one.size >= 0.1]
    return sorted(told, key=lambda one: (-one.size, one.comparison))[:TOLD]


def _change(name: str, difference: Any) -> Change:
    bits = [round(float(one) / log(2), 2) for one in difference]
    return Change(name, None if name in _ONE_SIDED else bits[1], bits[-1])
