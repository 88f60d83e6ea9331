"""Parquet, written by DuckDB: the same rows give the same bytes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from json import JSONEncoder
from pathlib import Path
from typing import Any

import duckdb

#: One thread and no extension from elsewhere: nothing that varies from one run or machine to the next.
CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

_encode = JSONEncoder(ensure_ascii=False).encode


def line(row: Mapping[str, Any]) -> str:
    """A row (column → JSON value) as a line of JSON."""
    return _encode(row) + "\n"


@contextmanager
def writing(path: Path, columns: Mapping[str, str]) -> Iterator[Callable[[str], object]]:
    """While the block lasts, takes the rows of ``path`` one by one, each as a `line`; ``columns`` gives each its DuckDB
    type, in order.

    The rows pass through a file beside it, so that memory stays small however many they are.
    """
    passage = path.with_suffix(".ndjson")
    with passage.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        yield file.write
    with duckdb.connect(config=CONFIG) as connection:
        found = connection.read_json(str(passage), columns=dict(columns), format="newline_delimited")
        found.write_parquet(str(path), compression="zstd")
    passage.unlink()
