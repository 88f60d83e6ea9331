"""What two lists both miss, and how far published figures lie apart: figures that are no query over places alone."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from coworkmed.kernel import dates

from .. import published
from ..unseen import LEAST_MATCHES, MOST_MONTHS_APART, chapman, related
from .assemble import text
from .engines import Engine

#: code, category, level, territory, country, region, type, counted, basis, value, n, of, low, high
Figure = tuple[
    str, str, str, str, str | None, str | None, str, str, str,
    float | None, int, int, float | None, float | None,
]  # fmt: skip


def unseen(engine: Engine, lists: Mapping[str, Sequence[str]]) -> Iterator[tuple[Figure, str]]:
    """For each territory and each two lists: Chapman's estimate with its 95 % interval, or why there is none (key of
    `catalogue.UNKNOWN`); ``lists`` gives what each was made from. ``n`` is what they share, ``of`` what either
    has."""
    engine.run(text("captures"))
    newest = _newest(engine)
    for level, territory, left, right, _, n1, n2, matches in engine.rows(text("unseen_estimate")):
        if left not in lists or right not in lists or territory is None:
            continue
        n1, n2, matches = int(n1), int(n2), int(matches)
        apart = (
            abs(dates.months_between(*sorted((newest[left], newest[right])))) if {left, right} <= newest.keys() else 0
        )
        refusal = refused(kin=related(left, right, lists), months=apart, matches=matches)
        found = None if refusal else chapman(n1, n2, matches)
        value = (found.value, found.low, found.high) if found else (None, None, None)
        row: Figure = (
            "unseen_estimate", f"{left} {right}", level, territory, None, None, "", "COWORK", "ALL",
            value[0], matches, n1 + n2 - matches, value[1], value[2],
        )  # fmt: skip
        yield row, refusal


def refused(*, kin: bool, months: int, matches: int) -> str:
    """Why two lists with a town in common give no estimate; "" if they do."""
    if kin:
        return "RELATED"
    if months > MOST_MONTHS_APART:
        return "DATES_APART"
    return "TOO_FEW_MATCHES" if matches < LEAST_MATCHES else ""


def _newest(engine: Engine) -> dict[str, date]:
    """When each list last spoke of a kind."""
    rows = engine.rows(
        "SELECT source, max(observed_on) FROM assertions WHERE coalesce(observed_on, '') <> '' GROUP BY source"
    )
    return {key: dates.last_day(on) for key, on in rows}


def apart(territories: Sequence[str]) -> Iterator[Figure]:
    """How far the counts that others published of a territory and year lie apart: largest to smallest."""
    for territory in territories:
        by_year: dict[int, list[int]] = {}
        for one in published.published(territory):
            for year in one.years:
                by_year.setdefault(year, []).append(one.count)
        for year, counts in sorted(by_year.items()):
            if len(counts) > 1:
                yield (
                    "source_disagreement", str(year), _level(territory), territory, None, None, "", "ANY", "ALL",
                    max(counts) / min(counts), len(counts), len(counts), float(min(counts)), float(max(counts)),
                )  # fmt: skip


def _level(territory: str) -> str:
    if territory in published.BEYOND:
        return "beyond"
    return "town" if territory.isdecimal() else "region" if "-" in territory else "country"
