"""The editions there are: read from their folders, named by month and turn."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from coworkmed.kernel.i18n import LANGUAGES, N_

MANIFEST, SUMS, CHANGES = "manifest.json", "SHA256SUMS", "changes.json"
METHOD, SOURCES = "METHOD.md", "SOURCES.md"
FIGURES, ABOUT = "indicators.parquet", "indicators.json"
#: What is taken from the published tables: all that the figures follow from, and what a reader would open.
TABLES = {
    "places.csv": N_("Every place, for a spreadsheet"),
    "places.geojson": N_("Every place, for a map"),
    "places.parquet": N_("Every place, for analysis"),
    "assertions.parquet": N_("Everything each list says, value by value"),
    "links.csv": N_("Which line of which list speaks of which place"),
    "signals.csv": N_("What people said besides lists: confirmed, moved, closed for a time"),
    "signals.parquet": N_("What people said besides lists, for analysis"),
    "rejects.csv": N_("Rows that could not enter, and why"),
    "figures.json": N_("The figures of the report, with their definitions"),
    "freshness.csv": N_("How fresh the registry was, by territory, by list and month by month"),
}
#: The report, in each language in which the tables have it.
DOOR = "report/index.html"
REPORTS = {code: (f"report/{code}/index.html", f"report-{code}.pdf") for code in LANGUAGES}
#: What an edition adds to them.
ADDED = {
    FIGURES: N_("Every indicator of every territory, for analysis"),
    ABOUT: N_("What the indicators are, and the SQL they follow from"),
    CHANGES: N_("What changed since the edition before, place by place"),
    METHOD: N_("How the figures were made, and how to recompute them"),
    SOURCES: N_("Whose data it is, under which licence"),
}
#: What says that all is as it was.
SEALS = {
    MANIFEST: N_("What is here, with checksums"),
    SUMS: N_("The checksums, for sha256sum"),
}
FILES = TABLES | ADDED | SEALS
#: Every file an edition may have, and what it is.
TITLES = {
    **FILES,
    DOOR: N_("The report, in each of its languages"),
    **{page: N_("The report, to read") for page, _ in REPORTS.values()},
    **{document: N_("The report, to print (PDF)") for _, document in REPORTS.values()},
}
_ID = re.compile(r"([0-9]{4}-(?:0[1-9]|1[0-2]))(?:\.([1-9][0-9]{0,3}))?")


@dataclass(frozen=True, slots=True)
class Edition:
    """An edition as its manifest tells it."""

    folder: Path
    told: Mapping[str, Any]

    @property
    def id(self) -> str:
        found: str = self.told["edition"]["id"]
        return found

    @property
    def title(self) -> str:
        """Given by whoever made it, in their language; "" if they gave none."""
        found: str = self.told["edition"]["title"]
        return found

    @property
    def as_of(self) -> date:
        return date.fromisoformat(self.told["as_of"])

    @property
    def issued(self) -> date:
        return date.fromisoformat(self.told["edition"]["issued"])

    @property
    def before(self) -> str:
        """Id of the edition before it; "" for the first."""
        found: str = self.told["edition"]["before"]
        return found

    @property
    def files(self) -> Mapping[str, Mapping[str, Any]]:
        """File → {bytes, sha256}, without the manifest and what is made from it."""
        found: Mapping[str, Mapping[str, Any]] = self.told["files"]
        return found

    @property
    def digest(self) -> str:
        """SHA-256 of the manifest, which holds those of all files: this one number stands for the whole edition."""
        return sha256(self.folder / MANIFEST)

    @property
    def changes(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = json.loads((self.folder / CHANGES).read_text(encoding="utf-8"))
        return found


def root() -> Path:
    """The folder of this site's editions."""
    return Path(settings.ENV.var) / "editions"


def read(folder: Path) -> Edition:
    """The edition in ``folder``; OSError, ValueError or KeyError where there is none that can be read."""
    path = folder / MANIFEST
    edition = Edition(folder, _manifest(path, path.stat().st_mtime_ns))
    if not _ID.fullmatch(edition.id):
        raise ValueError(edition.id)
    needed = (edition.as_of, edition.issued, edition.title, edition.before, edition.files, edition.told["sources"])
    if not all(isinstance(one, kind) for one, kind in zip(needed, (date, date, str, str, dict, list), strict=True)):
        raise TypeError(edition.id)
    return edition


@lru_cache(64)
def _manifest(path: Path, _changed: int) -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def editions(where: Path | None = None) -> list[Edition]:
    """All of them, the first first. A folder that is no edition is passed over."""
    return sorted(_found(where or root()), key=lambda one: _order(one.id))


def _found(where: Path) -> Iterator[Edition]:
    for folder in where.iterdir() if where.is_dir() else ():
        if _ID.fullmatch(folder.name):
            try:
                yield read(folder)
            except (OSError, ValueError, KeyError, TypeError):
                continue


def find(name: str, where: Path | None = None) -> Edition | None:
    """The edition of that id."""
    return next((one for one in editions(where) if one.id == name), None) if _ID.fullmatch(name) else None


def _order(name: str) -> tuple[str, int]:
    month, _, turn = name.partition(".")
    return month, int(turn or 0)


def next_id(as_of: date, taken: set[str]) -> str:
    """ "2026-11", and if that is taken "2026-11.1" and so on."""
    month, turn = f"{as_of:%Y-%m}", 0
    while (name := f"{month}.{turn}" if turn else month) in taken:
        turn += 1
    return name


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sums(files: Mapping[str, Mapping[str, Any]], manifest: str) -> str:
    """The text that ``sha256sum --check`` reads; ``manifest`` is the manifest's own checksum."""
    found = {name: one["sha256"] for name, one in files.items()} | {MANIFEST: manifest}
    return "".join(f"{found[name]}  {name}\n" for name in sorted(found))
