"""Where the SQL runs: in this process, or on a PostgreSQL server that a large site has anyway."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb

Rows = list[tuple[Any, ...]]


class Engine(Protocol):
    def run(self, sql: str) -> None:
        """Execute a statement."""

    def rows(self, sql: str) -> Rows:
        """Answer of a query."""

    def load(self, name: str, select: str) -> None:
        """Make ``name`` a relation: what ``select``, in DuckDB's SQL over published files, gives."""

    def insert(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        """Add rows to a table."""


_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class DuckDb:
    """In this process; relations are read from the files as they are asked for."""

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    def run(self, sql: str) -> None:
        self._connection.execute(sql)

    def rows(self, sql: str) -> Rows:
        return self._connection.execute(sql).fetchall()

    def load(self, name: str, select: str) -> None:
        self.run(f"CREATE VIEW {name} AS {select}")

    def insert(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names = ", ".join(f'"{one}"' for one in columns)
        told = json.dumps([dict(zip(columns, row, strict=True)) for row in rows])  # one value: many are bound slowly
        shape = json.dumps([dict.fromkeys(columns, "VARCHAR")])
        each = f"SELECT {names} FROM (SELECT unnest(from_json(?, ?), recursive := true))"
        self._connection.execute(f"INSERT INTO {name} ({names}) {each}", [told, shape])

    def write(self, select: str, path: Path) -> None:
        """The answer of a query as a parquet file: the same answer gives the same bytes."""
        self.run("SET threads = 1")
        self._connection.sql(select).write_parquet(str(path), compression="zstd")
        self.run("RESET threads")


@contextmanager
def duck(memory: str = "") -> Iterator[DuckDb]:
    """A database in memory, gone at the end; ``memory`` as DuckDB has it ("3GB"), by default four fifths of all."""
    config = _OFFLINE | ({"memory_limit": memory} if memory else {})
    with duckdb.connect(config=config) as connection:
        yield DuckDb(connection)


class Postgres:
    """On a server: ``connection`` is of psycopg. Everything is made in a schema of its own, which the caller drops."""

    def __init__(self, connection: Any, files: DuckDb) -> None:
        self._connection, self._files = connection, files

    def run(self, sql: str) -> None:
        self._connection.execute(sql)

    def rows(self, sql: str) -> Rows:
        found: Rows = self._connection.execute(sql).fetchall()
        return found

    def load(self, name: str, select: str) -> None:
        """Through DuckDB, which reads the files, and COPY."""
        columns = self._files.rows(f"DESCRIBE {select}")
        types: Mapping[str, str] = {"DOUBLE": "double precision", "VARCHAR[]": "text[]", "VARCHAR": "text"}
        made = ", ".join(f'"{column}" {types.get(kind, kind)}' for column, kind, *_ in columns)
        self.run(f"CREATE TABLE {name} ({made})")
        with self._connection.cursor().copy(f"COPY {name} FROM STDIN") as copy:
            for row in self._files.rows(select):
                copy.write_row(row)
        self.run(f"ANALYZE {name}")

    def insert(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
        names, marks = ", ".join(f'"{one}"' for one in columns), ", ".join(["%s"] * len(columns))
        self._connection.cursor().executemany(f"INSERT INTO {name} ({names}) VALUES ({marks})", list(rows))
