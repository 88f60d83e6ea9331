"""SpaceAPI: the directory (name → address), what a collector gathered, or a folder of the spaces' own documents."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coworkmed.kernel.errors import SourceError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.values import Reject, Row

from .common import Options, malformed
from .documents import as_text, flat, load


def read(path: Path, options: Options) -> Iterator[Row | Reject]:
    """The spaces. The time of the last change becomes a date (a door that opened is better proof of life than any
    form), and the daily and monthly membership plans become ``price_day`` and ``price_month``."""
    documents = sorted(path.glob("*.json")) if path.is_dir() else [path]
    number = 0
    for file in documents:
        try:
            found = list(_spaces(load(file, options)))
        except SourceError:
            if not path.is_dir():
                raise
            number += 1
            yield Reject(number, {"file": file.name}, "BAD_JSON")
            continue
        for space in found:
            number += 1
            if isinstance(space, Mapping) and isinstance(space.get("space"), str):
                yield Row(number, _cells(space))
            else:
                yield Reject(number, {"element": as_text(space)}, "NOT_A_RECORD")


def _spaces(document: Any) -> Iterator[Any]:
    if isinstance(document, list):  # a collector's: [{"url", "valid", "data": {…}}, …], or the documents themselves
        for item in document:
            inner = item.get("data") if isinstance(item, Mapping) else None
            yield {"endpoint": item.get("url"), **inner} if isinstance(inner, Mapping) else item
    elif isinstance(document, Mapping) and isinstance(document.get("space"), str):
        yield document
    elif isinstance(document, Mapping) and document:
        for name, value in document.items():
            yield {"space": name, "endpoint": value} if isinstance(value, str) else value
    else:
        raise malformed(N_("The file is neither a SpaceAPI directory nor the document of a space."))


def _cells(space: Mapping[str, Any]) -> dict[str, str]:
    cells = flat(space)
    if changed := cells.get("state.lastchange"):
        cells["state.lastchange"] = _date(changed)
    plans = space.get("membership_plans")
    for plan in plans if isinstance(plans, list) else []:
        if not isinstance(plan, Mapping):
            continue
        interval = {"daily": "price_day", "monthly": "price_month"}.get(as_text(plan.get("billing_interval")))
        if interval and plan.get("value") is not None:
            cells.setdefault(interval, f"{as_text(plan['value'])} {as_text(plan.get('currency'))}".strip())
    return cells


def _date(seconds: str) -> str:
    """Seconds since 1970 as a day; anything else as it is."""
    try:
        return datetime.fromtimestamp(float(seconds), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return seconds
