"""What two entries are to each other beyond "the same" or "not": a move, a branch, a tenant."""

from collections.abc import Sequence
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from .cluster import REVIEW
from .compare import FEATURES, Doubles, Levels
from .model import odds_of
from .records import Relation

RELATIONS: Sequence[Relation] = get_args(Relation)
_SAME, _MOVED, _BRANCH, _TENANT, _OTHER = range(len(RELATIONS))

MOVED_M = 300.0  # farther than this is no second door of one house


def relations(levels: Levels, metres: Doubles, odds: Doubles) -> NDArray[np.int64]:
    """(pairs,) the place in `RELATIONS` of what each pair is, given its log-odds.

    A move: their own contacts or identifiers tie two clearly different addresses, and they are no branches. A tenant:
    one says so in its name, or two that are not one stand at one address.
    """
    level = {feature: levels[:, place] for place, feature in enumerate(FEATURES)}
    likely, possible = odds >= 0, odds >= odds_of(REVIEW)
    by_address = np.isin(level["premises"], (1, 3)) & ~(metres <= MOVED_M)
    by_position = (level["premises"] == 0) & np.isin(level["distance"], (1, 2, 3, 4))
    tied = (level["phone"] == 4) | (level["web"] >= 4) | (level["profile"] == 2) | (level["identifier"] >= 2)
    branch, inside = level["branch"] == 1, level["inside"] == 1
    together = (level["premises"] == 6) | ((level["premises"] == 0) & (level["distance"] == 6))
    return np.select(
        [branch, inside & ~likely, (by_address | by_position) & tied & possible, likely, together],
        [_BRANCH, _TENANT, _MOVED, _SAME, _TENANT],
        _OTHER,
    )
