"""Publishing: a snapshot of the registry becomes files anyone can fetch and recompute.

The same snapshot gives the same bytes. Files are written apart first (`STAGE`), the manifest last: from then on they
are complete. Only then does each replace its forerunner, the manifest again last. A run killed before that point has
changed nothing; one killed after it is finished by the next (`finish_interrupted`).
"""

import hashlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, TextIO

from django.utils import translation

import coworkmed
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.kernel.ids import digest
from coworkmed.kernel.memory import uncollected
from coworkmed.kernel.processes import in_order
from coworkmed.observatory import freshness, report
from coworkmed.observatory.freshness import Cell, Point
from coworkmed.observatory.indicators import compute
from coworkmed.observatory.indicators.figures import Figures as Computed
from coworkmed.observatory.report import Material, material
from coworkmed.observatory.report.editorial import Editorial
from coworkmed.observatory.rules import Figures, evidence, figures
from coworkmed.places.queries import PlaceRow, Snapshot
from coworkmed.sources.spec import Spec

from . import csv_text, licensing, parquet, tables
from .tables import to_json

STAGE = ".publishing"
MANIFEST = "manifest.json"
#: The page that leads to the report in each language, and the reports themselves.
REPORT = "report/index.html"
REPORTS = {code: (f"report/{code}/index.html", f"report-{code}.pdf") for code in LANGUAGES}
#: Every file but the manifest and the reports, and of what its terms are those.
FILES = {
    "places.csv": "places",
    "places.geojson": "places",
    "places.parquet": "places",
    "assertions.parquet": "entries",
    "signals.csv": "signals",
    "signals.parquet": "signals",
    "links.csv": "entries",
    "review.csv": "entries",
    "rejects.csv": "entries",
    "figures.json": "figures",
    "freshness.csv": "figures",
    "indicators.parquet": "figures",
    "indicators.json": "figures",
    REPORT: "figures",
}
#: What the report says of itself that it is drawn from; pairs that wait for a person are no figure.
_BEHIND = (*(name for name in FILES if name not in (REPORT, "review.csv")), MANIFEST)
#: From so many entries on, parts are written by several processes.
MANY = 5000


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
    snapshot: Snapshot,
    out: Path,
    language: str = "en",
    *,
    without: Collection[str] = (),
    site: str = "",
    past: Mapping[Cell, Sequence[Point]] | None = None,
    beside: Path | None = None,
    editorial: Editorial | None = None,
    reports: Collection[str] = (),
) -> Manifest:
    """Publish ``snapshot`` in the folder ``out``; reasons in the tables stand in ``language``, and so does the report.

    ``past``     how fresh the registry was, month by month (`observatory.freshness.every_series`), of the same data
    ``beside``   folder of tables that indicators need and that are not published (`indicators.extract.Extract`)
    ``without``  share-alike families (`kernel.licences`) whose data is left out, so that the rest may be merged
    ``site``     address of a site whose pages of places the report links to; no links if empty
    ``reports``  languages in which the report is written, if not in that one alone
    ``editorial``  what a coordinator adds to the report

    One run at a time in a folder: the caller sees to that.
    """
    finish_interrupted(out)
    if without:
        snapshot = licensing.leave_out(snapshot, without)
    stage = out / STAGE
    stage.mkdir(parents=True)
    edition = Edition(
        snapshot,
        stage,
        language,
        site,
        tuple(sorted(without)),
        past or {},
        editorial or Editorial(),
        tuple(code for code in REPORTS if code in (reports or (language,))),
    )
    spread = in_order if len(snapshot.entries) >= MANY else map
    # the longest work first, but for the first, which the others wait for
    parts: list[Callable[[Edition], Any]] = [_lists, _tables, _figures, _sources]
    with uncollected():
        _, _, (shown, found), sources = spread(partial(_written, edition), parts)
    made_from = {row.spec.key: row.spec.derived_from for row in snapshot.sources}
    compute.write(stage, beside=beside, as_of=snapshot.as_of, made_from=made_from)
    _reports(edition, found, shown)
    files = FILES | {name: "figures" for code in edition.reports for name in REPORTS[code]}
    for name in files:
        _sync(stage / name)
    told = {
        "places": shown,
        "entries": licensing.of_entries(snapshot),
        "figures": licensing.of_figures(snapshot),
        "signals": licensing.of_signals(snapshot),
    }
    manifest = Manifest(
        version=coworkmed.__version__,
        as_of=snapshot.as_of.isoformat(),
        language=language,
        licence=shown.as_json(),
        without=edition.without,
        sources=sources,
        files={name: _described(stage / name, told[of]) for name, of in sorted(files.items())},
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


@dataclass(frozen=True, slots=True)
class Edition:
    """What is to be published, and the folder it is written to."""

    snapshot: Snapshot
    stage: Path
    language: str
    site: str
    without: tuple[str, ...]
    past: Mapping[Cell, Sequence[Point]]
    editorial: Editorial
    reports: tuple[str, ...]


def _written(edition: Edition, part: Callable[[Edition], Any]) -> Any:
    """Write some of the files. Parts know nothing of each other: each may be written by a process of its own."""
    with translation.override(edition.language):
        return part(edition)


def _figures(edition: Edition) -> tuple[licensing.Terms, Figures]:
    """The terms of the table of places, and its figures."""
    snapshot = replace(edition.snapshot, places=list(edition.snapshot.places))  # looked at many times
    found, terms = figures(snapshot), licensing.of_places(snapshot)
    now = freshness.by_cell(evidence(snapshot), snapshot.as_of)
    rows = tables.freshness(now, snapshot.as_of, edition.past)
    _csv(tables.FRESHNESS, rows, edition.stage / "freshness.csv")
    _text(to_json(found.as_json(), readable=True) + "\n", edition.stage / "figures.json")
    return terms, found


def _lists(edition: Edition) -> None:
    """Links, signals, doubts and rejected rows."""
    snapshot, stage, say = edition.snapshot, edition.stage, translation.gettext
    with _open(stage / "signals.csv") as table, parquet.writing(stage / "signals.parquet", tables.SIGNALS) as add:
        table.write(csv_text.line(tables.SIGNALS))
        for row in tables.signals(snapshot):
            table.write(csv_text.line(map(tables.cell, row.values())))
            add(parquet.line(row))
    _csv(tables.LINKS, tables.links(snapshot), stage / "links.csv")
    _csv(tables.REVIEW, tables.review(snapshot, say), stage / "review.csv")
    _csv(tables.REJECTS, tables.rejects(snapshot, say), stage / "rejects.csv")


def _tables(edition: Edition) -> None:
    """The table of places in three forms, and all that is said, with what of it that table shows: each place is settled
    once for all four. GeoJSON has a feature a line: readable, and small differences stay small."""
    snapshot, stage = edition.snapshot, edition.stage
    shown = tables.shown(_placed(snapshot.places, stage))
    with parquet.writing(stage / "assertions.parquet", tables.ASSERTIONS) as add:
        for line in tables.assertions(snapshot, shown):
            add(line)


def _placed(places: Iterable[PlaceRow], stage: Path) -> Iterator[PlaceRow]:
    """Each place once it is written."""
    columns = {column.name: column.type for column in tables.PLACES}
    with (
        _open(stage / "places.csv") as table,
        _open(stage / "places.geojson") as features,
        parquet.writing(stage / "places.parquet", columns) as add,
    ):
        table.write(csv_text.line(columns))
        features.write('{"type":"FeatureCollection","features":[')
        for number, place in enumerate(places):
            row = tables.place_line(place)
            table.write(csv_text.line(map(tables.cell, row.values())))
            features.write(("," if number else "") + "\n" + to_json(tables.feature(row)))
            add(parquet.line(row))
            yield place
        features.write("\n]}\n")


def _csv(header: Sequence[str], rows: Iterable[list[str]], path: Path) -> None:
    with _open(path) as file:
        file.writelines(csv_text.lines(header, rows))


def _open(path: Path) -> TextIO:
    return path.open("w", encoding="utf-8", errors="replace", newline="")


def _text(text: str, path: Path) -> None:
    path.write_bytes(text.encode("utf-8", errors="replace"))


def _reports(edition: Edition, found: Figures, terms: licensing.Terms) -> None:
    """The report as a page and as a document in each of its languages, and the page that leads there."""
    indicators, unknown = material.computed(Computed(edition.stage))
    drawn_from = Material(
        snapshot=replace(edition.snapshot, places=list(edition.snapshot.places)),  # looked at many times
        figures=found,
        indicators=indicators,
        unknown=unknown,
        past=edition.past.get(freshness.ALL, ()),
        files=_BEHIND,
        note=terms.note,
        params=terms.params,
        without=edition.without,
        site=edition.site,
        editorial=edition.editorial,
    )
    for code in edition.reports:
        page, document = REPORTS[code]
        with translation.override(code):
            written = report.write(drawn_from)
            (edition.stage / page).parent.mkdir(parents=True)
            _text(report.html(written, edition.reports), edition.stage / page)
            (edition.stage / document).write_bytes(report.pdf(written))
    with translation.override(edition.language):
        _text(report.door(edition.reports), edition.stage / REPORT)


def _sources(edition: Edition) -> tuple[dict[str, Any], ...]:
    """Each source as it must be named, with a fingerprint of all that it says in this edition."""
    snapshot = edition.snapshot
    said: dict[str, list[str]] = {row.spec.key: [] for row in snapshot.sources}
    for entry in snapshot.entries:
        text = to_json([entry.external_id, entry.observed_on, entry.licence, entry.words()])
        said.setdefault(entry.source, []).append(digest(text))
    return tuple(_named(row.spec, said[row.spec.key]) for row in snapshot.sources)


def _named(spec: Spec, said: Sequence[str]) -> dict[str, Any]:
    return {
        "key": spec.key,
        "title": dict(spec.title),
        "keeper": spec.keeper,
        "licence": spec.licence,
        "attribution": spec.attribution,
        "homepage": spec.homepage,
        "observed_on": spec.observed_on,
        "trust": spec.trust,
        "derived_from": list(spec.derived_from),
        "entries": len(said),
        "fingerprint": digest(*said),
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
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (stage / name).replace(out / name)
    shutil.rmtree(stage)


def _sync(path: Path) -> None:
    """Have the file on the disk before anything says that it is there."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
