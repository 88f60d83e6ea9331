"""How much the simulation's outcome hangs on what it assumes: ``python -m benchmarks.freshness.variants``.

One assumption at a time is changed, each over several seeds; means of the last year, with those of the seeds that came
out least and most. Mails and places asked of stewards are per place and year.
"""

import argparse
from collections.abc import Mapping
from dataclasses import replace
from statistics import mean
from typing import Any

from coworkmed.demo.simulation import Quarter, World, quarters
from coworkmed.places.clock import Policy

FIGURES = ("confirmed", "wrong", "counted", "counted_wrong", "mails", "to_stewards")
#: What is changed, and to what.
VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "as assumed": {},
    "places close as in SpaceAPI's directory (6 % a year)": {"closing": 0.06},
    "places close as in the Spanish directory (18 % a year)": {"closing": 0.18},
    "half as many mails answered (15 %)": {"answers": 0.155},
    "half again as many mails answered (46 %)": {"answers": 0.465},
    "addresses of a third of the places": {"with_mail": 0.33},
    "addresses of all places": {"with_mail": 1.0},
    "no stewards": {"steward": 0.0},
    "stewards find out about all": {"steward": 1.0},
    "existence asked after 10 months": {"existence": 10},
    "existence asked after 24 months": {"existence": 24},
}


def last_year(world: World, policy: Policy, *, engine: bool) -> dict[str, float]:
    found: list[Quarter] = quarters(world, engine=engine, policy=policy)[-4:]
    return {name: mean(getattr(one, name) or 0.0 for one in found) for name in FIGURES}


def told(name: str, runs: list[dict[str, float]]) -> str:
    values = [run[name] for run in runs]
    if name in ("mails", "to_stewards"):
        return f"{mean(values):.2f}"
    return f"{mean(values):.0%} ({min(values):.0%} to {max(values):.0%})"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--places", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3, 4, 5])
    given = parser.parse_args()
    print("| | confirmed | wrong status | open and counted | counted and not open | mails | asked of stewards |")
    print("| --- | ---: | ---: | ---: | ---: | ---: | ---: |", flush=True)
    plain = World(places=given.places)
    rows = [("nobody is asked", {}, False)] + [(name, changes, True) for name, changes in VARIANTS.items()]
    for name, changes, engine in rows:
        worlds = [replace(plain, seed=seed, **changes) for seed in given.seeds]
        runs = [last_year(world, Policy(), engine=engine) for world in worlds]
        print(f"| {name} | {' | '.join(told(one, runs) for one in FIGURES)} |", flush=True)


if __name__ == "__main__":
    main()
