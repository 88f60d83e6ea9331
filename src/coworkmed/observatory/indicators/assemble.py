"""SQL of the indicators: the same text is run and published, and runs on DuckDB and PostgreSQL alike."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from .catalogue import INDICATORS, Indicator
from .measures import Count, Filled, Quartiles, Quotient, Share, Split, Summed, Total, View

_FOLDER = Path(__file__).with_name("sql")
Z95 = "1.959963984540054"  # 97.5 % point of the normal distribution
#: Columns of every figure. ``of``: among how many; ``note``: why there is no value (`catalogue.UNKNOWN`).
FOUND = (
    "code", "category", "level", "territory", "country", "region_code", "territory_type", "counted", "basis",
    "value", "n", "of", "low", "high",
)  # fmt: skip


@cache
def text(name: str) -> str:
    """``sql/NAME.sql`` as it stands."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip()


def records(as_of: date) -> list[str]:
    """The statements that make the tables everything is computed over: ``records`` in their strata, and ``scopes``,
    which the strata are ``members`` of."""
    dated = re.sub(r"\{last_day (\w+)\}", lambda found: _last_day(found[1]), text("records"))
    return [*dated.replace("{as_of}", f"DATE '{as_of.isoformat()}'").split(";\n\n"), *text("scopes").split(";\n\n")]


def _last_day(column: str) -> str:
    """The last day a partial date can mean."""
    month = f"CAST({column} || '-01' AS DATE) + INTERVAL '1 month' - INTERVAL '1 day'"
    return (
        f"CASE length({column}) WHEN 10 THEN CAST({column} AS DATE) WHEN 7 THEN CAST({month} AS DATE) "
        f"WHEN 4 THEN CAST({column} || '-12-31' AS DATE) END"
    )


def cells(indicators: Sequence[Indicator], fields: Sequence[tuple[str, str, bool]] = ()) -> str:
    """All sums of all indicators, and of the known ``fields``, in one pass over the records: a row for each scope, with
    the oldest and the newest evidence of its places."""
    sums = [column for one in indicators for column in _tally(one)] + filled(fields)
    dates = ["min(confirmed_on) AS oldest", "max(confirmed_on) AS newest"]
    added = ["min(oldest) AS oldest", "max(newest) AS newest", *(f"sum({name}) AS {name}" for name in map(_name, sums))]
    return f"CREATE TABLE cells AS\n{_rolled('TRUE', [*dates, *sums], added)}"


def _name(column: str) -> str:
    return column.rsplit(" AS ", 1)[1]


def _rolled(whole: str, columns: Sequence[str], added: Sequence[str], by: str = "") -> str:
    """``columns`` for each stratum of the records for which ``whole`` holds, ``added`` up for each scope; both for each
    value of ``by`` (an expression AS its name). Records are counted by the number of their stratum alone: they are
    many, and strata are few."""
    value, _, name = by.rpartition(" AS ")
    first = ",\n  ".join(["stratum", *filter(None, [by]), *columns])
    return (
        f"SELECT {', '.join(filter(None, ['scope', name]))},\n  " + ",\n  ".join(added) + "\nFROM (\n"
        f"SELECT {first}\nFROM records WHERE {whole}\nGROUP BY {', '.join(filter(None, ['stratum', value]))}\n"
        f") AS tallies JOIN members USING (stratum)\nGROUP BY {', '.join(filter(None, ['scope', name]))}"
    )


def filled(fields: Sequence[tuple[str, str, bool]]) -> list[str]:
    """What `cells` sums for the shares of known facts: of each (field, its column, whether that is a list)."""
    return [f"count(*) FILTER (WHERE {_known(column, several)}) AS filled__{name}" for name, column, several in fields]


def _known(column: str, several: bool) -> str:
    return f"coalesce(array_length({column}, 1), 0) > 0" if several else f"{column} IS NOT NULL"


def _tally(one: Indicator) -> list[str]:
    match one.measure:
        case Count(part):
            return [f"count(*) FILTER (WHERE {part}) AS {one.code}__n", f"count(*) AS {one.code}__of"]
        case Share(part, whole):
            return [
                f"count(*) FILTER (WHERE ({whole}) AND ({part})) AS {one.code}__n",
                f"count(*) FILTER (WHERE {whole}) AS {one.code}__of",
            ]
        case Total(value, whole):
            return [
                f"count(*) FILTER (WHERE {whole}) AS {one.code}__n",
                "count(*) AS " + f"{one.code}__of",
                f"sum({value}) FILTER (WHERE {whole}) AS {one.code}__sum",
            ]
        case Quotient(above, below, whole):
            return [
                f"count(*) FILTER (WHERE {whole}) AS {one.code}__n",
                "count(*) AS " + f"{one.code}__of",
                f"sum({above}) FILTER (WHERE {whole}) AS {one.code}__sum",
                f"sum({below}) FILTER (WHERE {whole}) AS {one.code}__below",
            ]
    return []


_KEYS = "level, territory, country, region_code, territory_type, counted, basis"


def figure(one: Indicator) -> str:
    """The figures of an indicator that is a sum, from ``cells``."""
    n, of, total, below = (f"{one.code}__{part}" for part in ("n", "of", "sum", "below"))
    match one.measure:
        case Count():
            value, low, high, told = n, "NULL", "NULL", f"{of} > 0"
        case Share():
            value, low, high, told = _share(n, of), *_wilson(n, of), f"{of} > 0"
        case Total():
            value, low, high, told = total, "NULL", "NULL", f"{n} > 0"
        case _:
            value, low, high, told = f"{total} / {below}", "NULL", "NULL", f"{below} > 0"
    return _select(one.code, "''", value, n, of, low, high, "cells", told)


def fill(field: str) -> str:
    """The share of places of which a field is known, from ``cells``; of towns that would be more rows than readers."""
    n, of = f"filled__{field}", "places_open__of"
    low, high = _wilson(n, of)
    return _select("item_fill", f"'{field}'", _share(n, of), n, of, low, high, "cells", f"{of} > 0 AND level <> 'town'")


def split(code: str, measure: Split) -> str:
    """The figures of an indicator that is a share for each value of a column: in a pass of its own."""
    cells = _rolled(measure.whole, ["count(*) AS n"], ["sum(n) AS n"], f"{measure.by} AS category")
    summed = f'SELECT *, sum(n) OVER (PARTITION BY scope) AS "of" FROM (\n{cells}\n) AS cells'
    itself = measure.by == "territory_type"  # what it is split by is no scope of it
    told = "n > 0 AND territory_type = ''" if itself else "n > 0"
    low, high = _wilson("n", '"of"')
    return _select(code, "category", _share("n", '"of"'), "n", '"of"', low, high, f"(\n{summed}\n) AS shares", told)


def quartiles(code: str, measure: Quartiles) -> str:
    """Median and quartiles, interpolated between neighbours as ``percentile_cont`` does. Equal values are counted
    first: of many places few values are left, and these add up over territories as sums do."""
    counts = _rolled(measure.whole, ["count(*) AS n"], ["sum(n) AS n"], f"{measure.value} AS told")
    running = "sum(n) OVER (PARTITION BY scope ORDER BY told)"
    ranked = f"SELECT *, {running} AS upto, sum(n) OVER (PARTITION BY scope) AS among FROM (\n{counts}\n) AS counts"
    at = ",\n  ".join(f"{_quantile(part)} AS {name}" for part, name in _QUARTILES)
    cells = f"SELECT scope,\n  {at},\n  max(among) AS n\nFROM (\n{ranked}\n) AS ranked GROUP BY scope"
    return _select(code, "''", "value", "n", "n", "low", "high", f"(\n{cells}\n) AS cells", "n > 0")


_QUARTILES = ((0.25, "low"), (0.5, "value"), (0.75, "high"))


def _quantile(part: float) -> str:
    """The value at ``part`` of the way from the first to the last, between the two it falls between."""
    rank = f"({part} * (among - 1))"
    below = f"min(told) FILTER (WHERE upto > floor{rank})"
    above = f"min(told) FILTER (WHERE upto > ceil{rank})"
    return f"{below} + max({rank} - floor{rank}) * ({above} - {below})"


def view(code: str, measure: View) -> str:
    """The figures of an indicator with a query of its own."""
    columns = 'level, territory, NULL, NULL, territory_type, counted, basis, value, n, "of", low, high'
    return f"SELECT '{code}', category, {columns}\nFROM (\n{text(measure.name)}\n) AS told"


def _select(
    code: str, category: str, value: str, n: str, of: str, low: str, high: str, source: str, told: str
) -> str:  # fmt: skip
    return (
        f"SELECT '{code}', {category}, {_KEYS},\n"
        f"  CAST({value} AS DOUBLE PRECISION), {n}, {of}, {low}, {high}\n"
        f"FROM {source} JOIN scopes USING (scope) WHERE {told}"
    )


def _share(n: str, of: str) -> str:
    return f"CAST({n} AS DOUBLE PRECISION) / {of}"


def _wilson(n: str, of: str) -> tuple[str, str]:
    """Wilson's 95 % interval of a share (E. B. Wilson, 1927), both ends in [0, 1]."""
    p, z2 = _share(n, of), f"({Z95} * {Z95})"
    middle = f"({p} + {z2} / (2 * {of}))"
    half = f"{Z95} * sqrt({p} * (1 - {p}) / {of} + {z2} / (4.0 * {of} * {of}))"
    return (
        f"greatest(0, ({middle} - {half}) / (1 + {z2} / {of}))",
        f"least(1, ({middle} + {half}) / (1 + {z2} / {of}))",
    )


def published(code: str, as_of: date) -> str:
    """All the SQL by which an indicator follows from the published tables, as a script that can be run."""
    one = INDICATORS[code]
    parts = records(as_of)
    match one.measure:
        case Count() | Share() | Total() | Quotient():
            parts += [cells([one]), figure(one)]
        case Split():
            parts.append(split(code, one.measure))
        case Quartiles():
            parts.append(quartiles(code, one.measure))
        case Filled():
            parts.append(
                "-- for each FIELD of the table of places\n"
                'SELECT scope, count(FIELD) AS n, count(*) AS "of"\n'
                "FROM records JOIN members USING (stratum) GROUP BY scope"
            )
        case View(name):
            parts += [text("towns")] * ("FROM towns" in text(name)) + [text(name)]
        case _ if code == "unseen_estimate":
            parts += [text("captures"), text("unseen_estimate")]
        case _:
            return "-- from the table of published figures: observatory/published.toml"
    return ";\n\n".join(parts) + ";\n"


def summed(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Those that one pass computes together."""
    return [one for one in indicators if isinstance(one.measure, Summed)]
