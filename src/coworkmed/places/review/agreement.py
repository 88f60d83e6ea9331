"""How far two reviewers agree beyond what chance would bring: Cohen's kappa, with an interval of 95 %.

Cohen (1960), "A coefficient of agreement for nominal scales"; the standard error is that of Fleiss, Cohen and Everitt
(1969), "Large sample standard errors of kappa and weighted kappa".
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np

from coworkmed.linkage.review import Z, wilson

#: Fewer pairs judged by two say nothing.
LEAST = 10


@dataclass(frozen=True, slots=True)
class Agreement:
    """``kappa``  1 where all agree, 0 where no more do than by chance   ``low``, ``high``  95 %   ``error``  standard
    ``share``  of the ``pairs`` on which both said the same"""

    kappa: float
    low: float
    high: float
    error: float
    share: float
    pairs: int


def agreement(said: Sequence[tuple[Hashable, Hashable]]) -> Agreement | None:
    """Of what a first and a second reviewer said of each pair. None below `LEAST` pairs, and where every verdict is one
    and the same, so that there is nothing to agree on.

    Where nobody ever disagreed the standard error is 0 and tells nothing: the lower limit is then what kappa would be
    at the lower limit, by Wilson, of the share that agrees.
    """
    kinds = {kind: at for at, kind in enumerate(dict.fromkeys(one for pair in said for one in pair))}
    if len(said) < LEAST or len(kinds) < 2:
        return None
    table = np.zeros((len(kinds), len(kinds)))
    np.add.at(table, tuple(np.array([[kinds[one], kinds[other]] for one, other in said]).T), 1)
    p = table / len(said)
    first, second = p.sum(axis=1), p.sum(axis=0)
    share, chance = float(np.trace(p)), float(first @ second)
    kappa = (share - chance) / (1 - chance)
    both = second[:, None] + first[None, :]  # of row i and column j: the second's share of i, the first's of j
    on = float((np.diag(p) * (1 - np.diag(both) * (1 - kappa)) ** 2).sum())
    off = float(((p * both**2).sum() - (np.diag(p) * np.diag(both) ** 2).sum()) * (1 - kappa) ** 2)
    variance = (on + off - (kappa - chance * (1 - kappa)) ** 2) / (len(said) * (1 - chance) ** 2)
    error = float(np.sqrt(max(variance, 0.0)))
    low, high = max(kappa - Z * error, -1.0), min(kappa + Z * error, 1.0)
    if share == 1:
        least, _ = wilson(np.array([1.0]), np.array([float(len(said))]))
        low = (float(least[0]) - chance) / (1 - chance)
    return Agreement(kappa, low, high, error, share, len(said))
