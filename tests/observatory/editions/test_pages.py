"""Pages and files of editions: what a reader finds, and that nothing else is given out."""

import json
import re
from datetime import date
from html import unescape
from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.observatory.editions import citation, shelf
from coworkmed.observatory.editions.shelf import Edition

pytestmark = pytest.mark.django_db
Two = tuple[Edition, Edition]
ADDRESS = "https://example.org/en/editions/2026-06/"


def text(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", answer.content.decode()))


def test_nothing_made_yet_says_what_to_do(client: Client, shelf_root: Path) -> None:
    page = text(client, "/en/editions/")
    assert "No edition has been made yet" in page
    assert "./run edition create" in page
    assert client.get("/en/editions/2026-06/").status_code == 404


def test_editions_are_listed_the_latest_first_with_what_changed(client: Client, two: Two) -> None:
    page = text(client, "/en/editions/")
    assert page.index("/en/editions/2026-06/") < page.index("/en/editions/2026-03/")
    assert "<li>Opened: 1</li><li>Found: 2</li><li>Told apart: 1</li>" in page
    assert "Summer & sea" in page


def test_a_page_tells_what_changed_and_the_sum_is_right(client: Client, two: Two) -> None:
    page = client.get("/en/editions/2026-06/").content.decode()
    [table] = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[:1]
    cells = [
        cell.replace("−", "-")
        for cell in re.findall(r'</th><td class="count-cell">(?:<bdi dir="ltr">)?(.*?)(?:</bdi>)?</td>', table)
    ]
    first, *changed, last = map(int, cells)
    assert changed == [1, 2, 1, -1, -1]
    assert first + sum(changed) == last
    assert two[1].digest in page
    assert "none to compare it with" in text(client, "/en/editions/2026-03/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_pages_stand_in_every_language(client: Client, two: Two, language: str) -> None:
    for path in ("", "2026-03/", "2026-06/"):
        with translation.override(language):
            assert "{" not in re.sub(r"<(script|pre).*?</\1>", "", text(client, f"/{language}/editions/{path}"))


def test_every_file_is_given_as_it_is_and_for_ever(client: Client, two: Two) -> None:
    for name in shelf.FILES:
        answer = client.get(f"/editions/2026-06/files/{name}")
        assert b"".join(answer.streaming_content) == (two[1].folder / name).read_bytes()
        assert "immutable" in answer.headers["Cache-Control"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert name in answer.headers["Content-Disposition"]


@pytest.mark.parametrize(
    "path",
    [
        "2026-06/files/lock", "2026-06/files/..", "2026-06/files/%2e%2e%2flock", "lock/files/places.csv",
        "2026-07/files/places.csv", "2026-06/files/places.csv%00", "%2e%2e/files/manifest.json", ".making/files/x",
    ],
)  # fmt: skip
def test_nothing_else_is_given_out(client: Client, two: Two, path: str) -> None:
    (two[0].folder.parent / "lock").touch()
    assert client.get(f"/editions/{path}").status_code == 404


def test_a_title_is_no_markup(client: Client, two: Two) -> None:
    manifest = two[1].folder / shelf.MANIFEST
    told = json.loads(manifest.read_text())
    told["edition"]["title"] = "</script><script>alert(1)</script>"
    manifest.chmod(0o644)
    manifest.write_text(json.dumps(told))
    for address in ("/en/editions/", "/en/editions/2026-06/"):
        assert "<script>alert" not in client.get(address).content.decode()


def test_it_is_cited_as_the_manual_says(two: Two) -> None:
    assert citation.apa(two[1], ADDRESS) == (
        "CoWorkMed. (2026). State of play of coworking spaces and third places around the Mediterranean: Summer & sea "
        f"(Edition 2026-06) [Data set]. {ADDRESS}"
    )


def test_bibtex_has_nothing_that_tex_would_obey(two: Two, client: Client) -> None:
    entry = client.get("/editions/2026-06/citation.bib").content.decode()
    assert entry.startswith("@misc{coworkmed-2026-06,\n")
    assert r"Summer \& sea" in entry
    assert entry.count("{") == entry.count("}")
    assert f"SHA-256: {two[1].digest}" in entry
    assert citation._escaped("a_b{c}\\") == r"a\_b\{c\}\textbackslash{}"


def test_datacite_is_told_all_it_needs_but_the_doi(client: Client, two: Two) -> None:
    found = client.get("/editions/2026-06/datacite.json").json()
    assert not {"doi", "identifiers"} & found.keys()
    mandatory = ("creators", "titles", "publisher", "publicationYear", "types", "url", "schemaVersion")
    assert all(found[name] for name in mandatory)
    assert {one["rightsIdentifier"] for one in found["rightsList"]} == {"CC-BY-4.0", "CC-BY-SA-4.0"}
    related = {one["relationType"]: one["relatedIdentifier"] for one in found["relatedIdentifiers"]}
    assert related["IsNewVersionOf"].endswith("/editions/2026-03/")
    assert related["IsDerivedFrom"] == "https://a.example"
    assert "Ένωση & Co" in {one["name"] for one in found["contributors"]}
    assert {one["dateType"]: one["date"] for one in found["dates"]} == {"Issued": "2026-06-02", "Valid": "2026-06-01"}
    first = client.get("/editions/2026-03/datacite.json").json()
    assert "IsNewVersionOf" not in {one["relationType"] for one in first["relatedIdentifiers"]}


def test_the_report_is_read_on_the_site_and_printed(client: Client, two: Two) -> None:
    page = client.get("/fr/editions/2026-06/").content.decode()
    assert page.index('files/report/fr/index.html" hreflang') < page.index('files/report/en/index.html" hreflang'), (
        "the reader's first"
    )
    answer = client.get("/editions/2026-06/files/report/fr/index.html")
    assert answer.getvalue() == (two[1].folder / "report/fr/index.html").read_bytes()
    assert "Content-Disposition" not in answer.headers
    assert "script-src 'self';" in answer.headers["Content-Security-Policy"]
    printed = client.get("/editions/2026-06/files/report-fr.pdf")
    assert (printed.headers["Content-Type"], printed.getvalue()[:5]) == ("application/pdf", b"%PDF-")
    for missing in ("report-el.pdf", "report/el/index.html", "report/../manifest.json", "report/fr"):
        assert client.get(f"/editions/2026-06/files/{missing}").status_code == 404


def test_search_engines_are_told_where_each_file_is(client: Client, two: Two) -> None:
    page = client.get("/en/editions/2026-06/").content.decode()
    found = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert found["@type"] == "Dataset"
    for one in found["distribution"]:
        answer = client.get(one["contentUrl"].removeprefix("http://testserver"))
        assert len(answer.getvalue()) == int(one["contentSize"].split()[0])
    assert found["temporalCoverage"] == two[1].as_of.isoformat() == date(2026, 6, 1).isoformat()


def test_method_and_sources_are_told_in_words(two: Two) -> None:
    method, sources = ((two[1].folder / name).read_text() for name in (shelf.METHOD, shelf.SOURCES))
    assert "edition 2026-06" in method
    assert two[1].told["software"]["sql"] in method
    assert "(`places_open`)" in method
    assert "To be named as: © a" in sources
    assert "CC BY-SA 4.0" in sources
