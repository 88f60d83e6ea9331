"""A folder of published files as relations: ``places``, ``assertions``, ``retained``, ``territories``."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from coworkmed.kernel.fields import FIELDS
from coworkmed.sources.voices import KEYS as VOICES

from .engines import DuckDb, Engine

#: Columns that SQL may ask of a place; nothing where the extract does not hold them.
COLUMNS = {
    **dict.fromkeys(
        "place_id country region_code town_code status freshness confirmed_on opened closed lease_end territory_type "
        "legal_form sector initiated_by user_vote result price_month_currency lau".split(),
        "VARCHAR",
    ),
    **dict.fromkeys(
        "desks desks_flex desks_fixed members_now desks_occupied price_month facilitator_fte income_public_grant "
        "hours_given_month jobs_fte".split(),
        "DOUBLE",
    ),
    **dict.fromkeys(("invited", "answered", "in_metropolis"), "BOOLEAN"),
    **dict.fromkeys(("kinds", "sources", "non_money_payment"), "VARCHAR[]"),
}
#: Columns of the statistics of territories.
STATISTICS = ("inhabitants", "self_employed", "income_month", "within_20_minutes")
#: What is said of a place by where it lies: by its municipality, else its town, else its region.
TYPOLOGY = {"territory_type": "VARCHAR", "in_metropolis": "BOOLEAN"}
#: What was told of answers before (rows of indicators.parquet, as JSON), and is told again as it was.
TOLD = "told.json"
#: Field → the column that is filled where it is known, if that is not of its name.
_STANDS_FOR = {"position": "lat"}


@dataclass
class Extract:
    """``folder`` of published files; ``day`` of the extract and what each list was ``made_from`` are said by its
    manifest, unless they are given. Perhaps tables ``beside`` them that are not published row by row:

    - ``answers.parquet``         place_id, invited, answered, and the answers of the census that are shown of no place:
                                  desks_occupied, lease_end, income_public_grant (%), result, hours_given_month and
                                  jobs_fte; or told.json, what was told of them the first time
    - ``municipalities.parquet``  lau, in_metropolis, territory_type
    - ``territories.parquet``     territory (codes as in the extract), `STATISTICS`, year and source; and of towns and
                                  regions perhaps territory_type and in_metropolis, which then hold of their places
    """

    folder: Path
    beside: Path | None = None
    day: date | None = None
    made_from: Mapping[str, Sequence[str]] | None = None

    def path(self, name: str) -> Path | None:
        """Of a table, if it is there."""
        candidates = [folder / name for folder in (self.beside, self.folder) if folder]
        return next((one for one in candidates if one.is_file()), None)

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        path = self.folder / "manifest.json"
        found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        return found

    @property
    def lists(self) -> Mapping[str, Sequence[str]]:
        """What each list was made from, by its key: people's words beside them are no list."""
        made = self.made_from
        if made is None:
            made = {row["key"]: row.get("derived_from", ()) for row in self.manifest.get("sources", ())}
        return {key: origins for key, origins in made.items() if key not in VOICES}

    def told(self) -> list[dict[str, Any]]:
        """Figures that are told as they were (`TOLD`, in the folder ``beside``)."""
        path = self.beside / TOLD if self.beside else None
        found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8")) if path and path.is_file() else []
        return found

    def as_of(self) -> date:
        """The day of the extract. KeyError if nothing says it."""
        return self.day or date.fromisoformat(self.manifest["as_of"])

    def places(self, files: DuckDb) -> str:
        """The table of places as a query, in DuckDB's SQL; of columns that no indicator reads, that they are known."""
        held = _described(files, self.folder / "places.parquet")
        joins, given = "", dict.fromkeys(held, "places")
        for name, key in (("answers", "place_id"), ("municipalities", "lau")):
            if path := self.path(f"{name}.parquet"):
                joins += f" LEFT JOIN {_parquet(path)} AS {name} USING ({key})"
                given |= {column: name for column in _described(files, path) if column != key}
        wanted = {name: _column(name, kind, given.get(name)) for name, kind in COLUMNS.items()}
        if (path := self.path("territories.parquet")) and TYPOLOGY.keys() <= _described(files, path).keys():
            told = ", ".join(f"any_value({name}) AS {name}" for name in TYPOLOGY)
            once = f"SELECT territory, {told} FROM {_parquet(path)} GROUP BY territory"  # or a place would count twice
            levels = [level for level in ("town", "region") if f"{level}_code" in held]
            for level in levels:
                joins += f" LEFT JOIN ({once}) AS of_{level} ON of_{level}.territory = places.{level}_code"
            for name, kind in TYPOLOGY.items():
                told = ", ".join([wanted[name], *(f"of_{level}.{name}" for level in levels)])
                wanted[name] = f"CAST(coalesce({told}) AS {kind})"
        others = {
            name: _known(f'{table}."{name}"', held.get(name, "")) for name, table in given.items() if name not in wanted
        }
        columns = ", ".join(f'{sql} AS "{name}"' for name, sql in (others | wanted).items())
        return f"SELECT {columns} FROM {_parquet(self.folder / 'places.parquet')} AS places{joins}"

    def statistics(self, files: DuckDb) -> list[str]:
        """Whose statistics of territories these are, and of which years: as texts."""
        path = self.path("territories.parquet")
        if path is None or not {"source", "year"} <= _described(files, path).keys():
            return []
        years = "CASE min(year) WHEN max(year) THEN max(year) || '' ELSE min(year) || '–' || max(year) END"
        return [one for (one,) in files.rows(
            f"SELECT source || ', ' || {years} FROM {_parquet(path)} GROUP BY source ORDER BY source"
        )]  # fmt: skip

    def fields(self, files: DuckDb) -> list[tuple[str, str, bool]]:
        """(field, its column, whether that is a list) for each field of the dictionary that the published table has."""
        held = _described(files, self.folder / "places.parquet")
        found = [(name, _STANDS_FOR.get(name, name)) for name in FIELDS]
        return [(name, column, COLUMNS.get(column, "").endswith("[]")) for name, column in found if column in held]

    def open(self, engine: Engine, files: DuckDb) -> None:
        """Make the relations."""
        engine.load("places", self.places(files))
        if path := self.path("territories.parquet"):
            held = _described(files, path)
            columns = [f'"{one}"' if one in held else f'CAST(NULL AS DOUBLE) AS "{one}"' for one in STATISTICS]
            engine.load("territories", f"SELECT territory, {', '.join(columns)} FROM {_parquet(path)}")
        if self.path("assertions.parquet") and self.path("links.csv"):
            source = f"read_csv({_quoted(self.folder / 'links.csv')}, all_varchar = true, header = true)"
            retained = "SELECT source, external_id FROM {} WHERE coalesce(retired_on, '') = ''"
            engine.load("retained", retained.format(source))
            kinds = f"{_parquet(self.folder / 'assertions.parquet')} WHERE field = 'kinds'"
            engine.load(
                "assertions", f"SELECT source, external_id, place_id, field, value, doubt, observed_on FROM {kinds}"
            )


def _column(name: str, kind: str, table: str | None) -> str:
    if table is None:
        return f"CAST({'[]' if kind.endswith('[]') else 'NULL'} AS {kind})"
    column = f'{table}."{name}"'
    if kind == "VARCHAR[]":
        return f"coalesce({column}, CAST([] AS VARCHAR[]))"
    return f"nullif({column}, '')" if kind == "VARCHAR" else f"CAST({column} AS {kind})"


def _known(column: str, kind: str) -> str:
    return f"CASE WHEN {f'len({column}) > 0' if kind.endswith('[]') else f'{column} IS NOT NULL'} THEN TRUE END"


def _described(files: DuckDb, path: Path) -> dict[str, str]:
    return {name: kind for name, kind, *_ in files.rows(f"DESCRIBE SELECT * FROM {_parquet(path)}")}


def _parquet(path: Path) -> str:
    return f"read_parquet({_quoted(path)})"


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
