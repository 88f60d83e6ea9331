"""How well places were told apart, against a known truth."""

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from math import comb
from typing import TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Quality:
    """Over all pairs of entries; 1 where there is no such pair.

    ``precision``  of the pairs joined, how many are one place; ``recall`` of those that are one, how many were joined
    """

    precision: float
    recall: float


def pairwise(found: Mapping[K, Hashable], true: Mapping[K, Hashable]) -> Quality:
    """Quality of the clusters ``found`` (entry → cluster) against the ``true`` ones, over the entries known to both."""
    keys = found.keys() & true.keys()
    joined = _pairs(Counter(found[key] for key in keys))
    one_place = _pairs(Counter(true[key] for key in keys))
    both = _pairs(Counter((found[key], true[key]) for key in keys))
    return Quality(both / joined if joined else 1.0, both / one_place if one_place else 1.0)


def _pairs(sizes: Counter[Hashable] | Counter[tuple[Hashable, Hashable]]) -> int:
    return sum(comb(size, 2) for size in sizes.values())
