"""Publishing: a snapshot of the registry becomes files anyone can fetch and recompute.

The same snapshot gives the same bytes. Files are written apart first (`STAGE`), the manifest last: from then on they
are complete. Only then does each replace its forerunner, the manifest again last. A run killed before that point has
changed nothing; one killed after it is finished by the next (`finish_interrupted`).
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from django.utils import translation

import coworkmed
from coworkmed.kernel.ids import digest
from coworkmed.kernel.licences import NOTES
from coworkmed.observatory import report
from coworkmed.observatory.rules import Figures, figures
from coworkmed.places.queries import Snapshot

from . import csv_text, licensing, parquet, tables
from .tables import to_json

STAGE = ".publishing"
MANIFEST = "manifest.json"
REPORT = "report/index.html"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What was published: ``files`` name → {bytes, sha256, licence …}, ``sources`` in the order of the catalogue,
    ``licence`` the terms of the table of places (`licensing.Terms`), ``without`` the families left out, ``quality``
    what verdicts say of the links (`linkage.review.Quality`), None where that is not known."""

    version: str
    as_of: str
    language: str
    licence: Mapping[str, Any]
    without: tuple[str, ...]
    sources: tuple[Mapping[str, Any], ...]
    files: Mapping[str, Mapping[str, Any]]
    quality: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        return {
            "software": {"name": "CoWorkMed", "version": self.version},
            "as_of": self.as_of,
            "language": self.language,
            "licence": dict(self.licence),
            "without": list(self.without),
            "quality": dict(self.quality) if self.quality else None,
            "sources": [dict(one) for one in self.sources],
            "files": {name: dict(one) for name, one in self.files.items()},
        }


def publish(
    snapshot: Snapshot, out: Path, language: str = "en", *, without: Collection[str] = (), site: str = ""
) -> Manifest:
    """Publish ``snapshot`` in the folder ``out``, its report in ``language``.

    ``without``  share-alike families (`kernel.licences`) whose data is left out, so that the rest may be merged
    ``site``     address of the pages (``https://…/fr``) of the places that the report links to; no links if empty

    One run at a time in a folder: the caller sees to that.
    """
    finish_interrupted(out)
    if without:
        snapshot = licensing.leave_out(snapshot, without)
    stage = out / STAGE
    stage.mkdir(parents=True)
    files = _contents(snapshot, site, without)
    with translation.override(language):
        for name, (_, write) in files.items():
            path = stage / name
            path.parent.mkdir(exist_ok=True)
            write(path)
            _sync(path)
    manifest = Manifest(
        version=coworkmed.__version__,
        as_of=snapshot.as_of.isoformat(),
        language=language,
        licence=licensing.of_places(snapshot).as_json(),
        without=tuple(sorted(without)),
        sources=tuple(_sources(snapshot)),
        files={name: _described(stage / name, terms) for name, (terms, _) in sorted(files.items())},
        quality=asdict(snapshot.quality) if snapshot.quality else None,
    )
    _complete(stage, manifest)
    _move(stage, out)
    return manifest


def finish_interrupted(out: Path) -> bool:
    """Finish or undo what a killed run left in ``out``; True if there were complete files to move into place."""
    stage = out / STAGE
    if (stage / MANIFEST).exists():
        _move(stage, out)
        return True
    if stage.exists():
        shutil.rmtree(stage)
    return False


def differing(out: Path, manifest: Mapping[str, Any]) -> list[str]:
    """Names of published files that are missing or are not what the manifest (as JSON) says; [] if all is well."""
    return [
        name
        for name, said in manifest["files"].items()
        if not (out / name).is_file() or _sha256(out / name) != said["sha256"]
    ]


Write = Callable[[Path], object]


def _contents(snapshot: Snapshot, site: str, without: Collection[str]) -> dict[str, tuple[licensing.Terms, Write]]:
    """Every file but the manifest: its terms, and what writes it."""
    places, entries, drawn = (
        terms(snapshot) for terms in (licensing.of_places, licensing.of_entries, licensing.of_figures)
    )
    found = figures(snapshot)
    say = translation.gettext
    columns = {column.name: column.type for column in tables.PLACES}
    cells = ([tables.cell(value) for value in row.values()] for row in tables.places(snapshot))
    files: dict[str, tuple[licensing.Terms, Write]] = {
        "places.csv": (places, partial(_csv, tuple(columns), cells)),
        "places.geojson": (places, partial(_geojson, snapshot)),
        "places.parquet": (places, partial(_parquet, columns, tables.places(snapshot))),
        "assertions.parquet": (entries, partial(_parquet, tables.ASSERTIONS, tables.assertions(snapshot))),
        "links.csv": (entries, partial(_csv, tables.LINKS, tables.links(snapshot))),
        "review.csv": (entries, partial(_csv, tables.REVIEW, tables.review(snapshot, say))),
        "rejects.csv": (entries, partial(_csv, tables.REJECTS, tables.rejects(snapshot, say))),
        "figures.json": (drawn, partial(_text, to_json(found.as_json(), readable=True) + "\n")),
    }
    return files | {REPORT: (drawn, partial(_report, snapshot, found, (*files, MANIFEST), places, site, without))}


def _csv(header: Sequence[str], rows: Iterable[list[str]], path: Path) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(csv_text.lines(header, rows))


def _geojson(snapshot: Snapshot, path: Path) -> None:
    """One feature a line: readable, and small differences stay small."""
    with path.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.write('{"type":"FeatureCollection","features":[')
        for number, feature in enumerate(tables.features(snapshot)):
            file.write(("," if number else "") + "\n" + to_json(feature))
        file.write("\n]}\n")


def _parquet(columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]], path: Path) -> None:
    parquet.write(path, columns, rows)


def _text(text: str, path: Path) -> None:
    path.write_bytes(text.encode("utf-8", errors="replace"))


def _report(
    snapshot: Snapshot,
    found: Figures,
    files: tuple[str, ...],
    terms: licensing.Terms,
    site: str,
    without: Collection[str],
    path: Path,
) -> None:
    note = translation.gettext(NOTES[terms.note]).format(**terms.params)
    text = report.render(
        snapshot, found, files=files, licence_note=note, warn=terms.note in ("CONFLICT", "UNKNOWN"), site=site,
        without=sorted(without),
    )  # fmt: skip
    _text(text, path)


def _sources(snapshot: Snapshot) -> Iterable[dict[str, Any]]:
    """Each source as it must be named, with a fingerprint of all that it says in this edition."""
    said: dict[str, list[str]] = {row.spec.key: [] for row in snapshot.sources}
    for entry in snapshot.entries:
        words = {name: value.as_json() for name, value in entry.fields.items()}
        text = to_json([entry.external_id, entry.observed_on, entry.licence, words])
        said.setdefault(entry.source, []).append(digest(text))
    for row in snapshot.sources:
        spec = row.spec
        yield {
            "key": spec.key,
            "title": dict(spec.title),
            "keeper": spec.keeper,
            "licence": spec.licence,
            "attribution": spec.attribution,
            "homepage": spec.homepage,
            "observed_on": spec.observed_on,
            "entries": len(said[spec.key]),
            "fingerprint": digest(*said[spec.key]),
        }


def _described(path: Path, terms: licensing.Terms) -> dict[str, Any]:
    return {"bytes": path.stat().st_size, "sha256": _sha256(path), "licence": terms.as_json()}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _complete(stage: Path, manifest: Manifest) -> None:
    """Say that all files are there: the manifest appears whole, or not at all."""
    part = stage / f"{MANIFEST}.part"
    _text(to_json(manifest.as_json(), readable=True) + "\n", part)
    _sync(part)
    part.replace(stage / MANIFEST)


def _move(stage: Path, out: Path) -> None:
    """Put each file in its place, the manifest last. May be cut off anywhere and begun again."""
    names = sorted(path.relative_to(stage) for path in stage.rglob("*") if path.is_file())
    for name in sorted(names, key=lambda name: name == Path(MANIFEST)):
        (out / name).parent.mkdir(exist_ok=True)
        (stage / name).replace(out / name)
    shutil.rmtree(stage)


def _sync(path: Path) -> None:
    """Have the file on the disk before anything says that it is there."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
