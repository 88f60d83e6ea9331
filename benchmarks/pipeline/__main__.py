"""What each stage of a build costs, at several sizes.

    python -m benchmarks.pipeline --sizes 10000 100000

Lists are generated, then each stage runs in a process of its own. Wall and processor seconds are of the stage's work,
without the second or so that Python and Django take to start, its forked processes included; peak memory is that of the
largest process. ``growth`` is the processor time per row against that of the size before: 1.0 is linear. It is not the
wall time because other work on the machine lengthens that; the load average tells how much of it there was.
"""

import argparse
import csv
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.generate import generate

from .quality import Quality, pairwise
from .stages import STAGES


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one stage: ``wall`` and ``cpu`` seconds, ``peak`` memory of its largest process in MB, ``load`` of the machine
    before it began."""

    wall: float
    cpu: float
    peak: float
    load: float


def run(stage: str, folder: Path) -> Cost:
    """Run one stage over ``folder`` in a process of its own. Raises CalledProcessError if it fails."""
    load = os.getloadavg()[0]
    command = [sys.executable, "-m", "benchmarks.pipeline", "--stage", stage, "--folder", str(folder)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(load=load, **json.loads(done.stdout.splitlines()[-1]))


def work(stage: str, folder: Path) -> None:
    """Do one stage in this process and print what it cost."""
    import django

    os.environ["COWORKMED_VAR"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"
    django.setup()
    from coworkmed.platform import database

    database.use(folder / "registry.sqlite3")
    wall, cpu = time.perf_counter(), _cpu()
    STAGES[stage](folder)
    print(json.dumps({"wall": time.perf_counter() - wall, "cpu": _cpu() - cpu, "peak": _peak()}))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def _peak() -> float:
    """Peak resident memory in MB of the largest process, this one or one it forked; this one's from /proc where that
    exists: it counts from the program's start."""
    kilobyte = 1 / 1024 if sys.platform != "darwin" else 1 / (1024 * 1024)
    own, forked = (
        resource.getrusage(who).ru_maxrss * kilobyte for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        own = int(line.split()[1]) / 1024
    return max(own, forked)


def quality(folder: Path) -> Quality:
    """Of the published links, against the truth of the generated lists."""
    true = _column(folder / "lists" / "truth.csv", "true_place")
    return pairwise(_column(folder / "published" / "links.csv", "place_id"), true)


def _column(path: Path, column: str) -> dict[tuple[str, str], str]:
    with path.open(encoding="utf-8", newline="") as file:
        return {(row["source"], row["external_id"]): row[column] for row in csv.DictReader(file)}


def table(costs: dict[int, dict[str, Cost]]) -> str:
    """The costs as a table in Markdown."""
    lines = [
        "| stage | rows | wall s | CPU s | rows/s | peak MB | load before | growth |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for stage in STAGES:
        before: float | None = None
        for size, stages in costs.items():
            cost = stages[stage]
            per_row = cost.cpu / size
            growth = f"{per_row / before:.2f}" if before else ""
            lines.append(
                f"| {stage} | {size:,} | {cost.wall:.2f} | {cost.cpu:.2f} | {size / cost.wall:,.0f} | {cost.peak:.0f} "
                f"| {cost.load:.1f} | {growth} |"
            )
            before = per_row
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pipeline", description="Measure the stages of a build.")
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="assertions")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stage", choices=list(STAGES), help="run this stage only, over --folder, in this process")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.stage:
        work(options.stage, options.folder)
        return
    costs: dict[int, dict[str, Cost]] = {}
    for size in sorted(options.sizes):
        with tempfile.TemporaryDirectory(prefix="coworkmed-pipeline-") as name:
            folder = Path(name)
            generate(size, options.seed, folder / "lists")
            costs[size] = {}
            for stage in STAGES:
                costs[size][stage] = run(stage, folder)
                print(f"{size:,} {stage}: {costs[size][stage].wall:.1f} s", file=sys.stderr)
            reached = quality(folder)
            print(f"{size:,}: precision {reached.precision:.4f}, recall {reached.recall:.4f}", file=sys.stderr)
    print(table(costs))


if __name__ == "__main__":
    main()
