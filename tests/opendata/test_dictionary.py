"""The data dictionary: complete, in seven languages, and believed by Frictionless."""

import json
from pathlib import Path
from typing import Any

import frictionless
import pytest
from django.test import Client

from coworkmed.kernel.fields import FIELDS, KINDS
from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.opendata import dictionary
from coworkmed.places.models import Place


@pytest.fixture
def package(client: Client, places: dict[str, Place]) -> Any:
    return client.get("/datapackage.json").json()


def saved(client: Client, package: Any, folder: Path) -> Path:
    """The package beside its file, as someone keeps it who downloaded both."""
    path = folder / "datapackage.json"
    (folder / "places.csv").write_bytes(b"".join(client.get("/places.csv").streaming_content))
    resource = package["resources"][0] | {"path": "places.csv", "scheme": "file"}
    path.write_text(json.dumps(package | {"resources": [resource]}))
    return path


def test_frictionless_finds_nothing_wrong(client: Client, package: Any, tmp_path: Path) -> None:
    path = saved(client, package, tmp_path)
    report = frictionless.Package(str(path)).validate()
    assert report.valid, report.flatten(["title", "fieldName", "rowNumber", "message"])
    assert report.tasks[0].stats["rows"] == 5


@pytest.mark.parametrize(("old", "new"), [("OPEN", "OPENED"), ("2026", "soon"), ("place_id", "places_id")])
def test_frictionless_would_find_what_is_wrong(
    client: Client, package: Any, tmp_path: Path, old: str, new: str
) -> None:
    path = saved(client, package, tmp_path)
    file = tmp_path / "places.csv"
    assert old in file.read_text()
    file.write_text(file.read_text().replace(old, new))
    assert not frictionless.Package(str(path)).validate().valid


def test_every_column_is_told(client: Client, package: Any) -> None:
    header = b"".join(client.get("/places.csv").streaming_content).decode().splitlines()[0]
    fields = package["resources"][0]["schema"]["fields"]
    assert [one["name"] for one in fields] == header.split(",")
    for one in fields:
        assert one["title"] and one["description"]
    coded = {one["name"] for one in fields if "codes" in one}
    assert coded >= {field.name for field in FIELDS.values() if field.form in ("code", "codes", "flag")}


def test_codes_have_labels_in_seven_languages(package: Any) -> None:
    fields = {one["name"]: one for one in package["resources"][0]["schema"]["fields"]}
    kinds = {one["value"]: one["labels"] for one in fields["kinds"]["codes"]}
    assert set(kinds) == set(KINDS)
    assert set(kinds["COWORK"]) == set(LANGUAGES)
    assert kinds["COWORK"]["fr"] == "Espace de coworking"
    assert len(set(kinds["CULTURE"].values())) == len(LANGUAGES)


def test_the_terms_are_those_of_the_file(package: Any) -> None:
    assert [one["name"] for one in package["licenses"]] == ["ODbL-1.0"]
    assert len(package["sources"]) == 3
    assert package["resources"][0]["path"] == "http://testserver/places.csv"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_a_page_of_it(client: Client, places: dict[str, Place], language: str) -> None:
    page = client.get(f"/{language}/open-data/dictionary/").content.decode()
    for one in dictionary.columns():
        assert f'id="{one.name}"' in page


@pytest.mark.parametrize("language", ["en", "el"])
def test_the_page_of_all_that_is_open_leads_there(client: Client, places: dict[str, Place], language: str) -> None:
    page = client.get(f"/{language}/open-data/").content.decode()
    for address in ("/places.csv", "/places.gpkg", "/places.geojson", "/places.parquet", "/ogc/", "/catalogue"):
        assert address in page
