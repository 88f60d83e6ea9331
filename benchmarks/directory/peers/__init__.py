"""Beside others: pygeoapi and Datasette serve the same rows on the same machine, in one run."""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path
from statistics import mean, median
from typing import Any

from tools.postgres import database as postgresql

from ..load import Burst, burst, warm
from ..measure import table
from ..processes import Server, fetch
from ..site import Site
from . import servers, stores
from .servers import Dialect

_LOOKED_AT = 40  # answers whose rows are counted
Bursts = dict[tuple[str, str], list[Burst]]


def run(options: argparse.Namespace) -> None:
    """`peers` of the command line: bursts of all servers in turn, class by class."""
    with ExitStack() as stack:
        work = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="coworkmed-peers-")))
        site = Site(options.out / f"sqlite-{options.places}", options.places, seed=options.seed)
        print(site.filled(), file=sys.stderr)
        told = site.inside("rows")
        started = stack.enter_context(_all(site, options.python, work))
        returned = _answers(started, told["asked"])
        bursts: Bursts = {}
        for name, asked in told["asked"].items():
            for _ in range(options.bursts):
                for server, dialect in started:
                    if name in dialect.paths:
                        paths = [dialect.paths[name](one) for one in asked]
                        one = burst(server, paths, clients=options.clients, seconds=options.seconds)
                        bursts.setdefault((name, server.name), []).append(one)
                        print(f"{name}, {server.name}: {one}", file=sys.stderr)
        memory = {server.name: server.pss_mb() for server, _ in started}
    print(report(told["rows"], bursts, returned, memory))
    if options.json:
        kept = [
            {"what": what, "server": name, "bursts": [asdict(one) for one in found]}
            for (what, name), found in bursts.items()
        ]
        options.json.write_text(json.dumps({"rows": told["rows"], "bursts": kept, "memory": memory}))


@contextmanager
def _all(site: Site, python: Path, work: Path) -> Iterator[list[tuple[Server, Dialect]]]:
    """All servers at once: those not asked wait and cost nothing."""
    plain, spatial = work / "places.db", work / "spatial.db"
    stores.plain(site.folder, plain)
    stores.spatialite(python, plain, spatial)
    with ExitStack() as stack:
        url = stack.enter_context(postgresql())
        stores.postgis(site.folder, url)
        sqlite, postgis = servers.sqlite_provider(spatial), servers.postgresql_provider(url)
        yield [
            (stack.enter_context(site.served()), servers.OURS),
            (stack.enter_context(servers.datasette(python, work, plain)), servers.DATASETTE),
            (stack.enter_context(servers.pygeoapi(python, work, "pygeoapi, SpatiaLite", sqlite)), servers.PYGEOAPI),
            (stack.enter_context(servers.pygeoapi(python, work, "pygeoapi, PostGIS", postgis, url)), servers.PYGEOAPI),
        ]


def _answers(
    started: Sequence[tuple[Server, Dialect]], asked: Mapping[str, Sequence[Any]]
) -> dict[tuple[str, str], float]:
    """(class, server) → rows of an answer, on average; every question is asked once, which also warms the servers."""
    found = {}
    for server, dialect in started:
        for name, path in dialect.paths.items():
            paths = [path(one) for one in asked[name]]
            warm(server, paths[_LOOKED_AT:])
            told = [json.loads(fetch(server.port, one)[1]) for one in paths[:_LOOKED_AT]]
            found[name, server.name] = mean(map(dialect.rows, told))
    return found


def report(rows: int, bursts: Bursts, returned: Mapping[tuple[str, str], float], memory: Mapping[str, float]) -> str:
    """Medians over the bursts, and how many times the others' requests a second ours is, burst by burst."""
    head = "|".join(("asked", "server", "requests/s", "p50 ms", "p95 ms", "p99 ms", "CPU ms", "kB", "rows", "ours is"))
    lines = []
    for (name, server), found in bursts.items():
        ours = next(several for (what, _), several in bursts.items() if what == name)
        ratios = [one.rate / other.rate for one, other in zip(ours, found, strict=True)]
        apart = "" if found is ours else f"{median(ratios):.1f} times ({min(ratios):.1f} to {max(ratios):.1f})"
        middle = [median(getattr(one, part) for one in found) for part in ("rate", "p50", "p95", "p99", "cpu_ms")]
        figures = [f"{middle[0]:,.0f}", *(f"{one:,.1f}" for one in middle[1:])]
        lines.append([name, server, *figures, f"{found[0].size / 1024:.1f}", f"{returned[name, server]:.1f}", apart])
    loads = [one.load for found in bursts.values() for one in found]
    kept = table(["memory, MB (PSS)", "after the load"], [[name, f"{mb:,.0f}"] for name, mb in memory.items()])
    return "\n\n".join(
        (
            f"{rows:,} rows.",
            table(head.split("|"), lines),
            f"Load before the bursts: {min(loads):.1f} to {max(loads):.1f}.",
            kept,
        )
    )
