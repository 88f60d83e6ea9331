"""Reads the indicators that were computed, from the files they were written to: nothing is computed on a request."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import duckdb

from .compute import ABOUT, TABLE

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": "1",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_COLUMNS = (
    "code", "category", "level", "territory", "country", "region", "territory_type", "counted", "basis",
    "value", "low", "high", "n", "of", "note", "oldest", "newest", "sources",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the published figures; ``value`` None where ``note`` (key of `catalogue.UNKNOWN`, or of
    `unseen.REFUSALS`) says why."""

    code: str
    category: str
    level: str
    territory: str
    country: str
    region: str
    territory_type: str
    counted: str
    basis: str
    value: float | None
    low: float | None
    high: float | None
    n: int | None
    of: int | None
    note: str
    oldest: str
    newest: str
    sources: str


class Figures:
    """What was computed in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self._table = folder / TABLE
        self._about = folder / ABOUT

    @property
    def there(self) -> bool:
        return self._table.is_file() and self._about.is_file()

    @property
    def about(self) -> Mapping[str, Any]:
        """What the indicators are (`compute.about`)."""
        return _read(self._about, self._about.stat().st_mtime_ns)

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.about["as_of"])

    def why_unknown(self, code: str) -> str:
        """Key of `catalogue.UNKNOWN`; "" where the indicator is known."""
        why: str = self.about["indicators"].get(code, {}).get("why", "")
        return why

    def sql(self, code: str) -> str:
        found: str = self.about["indicators"].get(code, {}).get("sql", "")
        return found

    def find(self, **where: str | Sequence[str]) -> list[Figure]:
        """Figures whose columns are as ``where`` says, in the order they were written."""
        tests, params = ["TRUE"], list[str]()
        for name, value in where.items():
            values = [value] if isinstance(value, str) else list(value)
            tests.append(f'"{name}" IN ({", ".join("?" * len(values)) or "NULL"})')
            params += values
        columns = ", ".join(f'"{name}"' for name in _COLUMNS)
        with duckdb.connect(config=_CONFIG) as db:
            table = str(self._table).replace("'", "''")
            rows = db.execute(f"SELECT {columns} FROM read_parquet('{table}') WHERE {' AND '.join(tests)}", params)
            return [Figure(*row) for row in rows.fetchall()]


@lru_cache(8)
def _read(path: Path, _changed: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
