"""Lighthouse on the demo's pages, as a phone on a slow line sees them.

    python -m benchmarks.lighthouse [--runs 3] [--chrome /usr/bin/chromium]

Installs Lighthouse by npm in a folder of its own, serves the demo network, measures each page several times and prints
medians, what costs points, and what each page weighs as it goes over the line. Lighthouse slows the line and the
processor down in a simulation, from what it saw on this machine: on a busy one performance comes out too low
(``benchmark index`` says how fast the machine was; a desktop has 1000 and more).
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.directory.measure import table
from benchmarks.directory.processes import Server, fetch, free_port, serving

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LANGUAGE = "fr"
CATEGORIES = {
    "performance": "performance",
    "accessibility": "accessibility",
    "best-practices": "best practices",
    "seo": "SEO",
}
KINDS = ("Document", "Stylesheet", "Script", "Font", "Image")
_MAP = ("maplibre", "pmtiles", "basemap")  # what belongs to the map, by its address
_FLAGS = "--headless=new --no-sandbox --disable-background-networking --disable-component-update --disable-quic"

Report = Mapping[str, Any]


def install(folder: Path) -> Path:
    """Lighthouse's program, installed from the lock beside this file unless it is there."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    program = folder / "node_modules" / ".bin" / "lighthouse"
    if not program.exists():
        command = ["npm", "ci", "--no-audit", "--no-fund", "--loglevel=error"]
        subprocess.run(command, check=True, cwd=folder, stdout=sys.stderr)
    return program


def pages(server: Server) -> dict[str, str]:
    """Page → its path; the place is the one of which most is known."""
    told = json.loads(fetch(server.port, "/api/v1/places?limit=500")[1])
    place = max(told["places"], key=lambda one: (len(one["values"]), len(one["sources"]), one["id"]))
    return {
        "home": f"/{LANGUAGE}/",
        "search": f"/{LANGUAGE}/places/",
        "search for a word": f"/{LANGUAGE}/places/?q=Marseille",  # robots.txt keeps robots out of these
        "map": f"/{LANGUAGE}/map/",
        "place": f"/{LANGUAGE}/places/{place['id']}/",
        "territory": f"/{LANGUAGE}/territories/FR/",
    }


def measure(program: Path, chrome: Path, address: str, out: Path) -> Report:
    """Lighthouse's report on one address, as a phone."""
    only = ",".join(CATEGORIES)
    command = [str(program), address, "--quiet", "--output=json", f"--output-path={out}", f"--only-categories={only}"]
    subprocess.run(
        [*command, f"--chrome-flags={_FLAGS}"],
        check=True,
        env={**os.environ, "CHROME_PATH": str(chrome)},
        stdout=sys.stderr,
    )
    told: Report = json.loads(out.read_text(encoding="utf-8"))
    return told


def scores(reports: Sequence[Report]) -> dict[str, float]:
    """Category → median of its points, of 100."""
    return {name: median(100 * (one["categories"][name]["score"] or 0) for one in reports) for name in CATEGORIES}


def lost(report: Report) -> dict[str, float]:
    """Audit → points it costs in its category; the most costly first."""
    found: dict[str, float] = {}
    for name in CATEGORIES:
        told = report["categories"][name]["auditRefs"]
        total = sum(one["weight"] for one in told)
        for one in told:
            score = report["audits"][one["id"]]["score"]
            if one["weight"] and score is not None and score < 1:
                found[f"{one['id']} ({CATEGORIES[name]})"] = 100 * one["weight"] * (1 - score) / total
    return dict(sorted(found.items(), key=lambda one: -one[1]))


def weight(report: Report) -> dict[str, float]:
    """Kind of file → kB over the line, compressed as it came; "map": whatever the map alone needs."""
    found = dict.fromkeys((*KINDS, "other", "map"), 0.0)
    for one in report["audits"]["network-requests"]["details"]["items"]:
        kind = one.get("resourceType", "")
        kind = "map" if any(word in one["url"] for word in _MAP) else kind if kind in KINDS else "other"
        found[kind] += one["transferSize"] / 1024
    return found


def report(measured: Mapping[str, Sequence[Report]]) -> str:
    """The tables, in Markdown."""
    head = ["page", *CATEGORIES.values(), "first paint s", "largest paint s", "blocked ms", "shift", "benchmark index"]
    figures, weights, costs = [], [], []
    for name, several in measured.items():
        metrics = [
            median(one["audits"][audit]["numericValue"] for one in several) / part
            for audit, part in (
                ("first-contentful-paint", 1000),
                ("largest-contentful-paint", 1000),
                ("total-blocking-time", 1),
                ("cumulative-layout-shift", 1),
            )
        ]
        index = median(one["environment"]["benchmarkIndex"] for one in several)
        told = [f"{one:.0f}" for one in scores(several).values()]
        shown = [f"{metrics[0]:.1f}", f"{metrics[1]:.1f}", f"{metrics[2]:.0f}", f"{metrics[3]:.3f}", f"{index:.0f}"]
        figures.append([name, *told, *shown])
        middle = sorted(several, key=lambda one: one["categories"]["performance"]["score"] or 0)[len(several) // 2]
        kilobytes = weight(middle)
        before = sum(size for kind, size in kilobytes.items() if kind != "map")
        weights.append([name, *(f"{size:.1f}" for size in kilobytes.values()), f"{before:.1f}"])
        costs += [[f"{name}: {audit}", f"{points:.1f}"] for audit, points in lost(middle).items()]
    return "\n\n".join(
        (
            table(head, figures),
            table(["kB over the line", *KINDS, "other", "map", "all before the map"], weights),
            table(["what costs points", "points"], costs) if costs else "Nothing costs points.",
        )
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.lighthouse", description="Lighthouse on the demo.")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--chrome", type=Path, default=Path(shutil.which("chromium") or "/usr/bin/chromium"))
    parser.add_argument("--pages", nargs="+", help="some of: home, search, search for a word, map, place, territory")
    parser.add_argument("--work", type=Path, default=Path(tempfile.gettempdir()) / "coworkmed-lighthouse")
    parser.add_argument("--json", type=Path, help="keep the reports here")
    options = parser.parse_args()
    program = install(options.work / "npm")
    port = free_port()
    command = [sys.executable, "-m", "coworkmed.cli", "serve", "--demo", "--port", str(port)]
    environment = {"COWORKMED_VAR": str(options.work / "var"), "PYTHONPATH": str(ROOT / "src"), "DATABASE_URL": ""}
    environment["SITE_URL"] = f"http://localhost:{port}"
    measured: dict[str, list[Report]] = {}
    log = options.work / "server.log"
    with serving("demo", command, port, environment=environment, log=log, probe="/api/v1/") as server:
        for name, path in pages(server).items():
            if options.pages and name not in options.pages:
                continue
            fetch(server.port, path)
            for turn in range(options.runs):
                address = f"http://localhost:{port}{path}"
                measured.setdefault(name, []).append(
                    measure(program, options.chrome, address, options.work / f"{name}-{turn}.json")
                )
                print(f"{name}: {scores(measured[name][-1:])}", file=sys.stderr)
    print(report(measured))
    if options.json:
        options.json.write_text(json.dumps(measured))


if __name__ == "__main__":
    main()
