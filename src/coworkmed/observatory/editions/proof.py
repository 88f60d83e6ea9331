"""Whether an edition is what it was, and whether its figures follow from its data: from its files alone."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from coworkmed.kernel.i18n import N_

from ..indicators import compute
from ..indicators.catalogue import INDICATORS
from ..indicators.engines import duck
from . import again, changes, shelf
from .freeze import source
from .shelf import ABOUT, CHANGES, FIGURES, MANIFEST, SUMS, Edition

#: What may be wrong, and what is worth knowing, as sentences.
FAULTS = {
    "NO_EDITION": N_("{folder} holds no edition: {file} is missing or can’t be read."),
    "OTHER": N_("This is not the edition that was cited: its digest is {found}, not {said}."),
    "MISSING": N_("{file} is missing."),
    "ALTERED": N_("{file} was altered: its checksum is {found}, not {said}."),
    "ADDED": N_("{file} is no part of the edition."),
    "SUMS": N_("{file} does not say what the manifest says."),
    "UNREADABLE": N_("The figures can’t be recomputed: {detail}."),
    "FIGURE": N_("{figure} is {said} in the edition; the data gives {found}."),
    "NOT_TOLD": N_("{figure} follows from the data ({found}) and is not in the edition."),
    "NOT_FOUND": N_("{figure} is in the edition ({said}) and does not follow from the data."),
    "MORE": N_("And {count} more figures."),
    "INDICATOR": N_("{file} does not say what the indicator {code} is."),
    "SETTLED": N_("{place} is {said} in the table of places; what was said of it gives {found}."),
    "COUNTED": N_("{file}: {figure} is {said}; what was said of the places gives {found}."),
    "CHANGES": N_("{file} does not say what changed since edition {edition}."),
}
NOTES = {
    "OTHER_SQL": N_(
        "The edition was computed by other SQL, of CoWorkMed {version}: take that version to recompute its figures."
    ),
    "OTHER_SOURCE": N_("The edition was computed by another state of the program (CoWorkMed {version})."),
    "KEPT": N_(
        "Taken as published, and not recomputed: how fresh the registry was in past months (freshness.csv), the "
        "report, rows that were read or rejected, and pairs that wait for a person."
    ),
    "ANSWERS": N_(
        "Taken as published, and not recomputed, since what they rest on is published for groups of places only or not "
        "among these files: {indicators}."
    ),
    "ALONE": N_("What changed since edition {edition} was not recomputed: that edition is not beside this one."),
}
#: The figures of the report.
REPORTED = "figures.json"
#: Figures that differ are named one by one up to here.
NAMED = 10
_KEY = ("code", "category", "level", "territory", "territory_type", "counted", "basis")
_NUMBERS, _WORDS = ("value", "low", "high", "n", "of"), ("note", "country", "region", "oldest", "newest", "sources")
_FIGURES = "SELECT {columns} FROM read_parquet('{path}')"


@dataclass(frozen=True, slots=True)
class Said:
    """A key of FAULTS or NOTES, and what fills its sentence."""

    key: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Proof:
    """What came of it: it holds if there are no ``faults``. ``figures`` were recomputed from the data."""

    edition: Edition | None
    figures: int
    faults: Sequence[Said]
    notes: Sequence[Said]


def verify(folder: Path, *, digest: str = "") -> Proof:
    """Compare every checksum, and recompute every figure, of the edition in ``folder``.

    ``digest``  of the edition as somebody cited it: without it, an edition forged throughout would pass for whole

    Places are settled again from all that was said of them, indicators and figures are computed again from both.
    Needs no database and no other file, but for what changed since the edition before, which is recomputed where that
    stands in the folder beside.
    """
    try:
        edition = shelf.read(folder)
    except (OSError, ValueError, KeyError, TypeError):
        return Proof(None, 0, [Said("NO_EDITION", {"folder": str(folder), "file": MANIFEST})], [])
    faults = [*_cited(edition, digest), *_checksums(edition)]
    notes = list(_notes(edition))
    count = 0
    try:
        with TemporaryDirectory() as place:
            compute.write(folder, Path(place))
            kept = _kept(folder, Path(place))
            said, found = (_without(_figures(one), kept) for one in (folder, Path(place)))
            count = len(found)
            faults += _differing(said, found)
            faults += _described(folder, Path(place), kept)
        faults += _settled(edition)
        faults += _changed(edition)
        notes += [Said("ANSWERS", {"indicators": ", ".join(sorted(kept))})] if kept else []
    except (OSError, ValueError, KeyError, TypeError, duckdb.Error) as error:
        faults.append(Said("UNREADABLE", {"detail": str(error).splitlines()[0] if str(error) else repr(error)}))
    return Proof(edition, count, faults, notes)


def _cited(edition: Edition, digest: str) -> Iterator[Said]:
    if digest and digest.lower() != edition.digest:
        yield Said("OTHER", {"found": edition.digest, "said": digest})


def _checksums(edition: Edition) -> Iterator[Said]:
    for name, one in edition.files.items():
        path = edition.folder / name
        if name not in shelf.TITLES or not path.is_file():
            yield Said("MISSING", {"file": name})
        elif (found := shelf.sha256(path)) != one["sha256"]:
            yield Said("ALTERED", {"file": name, "found": found, "said": one["sha256"]})
    if not (edition.folder / SUMS).is_file():
        yield Said("MISSING", {"file": SUMS})
    elif (edition.folder / SUMS).read_bytes() != shelf.sums(edition.files, edition.digest).encode():
        yield Said("SUMS", {"file": SUMS})
    for name in sorted(shelf.FILES.keys() - edition.files.keys() - shelf.SEALS.keys()):
        yield Said("MISSING", {"file": name})
    for path in sorted(edition.folder.rglob("*")):
        if path.is_dir() and not path.is_symlink():
            continue
        if path.relative_to(edition.folder).as_posix() not in (*edition.files, MANIFEST, SUMS):
            yield Said("ADDED", {"file": path.relative_to(edition.folder).as_posix()})


def _notes(edition: Edition) -> Iterator[Said]:
    software = edition.told.get("software", {})
    version = {"version": str(software.get("version", "?"))}
    if software.get("sql") != compute.about(edition.as_of, {})["sql"]:
        yield Said("OTHER_SQL", version)
    elif software.get("source") != source():
        yield Said("OTHER_SOURCE", version)
    yield Said("KEPT")
    if edition.before and not _predecessor(edition):
        yield Said("ALONE", {"edition": edition.before})


Row = Mapping[str, Any]


def _figures(folder: Path) -> dict[tuple[str, ...], Row]:
    columns = (*_KEY, *_NUMBERS, *_WORDS)
    path = str(folder / FIGURES).replace("'", "''")
    with duck() as files:
        rows = files.rows(_FIGURES.format(columns=", ".join(f'"{name}"' for name in columns), path=path))
    return {tuple(row[: len(_KEY)]): dict(zip(columns, row, strict=True)) for row in rows}


def _kept(folder: Path, again: Path) -> set[str]:
    """Indicators that the edition knows and its tables alone do not: they rest on answers, or on statistics."""
    said, found = (json.loads((one / ABOUT).read_text(encoding="utf-8"))["indicators"] for one in (folder, again))
    return {
        code
        for code in said.keys() & found.keys()
        if said[code]["known"] and not found[code]["known"] and INDICATORS[code].origin in ("census", "eurostat")
    }


def _without(figures: Mapping[tuple[str, ...], Row], codes: Collection[str]) -> dict[tuple[str, ...], Row]:
    return {key: row for key, row in figures.items() if key[0] not in codes}


def _settled(edition: Edition) -> Iterator[Said]:
    """Places that do not follow from what was said of them, and figures of the report that do not follow from both."""
    registry = again.snapshot(edition.folder, edition.told)
    places = [
        Said("SETTLED", {"place": where, "said": said, "found": found})
        for where, said, found in again.unsettled(registry, edition.folder)
    ]
    told = json.loads((edition.folder / REPORTED).read_text(encoding="utf-8"))
    figures = [
        Said("COUNTED", {"file": REPORTED, "figure": where, "said": said, "found": found})
        for where, said, found in again.misfigured(registry, told)
    ]
    for several in (places, figures):
        yield from several[:NAMED]
        if len(several) > NAMED:
            yield Said("MORE", {"count": str(len(several) - NAMED)})


def _differing(said: Mapping[tuple[str, ...], Row], found: Mapping[tuple[str, ...], Row]) -> list[Said]:
    """Each figure that is not the same on both sides."""
    faults = []
    for key in sorted(said.keys() | found.keys()):
        figure = {"figure": " ".join(filter(None, key))}
        if key not in found:
            faults.append(Said("NOT_FOUND", figure | {"said": _told(said[key])}))
        elif key not in said:
            faults.append(Said("NOT_TOLD", figure | {"found": _told(found[key])}))
        elif not _same(said[key], found[key]):
            faults.append(Said("FIGURE", figure | {"said": _told(said[key]), "found": _told(found[key])}))
    more = len(faults) - NAMED
    return [*faults[:NAMED], Said("MORE", {"count": str(more)})] if more > 0 else faults


def _same(one: Row, other: Row) -> bool:
    """Counts and words are the same; numbers to the nine digits to which they are published."""
    return all(one[name] == other[name] for name in (*_WORDS, "n", "of")) and all(
        one[name] == other[name]
        if one[name] is None or other[name] is None
        else isclose(one[name], other[name], rel_tol=1e-12, abs_tol=2e-9)
        for name in ("value", "low", "high")
    )


def _told(row: Row) -> str:
    """A figure in short: its value, and the counts or the reason behind it."""
    value = row["note"] if row["value"] is None else f"{row['value']:.10g}"
    interval = "" if row["low"] is None else f" [{row['low']:.10g}, {row['high']:.10g}]"
    words = "; ".join(str(row[name]) for name in _WORDS[1:] if row[name])
    return f"{value}{interval}, n = {row['n']}/{row['of']}" + (f" ({words})" if words else "")


def _described(folder: Path, again: Path, kept: Collection[str]) -> Iterator[Said]:
    """Indicators that the edition describes otherwise than they are: by the same SQL only, as `_notes` says."""
    said, found = (json.loads((one / ABOUT).read_text(encoding="utf-8")) for one in (folder, again))
    if said["sql"] != found["sql"]:
        return
    for code in sorted((said["indicators"].keys() | found["indicators"].keys()) - set(kept)):
        if said["indicators"].get(code) != found["indicators"].get(code):
            yield Said("INDICATOR", {"file": ABOUT, "code": code})


def _predecessor(edition: Edition) -> Path | None:
    """The folder of the edition before, if it stands beside this one and is the one that was compared with."""
    folder = edition.folder.resolve().parent / edition.before
    try:
        beside = shelf.read(folder)
        return folder if beside.digest == edition.changes["digest"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _changed(edition: Edition) -> Iterator[Said]:
    before = _predecessor(edition) if edition.before else None
    if edition.before and not before:
        return  # `_notes` says so
    if edition.changes != changes.compare(before, edition.folder, edition.told["sources"]):
        yield Said("CHANGES", {"file": CHANGES, "edition": edition.before or "–"})
