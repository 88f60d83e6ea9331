"""All indicators over a folder of published files: ``indicators.parquet``, a row for each figure, and
``indicators.json``, which says what each is, with the SQL it follows from."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import coworkmed
from coworkmed.kernel.ids import digest

from .. import published
from ..definitions import DEFINITIONS
from . import assemble, disclosure, estimates
from .catalogue import INDICATORS, ORIGINS, POPULATIONS, UNITS, UNKNOWN, Indicator
from .engines import DuckDb, Engine, duck
from .extract import COLUMNS, Extract
from .measures import Compared, Estimated, Filled, Quartiles, Split, View

TABLE, ABOUT = "indicators.parquet", "indicators.json"
_COLUMNS = {
    **dict.fromkeys(assemble.FOUND, "VARCHAR(80)"),
    **dict.fromkeys(("value", "low", "high"), "DOUBLE PRECISION"),
    **dict.fromkeys(("n", "of"), "BIGINT"),
}
#: Figures that others are made of come first.
_FIRST = ("places_open", "price_month_flex")


@dataclass(frozen=True, slots=True)
class Computed:
    """``unknown``  code → key of `catalogue.UNKNOWN`     ``rows``  how many figures were written"""

    as_of: date
    rows: int
    unknown: Mapping[str, str]


def write(
    folder: Path,
    out: Path | None = None,
    *,
    beside: Path | None = None,
    as_of: date | None = None,
    made_from: Mapping[str, Sequence[str]] | None = None,
    memory: str = "",
) -> Computed:
    """Compute every indicator from the tables published in ``folder`` and write them there, or to ``out``.

    ``beside``     folder of tables that are not published row by row (`extract.Extract`)
    ``as_of``      day of the extract, ``made_from`` what each list was made from: else the manifest says both
    ``memory``     DuckDB may use, "3GB"

    The same tables give the same bytes. FileNotFoundError without places.parquet, KeyError without the manifest's date.
    """
    extract, out = Extract(folder, beside, as_of, made_from), out or folder
    if not (folder / "places.parquet").is_file():
        raise FileNotFoundError(folder / "places.parquet")
    with duck(memory) as files:
        unknown = find(files, files, extract)
        files.write(_ordered(), out / TABLE)
        [(rows,)] = files.rows("SELECT count(*) FROM found")
        statistics = extract.statistics(files)
    text = json.dumps(about(extract.as_of(), unknown, statistics), ensure_ascii=False, indent=1, sort_keys=True)
    (out / ABOUT).write_text(text + "\n", encoding="utf-8")
    return Computed(extract.as_of(), rows, unknown)


def find(engine: Engine, files: DuckDb, extract: Extract) -> dict[str, str]:
    """Make the table ``found`` in ``engine``: every figure that may be told. What is not known, and why, by code."""
    extract.open(engine, files)
    for sql in assemble.records(extract.as_of()):
        engine.run(sql)
    columns = ", ".join(f'"{name}" {kind}' for name, kind in _COLUMNS.items())
    engine.run(f"CREATE TABLE found ({columns}, note VARCHAR(80))")
    known = _known(engine, extract)
    fields = extract.fields(files)
    engine.run(assemble.cells(assemble.summed(known.values()), fields))
    for one in sorted(known.values(), key=lambda one: one.code not in _FIRST):
        for sql in _statements(one, [name for name, *_ in fields]):
            engine.run(f"INSERT INTO found ({_names()})\n{sql}")
        if one.code == "places_open":
            engine.run(assemble.text("towns"))
    _estimate(engine, extract)
    _hold_back(engine, [one for one in known.values() if one.answers or "invited" in one.needs])
    _quiet(engine)
    _tell_again(engine, extract)
    engine.run(assemble.text("speakers"))
    told = {code for (code,) in engine.rows("SELECT DISTINCT code FROM found")}
    return {code: one.why for code, one in INDICATORS.items() if code not in told}


def _statements(one: Indicator, fields: Iterable[str]) -> list[str]:
    match one.measure:
        case Filled():
            return [assemble.fill(name) for name in fields]
        case Split():
            return [assemble.split(one.code, one.measure)]
        case Quartiles():
            return [assemble.quartiles(one.code, one.measure)]
        case View():
            return [assemble.view(one.code, one.measure)]
        case Estimated() | Compared():
            return []
    return [assemble.figure(one)]


def _known(engine: Engine, extract: Extract) -> dict[str, Indicator]:
    """The indicators all of whose columns somebody has filled."""
    needed = {need for one in INDICATORS.values() for need in one.needs}
    of_places = sorted(need for need in needed if not need.startswith("territories."))
    lists = {name for name, kind in COLUMNS.items() if kind.endswith("[]")}
    counts = ", ".join(f"sum(array_length({one}, 1))" if one in lists else f"count({one})" for one in of_places)
    [row] = engine.rows(f"SELECT {counts} FROM records")
    filled = {need for need, count in zip(of_places, row, strict=True) if count}
    if extract.path("territories.parquet"):
        filled |= {need for need in needed - set(of_places) if _any(engine, f"{need} IS NOT NULL", "territories")}
    return {code: one for code, one in INDICATORS.items() if filled.issuperset(one.needs)}


def _any(engine: Engine, condition: str, table: str = "records") -> bool:
    return bool(engine.rows(f"SELECT 1 FROM {table} WHERE {condition} LIMIT 1"))


def _estimate(engine: Engine, extract: Extract) -> None:
    columns = [*assemble.FOUND, "note"]
    territories = [code for (code,) in engine.rows("SELECT DISTINCT territory FROM found WHERE territory <> ''")]
    rows = [(*row, "") for row in estimates.apart(sorted({*territories, *published.BEYOND}))]
    if extract.path("assertions.parquet") and extract.path("links.csv"):
        rows += [(*row, refusal) for row, refusal in estimates.unseen(engine, extract.lists)]
    engine.insert("found", columns, rows)


#: By which definitions and bases answers may be told, the most telling first.
_DETAILS = (
    (("ANY", "COWORK"), ("ALL", "CONFIRMED")),
    (("ANY", "COWORK"), ("ALL",)),
    (("ANY",), ("ALL", "CONFIRMED")),
    (("ANY",), ("ALL",)),
)


def _tell_again(engine: Engine, extract: Extract) -> None:
    """What was told of answers once is told as it was: computed anew from places that closed, moved or grew old since,
    it would differ by their answers."""
    rows = [one | {"region_code": one["region"]} for one in extract.told() if one["code"] in INDICATORS]
    columns = [*assemble.FOUND, "note"]
    engine.insert("found", columns, [[row[name] for name in columns] for row in rows])


def _hold_back(engine: Engine, indicators: Iterable[Indicator]) -> None:
    """Small cells of answers, and what would give them back; of who answered at all, territories in which few were
    asked, for there it could be told who is silent. Answers are not told by kind or type of territory at all:
    there more sums would cross the others; nor by a detail that leaves fewer territories to tell of."""
    for one in indicators:
        engine.run(
            f"DELETE FROM found WHERE code = '{one.code}' "
            "AND (territory_type <> '' OR counted NOT IN ('ANY', 'COWORK'))"
        )
        rows = engine.rows(
            'SELECT level, territory, country, region_code, counted, basis, category, n, "of" FROM found '
            f"WHERE code = '{one.code}'"
        )
        if not rows:
            continue
        if not one.answers:  # how many of those asked answered is no secret
            rows = [(*row[:-2], 0, row[-1]) for row in rows]
        found = []
        for counted, bases in _DETAILS:
            tables, parents = cells(rows, counted, bases)
            found.append((disclosure.tellable(tables, parents, one.least), counted, bases))
        told, counted, bases = max(found, key=lambda detail: len(detail[0]))  # of equal ones the first
        engine.run(
            f"DELETE FROM found WHERE code = '{one.code}' AND NOT (counted IN ({_texts(counted)}) "
            f"AND basis IN ({_texts(bases)}) AND level || ' ' || territory IN ({_texts(map(' '.join, sorted(told)))}))"
        )
        # one row for each that is held back: one for each answer would tell which answers there were
        where = {(level, territory): (country, region) for level, territory, country, region, *_ in rows}
        hidden = [
            (one.code, "", *node, *where[node], "", "ANY", "ALL", "SUPPRESSED") for node in sorted(where.keys() - told)
        ]
        engine.insert("found", [*assemble.FOUND[:9], "note"], hidden)


def _texts(values: Iterable[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values) or "''"  # of NULL, NOT IN is neither


Node = tuple[str, str]


def cells(
    rows: Iterable[tuple[Any, ...]], definitions: Sequence[str], bases: Sequence[str]
) -> tuple[dict[Node, list[int]], dict[Node, Node]]:
    """Figures of answers as cells that do not overlap, by territory, and which territory is part of which.

    Each figure says how many of a definition (any, coworking) and basis (all, recent) gave an answer, and among how
    many; the cells are those who did and did not, coworking or not, recent or not, as far as both are told.
    """
    counts: dict[Node, dict[tuple[str, str, str], int]] = defaultdict(lambda: defaultdict(int))
    parents: dict[Node, Node] = {}
    categories: set[str] = set()
    for level, territory, country, region, counted, basis, category, n, of in rows:
        node = (level, territory)
        counts[node][counted, basis, category] = int(n)
        counts[node][counted, basis, _AMONG] = int(of)
        categories.add(category)
        if level == "country":
            parents[node] = ("all", "")
        elif level == "region":
            parents[node] = ("country", country)
        elif level == "town":
            parents[node] = ("region", region) if region else ("country", country)
    found = {}
    for node, told in counts.items():
        table: list[int] = []
        for counted, basis in product(range(len(definitions)), range(len(bases))):
            some = [_alone(told, definitions[counted:], bases[basis:], category) for category in sorted(categories)]
            table += [*some, _alone(told, definitions[counted:], bases[basis:], _AMONG) - sum(some)]
        found[node] = table
    return found, parents


_AMONG = "\0"  # no category: all who were asked


def _alone(
    told: Mapping[tuple[str, str, str], int], definitions: Sequence[str], bases: Sequence[str], category: str
) -> int:
    """Of the first definition and not the next, on the first basis and not the next."""
    signs = list(product(enumerate(definitions[:2]), enumerate(bases[:2])))
    return sum(
        (-1) ** (one + other) * told.get((counted, basis, category), 0) for (one, counted), (other, basis) in signs
    )


def _quiet(engine: Engine) -> None:
    """A share of very few places says nothing: the counts stand, the share is left out."""
    shares = [one for one in INDICATORS.values() if one.unit == "share" or one.code == "survival"]
    for one in shares:
        engine.run(
            "UPDATE found SET value = NULL, low = NULL, high = NULL, note = 'TOO_FEW' "
            f"WHERE code = '{one.code}' AND \"of\" < {one.least} AND note IS NULL"
        )


def _names() -> str:
    return ", ".join(f'"{name}"' for name in assemble.FOUND)


def _ordered() -> str:
    numbers = ", ".join(f"round({name}, 9) AS {name}" for name in ("value", "low", "high"))
    others = "code = 'source_disagreement'"  # speaks of no place of ours
    return (
        "SELECT code, category, level, territory,\n"
        "  coalesce(found.country, CASE level WHEN 'country' THEN territory WHEN 'region' THEN left(territory, 2) END, "
        "'')"
        " AS country,\n  coalesce(found.region_code, CASE level WHEN 'region' THEN territory END, '') AS region,\n"
        f"  territory_type, counted, basis, {numbers}, n, \"of\", coalesce(note, '') AS note,\n"
        f"  CASE WHEN {others} THEN '' ELSE coalesce(oldest, '') END AS oldest,\n"
        f"  CASE WHEN {others} THEN '' ELSE coalesce(newest, '') END AS newest,\n"
        f"  CASE WHEN {others} THEN '' WHEN code = 'unseen_estimate' THEN category ELSE coalesce(sources, '') END"
        " AS sources\nFROM found\n"
        "LEFT JOIN scopes USING (level, territory, territory_type, counted, basis)\n"
        "LEFT JOIN cells USING (scope) LEFT JOIN speakers USING (scope)\n"
        "ORDER BY code, level, territory, territory_type, counted, basis, category"
    )


def about(as_of: date, unknown: Mapping[str, str], statistics: Sequence[str] = ()) -> dict[str, Any]:
    """What each indicator is, in English, and how it follows from the tables; ``statistics`` names those of territories
    that were there."""
    told, sql = {}, {}
    for code, one in INDICATORS.items():
        reason = unknown.get(code, "")
        sql[code] = assemble.published(code, as_of)
        told[code] = {
            "number": one.number,
            "title": one.title,
            "definition": one.text,
            "formula": one.formula,
            "unit": UNITS[one.unit],
            "population": POPULATIONS[one.among],
            "source": ORIGINS[one.origin],
            "answers": one.answers,
            "least": one.least,
            "first_edition": one.since,
            "known": not reason,
            "reason": UNKNOWN[reason] if reason else "",
            "why": reason,
            "sql": sql[code],
        }
    return {
        "as_of": as_of.isoformat(),
        "software": {"name": "CoWorkMed", "version": coworkmed.__version__},
        "sql": digest(*(sql[code] for code in sorted(sql))),
        "statistics": list(statistics),
        "definitions": {key: {"title": one.title, "definition": one.text} for key, one in DEFINITIONS.items()},
        "indicators": told,
    }
