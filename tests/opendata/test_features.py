"""Places as OGC API Features: what is asked is what is answered, whatever the axes; and the standard's own schemas."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import pytest
import schemathesis
import yaml
from django.test import Client

from coworkmed.opendata import features
from coworkmed.places.models import Place
from coworkmed.places.search import find

ITEMS = "/ogc/collections/places/items"
CORE = Path("conformance/ogcapi-features/core/openapi/schemas")


def get(client: Client, address: str, **params: Any) -> Any:
    response = client.get(address, params)
    assert response.status_code == 200, response.content
    return response.json()


def names(client: Client, **params: Any) -> set[str]:
    """Keys of the fictional registry are told by their names."""
    return {one["properties"]["name"].split()[0] for one in get(client, ITEMS, **params)["features"]}


def refused(client: Client, **params: Any) -> str:
    response = client.get(ITEMS, params)
    assert response.status_code == 400, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    return str(response.json()["detail"])


def test_a_feature_is_a_row_of_the_published_table_with_what_leads_on(client: Client, places: dict[str, Place]) -> None:
    mill = get(client, f"{ITEMS}/{places['mill'].pk}")
    assert mill["id"] == places["mill"].pk
    assert mill["geometry"] == {"type": "Point", "coordinates": [4.831, 43.789]}
    told = mill["properties"]
    assert told["licences"] == ["ODbL-1.0", "etalab-2.0"]
    assert told["attributions"] == ["A keeper, 2026", "A keeper, 2026"]
    assert told["desks"] == 24
    assert {one["rel"] for one in mill["links"]} == {"self", "alternate", "collection"}


def test_items_are_the_places_one_may_hope_to_walk_into(client: Client, places: dict[str, Place]) -> None:
    found = get(client, ITEMS)
    assert [one["id"] for one in found["features"]] == sorted(Place.objects.shown().values_list("pk", flat=True))
    assert found["numberMatched"] == found["numberReturned"] == 5
    assert client.get(f"{ITEMS}/{places['closed'].pk}").status_code == 404
    assert client.get(f"{ITEMS}/{places['gone'].pk}").status_code == 404
    assert client.get(f"{ITEMS}/nothing-of-ours").status_code == 404


@pytest.mark.parametrize("asked", [{}, {"filter": "name IS NOT NULL"}, {"bbox": "-20,30,60,60"}])
def test_pages_are_walked_by_their_links_to_the_end(
    client: Client, places: dict[str, Place], asked: dict[str, str]
) -> None:
    address: str | None = f"{ITEMS}?limit=2&" + "&".join(f"{name}={quote(text)}" for name, text in asked.items())
    seen: list[str] = []
    while address:
        page = client.get(address).json()
        assert page["numberMatched"] == 5
        seen += [one["id"] for one in page["features"]]
        address = next((one["href"] for one in page["links"] if one["rel"] == "next"), None)
    assert seen == sorted(Place.objects.shown().values_list("pk", flat=True))
    second = get(client, ITEMS, limit=2, offset=2, **asked)
    assert [one["id"] for one in second["features"]] == seen[2:4]
    assert "offset" not in next(one["href"] for one in second["links"] if one["rel"] == "next")
    assert get(client, ITEMS, limit=2, offset=9, **asked)["features"] == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"bbox": "4,43,5,44"}, {"La"}),
        ({"bbox": "4,43,-10,5,44,10"}, {"La"}),
        ({"bbox": "43,4,44,5", "bbox-crs": features.WGS84}, {"La"}),
        ({"bbox": "445277,5311971,556597,5465442", "bbox-crs": features.MERCATOR}, {"La"}),
        ({"bbox": "20,30,4.5,60"}, {"Κοινός"}),  # across the antimeridian
        ({"bbox": "0,0,1,1"}, set()),
        ({"bbox": "-180,-90,180,90"}, {"La", "Κοινός", "Čamac", "Officina", "<script>alert('1')</script>"}),
        ({"country": "GR"}, {"Κοινός"}),
        ({"country": "GR", "bbox": "4,43,5,44"}, set()),
        ({"main_kind": "FAB"}, {"Officina"}),
        ({"country": "gr"}, set()),
        ({"datetime": "../2000-01-01T00:00:00Z"}, set()),
        ({"datetime": "2000-01-01T00:00:00Z/..", "country": "IT"}, {"Officina"}),
    ],
)
def test_what_is_asked_is_answered(
    client: Client, places: dict[str, Place], asked: dict[str, str], expected: set[str]
) -> None:
    assert names(client, **asked) == expected


def test_the_index_and_the_database_answer_alike(
    client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [{}, {"bbox": "4,43,16.44,44"}, {"country": "HR"}, {"country": "HR", "bbox": "15,43,15.9,44"}, {"limit": 1}]
    by_index = [get(client, ITEMS, **one) for one in asked]
    monkeypatch.setattr(features, "_filters", lambda *_: None)
    for one, found in zip(asked, by_index, strict=True):
        again = get(client, ITEMS, **one)
        assert (again["features"], again["numberMatched"]) == (found["features"], found["numberMatched"])
    monkeypatch.setattr(find, "count", lambda _: pytest.fail("the index was asked"))
    get(client, ITEMS)


def test_a_day_is_asked_for_as_a_whole(client: Client, places: dict[str, Place]) -> None:
    mill = places["mill"]
    Place.objects.filter(pk=mill.pk).update(modified="2020-02-29T23:30:00Z")
    for asked in ("2020-02-29", "2020-02-29/2020-02-29", "2020-02-29T23:30:00Z", "../2020-02-29", "/2020-03-01"):
        assert names(client, datetime=asked) == {"La"}, asked
    assert names(client, datetime="2020-02-28/2020-02-29T23:29:59Z") == set()


@pytest.mark.parametrize(
    ("crs", "expected"),
    [
        (features.CRS84, [4.831, 43.789]),
        (features.WGS84, [43.789, 4.831]),
        (features.MERCATOR, [537784.46, 5432847.30]),
    ],
)
def test_coordinates_stand_on_the_axes_asked_for(
    client: Client, places: dict[str, Place], crs: str, expected: list[float]
) -> None:
    for address in (ITEMS, f"{ITEMS}/{places['mill'].pk}"):
        response = client.get(address, {"crs": crs})
        assert response.headers["Content-Crs"] == f"<{crs}>"
        found = response.json()
        mill = next(one for one in found.get("features", [found]) if one["id"] == places["mill"].pk)
        assert mill["geometry"]["coordinates"] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize(
    "asked",
    [
        {"limit": "0"}, {"limit": "-1"}, {"limit": "x"}, {"limit": "٣"}, {"offset": "10001"}, {"after": "é!"},
        {"bbox": "1,2,3"}, {"bbox": "1,2,3,4,5"}, {"bbox": "a,b,c,d"}, {"bbox": "0,50,1,40"}, {"bbox": "nan,0,1,1"},
        {"bbox": "0,0,1,91"}, {"bbox": "-181,0,1,1"}, {"bbox": "1e999,0,1,1"}, {"bbox": ""},
        {"bbox": "1,1,2,2e300", "bbox-crs": features.MERCATOR, "filter": "1"},
        {"crs": "EPSG:4326"}, {"bbox-crs": "x"}, {"filter-crs": "x"}, {"filter-lang": "cql2-json"},
        {"datetime": "yesterday"}, {"datetime": "../.."}, {"datetime": "2026-02-30"}, {"datetime": "2026/2025/2024"},
        {"datetime": "2026-01-02/2026-01-01"}, {"datetime": "9999-12-31"}, {"datetime": "0001-01-01T00:00:00+23:00"},
        {"town_code": "9" * 30}, {"town_code": "a"}, {"modified": "x"}, {"name": "a\0b"}, {"nam": "a"}, {"f": "xml"},
        {"filter": "town_code ="},
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_said(client: Client, places: dict[str, Place], asked: dict[str, str]) -> None:
    assert refused(client, **asked)


def test_a_parameter_given_twice_is_refused(client: Client, places: dict[str, Place]) -> None:
    assert client.get(f"{ITEMS}?country=FR&country=GR").status_code == 400


def test_a_page_has_a_limit(client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST", 3)
    assert get(client, ITEMS, limit=100_000)["numberReturned"] == 3


def test_without_places_there_is_an_empty_collection(client: Client, db: None) -> None:
    assert get(client, ITEMS)["features"] == []
    told = get(client, "/ogc/collections/places")
    assert told["extent"]["spatial"]["bbox"] == [[-180, -90, 180, 90]]


def test_it_is_read_from_anywhere_and_kept(client: Client, places: dict[str, Place]) -> None:
    first = client.get(ITEMS)
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(ITEMS, headers={"If-None-Match": first.headers["ETag"]}).status_code == 304
    assert client.options(ITEMS).status_code == 204
    assert client.post(ITEMS).status_code == 405


@pytest.mark.parametrize(
    "address", ["/ogc/", "/ogc/conformance", "/ogc/api", "/ogc/collections", "/ogc/collections/places"]
)
def test_a_browser_is_led_to_the_page_for_people(client: Client, places: dict[str, Place], address: str) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "fr"}
    led = client.get(address, headers=browser)
    assert (led.status_code, led.headers["Location"]) == (302, "/fr/open-data/")
    assert "Accept" in led.headers["Vary"]
    assert client.get(address, headers={"Accept": "application/json"}).status_code == 200
    assert client.get(f"{address}?f=json", headers=browser).status_code == 200
    assert client.get(f"{address}?f=html").headers["Location"] == "/en/open-data/"
    assert client.get(f"{address}?x=1").status_code == 400


def test_a_browser_sees_the_list_and_the_place_themselves(client: Client, places: dict[str, Place]) -> None:
    led = client.get(ITEMS, {"country": "GR", "bbox": "20,30,25,40", "f": "html"})
    assert led.headers["Location"].startswith("/en/places/?country=GR&box=20.0")
    assert client.get(led.headers["Location"]).status_code == 200
    mill = places["mill"].pk
    assert client.get(f"{ITEMS}/{mill}?f=html").headers["Location"] == f"/en/places/{mill}/"
    assert client.get(f"{ITEMS}/é%22?f=html").headers["Location"] == "/en/places/"


# The standard's own schemas


def conforming(folder: Path, name: str) -> jsonschema_rs.Validator:
    """What checks against a schema of the standard, and all those that it refers to."""

    def as_json(node: Any) -> Any:
        if isinstance(node, dict):  # “type: null” means null itself to YAML
            return {key: "null" if key == "type" and one is None else as_json(one) for key, one in node.items()}
        return ["null" if one is None else as_json(one) for one in node] if isinstance(node, list) else node

    every = {one.name: as_json(next(yaml.safe_load_all(one.read_text()))) for one in folder.glob("*.yaml")}
    known = jsonschema_rs.Registry([(f"https://schemas.example/{one}", told) for one, told in every.items()])
    return jsonschema_rs.validator_for({"$ref": f"https://schemas.example/{name}.yaml"}, registry=known)


@pytest.mark.data
@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("/ogc/", "landingPage"),
        ("/ogc/conformance", "confClasses"),
        ("/ogc/collections", "collections"),
        ("/ogc/collections/places", "collection"),
        (ITEMS, "featureCollectionGeoJSON"),
        (f"{ITEMS}?crs={features.WGS84}&limit=1", "featureCollectionGeoJSON"),
        (f"{ITEMS}/MILL", "featureGeoJSON"),
        (f"{ITEMS}?limit=0", "exception"),
    ],
)
def test_answers_are_as_the_standard_has_them(
    client: Client, places: dict[str, Place], shared_data: Path, address: str, name: str
) -> None:
    told = client.get(address.replace("MILL", places["mill"].pk)).json()
    validator = conforming(shared_data / CORE, name)
    assert [str(one) for one in validator.iter_errors(told)] == []
    broken = dict.fromkeys(told, 7)
    assert not validator.is_valid(broken)


def test_the_description_is_valid_and_has_every_route(client: Client, places: dict[str, Place]) -> None:
    described = get(client, "/ogc/api")
    schemathesis.openapi.from_dict(described).validate()
    for path in described["paths"]:
        assert client.get(f"/ogc{path.format(place_id=places['mill'].pk)}").status_code == 200
    asked = {one["name"] for one in described["paths"]["/collections/places/items"]["get"]["parameters"]}
    assert asked == {*features.QUERYABLES, *features._OTHERS}


def test_queryables_are_a_schema_that_places_fit(client: Client, places: dict[str, Place]) -> None:
    told = get(client, "/ogc/collections/places/queryables")
    validator = jsonschema_rs.validator_for(told)
    for one in get(client, ITEMS)["features"]:
        row = {name: value for name, value in one["properties"].items() if name in features.QUERYABLES}
        assert validator.is_valid(row)
        assert json.dumps(row)
