"""Links between two lists, or inside one: for whoever wants pairs rather than places."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

from . import engine
from .cluster import REVIEW
from .engines import LOCAL, Engine
from .model import Model, odds_of
from .records import Linkage, Pair, Reason, Record, Relation

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Link:
    """Two entries, each by its position in its list.

    ``same``  True: one place; False: in doubt, a person should look
    ``relation``  what the two are to each other by themselves
    """

    left: int
    right: int
    probability: float
    same: bool
    relation: Relation = "other"
    reasons: tuple[Reason, ...] = ()


def between(
    left: Sequence[Record],
    right: Sequence[Record],
    *,
    threshold: float | None = None,
    one_to_one: bool = False,
    doubts: bool = False,
    model: Model | None = None,
    on: Engine = LOCAL,
    progress: Progress = lambda done: None,
) -> list[Link]:
    """Which entries of one list are the same place as which of another, the most probable first.

    Both lists are linked together, so that duplicates inside either help to judge: without ``threshold``, entries are
    one place where all evidence on their group says so; with it, where their own pair is at least that probable.
    ``one_to_one``: each entry once at most, the links being those of the greatest total log-odds. ``doubts``: also the
    pairs that a person should look at. Keys are unique over both lists (ValueError), and the first part of a key names
    its list. Probabilities are by the weights of ``model`` (those the project ships
    without it); the work is done ``on`` an engine; ``progress`` is told how many pairs were compared in full.
    """
    size = len(left)
    found = _links([*left, *right], lambda one, other: one < size <= other, threshold, doubts, model, on, progress)
    if one_to_one:
        certain = matching([link for link in found if link.same])
        lefts, rights = {link.left for link in certain}, {link.right for link in certain}
        free = [link for link in found if link.left not in lefts and link.right not in rights]
        found = _sorted([*certain, *matching(free)])
    return [replace(link, right=link.right - size) for link in found]


def within(
    records: Sequence[Record],
    *,
    threshold: float | None = None,
    doubts: bool = False,
    model: Model | None = None,
    on: Engine = LOCAL,
    progress: Progress = lambda done: None,
) -> list[Link]:
    """Which entries of one list are the same place, the most probable first. As `between`; ``left`` < ``right``."""
    return _links(records, lambda one, other: True, threshold, doubts, model, on, progress)


def _links(
    records: Sequence[Record],
    wanted: Callable[[int, int], bool],
    threshold: float | None,
    doubts: bool,
    model: Model | None,
    on: Engine,
    progress: Progress,
) -> list[Link]:
    linkage = engine.link(records, model=model, engine=on)
    joined = [pair for pair in _joined(linkage) if wanted(*pair)]
    open_ = [(pair.left, pair.right) for pair in linkage.doubts if wanted(pair.left, pair.right)]
    asked = joined + (open_ if doubts or threshold is not None else [])
    scored = linkage.explain([Pair(one, other, 0.0) for one, other in asked])
    progress(len(scored))
    every = [_link(pair, at < len(joined), threshold) for at, pair in enumerate(scored)]
    return _sorted([link for link in every if link.same or (doubts and link.probability >= REVIEW)])


def _joined(linkage: Linkage) -> Iterator[tuple[int, int]]:
    for members in linkage.clusters:
        for at, one in enumerate(members):
            for other in members[at + 1 :]:
                yield one, other


def _link(pair: Pair, joined: bool, threshold: float | None) -> Link:
    same = joined if threshold is None else pair.probability >= threshold
    return Link(pair.left, pair.right, pair.probability, same, pair.relation, pair.reasons)


def _sorted(links: Sequence[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (not link.same, -round(link.probability, 9), link.left, link.right))


def matching(links: Sequence[Link]) -> list[Link]:
    """Of ``links``, those of the greatest total log-odds that name no entry twice."""
    links = [link for link in links if _gain(link) > 0]
    if not links:
        return []
    lefts, row = np.unique([link.left for link in links], return_inverse=True)
    rights, column = np.unique([link.right for link in links], return_inverse=True)
    size = len(lefts) + len(rights)
    graph = coo_array((np.ones(len(links)), (row, len(lefts) + column)), shape=(size, size))
    _, group = connected_components(graph, directed=False)
    # groups of rivals are solved one by one: most are a single link
    rivals: dict[int, list[Link]] = {}
    for link, number in zip(links, group[row].tolist(), strict=True):
        rivals.setdefault(number, []).append(link)
    return [link for several in rivals.values() for link in (_best(several) if len(several) > 1 else several)]


def _best(links: Sequence[Link]) -> list[Link]:
    """`matching` of links that hang together.

    Every entry of the left may also stay alone, at no gain: a node of its own on the right stands for that, which makes
    the matching a full one and lets a sparse solver do it (Jonker and Volgenant, by SciPy).
    """
    lefts, row = np.unique([link.left for link in links], return_inverse=True)
    rights, column = np.unique([link.right for link in links], return_inverse=True)
    alone = np.arange(len(lefts))
    rows, columns = np.concatenate([row, alone]), np.concatenate([column, len(rights) + alone])
    # the solver takes 0 for "no edge": all gains are raised by 1, which changes no comparison
    gains = np.concatenate([[_gain(link) for link in links], np.zeros(len(lefts))]) + 1
    taken, partner = min_weight_full_bipartite_matching(coo_array((gains, (rows, columns))).tocsr(), maximize=True)
    partner_of = dict(zip(taken.tolist(), partner.tolist(), strict=True))
    pairs = zip(links, row.tolist(), column.tolist(), strict=True)
    return [link for link, one, other in pairs if partner_of[one] == other]


def _gain(link: Link) -> float:
    """Log-odds above those of a pair not worth a look."""
    return odds_of(min(max(link.probability, 1e-9), 1 - 1e-9)) - odds_of(REVIEW)
