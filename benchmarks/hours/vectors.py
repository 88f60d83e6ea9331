"""The test cases of opening_hours.js, as data: which class each is of, and what we answer."""

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from coworkmed.places import hours
from coworkmed.sources.normalise.hours import read

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "opening-hours-vectors" / "vectors.jsonl.gz"
BERLIN = ZoneInfo("Europe/Berlin")
#: In the order tried; what is left is fair to ask of any implementation.
CLASSES = {
    "not held to by its own authors": lambda case: bool(case["ignored"]),
    "public holidays": lambda case: re.search(r"\bPH\b", case["value"]) and not re.search(r"\bSH\b", case["value"]),
    "school holidays": lambda case: re.search(r"\bSH\b", case["value"]),
    "Easter": lambda case: "easter" in case["value"],
    "sun": lambda case: re.search("sunrise|sunset|dawn|dusk", case["value"]),
    "places outside Germany": lambda case: _country(case) not in ("", "DE"),
}
Interval = tuple[datetime, datetime, bool]


def cases(kind: str) -> Iterator[dict[str, Any]]:
    """Every case of one ``kind``, in the order of the file."""
    with gzip.open(DATA, "rt", encoding="utf-8") as lines:
        yield from (case for line in lines if (case := json.loads(line))["kind"] == kind)


def class_of(case: dict[str, Any]) -> str:
    return next((name for name, holds in CLASSES.items() if holds(case)), "fair")


def answer(case: dict[str, Any], *, normalised: bool) -> str:
    """ "agrees", "differs", or "as text" where we don't work the hours out; ``normalised``: as a list's hours are,
    before."""
    text = case["value"]
    if normalised:
        text = read(text)[0] or text
    start, end = _clock(case["from"]), _clock(case["to"])
    try:
        found = hours.intervals(text, _country(case), start, end)
    except ValueError:
        return "as text"
    ours = _merged([(begin, until, state == hours.State.UNKNOWN) for begin, until, state, _ in found])
    return "agrees" if ours == _expected(case) else "differs"


def shares(*, normalised: bool) -> dict[str, Counter[str]]:
    """Answers by class of case."""
    found: dict[str, Counter[str]] = {}
    for case in cases("intervals"):
        found.setdefault(class_of(case), Counter())[answer(case, normalised=normalised)] += 1
    return found


def refused() -> Counter[bool]:
    """Of the values that must be refused, how many we do."""
    moment = datetime(2026, 11, 23, 12)
    return Counter(hours.now(case["value"], _country(case), moment) is None for case in cases("should_fail"))


def _country(case: dict[str, Any]) -> str:
    address = (case.get("location") or {}).get("address") or {}
    return str(address.get("country_code", "")).upper()


def _clock(text: str) -> datetime:
    """The time on the wall in Berlin."""
    return datetime.fromisoformat(text).astimezone(BERLIN).replace(tzinfo=None)


def _expected(case: dict[str, Any]) -> list[Interval] | None:
    told = case["expected"]
    if any("INVALID" in (one["from"], one["to"]) for one in told):
        return None
    return _merged([(_clock(one["from"]), _clock(one["to"]), bool(one["unknown"])) for one in told])


def _merged(intervals: list[Interval]) -> list[Interval]:
    """Intervals that touch and are equally sure, as one: comments aside."""
    kept: list[Interval] = []
    for begin, end, unknown in intervals:
        if kept and kept[-1][1:] == (begin, unknown):
            kept[-1] = (kept[-1][0], end, unknown)
        else:
            kept.append((begin, end, unknown))
    return kept
