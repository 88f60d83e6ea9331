"""How a site asks its places: from a TOML file of the operator's, checked when the site starts."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from coworkmed.kernel.dates import is_partial
from coworkmed.kernel.fields import FIELDS

_DAYS = {"mails_a_day": (1, 100_000), "days_between": (1, 365), "steward_after": (1, 365), "again_after": (30, 3650)}
_LONGEST = 240  # months


@dataclass(frozen=True, slots=True)
class Settings:
    """``policy``  what differs from `clock.Policy`, by the names of its fields; ``seasons`` as (first, last, countries)
    ``months``     after how many months each fact is asked again, of all fields
    """

    policy: Mapping[str, Any] = field(default_factory=dict)
    months: Mapping[str, int] = field(default_factory=lambda: {name: one.months for name, one in FIELDS.items()})


def read(file: str) -> Settings:
    """What ``file`` says; what it does not say, and all of it where there is no file, is as it comes::

        mails_a_day = 100
        days_between = 30       # two mails to one address, or about one place
        steward_after = 35      # days the owner has to answer
        again_after = 180       # days until a silent owner is asked again
        [months]                # after how many each fact is asked again
        opening_hours = 6
        [[away]]                # in place of ours: when people are away, every year, "" where the country is unknown
        first = "08-01"
        last = "08-31"
        countries = ["FR", "ES", ""]

    Raises ImproperlyConfigured.
    """
    if not file:
        return Settings()
    try:
        said = tomllib.loads(Path(file).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise _wrong(file, str(error)) from error
    if unknown := set(said) - {*_DAYS, "months", "away"}:
        raise _wrong(file, f"unknown: {', '.join(sorted(unknown))}")
    ours = {"mails_a_day": "budget", "days_between": "between"}
    policy: dict[str, Any] = {
        ours.get(name, name): _whole(file, name, said[name], *_DAYS[name]) for name in _DAYS if name in said
    }
    if "away" in said:
        policy["seasons"] = [_season(file, one) for one in said["away"]]
    return Settings(policy, {**Settings().months, **_months(file, said.get("months", {}))})


def _months(file: str, said: Any) -> dict[str, int]:
    if not isinstance(said, dict) or set(said) - set(FIELDS):
        raise _wrong(file, "[months] names a fact that is none of a place's fields")
    return {name: _whole(file, name, months, 1, _LONGEST) for name, months in said.items()}


def _season(file: str, said: Any) -> tuple[str, str, frozenset[str]]:
    days = [said.get(name) for name in ("first", "last")] if isinstance(said, dict) else []
    countries = said.get("countries", [""]) if isinstance(said, dict) else []
    if (
        len(days) != 2
        or not all(isinstance(one, str) and is_partial(f"2024-{one}") and len(one) == 5 for one in days)
        or not (isinstance(countries, list) and all(isinstance(one, str) and len(one) in (0, 2) for one in countries))
    ):
        raise _wrong(file, 'an [[away]] needs first = "MM-DD", last = "MM-DD" and countries = ["FR", …]')
    return str(days[0]), str(days[1]), frozenset(one.upper() for one in countries)


def _whole(file: str, name: str, said: Any, least: int, most: int) -> int:
    if isinstance(said, bool) or not isinstance(said, int) or not least <= said <= most:
        raise _wrong(file, f"{name} must be a whole number from {least} to {most}")
    return said


def _wrong(file: str, what: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"COWORKMED_CLOCK, {file}: {what}")
