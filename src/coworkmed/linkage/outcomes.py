"""What entries are to each other beyond "the same" or "not": a move, a branch, a tenant, a chain of branches."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.fold import fold

from .cluster import REVIEW
from .compare import FEATURES, LEVELS, Doubles, Levels
from .model import odds_of
from .records import Linkage, Record, Relation

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
    tied = (
        (level["phone"] == LEVELS["phone"].index("same"))
        | (level["web"] >= LEVELS["web"].index("same"))
        | (level["profile"] == 2)
        | (level["identifier"] >= 2)
    )
    branch, inside = level["branch"] == 1, level["inside"] == 1
    together = (level["premises"] == 6) | ((level["premises"] == 0) & (level["distance"] == 6))
    return np.select(
        [branch, inside & ~likely, (by_address | by_position) & tied & possible, likely, together],
        [_BRANCH, _TENANT, _MOVED, _SAME, _TENANT],
        _OTHER,
    )


class Chain(NamedTuple):
    """Places on several premises that bear one brand or share one web domain: ``name`` as most write it, ``clusters``
    by their places in `Linkage.clusters`, sorted."""

    by: Literal["brand", "domain"]
    name: str
    clusters: tuple[int, ...]


def chains(linkage: Linkage, records: Sequence[Record]) -> list[Chain]:
    """The chains of a linkage of ``records``: brands before domains, then by name.

    A place may stand in several; a chain is all places that have a branch and what makes it one in common, so that
    unlike brands on one domain are not thrown together.
    """
    signs = {at: _signs(records[one] for one in linkage.clusters[at]) for pair in linkage.branches for at in pair}
    found: dict[_Sign, set[int]] = defaultdict(set)
    for one, other in linkage.branches:
        for sign in signs[one].keys() & signs[other].keys():
            found[sign] |= {one, other}
    return sorted(
        Chain(by, _usual(text for at in clusters for text in signs[at][by, sign]), tuple(sorted(clusters)))
        for (by, sign), clusters in found.items()
    )


_Sign = tuple[Literal["brand", "domain"], str]


def _signs(entries: Iterable[Record]) -> Mapping[_Sign, list[str]]:
    """What may make the place of some entries a branch, as each entry writes it."""
    found: dict[_Sign, list[str]] = defaultdict(list)
    for entry in entries:
        if entry.brand:
            found["brand", fold(entry.brand)].append(entry.brand)
        for domain in entry.domains:
            found["domain", domain].append(domain)
    return found


def _usual(texts: Iterable[str]) -> str:
    """The most frequent, of equals the first in order."""
    return min(Counter(texts).items(), key=lambda counted: (-counted[1], counted[0]))[0]
