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

#: One row for each place and each definition it matches: "ANY", and every kind it declares.
BY_DEFINITION = """CREATE VIEW by_definition AS
SELECT records.*, definition.counted
FROM records CROSS JOIN unnest(array_append(kinds, 'ANY')) AS definition (counted)"""

#: What no sum is finer than.
_STRATA = "country, region_code, town_code, territory_type, counted, recent"
_TERRITORIES = ("", "country", "country, region_code", "country, region_code, town_code")


@cache
def text(name: str) -> str:
    """``sql/NAME.sql`` as it stands."""
    return (_FOLDER / f"{name}.sql").read_text(encoding="utf-8").strip()


def records(as_of: date) -> str:
    """The table everything is computed over."""
    dated = re.sub(r"\{last_day (\w+)\}", lambda found: _last_day(found[1]), text("records"))
    return dated.replace("{as_of}", f"DATE '{as_of.isoformat()}'")


def _last_day(column: str) -> str:
    """The last day a partial date can mean."""
    month = f"CAST({column} || '-01' AS DATE) + INTERVAL '1 month' - INTERVAL '1 day'"
    return (
        f"CASE length({column}) WHEN 10 THEN CAST({column} AS DATE) WHEN 7 THEN CAST({month} AS DATE) "
        f"WHEN 4 THEN CAST({column} || '-12-31' AS DATE) END"
    )


def tallies(indicators: Sequence[Indicator], fields: Sequence[tuple[str, str, bool]] = ()) -> str:
    """All sums of all indicators, and of the known ``fields``, in one pass over the records: a row for each town,
    definition, type of territory and freshness."""
    columns = ",\n  ".join([*(column for one in indicators for column in _tally(one)), *filled(fields)])
    return (
        "CREATE TABLE tallies AS\n"
        f"SELECT {_STRATA},\n  min(confirmed_on) AS oldest, max(confirmed_on) AS newest,\n  {columns}\n"
        f"FROM by_definition\nGROUP BY {_STRATA}"
    )


def filled(fields: Sequence[tuple[str, str, bool]]) -> list[str]:
    """What `tallies` sums for the shares of known facts: of each (field, its column, whether that is a list)."""
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


def rolled(table: str, sums: Iterable[str], *, typed: bool, by: str = "") -> str:
    """The tallies of ``table`` added up for every territory, all records beside recent ones and, if ``typed``, types of
    territory by themselves; split ``by`` a column too. Of towns only the two main definitions are told."""
    added = ",\n  ".join(f"sum({name}) AS {name}" for name in sums)
    return f"SELECT {_scope(typed=typed, by=by)},\n  {added}\nFROM {table}\n{_grouping(typed=typed, by=by)}"


def _scope(*, typed: bool, by: str = "") -> str:
    kind = "CASE WHEN grouping(territory_type) = 0 THEN territory_type ELSE '' END" if typed else "''"
    return (
        "CASE WHEN grouping(town_code) = 0 THEN 'town' WHEN grouping(region_code) = 0 THEN 'region' "
        "WHEN grouping(country) = 0 THEN 'country' ELSE 'all' END AS level,\n"
        "  CASE WHEN grouping(town_code) = 0 THEN town_code WHEN grouping(region_code) = 0 THEN region_code "
        "WHEN grouping(country) = 0 THEN country ELSE '' END AS territory,\n"
        f"  country, region_code, {kind} AS territory_type, counted,\n"
        "  CASE WHEN grouping(recent) = 0 THEN 'CONFIRMED' ELSE 'ALL' END AS basis" + (f",\n  {by}" if by else "")
    )


def _grouping(*, typed: bool, by: str = "") -> str:
    """Territories × (all, recent) × (all, by type). What has no name is left out: places nobody can put anywhere, and
    the records that are not recent taken by themselves."""
    sets = [
        "(" + ", ".join(filter(None, (territory, "counted", by, recent, kind))) + ")"
        for territory in _TERRITORIES
        for recent in ("", "recent")
        for kind in (("", "territory_type") if typed and "town_code" not in territory else ("",))
    ]
    named = "\n  AND (grouping(territory_type) = 1 OR territory_type IS NOT NULL)" if typed else ""
    return (
        f"GROUP BY GROUPING SETS ({', '.join(sets)})\n"
        f"HAVING (grouping(recent) = 1 OR recent){named}\n"
        "  AND (grouping(country) = 1 OR country IS NOT NULL)\n"
        "  AND (grouping(region_code) = 1 OR grouping(town_code) = 0 OR region_code IS NOT NULL)\n"
        "  AND (grouping(town_code) = 1 OR (town_code IS NOT NULL AND counted IN ('ANY', 'COWORK')))"
    )


def spans(*, typed: bool) -> str:
    """The oldest and the newest evidence of what each figure is of."""
    return (
        f"CREATE TABLE spans AS\nSELECT {_scope(typed=typed)},\n  min(oldest) AS oldest, max(newest) AS newest\n"
        f"FROM tallies\n{_grouping(typed=typed)}"
    )


def speakers() -> str:
    """The lists that speak of the places of a territory, as one text."""
    each = f"SELECT {_scope(typed=False, by='source')}\nFROM spoken\n{_grouping(typed=False, by='source')}"
    listed = "string_agg(DISTINCT source, ' ' ORDER BY source)"
    return (
        f"CREATE TABLE speakers AS\nSELECT level, territory, counted, basis, {listed} AS sources\n"
        f"FROM ({each}) AS told GROUP BY level, territory, counted, basis"
    )


_KEYS = "level, territory, country, region_code, territory_type, counted, basis"


def figure(one: Indicator) -> str:
    """The figures of an indicator that is a sum, from ``cells``: the tallies rolled up."""
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


def split(code: str, measure: Split, *, typed: bool) -> str:
    """The figures of an indicator that is a share for each value of a column: in a pass of its own."""
    by, whole = measure.by, measure.whole
    typed = typed and by != "territory_type"  # what it is split by is no scope of it
    first = (
        f"SELECT {_STRATA}, {by} AS category, count(*) AS n\nFROM by_definition WHERE {whole}\nGROUP BY {_STRATA}, {by}"
    )
    cells = rolled(f"({first}) AS tallied", ["n"], typed=typed, by="category")
    total = f"sum(n) OVER (PARTITION BY {_KEYS})"
    summed = f'SELECT *, {total} AS "of" FROM ({cells}) AS cells'
    low, high = _wilson("n", '"of"')
    return _select(code, "category", _share("n", '"of"'), "n", '"of"', low, high, f"({summed}) AS shares", "n > 0")


def quartiles(code: str, measure: Quartiles, *, typed: bool) -> str:
    """Median and quartiles, interpolated between neighbours as ``percentile_cont`` does. Equal values are counted
    first: of many places few values are left, and these add up over territories as sums do."""
    value, whole = measure.value, measure.whole
    counted = f"{_STRATA}, {value}"
    first = f"SELECT {counted} AS told, count(*) AS n\nFROM by_definition WHERE {whole}\nGROUP BY {counted}"
    counts = rolled(f"({first}) AS tallied", ["n"], typed=typed, by="told")
    running = f"sum(n) OVER (PARTITION BY {_KEYS} ORDER BY told)"
    ranked = f"SELECT *, {running} AS upto, sum(n) OVER (PARTITION BY {_KEYS}) AS among FROM ({counts}) AS counts"
    at = ",\n  ".join(f"{_quantile(part)} AS {name}" for part, name in _QUARTILES)
    cells = f"SELECT {_KEYS},\n  {at},\n  max(among) AS n\nFROM ({ranked}) AS ranked GROUP BY {_KEYS}"
    return _select(code, "''", "value", "n", "n", "low", "high", f"({cells}) AS cells", "n > 0")


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
        f"  CAST({value} AS DOUBLE PRECISION), {n}, {of}, {low}, {high}\nFROM {source} WHERE {told}"
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
    parts = [records(as_of), BY_DEFINITION]
    match one.measure:
        case Count() | Share() | Total() | Quotient():
            parts += [tallies([one]), _cells([one]), figure(one)]
        case Split():
            parts.append(split(code, one.measure, typed=True))
        case Quartiles():
            parts.append(quartiles(code, one.measure, typed=True))
        case Filled():
            parts.append(
                "-- for each FIELD of the table of places\n"
                'SELECT counted, recent, count(FIELD) AS n, count(*) AS "of"\n'
                "FROM by_definition GROUP BY counted, recent"
            )
        case View(name):
            parts += [text("towns")] * ("FROM towns" in text(name)) + [text(name)]
        case _ if code == "unseen_estimate":
            parts += [text("captures"), text("unseen_estimate")]
        case _:
            return "-- from the table of published figures: observatory/published.toml"
    return ";\n\n".join(parts) + ";\n"


def _cells(indicators: Sequence[Indicator], fills: Sequence[str] = (), *, typed: bool = True) -> str:
    names = [column.rsplit(" AS ", 1)[1] for one in indicators for column in _tally(one)] + list(fills)
    return f"CREATE TABLE cells AS\n{rolled('tallies', names, typed=typed)}"


def summed(indicators: Iterable[Indicator]) -> list[Indicator]:
    """Those that one pass computes together."""
    return [one for one in indicators if isinstance(one.measure, Summed)]


def one_pass(
    indicators: Sequence[Indicator], fields: Sequence[tuple[str, str, bool]], *, typed: bool
) -> list[str]:  # fmt: skip
    """The statements that make ``tallies`` and ``cells`` of all indicators that are sums, and of the known facts."""
    fills = [f"filled__{name}" for name, *_ in fields]
    return [tallies(indicators, fields), _cells(indicators, fills, typed=typed)]
