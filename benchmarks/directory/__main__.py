"""The directory under load.

    python -m benchmarks.directory fill 100000 --out DIR [--database-url URL]
    python -m benchmarks.directory measure --sizes 10000 100000 --out DIR
    python -m benchmarks.directory peers --python PEERS --out DIR

What each shows, and how to read it: the README beside this file. Linux only, and wrk (Debian's package) must be there.
"""

import argparse
import json
import os
import sys
from pathlib import Path

from . import measure, peers
from .site import Site, fill_here


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.directory", description="Measure the directory.")
    commands = parser.add_subparsers(dest="command", required=True)
    fill = commands.add_parser("fill", help="a registry of generated places, and its index")
    fill.add_argument("places", type=int)
    fill.add_argument("--out", type=Path, required=True, help="folder of the site, as COWORKMED_VAR")
    fill.add_argument(
        "--database-url", default="", help="an empty PostgreSQL database; else a SQLite file in the folder"
    )
    fill.add_argument("--seed", type=int, default=1)
    measured = commands.add_parser("measure", help="queries in process and over HTTP, at several sizes")
    measured.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000])
    measured.add_argument("--databases", nargs="+", choices=measure.DATABASES, default=list(measure.DATABASES))
    measured.add_argument("--clients", type=int, nargs="+", default=[1, 8, 32])
    measured.add_argument("--seconds", type=float, default=4, help="of each burst; 0: in process only")
    measured.add_argument("--seed", type=int, default=1)
    measured.add_argument("--out", type=Path, required=True, help="sites are kept here and used again")
    measured.add_argument("--json", type=Path)
    beside = commands.add_parser("peers", help="beside pygeoapi and Datasette")
    beside.add_argument("--python", type=Path, required=True, help="of the peers' environment")
    beside.add_argument("--places", type=int, default=100_000)
    beside.add_argument("--clients", type=int, default=8)
    beside.add_argument("--seconds", type=float, default=5)
    beside.add_argument("--bursts", type=int, default=3)
    beside.add_argument("--seed", type=int, default=1)
    beside.add_argument("--out", type=Path, required=True, help="the site of `measure` is used if it is there")
    beside.add_argument("--json", type=Path)
    inside = commands.add_parser("inside", help="part of the others: in the process of one site")
    inside.add_argument("what", choices=("fill", "within", "rows"))
    inside.add_argument("--places", type=int, required=True)
    inside.add_argument("--seed", type=int, required=True)
    options = parser.parse_args()
    match options.command:
        case "fill":
            print(Site(options.out, options.places, options.database_url, options.seed).filled())
        case "measure":
            measure.run(options)
        case "peers":
            peers.run(options)
        case "inside":
            json.dump(_inside(options), sys.stdout)


def _inside(options: argparse.Namespace) -> object:
    import django

    os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"
    django.setup()
    match options.what:
        case "fill":
            return fill_here(options.places, options.seed)
        case "within":
            from .within import within

            return within(options.seed)
    from .peers.rows import rows

    return rows(options.seed)


if __name__ == "__main__":
    main()
