"""What holds of every route: methods, problems, pages of other sites, what a client already has."""

import json
import logging
from typing import Any

import pytest
from django.db import OperationalError
from django.db.models import QuerySet
from django.test import Client

from coworkmed.api import problems
from coworkmed.places.models import Place
from coworkmed.urls import read_api

from .conftest import ROOT, Get

ROUTES = ["/", "/places", "/places/facets", "/suggest?q=co", "/sources", "/sources/mreza", "/territories/FR"]
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "errors"}


@pytest.mark.parametrize("route", ROUTES)
def test_read_from_anywhere_and_kept(client: Client, places: dict[str, Place], route: str) -> None:
    response = client.get(ROOT + route, headers={"Origin": "https://elsewhere.example"})
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response.headers
    assert response.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert response.headers["Cache-Control"] == "public, max-age=60"
    again = client.get(ROOT + route, headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    Place.objects.filter(pk=places["mill"].pk).update(modified="2030-01-01T00:00:00Z")
    later = client.get(ROOT + route, headers={"If-None-Match": response.headers["ETag"]})
    same = client.get(ROOT + route).content == response.content  # as where nothing of that place is told
    assert later.status_code == (304 if same else 200)
    assert not same or "places?" not in route


@pytest.mark.parametrize("route", ROUTES)
def test_head_is_get_without_its_body(client: Client, places: dict[str, Place], route: str) -> None:
    head, got = client.head(ROOT + route), client.get(ROOT + route)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["ETag"] == got.headers["ETag"]
    assert head.headers["Content-Type"] == "application/json"


@pytest.mark.parametrize("route", [*ROUTES, "/nothing"])
def test_what_a_browser_asks_first(client: Client, db: None, route: str) -> None:
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    response = client.options(ROOT + route, headers=asked)
    assert response.status_code == 204
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert response.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace"])
@pytest.mark.parametrize("route", ["/places", "/places/000000000000", "/openapi.json", "/nothing"])
def test_nothing_can_be_written(db: None, method: str, route: str) -> None:
    response = getattr(Client(enforce_csrf_checks=True), method)(ROOT + route)
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert set(response.json()) == MEMBERS


@pytest.mark.parametrize("address", ["/api/v1/nothing", "/api/v1/places/", "/api/v2/places", "/api/%00"])
def test_an_address_that_leads_nowhere(client: Client, db: None, address: str) -> None:
    response = client.get(address, headers={"Accept-Language": "fr"})
    assert response.status_code == 404
    assert response.headers["Content-Type"] == problems.MEDIA_TYPE
    problem = response.json()
    assert set(problem) == MEMBERS
    assert (problem["status"], problem["code"]) == (404, "not-found")
    assert problem["type"].startswith("http://testserver/en/api/#")


def test_our_mistakes_are_logged_and_not_shown(
    client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("coworkmed.places.pages.records.records", broken)
    with caplog.at_level(logging.ERROR):
        response = client.get(f"{ROOT}/places")
    assert response.status_code == 500
    assert response.json()["code"] == "server-error"
    assert b"secret" not in response.content
    assert "the secret of the house" in caplog.text


def test_a_database_that_does_not_answer(
    client: Client, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*args: Any, **kwargs: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(QuerySet, "aggregate", locked)
    response = client.get(f"{ROOT}/places")
    assert (response.status_code, response.json()["code"]) == (503, "unavailable")
    assert response.headers["Retry-After"] == "30"


def test_people_are_led_to_the_reference(client: Client, db: None) -> None:
    response = client.get("/api/", headers={"Accept-Language": "fr"})
    assert response.headers["Location"] == "/fr/api/"


def test_the_next_page_is_in_a_header_too(client: Client, places: dict[str, Place]) -> None:
    response = client.get(f"{ROOT}/places", {"limit": 1})
    assert response.headers["Link"] == f'<{response.json()["next"]}>; rel="next"'
    assert "Link" not in client.get(f"{ROOT}/places", {"limit": 500}).headers


def test_when_a_place_last_changed(client: Client, places: dict[str, Place]) -> None:
    address = f"{ROOT}/places/{places['mill'].pk}"
    modified = client.get(address).headers["Last-Modified"]
    assert client.get(address, headers={"If-Modified-Since": modified}).status_code == 304
    assert client.get(address, headers={"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"}).status_code == 200


def test_everything_can_be_found_from_the_start(client: Client, get: Get, places: dict[str, Place]) -> None:
    found = get("/")
    links = {one["rel"]: one["href"] for one in found["links"]}
    assert {"service-desc", "service-doc", "places", "sources"} <= set(links)
    for rel, href in links.items():
        assert client.get(f"{href}?q=a" if rel == "suggest" else href).status_code == 200, rel


@pytest.mark.parametrize("route", [one for one in ROUTES if "?" not in one])
def test_no_word_misspelt_goes_unnoticed(get: Get, places: dict[str, Place], route: str) -> None:
    assert get(route, expect=422, wrod="x")["code"] == "unknown-parameter"


def test_the_reference_names_every_route_and_problem(client: Client, db: None) -> None:
    page = client.get("/en/api/").content.decode()
    for address in read_api.get_openapi_schema()["paths"]:
        assert address in page
    for code in problems.TITLES:
        assert f'id="{code}"' in page
    assert "<script src=" not in page.replace('<script src="/static/', "").replace('type="module"', "")


def test_the_description_is_json_for_anyone(client: Client, db: None) -> None:
    response = client.get(f"{ROOT}/openapi.json")
    assert json.loads(response.content)["openapi"] == "3.1.0"
    assert response.headers["Access-Control-Allow-Origin"] == "*"


def test_what_isn_t_there_is_not_what_a_client_has(client: Client, db: None) -> None:
    """“*” asks for nothing if there is something; there is nothing."""
    response = client.get(ROOT + "/nothing", headers={"If-None-Match": "*"})
    assert (response.status_code, response.json()["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/places?" + "&".join(["country=FR"] * 1500), 400, "bad-request"),
        ("/places?q=" + "x" * 40_000, 422, "invalid-parameter"),
        ("/places?" + "x" * 40_000, 422, "unknown-parameter"),
        ("/places/%00", 404, "not-found"),
        ("/territories/..%2f", 404, "not-found"),
    ],
)
def test_a_request_too_odd_to_be_read_is_a_problem_too(
    client: Client, db: None, address: str, status: int, code: str
) -> None:
    client.raise_request_exception = False
    response = client.get(ROOT + address)
    assert response.headers["Content-Type"] == "application/problem+json"
    assert (response.status_code, response.json()["code"]) == (status, code)
