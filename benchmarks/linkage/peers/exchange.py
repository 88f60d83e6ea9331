"""What the tools are given, as files that any environment can read.

A case is a directory: ``records.parquet`` (normalised columns, one row a record), ``left.npy`` and ``right.npy``
(positions of the records of each pair), and ``records.pickle`` (the same records in our own form, for our end-to-end
run only). ``truth.npy`` (the place of each record) or ``label.npy`` and ``fold.npy`` (of each pair) stand beside them.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

#: Columns of text every tool sees; an unknown value is null.
TEXTS = (
    "source", "name", "sorted", "core", "street", "number", "postcode", "town", "country", "phone", "domain",
    "category", "ident", "brand",
)  # fmt: skip
#: (column, type) in the order of the file.
COLUMNS = (
    ("row", "BIGINT"),
    *((text, "VARCHAR") for text in TEXTS),
    ("lat", "DOUBLE"),
    ("lon", "DOUBLE"),
    ("radius", "DOUBLE"),
)


@dataclass(frozen=True)
class Scored:
    """Pairs of positions (left < right) and how much a tool takes each for one place (a larger number for more)."""

    left: Ints
    right: Ints
    score: Doubles


@dataclass(frozen=True)
class Case:
    """One directory of input, read on demand."""

    directory: Path

    @property
    def parquet(self) -> str:
        return str(self.directory / "records.parquet")

    def columns(self) -> Mapping[str, NDArray[Any]]:
        """Column → values; unknown texts are None, unknown numbers NaN."""
        found = duckdb.sql(f"SELECT * FROM '{self.parquet}' ORDER BY row").fetchnumpy()
        return {name: _filled(values) for name, values in found.items()}

    def pairs(self) -> tuple[Ints, Ints]:
        return self.array("left"), self.array("right")

    def array(self, name: str) -> NDArray[Any]:
        loaded: NDArray[Any] = np.load(self.directory / f"{name}.npy")
        return loaded

    def has(self, name: str) -> bool:
        return (self.directory / f"{name}.npy").exists()


def _filled(values: NDArray[Any]) -> NDArray[Any]:
    """DuckDB masks what is null."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    if values.dtype.kind == "f":
        return values.filled(np.nan)
    listed = values.data.astype(object)
    listed[np.ma.getmaskarray(values)] = None
    return listed


def write(directory: Path, rows: Iterable[Sequence[Any]], **arrays: NDArray[Any]) -> Case:
    """A case from rows in the order of `COLUMNS` (None or NaN for unknown) and arrays by name."""
    directory.mkdir(parents=True, exist_ok=True)
    listed = directory / "records.csv"
    with listed.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(["" if value is None or value != value else value for value in row] for row in rows)
    types = ", ".join(f"'{name}': '{kind}'" for name, kind in COLUMNS)
    case = Case(directory)
    duckdb.sql(
        f"COPY (SELECT * FROM read_csv('{listed}', header=false, auto_detect=false, columns={{{types}}}, quote='\"', "
        f"escape='\"', parallel=false) ORDER BY row) TO '{case.parquet}' (FORMAT parquet)"
    )
    listed.unlink()
    for name, values in arrays.items():
        np.save(directory / f"{name}.npy", values)
    return case
