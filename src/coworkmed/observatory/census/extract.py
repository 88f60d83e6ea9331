"""The newest census as a table for indicators: who was invited, who answered, and what is told of groups only.

It is never published row by row: who computes from it suppresses small cells (`observatory.indicators`).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from ..models import Answer, Wave
from . import rules

NAME = "answers.parquet"


class Row(NamedTuple):
    """A place of the newest wave that was opened. ``income_public_grant`` in percent."""

    place_id: str
    invited: bool
    answered: bool
    desks_occupied: float | None
    lease_end: str | None
    income_public_grant: float | None
    result: str | None
    hours_given_month: float | None
    jobs_fte: float | None


_TYPES = (
    "place_id VARCHAR, invited BOOLEAN, answered BOOLEAN, desks_occupied DOUBLE, lease_end VARCHAR, "
    "income_public_grant DOUBLE, result VARCHAR, hours_given_month DOUBLE, jobs_fte DOUBLE"
)


def rows() -> Iterator[Row]:
    """The invited places of the newest wave, by id; none before a wave was opened."""
    wave = Wave.objects.exclude(state=Wave.State.DRAFT).first()
    if wave is None:
        return
    sent = wave.answers.filter(state=Answer.State.SUBMITTED)
    answers = {one.place_id: rules.said(one.values) for one in sent}
    for place in wave.invitations.order_by("place").values_list("place", flat=True):
        yield _row(place, answers.get(place))


def _row(place: str, said: dict[str, Any] | None) -> Row:
    told = said or {}
    share = told.get("income_share")
    grant = share.get("PUBLIC_GRANT", 0) if isinstance(share, dict) else None
    named = (told.get(name) for name in ("result", "hours_given_month", "jobs_fte"))
    return Row(place, True, said is not None, told.get("desks_occupied"), told.get("lease_end"), grant, *named)


def write(folder: Path) -> Path:
    """The table as a Parquet file beside an extract; returns its path. The folder must not be a published one."""
    path = folder / NAME
    with duckdb.connect() as made:
        made.execute(f"CREATE TABLE answers ({_TYPES})")
        told = [tuple(one) for one in rows()]
        if told:
            made.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
        made.sql("SELECT * FROM answers ORDER BY place_id").write_parquet(str(path))
    return path
