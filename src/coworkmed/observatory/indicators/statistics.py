"""What an operator brings about territories: inhabitants, incomes, types. No list of places says it, and we invent
nothing: what the file lacks is *not known*.

``territories.csv`` in the site's folder has a line for each territory, with the year and the source of its figures. It
is read whole or refused whole, in words that name the line.
"""

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from math import isfinite
from pathlib import Path
from typing import Any

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.platform import gazetteer

from .engines import duck
from .extract import STATISTICS

GIVEN, NAME = "territories.csv", "territories.parquet"
TYPES = ("URBAN", "INTERMEDIATE", "RURAL")
_NEEDED = ("territory", "year", "source")
_YES_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "": None}
_COLUMNS = {
    "territory": "VARCHAR", "territory_type": "VARCHAR", "in_metropolis": "BOOLEAN",
    **dict.fromkeys(STATISTICS, "DOUBLE"), "year": "INTEGER", "source": "VARCHAR",
}  # fmt: skip
_LARGEST = 10_000_000  # bytes
_LONGEST = 200  # characters of a source


class StatisticsError(CoworkmedError):
    """The table of territories can't be used as it is."""


def write(given: Path, beside: Path) -> Path | None:
    """Make ``territories.parquet`` in the folder ``beside`` an extract of the operator's table ``given``; its path, or
    None where there is no such table. Of several years of a territory the newest counts. StatisticsError."""
    if not given.is_file():
        return None
    newest: dict[str, dict[str, Any]] = {}
    for row in sorted(read(given), key=lambda row: row["year"]):
        newest[row["territory"]] = row
    path = beside / NAME
    with duck() as made:
        made.run(f"CREATE TABLE told ({', '.join(f'{name} {kind}' for name, kind in _COLUMNS.items())})")
        made.insert("told", list(_COLUMNS), [[row[name] for name in _COLUMNS] for row in newest.values()])
        made.write("SELECT * FROM told ORDER BY territory", path)
    return path


def read(given: Path) -> list[dict[str, Any]]:
    """The lines of the operator's table. StatisticsError names the first that can't be used, and why."""
    try:
        if given.stat().st_size > _LARGEST:
            raise StatisticsError(N_("{file} is too large to be a table of territories."), file=given.name)
        text = given.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise StatisticsError(N_("{file} is not text in UTF-8. Save it so and try again."), file=given.name) from None
    first = text.partition("\n")[0]
    table = csv.DictReader(text.splitlines(), delimiter=";" if first.count(";") > first.count(",") else ",")
    missing = [name for name in _NEEDED if name not in (table.fieldnames or ())]
    if missing:
        raise StatisticsError(N_("{file} lacks the column {column}."), file=given.name, column=missing[0])
    if strange := sorted(set(table.fieldnames or ()) - _COLUMNS.keys()):
        raise StatisticsError(
            N_("{file} has a column {column}. Known are: {known}."),
            file=given.name, column=strange[0], known=", ".join(_COLUMNS),
        )  # fmt: skip
    try:
        return list(_rows(table, given.name))
    except csv.Error as wrong:
        raise StatisticsError(N_("{file} can’t be read as a table: {detail}."), file=given.name, detail=wrong) from None


def _rows(table: "csv.DictReader[str]", file: str) -> Iterator[dict[str, Any]]:
    seen: set[tuple[str, int]] = set()
    for cells in table:
        line = table.line_num
        told = {name: (cells.get(name) or "").strip() for name in _COLUMNS}
        if None in cells:
            raise StatisticsError(N_("{file}, line {line}: more values than columns."), file=file, line=line)
        row = _row(told, file, line)
        if (key := (row["territory"], row["year"])) in seen:
            raise StatisticsError(
                N_("{file}, line {line}: {territory} stands there twice for {year}."),
                file=file, line=line, territory=key[0], year=key[1],
            )  # fmt: skip
        seen.add(key)
        yield row


def _row(told: Mapping[str, str], file: str, line: int) -> dict[str, Any]:
    def wrong(column: str) -> StatisticsError:
        return StatisticsError(
            N_("{file}, line {line}: “{value}” is no {column}."),
            file=file, line=line, value=told[column][:60], column=column,
        )  # fmt: skip

    if not known(told["territory"]):
        raise wrong("territory")
    if not (told["year"].isascii() and told["year"].isdecimal() and 1900 <= int(told["year"][:5]) <= date.today().year):
        raise wrong("year")
    if not 0 < len(told["source"]) <= _LONGEST:
        raise wrong("source")
    if told["territory_type"] not in (*TYPES, ""):
        raise wrong("territory_type")
    if told["in_metropolis"].lower() not in _YES_NO:
        raise wrong("in_metropolis")
    row: dict[str, Any] = {**told, "year": int(told["year"]), "territory_type": told["territory_type"] or None}
    row["in_metropolis"] = _YES_NO[told["in_metropolis"].lower()]
    for column in STATISTICS:
        try:
            row[column] = float(told[column]) if told[column] else None
        except ValueError:
            raise wrong(column) from None
        if row[column] is not None and not (isfinite(row[column]) and row[column] >= 0):
            raise wrong(column)
    return row


def known(territory: str) -> bool:
    """Whether it is a country (ISO 3166-1), a region (ISO 3166-2) or a town (GeoNames) of the gazetteer."""
    if not territory.isascii():
        return False
    if territory.isdecimal():
        return len(territory) < 12 and gazetteer.town(int(territory)) is not None
    if "-" in territory:
        return gazetteer.region(territory) is not None
    return len(territory) == 2 and gazetteer.label(territory, "en") != territory
