"""How fast linking is, how much memory it takes and how well it does on generated lists whose truth is known:
``python -m benchmarks.linkage.speed [RECORDS …] [--seed N] [--runs N]``.

For each size, in a process of its own so that peak memory is its own: the stages of `engine.link`, candidate pairs with
their recall and the share of all pairs they spare, pairs compared a second on one core, precision and recall of pairs
and of clusters (B-cubed, Bagga and Baldwin 1998). ``--index``: what adding 1,000 records to an index takes.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from benchmarks.linkage import generated
from coworkmed.linkage.candidates import block_sizes, candidates
from coworkmed.linkage.cluster import membership
from coworkmed.linkage.compare import compare
from coworkmed.linkage.engine import link
from coworkmed.linkage.index import Index
from coworkmed.linkage.model import probability, shipped
from coworkmed.linkage.prepare import prepare

ADDED = 1_000


def pairs_in(numbers: Sequence[int]) -> int:
    return sum(size * (size - 1) // 2 for size in Counter(numbers).values())


def quality(clusters: Sequence[tuple[int, ...]], truth: Sequence[int]) -> str:
    """Of pairs, then of clusters."""
    number = membership(len(truth), clusters).tolist()
    both = list(zip(number, truth, strict=True))
    right, found, true = pairs_in(both), pairs_in(number), pairs_in(truth)
    shared, mine, theirs = Counter(both), Counter(number), Counter(truth)
    of_cluster = sum(shared[one] / mine[one[0]] for one in both) / len(both)
    of_place = sum(shared[one] / theirs[one[1]] for one in both) / len(both)
    figures = []
    for name, precision, recall in (
        ("pairs", right / max(1, found), right / max(1, true)),
        ("B-cubed", of_cluster, of_place),
    ):
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        figures.append(f"{name} F1 {f1:.4f} (precision {precision:.4f}, recall {recall:.4f})")
    return "; ".join(figures)


def measure(size: int, seed: int, runs: int) -> None:
    records, truth = generated.records(size, seed)
    link(records[:2_000])  # compiles, and wakes what is read once
    load = os.getloadavg()[0]
    times = []
    for _ in range(runs):
        stages = [("", time.perf_counter())]
        busy = _cpu()
        found = link(records, progress=lambda stage, stages=stages: stages.append((stage, time.perf_counter())))
        stages.append(("end", time.perf_counter()))
        times.append((stages[-1][1] - stages[0][1], _cpu() - busy, stages))
    wall, busy, stages = min(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    middle = float(np.median([one[0] for one in times]))
    spans = [f"{name} {after[1] - start:.1f}" for (name, start), after in pairwise(stages[1:])]
    print(
        f"{size:>9,} records, seed {seed}: link {wall:.1f} s (median of {runs}: {middle:.1f}; CPU {busy:.1f} s; "
        f" {', '.join(spans)}), peak {peak:,.0f} MB, load {load:.1f}; {len(found.clusters):,} places, "
        f"{len(found.doubts):,} doubts; {quality(found.clusters, truth)}"
    )
    del found
    columns = prepare(records, shipped().seen)
    left, right = candidates(columns)
    of = np.array(truth)
    same = of[left] == of[right]
    hit = int(same.sum())
    start = time.process_time()
    levels = compare(columns, left, right).levels
    rate = len(left) / (time.process_time() - start)
    chance = probability(shipped().log_odds(levels))
    likely = (chance >= 0.5) & (chance < 0.65)
    largest = max(block_sizes(columns).items(), key=lambda one: one[1][1])
    print(
        f"{'':>9} {len(left):,} candidate pairs ({len(left) / size:.2f} a record): recall {hit / pairs_in(truth):.4f}, "
        f"{1 - len(left) / (size * (size - 1) / 2):.7f} of all pairs spared, largest block before cutting "
        f"{largest[1][1]:,} ({largest[0]}); {rate:,.0f} pairs compared a second on one core; "
        f"of {likely.sum():,} said 0.5 to 0.65, {same[likely].mean():.2f} are one place"
    )


def _cpu() -> float:
    """Seconds of this process and of those it has waited for."""
    return sum(os.times()[:4])


def adding(size: int, seed: int) -> None:
    records, _ = generated.records(size + ADDED, seed)
    Index(records[:2_000])
    start = time.perf_counter()
    index = Index(records[:size])
    built = time.perf_counter() - start
    start, busy = time.perf_counter(), time.process_time()
    changed = index.update(records[size:])
    wall, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{size:>9,} records, seed {seed}: index built in {built:.1f} s; {ADDED:,} more in {wall:.2f} s "
        f"(CPU {busy:.2f} s): {changed.compared:,} pairs compared, {len(changed.places):,} places linked anew; "
        f"peak {peak:,.0f} MB"
    )


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sizes", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--runs", type=int, default=1)
    parser.add_argument("--index", action="store_true")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args(arguments)
    for size in asked.sizes:
        if asked.one:
            adding(size, asked.seed) if asked.index else measure(size, asked.seed, asked.runs)
        else:
            again = [sys.executable, "-m", "benchmarks.linkage.speed", str(size), "--one", "--seed", str(asked.seed)]
            again += ["--runs", str(asked.runs), *(["--index"] if asked.index else [])]
            subprocess.run(again, check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
