"""Serves the published state of play: the files of one folder, and nothing outside it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils._os import safe_join
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coworkmed.kernel.i18n import LANGUAGES, N_
from coworkmed.kernel.licences import NOTES

from . import security

#: The page that leads to the report in each language.
REPORT = "report/index.html"
#: What may be served, and as what; any other file of the folder is not for readers.
TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".geojson": "application/geo+json",
    ".html": "text/html; charset=utf-8",
    ".json": "application/json",
    ".parquet": "application/vnd.apache.parquet",
    ".pdf": "application/pdf",
}
#: What each published file is, in words.
FILES = {
    "places.csv": N_("Every place, for a spreadsheet"),
    "places.geojson": N_("Every place, for a map"),
    "places.parquet": N_("Every place, for analysis"),
    "assertions.parquet": N_("Everything each list says, value by value"),
    "signals.csv": N_("What people said besides lists: confirmed, moved, closed for a time"),
    "signals.parquet": N_("What people said besides lists, for analysis"),
    "links.csv": N_("Which line of which list speaks of which place"),
    "review.csv": N_("Pairs that a person should judge"),
    "rejects.csv": N_("Rows that could not enter, and why"),
    "figures.json": N_("The figures, with their definitions"),
    "indicators.parquet": N_("Every indicator of every territory, for analysis"),
    "indicators.json": N_("What the indicators are, and the SQL they follow from"),
    "freshness.csv": N_("How fresh the registry is, by territory, by list and month by month"),
    "manifest.json": N_("What is here, with checksums"),
}


@dataclass(frozen=True, slots=True)
class File:
    name: str
    title: str
    size: int


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """What is published, or that nothing is yet."""
    folder = _folder()
    report, document = _report(folder)
    return render(
        request,
        "state_of_play.html",
        {
            "report": report,
            "document": document,
            "terms": _terms(folder),
            "published_on": _modified(folder / report) if report else None,
            "files": list(_files(folder)),
        },
    )


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """One published file."""
    path = _find(name)
    if path is None:
        raise Http404
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        return HttpResponse(
            text,
            content_type=TYPES[".html"],
            headers={"Content-Security-Policy": security.policy_for_document(text)},
        )
    return FileResponse(path.open("rb"), content_type=TYPES[path.suffix], filename=path.name, as_attachment=True)


def _folder() -> Path:
    return Path(settings.ENV.var) / "published"


def _report(folder: Path) -> tuple[str, str]:
    """The report for this reader, as a page and as a document to print: in their language where it is published, else
    the page that leads to those there are. Each "" where there is none."""
    code = get_language() or "en"
    page, document = f"report/{code}/index.html", f"report-{code}.pdf"
    if code not in LANGUAGES or not (folder / page).is_file():
        page = REPORT if (folder / REPORT).is_file() else ""
    return page, document if (folder / document).is_file() else ""


def _find(name: str) -> Path | None:
    """The published file of that name; None if it is none, of no kind we serve, or (by a link) outside the folder."""
    try:
        path = Path(safe_join(_folder(), name)).resolve()
        served = path.suffix in TYPES and path.is_file() and path.is_relative_to(_folder().resolve())
    except (SuspiciousFileOperation, ValueError, OSError):  # outside, a NUL, a name too long
        return None
    return path if served else None


def _files(folder: Path) -> Iterator[File]:
    for name, title in FILES.items():
        if (path := folder / name).is_file():
            yield File(name, title, path.stat().st_size)


def _modified(path: Path) -> date:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC).date()


def _terms(folder: Path) -> str:
    """What may be done with the registry as published, in a sentence; "" where its manifest does not say."""
    try:
        terms = json.loads((folder / "manifest.json").read_text())["licence"]
        sentence = NOTES[terms["note"]]
        return _(sentence).format(**terms["params"])
    except (OSError, ValueError, KeyError):
        return ""
