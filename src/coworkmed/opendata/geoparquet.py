"""What a search finds as GeoParquet 1.1: the table of places with a column of geometry, for analysis."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb

from . import parquet, tables
from .feeds import Origins
from .geopackage import wkb

MEDIA_TYPE = "application/vnd.apache.parquet"
_COLUMNS = {column.name: column.type for column in tables.PLACES} | {"attributions": "VARCHAR[]", "wkb": "VARCHAR"}
#: Without a reference system it is longitude and latitude on WGS 84 (OGC:CRS84).
_GEO = {
    "version": "1.1.0",
    "primary_column": "geometry",
    "columns": {"geometry": {"encoding": "WKB", "geometry_types": ["Point"]}},
}


def write(path: Path, rows: Iterable[Mapping[str, Any]], origins: Origins) -> None:
    """Write rows of the table of places (`feeds.rows`) to a new file, with its terms as the metadata "licence". They
    pass through a file beside it, so that memory stays small."""
    passage = path.with_suffix(".ndjson")
    with passage.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for row in rows:
            lon, lat = row["lon"], row["lat"]
            placed = lon is not None and lat is not None
            file.write(parquet.line({**row, "wkb": wkb(lon, lat).hex() if placed else None}))
    told = {"geo": tables.to_json(_GEO), "licence": tables.to_json(origins.terms.as_json())}
    pairs = ", ".join(f"{name}: {_quoted(text)}" for name, text in told.items())
    with duckdb.connect(config=parquet.CONFIG) as connection:
        found = connection.read_json(str(passage), columns=_COLUMNS, format="newline_delimited")
        connection.sql(
            f"COPY (SELECT * EXCLUDE (wkb), from_hex(wkb) AS geometry FROM found) TO {_quoted(str(path))} "  # noqa: S608
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{pairs}}})"
        )
        del found
    passage.unlink()


def _quoted(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
