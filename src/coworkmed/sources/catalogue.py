"""The catalogue: a TOML file that declares each source. those in `catalogues/` show its form; `load` reads it."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from difflib import get_close_matches
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from coworkmed.kernel.dates import is_partial
from coworkmed.kernel.errors import CatalogueError
from coworkmed.kernel.fields import FIELDS, INPUTS, KINDS
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import LICENCES

from . import connectors
from .spec import Pick, Spec
from .voices import KEYS as VOICES

__all__ = ["CADENCES", "Pick", "Spec", "load", "problems"]

#: How often a list is renewed.
CADENCES = ("live", "daily", "weekly", "monthly", "quarterly", "yearly", "irregular", "frozen", "unknown")

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def load(path: Path) -> list[Spec]:
    """The sources a catalogue file declares, in its order; relative locations are taken from the file's folder.

    Raises CatalogueError naming the source and what is wrong with it, in words (unknown key, connector, target, kind
    or licence; missing title; duplicate key …).
    """
    specs, wrong = _read(path)
    if wrong:
        raise wrong[0]
    return specs


def problems(path: Path) -> list[CatalogueError]:
    """Everything `load` would stop at, at most one per source."""
    return _read(path)[1]


def _read(path: Path) -> tuple[list[Spec], list[CatalogueError]]:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError:
        return [], [CatalogueError(N_("There is no catalogue at {path}."), path=str(path))]
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        return [], [CatalogueError(N_("{path} is not a TOML file: {detail}."), path=str(path), detail=str(error))]
    entries = data.get("source")
    if not isinstance(entries, list) or not entries or not all(isinstance(one, dict) for one in entries):
        return [], [CatalogueError(N_("{path} declares no source: it has no [[source]]."), path=str(path))]
    specs: list[Spec] = []
    wrong: list[CatalogueError] = []
    unknown = sorted(set(data) - {"source"})
    if unknown:
        wrong.append(_unknown(str(path), unknown[0], ["source"]))
    for number, entry in enumerate(entries, start=1):
        try:
            spec = _spec(entry, number, path.resolve().parent)
            if any(spec.key == other.key for other in specs):
                raise CatalogueError(N_("Two sources have the key “{key}”."), key=spec.key)
            specs.append(spec)
        except CatalogueError as error:
            wrong.append(error)
    return specs, wrong


def _spec(entry: Mapping[str, Any], number: int, folder: Path) -> Spec:
    source = str(entry.get("key") or f"[[source]] {number}")
    if unknown := [name for name in entry if name not in _CHECKS]:
        raise _unknown(source, unknown[0], _CHECKS)
    for name in ("key", "title", "keeper", "licence", "connector", "location"):
        if entry.get(name) in (None, "", {}):
            raise CatalogueError(N_("{source}: “{key}” is missing."), source=source, key=name)
    found = {name: _CHECKS[name](source, name, value) for name, value in entry.items()}
    found.setdefault("attribution", found["keeper"])
    spec = Spec(**{**found, "location": _located(source, found["location"], folder)})
    ready = connectors.builtin(spec.connector)
    columns = {target: pick for target, pick in {**ready.columns, **spec.columns}.items() if pick.columns}
    if "name" not in columns:
        raise CatalogueError(
            N_("{source}: no column is said to hold the name ([source.columns] name = …)."), source=source
        )
    return replace(
        spec,
        columns=columns,
        kinds={**ready.kinds, **spec.kinds},
        defaults={**ready.defaults, **spec.defaults},
    )


def _unknown(source: str, given: str, allowed: Iterable[str]) -> CatalogueError:
    """The error for a word that is none of ``allowed``, with the nearest one where one is near."""
    words = list(allowed)
    by_lower = {word.lower(): word for word in words}
    if near := get_close_matches(given.lower(), by_lower, n=1, cutoff=0.6):
        return CatalogueError(
            N_("{source}: “{given}” is not known here. Did you mean “{near}”?"),
            source=source,
            given=given,
            near=by_lower[near[0]],
        )
    return CatalogueError(
        N_("{source}: “{given}” is not known here. Known are: {allowed}."),
        source=source,
        given=given,
        allowed=", ".join(words),
    )


def _located(source: str, location: str, folder: Path) -> str:
    scheme = urlsplit(location).scheme if "://" in location else ""
    if not scheme:
        return str((folder / location).resolve())
    if scheme not in ("http", "https"):
        raise _unknown(source, f"{scheme}://", ["http://", "https://"])
    return location


# one check per key of a [[source]]: the value in its final form, or CatalogueError


def _wrong(message: str, source: str, key: str) -> CatalogueError:
    return CatalogueError(message, source=source, key=key)


def _text(source: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(N_("{source}: “{key}” must be text in quotes."), source, key)
    return value.strip()


def checked_key(source: str, key: str, value: Any) -> str:
    """``value`` if it can be the short name of a source; CatalogueError otherwise."""
    if not isinstance(value, str) or not _KEY.fullmatch(value) or len(value) > 80:
        raise _wrong(
            N_("{source}: “{key}” must be small letters, digits and hyphens, as in “fr-cget-2019”."),
            source,
            key,
        )
    if value in VOICES:
        raise _wrong(N_("{source}: what people say on this site goes by that key: choose another."), source, key)
    return value


def _one_of(allowed: Iterable[str]) -> Callable[[str, str, Any], str]:
    words = list(allowed)

    def check(source: str, key: str, value: Any) -> str:
        if (text := _text(source, key, value)) not in words:
            raise _unknown(source, text, words)
        return text

    return check


def _title(source: str, key: str, value: Any) -> dict[str, str]:
    titles = {"en": value} if isinstance(value, str) else value
    if not isinstance(titles, dict) or not all(re.fullmatch("[a-z]{2,3}", code) for code in titles):
        raise _wrong(N_("{source}: “{key}” must be text in quotes, or one text per language code."), source, key)
    return {code: _text(source, key, text) for code, text in titles.items()}


def _date(source: str, key: str, value: Any) -> str:
    text = value.isoformat()[:10] if isinstance(value, date) else value
    if not isinstance(text, str) or (text and not is_partial(text)):
        raise _wrong(N_("{source}: “{key}” must be a date as YYYY, YYYY-MM or YYYY-MM-DD."), source, key)
    return text


def _share(source: str, key: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise _wrong(N_("{source}: “{key}” must be a number from 0 to 1."), source, key)
    return float(value)


def _texts(source: str, key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise _wrong(N_("{source}: “{key}” must be a list of texts in quotes."), source, key)
    return tuple(value)


def _countries(source: str, key: str, value: Any) -> tuple[str, ...]:
    codes = _texts(source, key, value)
    if not all(re.fullmatch("[A-Z]{2}", code) for code in codes):
        raise _wrong(N_("{source}: “{key}” must be a list of ISO 3166-1 countries, as in “FR”."), source, key)
    return codes


def _table(source: str, key: str, value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _wrong(N_("{source}: “{key}” must be a table, as in [source.{key}]."), source, key)
    return value


def _columns(source: str, key: str, value: Any) -> dict[str, Pick]:
    return {target: _pick(source, _target(source, target), pick) for target, pick in _table(source, key, value).items()}


def _target(source: str, name: str) -> str:
    if name not in FIELDS and name not in INPUTS:
        raise _unknown(source, name, [*FIELDS, *INPUTS])
    return name


def _pick(source: str, target: str, value: Any) -> Pick:
    if isinstance(value, str):
        return Pick((value,))
    if isinstance(value, dict):
        if unknown := [name for name in value if name not in ("join", "with")]:
            raise _unknown(source, unknown[0], ["join", "with"])
        return Pick(_texts(source, target, value.get("join")), _raw(source, target, value.get("with", " ")))
    if isinstance(value, list):
        return Pick(_texts(source, target, value))
    raise _wrong(N_("{source}: “{key}” must be a column, a list of columns, or {{join = […]}}."), source, target)


def _raw(source: str, key: str, value: Any) -> str:
    if not isinstance(value, str):
        raise _wrong(N_("{source}: “{key}” must be text in quotes."), source, key)
    return value


def _kinds(source: str, key: str, value: Any) -> dict[str, str]:
    check = _one_of(KINDS)
    return {text: check(source, key, code) for text, code in _table(source, key, value).items()}


def _defaults(source: str, key: str, value: Any) -> dict[str, str]:
    return {_target(source, target): _text(source, target, text) for target, text in _table(source, key, value).items()}


def _where(source: str, key: str, value: Any) -> dict[str, tuple[str, ...]]:
    return {
        column: (texts,) if isinstance(texts, str) else _texts(source, column, texts)
        for column, texts in _table(source, key, value).items()
    }


def _options(source: str, key: str, value: Any) -> dict[str, Any]:
    return {name: _plain(source, name, one) for name, one in _table(source, key, value).items()}


def _plain(source: str, key: str, value: Any) -> Any:
    """``value`` if JSON can hold it (no dates, no infinities)."""
    if isinstance(value, list):
        return [_plain(source, key, one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(source, name, one) for name, one in value.items()}
    if isinstance(value, str | bool | int) or (isinstance(value, float) and isfinite(value)):
        return value
    raise _wrong(N_("{source}: “{key}” must be text, a number, true or false, or a list of these."), source, key)


_CHECKS: dict[str, Callable[[str, str, Any], Any]] = {
    "key": checked_key,
    "title": _title,
    "keeper": _text,
    "licence": _one_of(LICENCES),
    "attribution": _text,
    "homepage": _text,
    "observed_on": _date,
    "cadence": _one_of(CADENCES),
    "territory": _countries,
    "trust": _share,
    "connector": _one_of(connectors.CONNECTORS),
    "location": _text,
    "derived_from": _texts,
    "personal": _texts,
    "columns": _columns,
    "kinds": _kinds,
    "defaults": _defaults,
    "where": _where,
    "options": _options,
}
