"""Other solvers of the same problem, run by an interpreter that has them: ``python peers.py NAME FILE``.

FILE is a NumPy archive of ``debtor``, ``creditor``, ``amount`` and ``places``. Prints what was cleared, CPU seconds and
wall seconds of the solving alone.
"""

import sys
import time
from importlib import import_module
from typing import Any

import numpy as np


def networkx(debtor: Any, creditor: Any, amount: Any, places: int) -> tuple[int, float, float]:
    graph = import_module("networkx").DiGraph()
    graph.add_nodes_from(range(places))
    for one, other, most in zip(debtor.tolist(), creditor.tolist(), amount.tolist(), strict=True):
        graph.add_edge(one, other, capacity=most, weight=-1)
    cpu, wall = time.process_time(), time.perf_counter()
    cost, _ = import_module("networkx").network_simplex(graph)
    return -cost, time.process_time() - cpu, time.perf_counter() - wall


def ortools(debtor: Any, creditor: Any, amount: Any, places: int) -> tuple[int, float, float]:
    solver = import_module("ortools.graph.python.min_cost_flow").SimpleMinCostFlow()
    cpu, wall = time.process_time(), time.perf_counter()
    solver.add_arcs_with_capacity_and_unit_cost(
        debtor.astype(np.int32), creditor.astype(np.int32), amount, np.full(len(amount), -1, np.int64)
    )
    solver.set_nodes_supplies(np.arange(places, dtype=np.int32), np.zeros(places, np.int64))
    solver.solve()
    return -int(solver.optimal_cost()), time.process_time() - cpu, time.perf_counter() - wall


PEERS = {"networkx": networkx, "ortools": ortools}

if __name__ == "__main__":
    given = np.load(sys.argv[2])
    found = PEERS[sys.argv[1]](given["debtor"], given["creditor"], given["amount"], int(given["places"]))
    print(*found)
