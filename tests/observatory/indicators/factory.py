"""Published folders made by hand: as many places as a test needs, with the columns it speaks of."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

DAY = "2026-03-01"
TYPES = {list: "VARCHAR[]", float: "DOUBLE", int: "DOUBLE", bool: "BOOLEAN", str: "VARCHAR"}
USUAL: Mapping[str, Any] = {
    "status": "OPEN", "freshness": "", "kinds": ["COWORK"], "country": "FR", "region_code": "FR-PAC",
    "town_code": "1", "confirmed_on": "2025-12", "sources": ["a"],
}  # fmt: skip


def table(path: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Rows as a parquet file; a column's type is that of its first value."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    types = {
        name: next((TYPES[type(row[name])] for row in rows if row.get(name) is not None), "VARCHAR") for name in names
    }
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE t ({', '.join(f'{name} {types[name]}' for name in names)})")
        db.executemany(
            f"INSERT INTO t VALUES ({', '.join('?' * len(names))})", [[r.get(n) for n in names] for r in rows]
        )
        db.execute(f"COPY t TO '{path}'")


def folder(path: Path, places: Iterable[Mapping[str, Any]], lists: Mapping[str, Sequence[str]] | None = None) -> Path:
    """A folder as it is published, with its manifest; ``lists`` gives what each list was made from."""
    path.mkdir(parents=True, exist_ok=True)
    rows = [{"place_id": f"p{at}", **USUAL, **one} for at, one in enumerate(places)]
    table(path / "places.parquet", rows)
    sources = [{"key": key, "derived_from": list(made)} for key, made in (lists or {"a": ()}).items()]
    (path / "manifest.json").write_text(json.dumps({"as_of": DAY, "sources": sources}))
    return path


def said(path: Path) -> None:
    """What each list says of the kinds of its places, as they are shown."""
    with duckdb.connect() as db:
        db.execute(f"CREATE TABLE p AS SELECT * FROM '{path / 'places.parquet'}'")
        spoke = "p CROSS JOIN unnest(sources) AS t (source)"
        value = "'[' || array_to_string(list_transform(kinds, k -> '\"' || k || '\"'), ',') || ']'"
        db.execute(
            f"COPY (SELECT source, place_id AS external_id, place_id, 'kinds' AS field, {value} AS value, '' AS doubt, "
            f"'2025-12' AS observed_on FROM {spoke}) TO '{path / 'assertions.parquet'}'"
        )
        db.execute(
            "COPY (SELECT source, place_id AS external_id, place_id, '' AS retired_on "
            f"FROM {spoke}) TO '{path / 'links.csv'}' (HEADER)"
        )


def figures(path: Path, code: str, **where: str) -> list[dict[str, Any]]:
    """Figures of an indicator as they were written."""
    with duckdb.connect() as db:
        tests = "".join(f" AND {name} = '{value}'" for name, value in where.items())
        found = db.sql(f"SELECT * FROM '{path / 'indicators.parquet'}' WHERE code = '{code}'{tests}")
        return [dict(zip(found.columns, row, strict=True)) for row in found.fetchall()]


def figure(path: Path, code: str, **where: str) -> dict[str, Any]:
    """The one there is."""
    usual = {"level": "all", "counted": "ANY", "basis": "ALL", "territory_type": ""}
    [one] = figures(path, code, **usual | where)
    return one
