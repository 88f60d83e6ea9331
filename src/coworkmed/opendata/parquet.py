"""Parquet, written by DuckDB: the same rows give the same bytes."""

from collections.abc import Iterable, Mapping
from json import JSONEncoder
from pathlib import Path
from typing import Any

import duckdb

#: One thread and no extension from elsewhere: nothing that varies from one run or machine to the next.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

_encode = JSONEncoder(ensure_ascii=False).encode


def write(path: Path, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write ``rows`` (column → JSON value) to ``path``; ``columns`` gives each its DuckDB type, in order.

    The rows pass through a file beside it, so that memory stays small however many they are.
    """
    passage = path.with_suffix(".ndjson")
    with passage.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for row in rows:
            file.write(_encode(row) + "\n")
    with duckdb.connect(config=_CONFIG) as connection:
        found = connection.read_json(str(passage), columns=dict(columns), format="newline_delimited")
        found.write_parquet(str(path), compression="zstd")
    passage.unlink()
