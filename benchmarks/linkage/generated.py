"""Generated records with their truth, for measuring linkage.

    python -m benchmarks.linkage.generated 10000 100000 --seed 1 --out DIR

The same true places and lists as `benchmarks.generate` writes to files, as records without the way through files; and
as one Parquet table of normalised columns, so that every tool that is compared starts from the same.
"""

import argparse
import csv
import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import duckdb

from benchmarks import lists, world
from benchmarks.lists import NAMES, Line, lines
from benchmarks.world import Place
from coworkmed.kernel import fold as folding
from coworkmed.kernel.fold import fold
from coworkmed.linkage import texts, words
from coworkmed.linkage.records import Record
from coworkmed.linkage.texts import house_numbers, name_words, street_words, town_words, word_class
from coworkmed.places.comparable import RADIUS_M

#: Column → its type in the table that `write` makes.
COLUMNS = {
    "id": "INTEGER",
    "source": "VARCHAR",
    "name": "VARCHAR",
    "name_folded": "VARCHAR",
    "core": "VARCHAR",
    "country": "VARCHAR",
    "locality": "VARCHAR",
    "postcode": "VARCHAR",
    "street": "VARCHAR",
    "number": "INTEGER",
    "lat": "DOUBLE",
    "lon": "DOUBLE",
    "phone": "VARCHAR",
    "domain": "VARCHAR",
    "truth": "INTEGER",
}


def records(size: int, seed: int) -> tuple[list[Record], list[int]]:
    """``size`` records and the number of the true place of each; the same for a seed."""
    made: list[Record] = []
    truth: list[int] = []
    for index, (which, line, place) in enumerate(lines(size, seed)):
        made.append(record((NAMES[which], str(index)), line, place))
        truth.append(place.number)
    return made, truth


def record(key: tuple[str, str], line: Line, place: Place) -> Record:
    """A line as the registry would hand it to the engine."""
    return Record(
        key=key,
        name=line.name,
        brand=line.brand,
        kinds=(line.kind,),
        country=place.town.country,
        locality=line.town,
        postcode=line.postcode,
        street=line.street,
        number=line.number,
        lat=line.lat,
        lon=line.lon,
        radius_m=RADIUS_M[line.precision],
        domains=(line.web,) if line.web else (),
        phones=(line.phone,) if line.phone else (),
        urls=(f"https://{line.web}/{line.path}",) if line.web else (),
        ids=(f"SIRET:{line.siret}",) if line.siret else (),
        opened=str(line.opened) if line.opened else "",
    )


def write(size: int, seed: int, directory: Path) -> Path:
    """A Parquet table of what `records` gives, one row a record in the same order, in a file of ``directory``; made
    once, and anew when the generator or the folding of texts has changed.

    ``id`` is the record's place in the order, ``truth`` the number of its true place; ``name`` is as listed, all other
    texts are folded: ``core`` holds the words of the name that say which place it is, ``locality`` and ``street`` the
    words they are known by, ``number`` the first house number. What a list doesn't say is NULL.
    """
    path = directory / f"generated-{size}-{seed}-{_edition()}.parquet"
    if path.exists():
        return path
    directory.mkdir(parents=True, exist_ok=True)
    table, part = path.with_suffix(".csv"), path.with_suffix(".part")
    try:
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            for index, (which, line, place) in enumerate(lines(size, seed)):
                writer.writerow(_row(index, NAMES[which], line, place))
        with duckdb.connect() as database:
            read = database.read_csv(
                str(table), header=False, columns=COLUMNS, quotechar='"', sep=",", null_padding=False
            )
            read.write_parquet(str(part))
        part.replace(path)
    finally:
        table.unlink(missing_ok=True)
        part.unlink(missing_ok=True)
    return path


def _row(index: int, source: str, line: Line, place: Place) -> Sequence[object]:
    number = house_numbers(line.number)[0]
    return (
        index,
        source,
        line.name,
        fold(line.name),
        core(line.name, line.town),
        place.town.country,
        " ".join(town_words(line.town)),
        line.postcode,
        " ".join(street_words(line.street)) if line.street else "",
        number if number >= 0 else "",
        line.lat,
        line.lon,
        line.phone,
        line.web,
        place.number,
    )


def core(name: str, town: str) -> str:
    """The proper words of a name; without any, all but the small ones; without these, all."""
    every, of_town = name_words(name), town_words(town)
    classes = [word_class(word, of_town) for word in every]
    for kept in (("", "number"), ("", "number", "town", "kind", "legal form")):
        if chosen := [word for word, kind in zip(every, classes, strict=True) if kind in kept]:
            return " ".join(chosen)
    return " ".join(every)


@cache
def _edition() -> str:
    """Changes with whatever the table depends on."""
    digest = hashlib.blake2b(digest_size=4)
    sources = [Path(str(module.__file__)) for module in (world, lists, texts, words, folding)]
    for path in (*sources, Path(__file__), world.HERE / "vocabulary.toml", world.HERE / "towns.csv"):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.linkage.generated", description="Write generated tables."
    )
    parser.add_argument("sizes", type=int, nargs="+", help="records")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    for size in options.sizes:
        print(write(size, options.seed, options.out))


if __name__ == "__main__":
    main()
