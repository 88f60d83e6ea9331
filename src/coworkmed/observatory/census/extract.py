"""The newest closed census as a table for indicators: who was invited, who answered, and what is told of groups only.

It is never published row by row: who computes from it suppresses small cells (`observatory.indicators`). Whoever
subtracts the figures of two days would have the few who came, or left, in between. So a wave that is open is left out;
figures of a closed one are computed once (`keep`) and told as they were from then on, since its places close, move and
grow old; and once a place has withdrawn from it, nothing told in confidence is computed of it anew.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
from django.db import transaction
from django.utils import timezone

from coworkmed.platform import audit

from ..indicators.catalogue import INDICATORS
from ..indicators.extract import TOLD
from ..indicators.figures import Figures
from ..models import Answer, Told, Wave
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


def newest() -> Wave | None:
    """The newest wave that is closed."""
    return Wave.objects.filter(state=Wave.State.CLOSED).first()


def rows(wave: Wave) -> Iterator[Row]:
    """The invited places of a wave, by id."""
    answers = wave.answers.none() if wave.thinned else wave.answers.filter(state=Answer.State.SUBMITTED)
    sent = {one.place_id: rules.said(one.values) for one in answers}
    told = wave.invitations.order_by("place").values_list("place", "answered_on")
    for place, answered in told:
        yield _row(place, answered is not None, sent.get(place, {}))


def _row(place: str, answered: bool, told: dict[str, Any]) -> Row:
    share = told.get("income_share")
    grant = share.get("PUBLIC_GRANT", 0) if isinstance(share, dict) else None
    named = (told.get(name) for name in ("result", "hours_given_month", "jobs_fte"))
    return Row(place, True, answered, told.get("desks_occupied"), told.get("lease_end"), grant, *named)


@transaction.atomic
def write(folder: Path) -> Path:
    """The table as a Parquet file beside an extract, without a row before a wave was closed; returns its path. The
    folder must not be a published one. From now on figures of the wave are told; those that were told stand beside it,
    instead of the rows."""
    path, wave = folder / NAME, newest()
    once = Told.objects.filter(wave=wave).first() if wave else None
    told = [tuple(one) for one in rows(wave)] if wave and not once else []
    if once:
        (folder / TOLD).write_text(json.dumps(once.rows), encoding="utf-8")
    if wave and wave.told_on is None:
        today = timezone.localdate()
        Wave.objects.filter(pk=wave.pk).update(told_on=today)
        thing = audit.Thing("wave", str(wave.number))
        audit.record(who=audit.MACHINE, verb="census.told", thing=thing, before=None, after={"on": str(today)})
    with duckdb.connect() as made:
        made.execute(f"CREATE TABLE answers ({_TYPES})")
        if told:
            made.executemany("INSERT INTO answers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", told)
        made.sql("SELECT * FROM answers ORDER BY place_id").write_parquet(str(path))
    return path


@transaction.atomic
def keep(folder: Path) -> None:
    """Keep what indicators published in ``folder`` tell of the newest closed wave, the first time they do."""
    wave = newest()
    if wave is None or wave.told_on is None or wave.thinned or Told.objects.filter(wave=wave).exists():
        return
    codes = [code for code, one in INDICATORS.items() if {*one.needs} & {*Row._fields}]
    Told.objects.create(wave=wave, rows=[asdict(one) for one in Figures(folder).find(code=codes)])
