"""What the doors for programs cost: OGC API Features and reconciliation, asked in this process, without HTTP.

    python -m benchmarks.directory fill 100000 --out DIR
    python -m benchmarks.observatory.doors --folder DIR [--times 100]

Milliseconds of an answer (p50, p95, p99) and of the processor, each question another than the one before.
"""

import argparse
import csv
import json
import os
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from benchmarks.directory.within import percentiles, timed

from .generated import TOWNS

ITEMS = "/ogc/collections/places/items"
ROWS = 10  # of a batch, as OpenRefine sends them
Asked = tuple[str, dict[str, str]]


def questions(times: int) -> Iterator[tuple[str, Sequence[Asked]]]:
    """(name, so many addresses with their parameters), about one town after the other."""
    with TOWNS.open(encoding="utf-8", newline="") as file:
        towns = list(islice(cycle(csv.DictReader(file)), times * ROWS))
    few = towns[:times]

    def box(town: dict[str, str], degrees: float) -> str:
        lat, lon = float(town["lat"]), float(town["lon"])
        return f"{lon - degrees},{lat - degrees},{lon + degrees},{lat + degrees}"

    yield "items in a box, 100", [(ITEMS, {"bbox": box(town, 0.2), "limit": "100"}) for town in few]
    yield (
        "items by filter, 100",
        [
            (ITEMS, {"filter": f"country = '{town['country']}' AND name LIKE '%{town['name'][0]}%'", "limit": "100"})
            for town in few
        ],
    )
    yield "items, the next 1,000", [(ITEMS, {"limit": "1000", "offset": str(at * 50)}) for at in range(times)]
    batches = [towns[at * ROWS : (at + 1) * ROWS] for at in range(times)]
    yield "reconcile 10 names", [("/reconcile", {"queries": _batch(batch, told=False)}) for batch in batches]
    yield "reconcile 10 rows", [("/reconcile", {"queries": _batch(batch, told=True)}) for batch in batches]


def _batch(towns: Sequence[dict[str, str]], *, told: bool) -> str:
    queries: dict[str, Any] = {}
    for at, town in enumerate(towns):
        queries[f"q{at}"] = {"query": f"Coworking {town['name']}"}
        if told:
            queries[f"q{at}"]["properties"] = [
                {"pid": "locality", "v": town["name"]}, {"pid": "country", "v": town["country"]},
            ]  # fmt: skip
    return json.dumps(queries)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True, help="a site that benchmarks.directory filled")
    parser.add_argument("--times", type=int, default=100)
    asked = parser.parse_args()
    os.environ |= {"DJANGO_SETTINGS_MODULE": "coworkmed.settings", "COWORKMED_VAR": str(asked.folder)}
    import django

    django.setup()
    from django.test import Client

    from coworkmed.opendata.views import reconciliation

    reconciliation.OFTEN = 10**9  # how often one network may ask is not what is measured
    client = Client(SERVER_NAME="localhost")

    def answer(one: Asked) -> None:
        address, params = one
        response = (client.post if address == "/reconcile" else client.get)(address, params)
        if response.status_code != 200:
            raise SystemExit(f"{address} {params}: {response.status_code}")

    print(f"load before {os.getloadavg()[0]:.1f}")
    for name, several in questions(asked.times):
        answer(several[0])
        told = timed("ms", answer, several)
        p50, p95, p99 = percentiles(told["ms"])
        print(f"{name:<24} p50 {p50:8.1f}  p95 {p95:8.1f}  p99 {p99:8.1f} ms  cpu {told['ms cpu']:8.1f} ms", flush=True)


if __name__ == "__main__":
    main()
