"""Multilateral set-off: how much of the debts around circles can be settled without anyone paying.

Debts are edges from debtor to creditor. What is cleared is a circulation: from nothing to the debt on each edge, and as
much into each place as out of it, so that nobody's net position changes and nobody gets a new debtor. The largest one
is a linear programme (Fleischman & Dini, JRFM 14:452), solved by HiGHS; since its matrix is that of a network, the
solution is whole numbers. HiGHS reckons in floating point, so nothing is believed before it is proved in whole numbers:
`_proved` checks what a circulation is, and that prices of the places (the dual) show that none is larger.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from coworkmed.kernel import ids
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

Whole = NDArray[np.int64]
#: (debtor, creditor) → amount.
Debts = Mapping[tuple[str, str], int]


class NettingError(CoworkmedError):
    """No set-off could be proved to be the largest."""


class Graph(NamedTuple):
    """Debts by number: ``debtor`` and ``creditor`` of each, and its ``amount``; how many ``places``."""

    debtor: Whole
    creditor: Whole
    amount: Whole
    places: int


def cleared(debts: Debts) -> dict[tuple[str, str], int]:
    """What of each debt is settled, those of which nothing is left out; the largest sum there can be.

    The same debts give the same answer, in whatever order they come. Amounts are whole numbers above zero. Raises
    NettingError where the answer could not be proved, which takes amounts near the limit of what is counted.
    """
    between = sorted(pair for pair, amount in debts.items() if amount > 0 and pair[0] != pair[1])
    places = {name: number for number, name in enumerate(sorted({name for pair in between for name in pair}))}
    graph = Graph(
        np.array([places[debtor] for debtor, _ in between], np.int64),
        np.array([places[creditor] for _, creditor in between], np.int64),
        np.array([debts[pair] for pair in between], np.int64),
        len(places),
    )
    flow = circulation(graph)
    return {pair: int(flow[at]) for at, pair in enumerate(between) if flow[at]}


def fingerprint(debts: Debts) -> str:
    """Of all that a set-off is reckoned from."""
    return ids.digest(*(f"{debtor} {creditor} {debts[debtor, creditor]}" for debtor, creditor in sorted(debts)))


def circulation(graph: Graph) -> Whole:
    """The largest circulation: an amount for each edge, shape (edges,). Parallel edges are as good as any."""
    flow = np.zeros(len(graph.amount), np.int64)
    within = _on_circles(graph)
    if within.any():
        inner = Graph(graph.debtor[within], graph.creditor[within], graph.amount[within], graph.places)
        flow[within] = _largest(inner)
    return flow


def _on_circles(graph: Graph) -> NDArray[np.bool_]:
    """Which edges lie on a circle at all: those within a strongly connected component."""
    if not graph.places:
        return np.zeros(0, bool)
    shape = (graph.places, graph.places)
    ones = np.ones(len(graph.amount))
    _, component = connected_components(
        csr_matrix((ones, (graph.debtor, graph.creditor)), shape=shape), directed=True, connection="strong"
    )
    same: NDArray[np.bool_] = component[graph.debtor] == component[graph.creditor]
    return same


def _largest(graph: Graph) -> Whole:
    count = len(graph.amount)
    edges = np.arange(count)
    balance = csr_matrix(
        (
            np.concatenate([np.ones(count), -np.ones(count)]),
            (np.concatenate([graph.debtor, graph.creditor]), np.concatenate([edges, edges])),
        ),
        shape=(graph.places, count),
    )
    solved = linprog(
        -np.ones(count),
        A_eq=balance,
        b_eq=np.zeros(graph.places),
        bounds=np.column_stack([np.zeros(count), graph.amount.astype(float)]),
        method="highs-ds",
        options={"presolve": False},  # it takes longer than it spares
    )
    if solved.status == 0:
        flow: Whole = np.rint(solved.x).astype(np.int64)
        if _proved(graph, flow, np.rint(solved.eqlin.marginals).astype(np.int64)):
            return flow
    raise NettingError(N_("No set-off could be proved to be the largest: the amounts are too far apart."))


def _proved(graph: Graph, flow: Whole, price: Whole) -> bool:
    """Whether ``flow`` is a circulation, and ``price`` of the places proves that none is larger: where an edge would
    gain by more it is full, and where it would lose it is empty (complementary slackness), all in whole numbers."""
    net = np.zeros(graph.places, np.int64)
    np.add.at(net, graph.debtor, flow)
    np.subtract.at(net, graph.creditor, flow)
    gain = 1 + price[graph.debtor] - price[graph.creditor]
    return bool(
        not net.any()
        and (flow >= 0).all()
        and (flow <= graph.amount).all()
        and (flow[gain > 0] == graph.amount[gain > 0]).all()
        and (flow[gain < 0] == 0).all()
    )
