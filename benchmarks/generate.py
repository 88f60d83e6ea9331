"""Generated lists of any size, with the truth beside them.

    python -m benchmarks.generate --assertions 100000 --seed 1 --out DIR

About 1.4 assertions a place, six lists, five countries and six languages. What is true is drawn by `benchmarks.world`,
what lists make of it by `benchmarks.lists`; how they err beside real lists is shown by ``python -m benchmarks.noise``.
Lines are drawn and written one after the other.
"""

import argparse
import csv
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.lists import LISTS, Line, lines
from benchmarks.world import Place
from coworkmed.demo.houses import HOURS

COLUMNS = (
    "id name kind address postcode locality country lat lon phone web siret opened checked_on opening_hours".split()
)
KINDS = ("COWORK", "FAB", "CULTURE", "INCUBATOR", "LIBRARY_CAFE")


def row(rng: Random, number: int, line: Line, place: Place, year: int) -> list[Any]:
    """One line of a list of that year, in the order of `COLUMNS`."""
    parts = (line.number, line.street) if place.town.speech.number_first else (line.street, line.number)
    return [
        number,
        line.name,
        line.kind,
        " ".join(part for part in parts if part),
        line.postcode,
        line.town,
        place.town.country,
        "" if line.lat is None else line.lat,
        "" if line.lon is None else line.lon,
        line.phone,
        f"https://{line.web}/{line.path}" if line.web else "",
        line.siret,
        line.opened or "",
        f"{year}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        rng.choice(HOURS)[1] if rng.random() < 0.3 else "",
    ]


def generate(assertions: int, seed: int, out: Path) -> Path:
    """Write lists of ``assertions`` lines in all, ``truth.csv`` and the catalogue; return the catalogue's path."""
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    years = [min(habits.year, 2025) for habits in LISTS.values()]
    with ExitStack() as stack:

        def table(name: str, header: list[str]) -> Any:
            writer = csv.writer(stack.enter_context((out / f"{name}.csv").open("w", encoding="utf-8", newline="")))
            writer.writerow(header)
            return writer

        tables = [(name, table(name, list(COLUMNS))) for name in LISTS]
        truth = table("truth", ["source", "external_id", "true_place", "note"])
        for number, (which, line, place) in enumerate(lines(assertions, seed), start=1):
            name, rows = tables[which]
            rows.writerow(row(rng, number, line, place, years[which]))
            truth.writerow((name, number, f"p{place.number}", ""))
    catalogue = out / "catalogue.toml"
    catalogue.write_text("\n".join(_entry(name, year) for name, year in zip(LISTS, years, strict=True)))
    return catalogue


def _entry(name: str, year: int) -> str:
    columns = "\n".join(f'{"kinds" if column == "kind" else column} = "{column}"' for column in COLUMNS)
    kinds = "\n".join(f'{kind} = "{kind}"' for kind in KINDS)
    return f"""[[source]]
key = "{name}"
title = "{name.replace("-", " ").capitalize()}"
keeper = "Generator"
licence = "CC0-1.0"
attribution = "Generated for measuring"
observed_on = "{year}"
cadence = "frozen"
territory = ["FR", "ES", "IT", "GR", "HR"]
trust = 0.5
connector = "csv"
location = "{name}.csv"

[source.columns]
{columns}

[source.kinds]
{kinds}

[source.options]
delimiter = ","
encoding = "utf-8"
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description="Write generated lists.")
    parser.add_argument("--assertions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    print(generate(options.assertions, options.seed, options.out))


if __name__ == "__main__":
    main()
