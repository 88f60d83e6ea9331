"""The site at several sizes, on both databases: in process, then over HTTP as it is served."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import numpy as np

from tools.postgres import database as postgresql

from .load import Burst, burst, warm
from .processes import Server
from .site import Filled, Site
from .within import LANGUAGE, SELECTIVE, percentiles

DATABASES = ("sqlite", "postgresql")
_LIMIT = 24  # places a page of the site shows, asked of the API too
_KEPT = 20  # pages asked again and again, as the start page and its like are


@dataclass(frozen=True, slots=True)
class Work:
    """Something to ask over HTTP. ``fresh``: never the same address twice, so no page comes from the cache of pages
    (answers of the API are never kept)."""

    paths: Sequence[str]
    fresh: bool = False


@dataclass(slots=True)
class Measured:
    """One size on one database. ``http``: (what, clients) → burst; memory in MB before and after the load."""

    site: Site
    filled: Filled
    within: Mapping[str, Any]
    http: dict[tuple[str, int], Burst] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)


def run(options: argparse.Namespace) -> None:
    """`measure` of the command line."""
    measured = []
    for kind in options.databases:
        for places in sorted(options.sizes):
            with _site(kind, places, options) as site:
                measured.append(_measure(site, options))
    print(report(measured, options.clients))
    if options.json:
        options.json.write_text(json.dumps([_as_json(one) for one in measured]))


@contextmanager
def _site(kind: str, places: int, options: argparse.Namespace) -> Iterator[Site]:
    folder: Path = options.out / f"{kind}-{places}"
    if kind == "sqlite":
        yield Site(folder, places, seed=options.seed)
    else:
        with postgresql() as url:
            yield Site(folder, places, url, options.seed)


def _measure(site: Site, options: argparse.Namespace) -> Measured:
    filled = site.filled()
    print(f"{site.database}: {filled}", file=sys.stderr)
    one = Measured(site, filled, site.inside("within"))
    if options.seconds:
        with site.served() as server:
            before = server.pss_mb()
            for name, work in works(one.within).items():
                warm(server, work.paths)
                for clients in options.clients:
                    one.http[name, clients] = _burst(server, work, clients, options.seconds)
                    print(
                        f"{site.database} {site.places:,} {name}, {clients}: {one.http[name, clients]}", file=sys.stderr
                    )
            one.memory = before, server.pss_mb()
    return one


def _burst(server: Server, work: Work, clients: int, seconds: float) -> Burst:
    return burst(server, work.paths, clients=clients, seconds=seconds, fresh=work.fresh, encodings="gzip")


def works(told: Mapping[str, Any]) -> dict[str, Work]:
    """What is asked over HTTP, by name."""
    asked: Mapping[str, Sequence[str]] = told["asked"]
    api = {
        f"API: {name}": Work([f"/api/v1/places?{one}&limit={_LIMIT}" for one in several])
        for name, several in asked.items()
    }
    typed = [urlencode({"q": parse_qs(one)["q"][0], "language": LANGUAGE}) for one in asked["first 3 to 6 letters"]]
    mixed = [one for several in zip(*asked.values(), strict=True) for one in several][: len(typed)]
    pages = [f"/{LANGUAGE}/places/?{one}" for one in mixed]
    places = [f"/{LANGUAGE}/places/{one}/" for one in told["ids"]]
    return api | {
        "API: one place": Work([f"/api/v1/places/{one}" for one in told["ids"]]),
        "suggestions": Work([f"/suggest.json?{one}" for one in typed]),
        "page: list, all classes": Work(pages, fresh=True),
        "page: place": Work(places, fresh=True),
        "page: home": Work([f"/{LANGUAGE}/"], fresh=True),
        "kept page: list": Work(pages[:_KEPT]),
        "kept page: place": Work(places[:_KEPT]),
        "kept page: home": Work([f"/{LANGUAGE}/"]),
    }


# What is printed


def report(measured: Sequence[Measured], clients: Sequence[int]) -> str:
    """All tables, in Markdown."""
    parts = [_filled(measured), _within(measured), _growth(measured)]
    if any(one.http for one in measured):
        parts += [_http(measured, clients), _memory(measured)]
    return "\n\n".join(parts)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its first column of words and the others of figures."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _filled(measured: Sequence[Measured]) -> str:
    head = "registry|database s|CPU s|MB|index s|CPU s|MB|peak MB|load before".split("|")
    rows = []
    for one in measured:
        told = one.filled
        figures = (
            told.database_s,
            told.database_cpu_s,
            told.database_mb,
            told.index_s,
            told.index_cpu_s,
            told.index_mb,
        )
        rows.append([_name(one), *(f"{figure:,.1f}" for figure in figures), f"{told.peak_mb:,.0f}", f"{told.load:.1f}"])
    return table(head, rows)


def _within(measured: Sequence[Measured]) -> str:
    head = ["in process, ms: p50 / p95 / p99, mean CPU", "places found, median", "search", "facets", "page of the list"]
    rows = []
    for one in measured:
        for name, told in one.within["classes"].items():
            timed = [f"{_three(told[what])}, CPU {_ms(told[f'{what} cpu'])}" for what in ("find", "facets", "page")]
            rows.append([f"{_name(one)}: {name}", f"{np.median(told['total']):,.0f}", *timed])
        share, timed = _selective(one)
        rows.append([f"{_name(one)}: **selective, all classes**", f"{share:.0%} of the questions", *timed])
    return table(head, rows)


def _selective(one: Measured) -> tuple[float, list[str]]:
    """Of the questions that find little of the registry: their share, and what each part of them takes."""
    classes = one.within["classes"].values()
    few = np.concatenate([told["total"] for told in classes]) <= SELECTIVE * one.within["places"]
    timed = [np.concatenate([told[what] for told in classes])[few] for what in ("find", "facets", "page")]
    return float(few.mean()), [_three(took) for took in timed]


def _growth(measured: Sequence[Measured]) -> str:
    """Exponents: cost grows as the number of places to that power; 1 is linear."""
    parts = ("find", "facets", "page")
    rows: list[list[str]] = []
    for database in dict.fromkeys(one.site.database for one in measured):
        of = [one for one in measured if one.site.database == database]
        names = of[0].within["classes"] if len(of) > 1 else ()
        rows += [[f"{database}: {name}", *(_exponent(of, name, what) for what in parts)] for name in names]
    return table(["growth exponent of mean CPU (of p50)", "search", "facets", "page of the list"], rows)


def _exponent(measured: Sequence[Measured], name: str, what: str) -> str:
    classes = [one.within["classes"][name] for one in measured]
    took = np.array([(told[f"{what} cpu"], np.median(told[what])) for told in classes])
    cpu, p50 = np.polyfit(np.log([one.site.places for one in measured]), np.log(took), 1)[0]
    return f"{cpu:.2f} ({p50:.2f})"


def _http(measured: Sequence[Measured], clients: Sequence[int]) -> str:
    head = ["over HTTP: requests/s, p50 / p95 / p99 ms", *(f"{several} clients" for several in clients), "CPU ms", "kB"]
    rows = []
    for one in measured:
        for name in dict.fromkeys(what for what, _ in one.http):
            bursts = [one.http[name, several] for several in clients]
            told = [f"{it.rate:,.0f}, {_ms(it.p50)} / {_ms(it.p95)} / {_ms(it.p99)}" for it in bursts]
            least = min(it.cpu_ms for it in bursts)
            rows.append([f"{_name(one)}: {name}", *told, f"{least:.2f}", f"{bursts[0].size / 1024:.1f}"])
    loads = [it.load for one in measured for it in one.http.values()]
    return f"{table(head, rows)}\n\nLoad before the bursts: {min(loads):.1f} to {max(loads):.1f}."


def _memory(measured: Sequence[Measured]) -> str:
    rows = [[_name(one), *(f"{mb:,.0f}" for mb in one.memory)] for one in measured if one.http]
    return table(["memory of all server processes, MB (PSS)", "started", "after the load"], rows)


def _name(one: Measured) -> str:
    return f"{one.site.database} {one.site.places:,}"


def _three(milliseconds: Sequence[float]) -> str:
    return " / ".join(map(_ms, percentiles(milliseconds)))


def _ms(milliseconds: float) -> str:
    return f"{milliseconds:.2g}" if milliseconds < 10 else f"{milliseconds:,.0f}"


def _as_json(one: Measured) -> dict[str, Any]:
    return {
        "database": one.site.database,
        "places": one.site.places,
        "filled": asdict(one.filled),
        "within": {name: told for name, told in one.within.items() if name != "asked"},
        "http": [{"what": what, "clients": clients} | asdict(it) for (what, clients), it in one.http.items()],
        "memory": one.memory,
    }
