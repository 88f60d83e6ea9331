"""The largest set-off in generated networks with a few large places.

    python -m benchmarks.ledger [--sizes 200x2440 1000x17690 5000x93561] [--peers PYTHON] [--only ortools]

``--peers`` names an interpreter that has networkx and ortools; without it only ours is measured.
"""

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

import numpy as np

from coworkmed.ledger.netting import Graph, circulation

HERE = Path(__file__).parent


def network(places: int, debts: int, seed: int = 1) -> Graph:
    """Places as unequal as in life (Pareto), one debt between two at most."""
    random = np.random.default_rng(seed)
    weight = random.pareto(1.2, places) + 1
    weight /= weight.sum()
    pairs: dict[tuple[int, int], tuple[int, int]] = {}
    while len(pairs) < debts:
        for one, other in zip(*(random.choice(places, debts, p=weight).tolist() for _ in range(2)), strict=True):
            if one != other and len(pairs) < debts:
                pairs.setdefault((min(one, other), max(one, other)), (one, other))
    ends = np.array(sorted(pairs.values()))
    return Graph(ends[:, 0], ends[:, 1], random.integers(1, 5000, debts), places)


def ours(graph: Graph) -> tuple[int, float, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    flow = circulation(graph)
    return int(flow.sum()), time.process_time() - cpu, time.perf_counter() - wall


def theirs(graph: Graph, python: str, peer: str) -> tuple[int, float, float]:
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file.name, **graph._asdict())
        said = subprocess.run([python, HERE / "peers.py", peer, file.name], capture_output=True, text=True, check=True)
    total, cpu, wall = said.stdout.split()
    return int(total), float(cpu), float(wall)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", nargs="+", default=["200x2440", "1000x17690", "5000x93561"])
    parser.add_argument("--peers", default="")
    parser.add_argument("--only", nargs="+", default=["ortools", "networkx"])
    asked = parser.parse_args()
    print("| places | debts | solver | cleared | share | CPU s | wall s |")
    print("| ---: | ---: | --- | ---: | ---: | ---: | ---: |")
    for size in asked.sizes:
        places, debts = map(int, size.split("x"))
        graph = network(places, debts)
        found = {"ours (HiGHS, proved)": ours(graph)}
        found |= {peer: theirs(graph, asked.peers, peer) for peer in asked.only if asked.peers}
        for name, (total, cpu, wall) in found.items():
            share = total / int(graph.amount.sum())
            print(f"| {places:,} | {debts:,} | {name} | {total:,} | {share:.0%} | {cpu:.3f} | {wall:.3f} |", flush=True)


if __name__ == "__main__":
    main()
