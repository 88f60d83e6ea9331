"""Editions for readers: the list, a page for each, and their files."""

from dataclasses import dataclass

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.licences import NOTES
from coworkmed.web import security

from ..definitions import DEFINITIONS
from ..indicators.catalogue import INDICATORS
from . import changes, citation, shelf
from .shelf import Edition

_OPEN = {
    "Access-Control-Allow-Origin": "*",  # open data is for pages of others too
    "Cross-Origin-Resource-Policy": "cross-origin",
}
_FOR_EVER = {"Cache-Control": "public, max-age=31536000, immutable"}
#: Files by what a reader is after.
_GROUPS = (
    (N_("The places"), ("places.csv", "places.geojson", "places.parquet")),
    (N_("The figures"), (shelf.FIGURES, shelf.ABOUT, "figures.json", "freshness.csv", shelf.CHANGES)),
    (
        N_("What they follow from"),
        ("assertions.parquet", "links.csv", "signals.csv", "signals.parquet", "rejects.csv"),
    ),
    (N_("How and by whom"), (shelf.METHOD, shelf.SOURCES, shelf.MANIFEST, shelf.SUMS)),
)


@dataclass(frozen=True, slots=True)
class File:
    name: str
    title: str
    size: int


@require_safe
def edition_list(request: HttpRequest) -> HttpResponse:
    """Every edition, the latest first, each with what changed."""
    found = list(reversed(shelf.editions()))
    return render(request, "editions/list.html", {"editions": found, "REASONS": changes.REASONS})


@require_safe
def edition_page(request: HttpRequest, name: str) -> HttpResponse:
    """One edition: what changed and why, its files, how to cite and check it."""
    edition = _edition(name)
    address, terms = _address(request, name), edition.told["licence"]
    note = NOTES.get(terms["note"])
    shown = {
        "edition": edition,
        "changes": edition.changes,
        "terms": _(note).format(**terms["params"]) if note else terms["sentence"],
        "groups": [
            (title, [File(one, shelf.TITLES[one], (edition.folder / one).stat().st_size) for one in names])
            for title, names in _GROUPS
        ],
        "reports": _reports(edition),
        "apa": citation.apa(edition, address),
        "bibtex": citation.bibtex(edition, address),
        "json_ld": citation.schema_org(edition, address, {one: _file(request, name, one) for one in edition.files}),
        "REASONS": changes.REASONS,
        "ADDING": changes.ADDING,
        "TAKING": changes.TAKING,
        "counted": {code: one.title for code, one in DEFINITIONS.items()} | KINDS,
        "INDICATORS": INDICATORS,
    }
    return render(request, "editions/edition.html", shown)


@require_safe
def edition_file(request: HttpRequest, name: str, file: str) -> HttpResponseBase:
    """One file, which never changes."""
    edition = _edition(name)
    path = edition.folder / file
    if file not in shelf.TITLES or not path.is_file():
        raise Http404
    if path.suffix == ".html":
        text = path.read_text(encoding="utf-8")
        policy = {"Content-Security-Policy": security.policy_for_document(text)}
        return HttpResponse(text, content_type="text/html; charset=utf-8", headers=_FOR_EVER | policy)
    media = citation.MEDIA["".join(file.partition(".")[1:])]
    text = "; charset=utf-8" if media.startswith("text/") else ""
    return FileResponse(
        path.open("rb"), content_type=media + text, filename=path.name, as_attachment=True, headers=_OPEN | _FOR_EVER
    )


@require_safe
def edition_datacite(request: HttpRequest, name: str) -> HttpResponse:
    """The metadata with which a DOI can be registered."""
    edition = _edition(name)
    before = _address(request, edition.before) if edition.before else ""
    found = citation.datacite(edition, _address(request, name), before)
    return JsonResponse(found, json_dumps_params={"ensure_ascii": False, "indent": 1}, headers=_OPEN)


@require_safe
def edition_bibtex(request: HttpRequest, name: str) -> HttpResponse:
    """For programs that keep literature."""
    text = citation.bibtex(_edition(name), _address(request, name))
    headers = _OPEN | {"Content-Disposition": f'attachment; filename="coworkmed-{name}.bib"'}
    return HttpResponse(text, content_type="application/x-bibtex; charset=utf-8", headers=headers)


def _reports(edition: Edition) -> dict[str, tuple[str, str]]:
    """Language → the report to read and to print, for those languages it has; the reader's first."""
    found = {code: names for code, names in shelf.REPORTS.items() if set(names) <= edition.files.keys()}
    own = get_language() or ""
    return dict(sorted(found.items(), key=lambda one: one[0] != own))


def _edition(name: str) -> Edition:
    found = shelf.find(name)
    if found is None:
        raise Http404
    return found


def _address(request: HttpRequest, name: str) -> str:
    """The page of an edition in the language in which it is read: the address that a citation gives."""
    return request.build_absolute_uri(reverse("edition", args=[name]))


def _file(request: HttpRequest, name: str, file: str) -> str:
    return request.build_absolute_uri(reverse("edition-file", args=[name, file]))
