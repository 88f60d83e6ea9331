"""How long clock and figures take over a large registry, and how much memory: ``python -m benchmarks.freshness``.

Generated places, the share of them that is due as in a registry at work (``--due 0.3``) or as on the day a list of that
size is first taken in (``--due 1``). Then the series of the public figures, from as many places of one or two
assertions. Each run in a process of its own, so that peaks don't mix.
"""

import argparse
import resource
import subprocess
import sys
import time
from array import array
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from random import Random

from coworkmed.observatory.freshness import Past, Word, series
from coworkmed.places.clock import Asked, Case, Policy, Sent, plan
from coworkmed.places.rules import Claim

TODAY = date(2026, 11, 24)
COUNTRIES = ("FR", "ES", "IT", "GR", "HR")
PER_STEWARD = 200


class Cases(Collection[Case]):
    """As many places as wanted, made as they are gone through, as rows come from a database."""

    def __init__(self, count: int, due: float) -> None:
        random = Random(1)
        self.days = array("i", (random.randint(-900, 0) if random.random() < due else 30 for _ in range(count)))

    def __len__(self) -> int:
        return len(self.days)

    def __contains__(self, item: object) -> bool:
        return any(item == case for case in self)

    def __iter__(self) -> Iterator[Case]:
        for number, days in enumerate(self.days):
            due = TODAY + timedelta(days)
            owner = "" if number % 3 == 0 else f"place{number}@example.org"
            steward = f"steward{number // PER_STEWARD}@example.org"
            yield Case(f"p{number}", COUNTRIES[number % 5], due, owner, steward)


def past(cases: Cases) -> Asked:
    """A tenth of the owners was asked in the last months."""
    asked = Asked()
    for number in range(1, len(cases), 10):
        day = TODAY - timedelta(number % 170)
        asked.add(Sent(f"place{number}@example.org", f"p{number}", "OWNER", day))
    return asked


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(count: int, due: float) -> None:
    cases = Cases(count, due)
    asked = past(cases)
    before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    for _case in cases:
        pass
    reading = time.process_time() - cpu
    wall, cpu = time.perf_counter(), time.process_time()
    mails = plan(TODAY, cases, asked, {}, Policy())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    asks = sum(len(mail.asks) for mail in mails)
    figures = f"{wall:.2f} | {cpu:.2f} | {reading * 2:.2f} | {peak_mb() - before:,.0f}"
    print(f"| {count:,} | {due:.0%} | {len(mails)} | {asks:,} | {figures} |")


def told(count: int) -> Iterator[Past]:
    """A list names each place some time in six years, and the owner speaks for a fifth of them later."""
    random = Random(2)
    for number in range(count):
        day = TODAY - timedelta(random.randint(200, 2200))
        roles = ("IMPORT", "OWNER") if random.random() < 0.2 else ("IMPORT",)
        days = [day + timedelta(180 * later) for later in range(len(roles))]
        yield Past(
            [Word(on, None, Claim(role, f"{number}", str(on), {}, role)) for on, role in zip(days, roles, strict=True)]
        )


def measure_series(count: int) -> None:
    before, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    points = series(told(count), TODAY)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"| {count:,} | {len(points)} | {wall:.1f} | {cpu:.1f} | {peak_mb() - before:,.0f} |")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--sizes", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--due", type=float, nargs="+", default=[0.3, 1.0])
    parser.add_argument("--one", choices=("plan", "series"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one == "series":
        measure_series(given.sizes[0])
        return
    if given.one:
        measure(given.sizes[0], given.due[0])
        return
    print("| places | due | mails | places in them | wall s | CPU s | of it making the places | MB more |")
    print("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    for size in given.sizes:
        for due in given.due:
            _apart("plan", "--sizes", str(size), "--due", str(due))
    print("\n| places | months | wall s | CPU s | MB more |")
    print("| ---: | ---: | ---: | ---: | ---: |", flush=True)
    for size in given.sizes:
        _apart("series", "--sizes", str(size))


def _apart(what: str, *arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "benchmarks.freshness", "--one", what, *arguments], check=True)


if __name__ == "__main__":
    main()
