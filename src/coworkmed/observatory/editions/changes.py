"""What is different from the edition before, and why: counted from the two extracts, each place once."""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from coworkmed.kernel.i18n import N_

from ..indicators.engines import duck
from . import shelf

#: What happened to a place, in the order in which it is told: heading, what is counted.
REASONS = {
    "OPENED": (N_("Opened"), N_("New here, and opened since the edition before.")),
    "FOUND": (N_("Found"), N_("New here; it was there already, or nobody says since when.")),
    "SPLIT": (N_("Told apart"), N_("Held for one with another place before.")),
    "MERGED": (N_("Merged"), N_("Held for a place of its own before, and known now to be one with another.")),
    "GONE": (N_("No longer told of"), N_("No list that can be used speaks of it any more.")),
    "STARTED": (N_("Begun"), N_("Announced or closed for a time before, and open now.")),
    "REOPENED": (N_("Open again"), N_("Told of as closed before, and as open now.")),
    "CLOSED": (N_("Closed"), N_("Told of as closed now, and not before.")),
    "REDEFINED": (N_("Redefined"), N_("Counted under another kind than before, or no longer as a third place at all.")),
}
#: Those by which the number of places differs, and in which direction.
ADDING, TAKING = ("OPENED", "FOUND", "SPLIT"), ("MERGED", "GONE")

_MOVES = """
CREATE TABLE told AS
SELECT place_id, old.place_id IS NOT NULL AS was, new.place_id IS NOT NULL AS is_here,
  old.status AS status_then, new.status AS status_now, new.opened,
  list_sort(old.kinds) AS kinds_then, list_sort(new.kinds) AS kinds_now
FROM read_parquet('{before}/places.parquet') AS old
FULL JOIN read_parquet('{after}/places.parquet') AS new USING (place_id);

CREATE TABLE moved AS
SELECT old.place_id AS came_from, new.place_id AS went_to
FROM read_csv('{before}/links.csv', all_varchar = true, header = true) AS old
JOIN read_csv('{after}/links.csv', all_varchar = true, header = true) AS new USING (source, external_id)
WHERE old.place_id <> new.place_id;
"""
#: A partial date is since the day of the edition before if it is so in any reading: the same year without a month is
#: not, for nobody can say.
_REASON = """
SELECT CASE
  WHEN NOT is_here AND place_id IN (SELECT came_from FROM moved) THEN 'MERGED'
  WHEN NOT is_here THEN 'GONE'
  WHEN NOT was AND opened > substr('{day}', 1, length(opened)) AND status_now <> 'CLOSED' THEN 'OPENED'
  WHEN NOT was AND place_id IN (SELECT went_to FROM moved) THEN 'SPLIT'
  WHEN NOT was THEN 'FOUND'
  WHEN status_now = 'CLOSED' AND status_then IS DISTINCT FROM 'CLOSED' THEN 'CLOSED'
  WHEN status_now = 'OPEN' AND status_then = 'CLOSED' THEN 'REOPENED'
  WHEN status_now = 'OPEN' AND status_then IN ('PROJECT', 'PAUSED') THEN 'STARTED'
  WHEN kinds_then IS DISTINCT FROM kinds_now
    OR (status_then IN ('MERGED', 'NOT_A_MATCH')) IS DISTINCT FROM (status_now IN ('MERGED', 'NOT_A_MATCH'))
    THEN 'REDEFINED'
  END AS reason, place_id
FROM told ORDER BY place_id
"""
_COUNT = "SELECT count(*) FROM read_parquet('{folder}/places.parquet')"
_OPEN = """
SELECT counted, n FROM read_parquet('{folder}/indicators.parquet')
WHERE code = 'places_open' AND level = 'all' AND basis = 'ALL' AND territory_type = ''
"""


def compare(before: Path | None, after: Path, sources: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What changed from the edition in ``before`` (None: there is none) to the tables and figures in ``after``, drawn
    from the lists ``sources`` as a manifest names them.

    ``before``, ``digest``  the edition compared with, "" for none
    ``places``      how many there were and are        ``counts``   reason (`REASONS`) → how many
    ``by_place``    reason → ids of the places         ``figures``  open places by definition, then and now
    ``lists_added``, ``lists_dropped``  key → title of the lists that only one of both is drawn from
    ``indicators``  codes whose SQL or definition is not that of before: their figures can't be set side by side
    """
    found: dict[str, Any] = {
        "before": "", "digest": "", "places": [0, _count(after)], "counts": {}, "by_place": {}, "figures": {},
        "indicators": [], "lists_added": {}, "lists_dropped": {},
    }  # fmt: skip
    if before is None:
        return found
    edition = shelf.read(before)
    by_place: dict[str, list[str]] = {reason: [] for reason in REASONS}
    with duck() as files:
        files.run(_MOVES.format(before=_quoted(before), after=_quoted(after)))
        for reason, place in files.rows(_REASON.format(day=edition.as_of.isoformat())):
            if reason:
                by_place[reason].append(place)
    then, now = _open(before), _open(after)
    drawn, draws = _titles(edition.told["sources"]), _titles(sources)
    return found | {
        "before": edition.id,
        "digest": edition.digest,
        "places": [_count(before), _count(after)],
        "counts": {reason: len(places) for reason, places in by_place.items()},
        "by_place": {reason: places for reason, places in by_place.items() if places},
        "figures": {code: [then.get(code), now.get(code)] for code in sorted(then.keys() | now.keys())},
        "indicators": _redefined(_about(before), _about(after)),
        "lists_added": {key: title for key, title in draws.items() if key not in drawn},
        "lists_dropped": {key: title for key, title in drawn.items() if key not in draws},
    }


def _titles(sources: Sequence[Mapping[str, Any]]) -> dict[str, Mapping[str, str]]:
    return {row["key"]: row["title"] for row in sources}


def _count(folder: Path) -> int:
    with duck() as files:
        [(count,)] = files.rows(_COUNT.format(folder=_quoted(folder)))
    return int(count)


def _open(folder: Path) -> dict[str, int]:
    """Places open by definition, everywhere and on all records."""
    with duck() as files:
        rows = files.rows(_OPEN.format(folder=_quoted(folder)))
    return {counted: int(n) for counted, n in rows}


def _about(folder: Path) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads((folder / shelf.ABOUT).read_text(encoding="utf-8"))
    return found


def _redefined(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """Codes of the indicators that both know and that are not made alike; what they hold for a day is no difference."""
    old, new = then["indicators"], now["indicators"]
    return sorted(code for code in old.keys() & new.keys() if _made(old[code]) != _made(new[code]))


def _made(one: Mapping[str, Any]) -> tuple[str, str]:
    return re.sub(r"DATE '[0-9-]{10}'", "DATE", one["sql"]), one["definition"]


def _quoted(folder: Path) -> str:
    return str(folder).replace("'", "''")
