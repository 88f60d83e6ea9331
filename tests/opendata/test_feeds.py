"""Each search as a file, read back by other hands."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import feedparser
import pytest
from django.test import Client
from django.utils import translation
from shapely.geometry import shape

from coworkmed.opendata import feeds, tables
from coworkmed.opendata.csv_text import unguard
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.queries import snapshot
from coworkmed.places.search import find
from tests.web.factories import AS_OF, registry

Fetch = Callable[..., str]


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    made = registry()
    first = Place.objects.earliest("modified").modified
    for number, place in enumerate(Place.objects.order_by("public_id")):
        Place.objects.filter(pk=place.pk).update(modified=first + timedelta(hours=number))
    return {name: Place.objects.get(pk=one.pk) for name, one in made.items()}


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.deactivate()


@pytest.fixture
def fetch(client: Client) -> Fetch:
    def asked(address: str, **params: Any) -> str:
        response = client.get(address, params)
        assert response.status_code == 200
        content = b"".join(response.streaming_content) if response.streaming else response.content
        return content.decode()

    return asked


def read(text: str) -> list[dict[str, str]]:
    return [
        {name: unguard(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text, newline=""))
    ]


def test_the_csv_is_the_published_table_of_what_is_found(fetch: Fetch, places: dict[str, Place]) -> None:
    found = {row["place_id"]: row for row in read(fetch("/places.csv"))}
    published = {row["place_id"]: row for row in tables.places(snapshot(AS_OF))}
    assert set(found) == set(Place.objects.shown().values_list("pk", flat=True))
    for place_id, row in found.items():
        assert list(row) == [*published[place_id], "attributions"]
        assert {name: row[name] for name in published[place_id]} == {
            name: tables.cell(value) for name, value in published[place_id].items()
        }


def test_each_row_says_whom_to_name(fetch: Fetch, places: dict[str, Place]) -> None:
    (mill,) = read(fetch("/places.csv", q="filature"))
    assert mill["sources"] == "mer-commune | region-fictive"
    assert mill["licences"] == "ODbL-1.0 | etalab-2.0"
    assert mill["attributions"] == "A keeper, 2026 | A keeper, 2026"


@pytest.mark.parametrize("asked", [{}, {"sort": "age"}, {"country": "FR"}, {"q": "coworking"}, {"q": "filatrue"}])
@pytest.mark.parametrize("many", [False, True])
def test_a_file_holds_what_its_search_finds(
    fetch: Fetch, places: dict[str, Place], asked: dict[str, str], many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = [hit.place_id for hit in find.find(Filters.read(asked), limit=100).hits]
    assert expected
    if many:
        monkeypatch.setattr(find, "DEEPEST", 1)
        monkeypatch.setattr(feeds, "_SEVERAL", 2)
        expected = sorted(expected)  # as they come where there are more than can be held
    assert [row["place_id"] for row in read(fetch("/places.csv", **asked))] == expected
    collection = json.loads(fetch("/places.geojson", **asked))
    assert [one["id"] for one in collection["features"]] == expected


def test_what_a_stranger_wrote_is_no_formula(fetch: Fetch, places: dict[str, Place]) -> None:
    for line in csv.reader(io.StringIO(fetch("/places.csv"), newline="")):
        assert not any(cell.startswith(("=", "@")) for cell in line)


def test_geojson_is_read_back(fetch: Fetch, places: dict[str, Place]) -> None:
    collection = json.loads(fetch("/places.geojson"))
    assert collection["type"] == "FeatureCollection"
    assert "crs" not in collection
    assert set(collection["sources"]) == {"region-fictive", "mer-commune", "mreza"}
    assert collection["licence"]["licence"] == "ODbL-1.0"
    for feature in collection["features"]:
        assert set(feature) == {"type", "id", "geometry", "properties"}
        place = Place.objects.get(pk=feature["id"])
        if place.lat is None:
            assert feature["geometry"] is None
        else:
            point = shape(feature["geometry"])
            assert (point.x, point.y) == (pytest.approx(place.lon), pytest.approx(place.lat))


def test_a_search_without_places_gives_files_without_rows(fetch: Fetch, places: dict[str, Place]) -> None:
    assert read(fetch("/places.csv", country="ZZ")) == []
    assert json.loads(fetch("/places.geojson", country="ZZ"))["features"] == []
    parsed = feedparser.parse(fetch("/places.atom", country="ZZ"))
    assert (parsed.bozo, parsed.entries) == (False, [])


@pytest.mark.parametrize("many", [False, True])
def test_the_feed_is_atom_newest_first(
    fetch: Fetch, places: dict[str, Place], many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if many:
        monkeypatch.setattr(feeds, "FEW", 1)
    parsed = feedparser.parse(fetch("/places.atom"))
    assert not parsed.bozo
    assert parsed.version == "atom10"
    newest = Place.objects.shown().order_by("-modified")
    assert [one.id.rpartition("/")[2] for one in parsed.entries] == [one.pk for one in newest]
    assert [one.updated_parsed[:5] for one in parsed.entries] == [one.modified.timetuple()[:5] for one in newest]
    assert parsed.feed.updated == parsed.entries[0].updated
    assert {"self", "alternate"} == {link.rel for link in parsed.feed.links}
    mill = next(one for one in parsed.entries if one.id.endswith(places["mill"].pk))
    assert "A keeper, 2026 (ODbL-1.0)" in mill.rights
    assert [tag.term for tag in mill.tags] == ["COWORK", "FAB"]
    assert mill.where["coordinates"] == (pytest.approx(places["mill"].lon), pytest.approx(places["mill"].lat))


def test_the_feed_has_no_more_than_its_limit(
    fetch: Fetch, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "NEWEST", 2)
    assert len(feedparser.parse(fetch("/places.atom")).entries) == 2


def test_the_feed_speaks_the_readers_language(fetch: Fetch, places: dict[str, Place]) -> None:
    greek = feedparser.parse(fetch("/places.atom", q="Kypseli", language="el"))
    assert greek.feed.language == "el"
    (entry,) = greek.entries
    assert "Ελλάδα" in entry.summary
    nonsense = feedparser.parse(fetch("/places.atom", q="Kypseli", language="xx"))
    assert nonsense.feed.language == "en"
    assert [one.id for one in nonsense.entries] == [entry.id]


def test_signs_that_xml_cannot_hold_are_left_out(fetch: Fetch, places: dict[str, Place]) -> None:
    name = "Le \x01Phare\x0b & <b>fils</b> \ufffe"
    Place.objects.filter(pk=places["mill"].pk).update(name=name, locality="<script>alert(1)</script>")
    parsed = feedparser.parse(fetch("/places.atom"))
    assert not parsed.bozo
    entry = next(one for one in parsed.entries if one.id.endswith(places["mill"].pk))
    assert entry.title == "Le  Phare  & <b>fils</b>"
    assert "<script" not in entry.summary


@pytest.mark.parametrize("name", ["places.csv", "places.geojson", "places.atom"])
def test_files_are_kept_and_read_from_anywhere(client: Client, places: dict[str, Place], name: str) -> None:
    first = client.get(f"/{name}")
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    again = client.get(f"/{name}", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(f"/{name}?q=x", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200
    head = client.head(f"/{name}")
    assert (head.status_code, head.headers["Content-Type"]) == (200, first.headers["Content-Type"])
    assert client.post(f"/{name}").status_code == 405


def test_the_one_licence_is_in_a_header(client: Client, places: dict[str, Place]) -> None:
    header = client.get("/places.csv").headers["Link"]
    assert header == '<https://opendatacommons.org/licenses/odbl/1-0/>; rel="license"'
    assert "Link" not in client.get("/places.csv?country=ZZ").headers


@pytest.mark.parametrize("name", ["places.csv", "places.geojson", "places.atom"])
@pytest.mark.parametrize(
    "asked", [{"q": "a" * 10_000}, {"q": "\x00\ud800".encode(errors="surrogatepass")}, {"bbox": "x", "box": "9,9,1,1"}]
)
def test_nonsense_is_left_out(fetch: Fetch, places: dict[str, Place], name: str, asked: dict[str, Any]) -> None:
    assert fetch(f"/{name}", **asked)
