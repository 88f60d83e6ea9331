"""How the probability of a pair comes about: from what was held before looking, reason by reason, to the end.

On the log-odds scale the steps add up, so each can be drawn as a bar that begins where the one before it ended.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import log

import numpy as np

from .model import probability
from .reasons import PRIOR, REST, RULED
from .records import Pair, Reason

#: Half the width of the scale (log-odds), at least: 3 % to 97 %.
REACH = 3.5
CERTAIN = 37.0  # log-odds from which a probability is 0 or 1 to the last digit


@dataclass(frozen=True, slots=True)
class Step:
    """A reason, and the log-odds before and after it was weighed."""

    reason: Reason
    before: float
    after: float

    @property
    def probability(self) -> float:
        """After it was weighed."""
        return _probability(self.after)


@dataclass(frozen=True, slots=True)
class Waterfall:
    """``steps``  the prior first (from even odds), then each reason, then what was too small to say
    ``total``  log-odds in the end"""

    steps: tuple[Step, ...]
    total: float

    @property
    def probability(self) -> float:
        return _probability(self.total)

    @property
    def reach(self) -> float:
        """How far the scale goes to either side of even odds (log-odds)."""
        return max([REACH, *(abs(step.after) for step in self.steps)])

    def place(self, log_odds: float) -> float:
        """Where log-odds stand on the scale: 0 surely two places, 0.5 even odds, 1 surely one place."""
        return 0.5 + log_odds / (2 * self.reach)


def waterfall(pair: Pair) -> Waterfall | None:
    """The steps of a pair that was explained; None where a person ruled: then nothing is weighed."""
    return drawn(parts(pair))


def drawn(reasons: Sequence[Reason]) -> Waterfall | None:
    """The waterfall of what `parts` gave."""
    if any(reason.code == RULED for reason in reasons):
        return None
    totals = list(accumulate((reason.weight for reason in reasons), initial=0.0))
    steps = tuple(Step(reason, *ends) for reason, ends in zip(reasons, pairwise(totals), strict=True))
    return Waterfall(steps, totals[-1])


def parts(pair: Pair) -> tuple[Reason, ...]:
    """All that adds up to the log-odds of a pair that was explained: the prior, its reasons, and the rest, which were
    each too small to say. A person's ruling stands alone."""
    if any(reason.code == RULED for reason in pair.reasons):
        return pair.reasons
    said = pair.prior + sum(reason.weight for reason in pair.reasons)
    return Reason(PRIOR, pair.prior), *pair.reasons, Reason(REST, _log_odds(pair.probability, said) - said)


def _log_odds(chance: float, otherwise: float) -> float:
    """Of a probability. Where it is too near certainty for its number to tell: ``otherwise``, but never less sure."""
    if 0 < chance < 1:
        return log(chance / (1 - chance))
    return max(otherwise, CERTAIN) if chance else min(otherwise, -CERTAIN)


def _probability(log_odds: float) -> float:
    return float(probability(np.array([log_odds]))[0])
