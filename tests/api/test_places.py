"""Search, changes and single places as programs read them."""

from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from coworkmed.api import cursors
from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.pages import records
from coworkmed.places.search import find
from coworkmed.places.search.index import index
from coworkmed.places.services import settling
from coworkmed.sources.models import Entry

from .conftest import ROOT, Get


def walk(get: Get, **params: Any) -> Iterator[dict[str, Any]]:
    """Every place of a list, page after page as “next” says."""
    found = get("/places", **params)
    yield from found["places"]
    while found["next"]:
        found = get(found["next"])
        yield from found["places"]


def ids(found: Any) -> list[str]:
    return [one["id"] for one in found]


def test_a_place_as_it_is_shown(get: Get, places: dict[str, Place]) -> None:
    found = get("/places", q="filature")
    assert (found["total"], found["order"], found["next"]) == (1, "best", None)
    (mill,) = found["places"]
    place = places["mill"]
    assert (mill["id"], mill["name"], mill["lat"], mill["deleted"]) == (place.pk, place.name, place.lat, False)
    assert mill["values"] == place.values
    assert mill["sources"] == ["mer-commune", "region-fictive"]
    assert found["sources"]["mer-commune"]["licence"] == "ODbL-1.0"
    assert found["sources"]["region-fictive"]["attribution"] == "A keeper, 2026"
    assert mill["page"].endswith(f"/places/{place.pk}/")


@pytest.mark.parametrize("many", [False, True])
@pytest.mark.parametrize("limit", [1, 2, 500])
def test_walking_by_id_gives_every_place_once(
    get: Get, places: dict[str, Place], limit: int, many: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if many:  # more than can be held
        monkeypatch.setattr(find, "DEEPEST", 2)
    shown = sorted(Place.objects.shown().values_list("pk", flat=True))
    assert len(shown) > 3
    assert ids(walk(get, limit=limit)) == shown


@pytest.mark.parametrize("asked", [{"sort": "name"}, {"q": "coworking"}, {"near": "43.7,7.2"}, {"sort": "age"}])
def test_walking_in_an_order_gives_what_the_search_gives(
    get: Get, places: dict[str, Place], asked: dict[str, str]
) -> None:
    whole = get("/places", **asked)
    assert whole["places"]
    assert whole["order"] == asked.get("sort", "distance" if "near" in asked else "best")
    assert ids(walk(get, limit=1, **asked)) == ids(whole["places"])


def test_what_is_walked_by_id_survives_a_change(get: Get, places: dict[str, Place]) -> None:
    first = get("/places", limit=2)
    Place.objects.filter(pk=first["places"][1]["id"]).update(modified="2030-01-01T00:00:00Z")
    rest = get(first["next"])
    assert not set(ids(first["places"])) & set(ids(rest["places"]))


def test_what_is_walked_by_rank_does_not_survive_a_change_unnoticed(get: Get, places: dict[str, Place]) -> None:
    first = get("/places", limit=1, sort="name")
    Place.objects.filter(pk=places["mill"].pk).update(modified="2030-01-01T00:00:00Z")
    assert get(first["next"], expect=410)["code"] == "expired-cursor"


def test_an_order_that_can_be_followed_no_further_says_so(
    get: Get, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "DEEPEST", 2)
    second = get("/places", limit=2, sort="name")
    assert len(second["places"]) == 2
    assert get(second["next"], expect=422)["code"] == "too-deep"


def test_distance(get: Get, places: dict[str, Place]) -> None:
    near = get("/places", near="43.789,4.831", limit=1)["places"][0]
    assert near["id"] == places["mill"].pk
    assert near["km"] == pytest.approx(0, abs=0.2)


def test_changes_come_with_tombstones_and_each_once(get: Get, places: dict[str, Place]) -> None:
    expected = list(Place.objects.order_by("modified", "public_id").values_list("pk", flat=True))
    found = list(walk(get, modified_after="2000-01-01", limit=2))
    assert ids(found) == expected
    (merged,) = [one for one in found if one["deleted"]]
    assert merged["merged_into"] == Place.objects.get(pk=merged["id"]).merged_into_id
    assert set(merged) == {"id", "deleted", "merged_into", "modified"}
    assert list(walk(get, modified_after=found[-1]["modified"])) == []
    assert ids(walk(get, modified_after=found[-2]["modified"])) == expected[-1:]


def test_changes_of_one_moment_are_walked_by_their_key(get: Get, places: dict[str, Place]) -> None:
    Place.objects.update(modified="2026-11-01T10:00:00Z")
    assert ids(walk(get, modified_after="2026-11-01T12:59:59+03:00", limit=1)) == sorted(
        Place.objects.values_list("pk", flat=True)
    )
    assert list(walk(get, modified_after="2026-11-01T10:00:00Z")) == []


def test_closed_places_are_among_the_changes(get: Get, places: dict[str, Place]) -> None:
    Place.objects.filter(pk=places["mill"].pk).update(status="CLOSED", modified="2030-01-01T00:00:00Z")
    assert places["mill"].pk not in ids(walk(get))
    assert ids(walk(get, modified_after="2029-01-01")) == [places["mill"].pk]


@pytest.mark.parametrize("limit", [1, 500])
def test_a_few_queries_whatever_the_limit(
    get: Get, places: dict[str, Place], limit: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    get("/places")  # the index is made
    with django_assert_max_num_queries(8):
        get("/places", limit=limit, modified_after="2000-01-01")
    with django_assert_max_num_queries(10):
        get("/places", limit=limit)


def test_a_box_anywhere_on_earth(get: Get, places: dict[str, Place]) -> None:
    everywhere = get("/places", bbox="-180,-90,180,90")
    assert everywhere["total"] == Place.objects.shown().exclude(lat=None).count()
    assert ids(get("/places", bbox="4,43,5,44")["places"]) == [places["mill"].pk]
    assert get("/places", bbox="4,43,5,44")["places"] == get("/places", box="4,43,5,44")["places"]


@pytest.mark.parametrize(
    ("asked", "parameter", "word"),
    [
        ({"bbox": "1,2,3"}, "bbox", "Four"),
        ({"bbox": "a,b,c,d"}, "bbox", "Four"),
        ({"bbox": "-181,0,10,10"}, "bbox", "-180"),
        ({"bbox": "0,0,10,91"}, "bbox", "90"),
        ({"bbox": "10,0,-10,10"}, "bbox", "West"),
        ({"bbox": "0,0,nan,10"}, "bbox", "-180"),
        ({"bbox": "0,86,10,89"}, "bbox", "85"),
        ({"near": "91,0"}, "near", "latitude"),
        ({"near": "inf,0"}, "near", "latitude"),
        ({"country": "France"}, "country", "ISO"),
        ({"country": "ZZ"}, "country", "no country"),
        ({"region": "FR-XYZ"}, "region", "no region"),
        ({"town": "1"}, "town", "no town"),
        ({"town": "1e9"}, "town", "GeoNames"),
        ({"kind": "PUB"}, "kind", "COWORK"),
        ({"status": "open"}, "status", "OPEN"),
        ({"open_now": "yes"}, "open_now", "1"),
        ({"sort": "random"}, "sort", "best"),
        ({"sort": "distance"}, "sort", "near"),
        ({"limit": "0"}, "limit", "1"),
        ({"limit": "501"}, "limit", "500"),
        ({"limit": "ten"}, "limit", "integer"),
        ({"q": "a" * 201}, "q", "200"),
        ({"after": "nonsense"}, "after", "next"),
        ({"after": "WzFd"}, "after", "next"),
        ({"after": "é" * 20}, "after", "next"),
        ({"after": "W" * 10_000}, "after", "400"),
        ({"modified_after": "yesterday"}, "modified_after", "ISO 8601"),
        ({"modified_after": "2026-02-30"}, "modified_after", "ISO 8601"),
        ({"modified_after": "0001-01-01T00:00:00+23:59"}, "modified_after", "ISO 8601"),
        ({"modified_after": "2026-01-01", "q": "x"}, "modified_after", "q"),
        ({"contry": "FR"}, "contry", "country"),
        ({"country": ["FR", "IT"]}, "country", "more than once"),
    ],
    ids=lambda one: str(one)[:30],
)
def test_nonsense_is_told_and_not_guessed_at(
    get: Get, places: dict[str, Place], asked: dict[str, Any], parameter: str, word: str
) -> None:
    problem = get("/places", expect=422, **asked)
    (wrong,) = problem["errors"]
    assert wrong["parameter"] == parameter
    assert word in wrong["detail"]
    assert wrong["detail"] in problem["detail"]


def test_a_cursor_of_another_question_is_refused(get: Get, places: dict[str, Place]) -> None:
    cursor = get("/places", limit=1)["next"].rpartition("after=")[2]
    assert get("/places", expect=422, after=cursor, country="FR")["code"] == "unknown-cursor"
    assert get("/places", expect=422, after=cursor, modified_after="2026-01-01")["code"] == "unknown-cursor"


def test_one_place_with_who_says_what(get: Get, places: dict[str, Place]) -> None:
    mill = places["mill"]
    found = get(f"/places/{mill.pk}")
    assert {name: told["value"] for name, told in found["fields"].items()} == found["place"]["values"]
    hours = found["fields"]["opening_hours"]
    assert (hours["value"], hours["why"]) == ("Mo-Fr 08:30-19:00", "CURRENT")
    assert hours["authors"] == [
        {
            "source": "region-fictive",
            "external_id": "13-001",
            "observed_on": "2026-04-12",
            "role": "IMPORT",
            "licence": "etalab-2.0",
            "vouched_on": None,
            "vouched_by": None,
        }
    ]
    (other,) = hours["others"]
    assert (other["value"], other["author"]["licence"]) == ("Mo-Sa 09:00-18:00", "ODbL-1.0")
    assert other["because"] == hours["because"] == "the other value is too old beside this one"
    assert {one["source"] for one in found["entries"]} == set(mill.sources) == set(found["sources"])


def test_a_merged_identifier_leads_on(client: Client, get: Get, places: dict[str, Place]) -> None:
    merged = Place.objects.exclude(merged_into=None)[0]
    found = get(f"/places/{merged.pk}", expect=301)
    assert found["merged_into"] == merged.merged_into_id
    assert get(found["address"])["formerly"] == [merged.pk]
    response = client.get(f"{ROOT}/places/{places['mill'].pk.upper()}")
    assert response.headers["Location"].endswith(f"{ROOT}/places/{places['mill'].pk}")


def test_a_place_nobody_speaks_of_any_more_is_gone(get: Get, places: dict[str, Place]) -> None:
    Entry.objects.filter(link__place=places["athens"]).update(assertion=None)
    assert get(f"/places/{places['athens'].pk}", expect=410)["code"] == "gone"


@pytest.mark.parametrize("public_id", ["000000000000", "x", "a" * 300, "%00%00%00%00%00%00", "..%2f..", "ααααααααααα"])
def test_an_identifier_that_never_was(get: Get, places: dict[str, Place], public_id: str) -> None:
    assert get(f"/places/{public_id}", expect=404)["code"] == "not-found"


def test_facets(get: Get, places: dict[str, Place]) -> None:
    found = get("/places/facets", language="el")
    assert found["total"] == Place.objects.shown().count()
    countries = {one["value"]: one for one in found["facets"]["country"]}
    assert countries["GR"] == {"value": "GR", "label": "Ελλάδα", "count": 1}
    narrowed = get("/places/facets", country="GR")["facets"]
    assert len(narrowed["country"]) == len(countries), "a facet is counted as if it were not filtered by"
    assert sum(one["count"] for one in narrowed["kind"]) == 1


def test_territories(get: Get, places: dict[str, Place]) -> None:
    Place.objects.filter(pk=places["mill"].pk).update(region="FR-PAC", town=2995469, modified="2030-01-01T00:00:00Z")
    country, region, town = (get(f"/territories/{code}") for code in ("fr", "FR-PAC", "2995469"))
    assert [one["kind"] for one in (country, region, town)] == ["country", "region", "town"]
    assert (country["names"]["it"], town["names"]["it"]) == ("Francia", "Marsiglia")
    assert (town["country"], town["region"], town["places"]) == ("FR", "FR-PAC", 1)
    assert country["within"] == [{"value": "FR-PAC", "label": region["names"]["en"], "count": 1}]
    assert [one["value"] for one in region["within"]] == ["2995469"]
    assert {one["value"] for one in town["counts"]["kind"]} == {"COWORK", "FAB"}


@pytest.mark.parametrize("code", ["ZZ", "XX-99", "1", "99999999999999", "é", "Marseille", "EU"])
def test_territories_that_there_are_none_of(get: Get, places: dict[str, Place], code: str) -> None:
    assert get(f"/territories/{code}", expect=404)["code"] == "not-found"


def test_sources(get: Get, places: dict[str, Place]) -> None:
    found = get("/sources")["sources"]
    assert [one["key"] for one in found] == ["region-fictive", "mer-commune", "mreza"]
    region = get("/sources/region-fictive")
    assert region == found[0]
    assert (region["licence"], region["licence_title"]) == ("etalab-2.0", "Licence Ouverte 2.0")
    assert region["licence_url"].startswith("https://")
    assert region["entries"] == Entry.objects.filter(source="region-fictive").count()
    assert sum(one["rows"] for one in region["rejected"]) > 0
    assert get("/sources/nothing", expect=404)["code"] == "not-found"


def test_records_are_those_asked_for_in_order(places: dict[str, Place]) -> None:
    wanted = [places["mill"].pk, "000000000000", places["athens"].pk]
    assert [one.id for one in records.records(wanted)] == [wanted[0], wanted[2]]


@pytest.mark.parametrize(
    ("asked", "way", "at"),
    [
        ({"q": "filature"}, "rank", ("{now}", "second")),
        ({"q": "filature"}, "rank", ("{now}", "-5")),
        ({"q": "filature"}, "rank", ("{now}", "٣")),
        ({"q": "filature"}, "rank", ("when ever", "20")),
        ({}, "id", ("\0",)),
        ({}, "id", ("\ud800",)),
        ({}, "id", ("' OR 1=1 --",)),
        ({"modified_after": "2026-01-01"}, "modified", ("2026-01-01T00:00:00", "\0")),
        ({"modified_after": "2026-01-01"}, "modified", ("2026-01-01T00:00:00", "\ud800")),
        ({"modified_after": "2026-01-01"}, "modified", ("not a moment", "000000000000")),
    ],
)
def test_a_forged_cursor_is_refused(
    get: Get, places: dict[str, Place], asked: dict[str, str], way: str, at: tuple[str, ...]
) -> None:
    question = Filters.read(asked).query()
    index().keep_up()
    forged = cursors.write(way, question, *(text.format(now=index().mark) for text in at))
    assert get("/places", expect=422, after=forged, **asked)["code"] == "unknown-cursor"


def test_who_follows_the_changes_misses_none_while_they_happen(get: Get, places: dict[str, Place]) -> None:
    """Runs of the registry, each changing some places at one moment, between any two pages of somebody's walk."""
    chance, known, last = Random(7), {}, "2000-01-01T00:00:00Z"
    every = list(Place.objects.values_list("pk", flat=True))
    for _ in range(12):
        after = {}
        while True:
            page = get("/places", modified_after=last, limit=2, **after)
            for one in page["places"]:
                known[one["id"]], last = one, one["modified"]
            if chance.random() < 0.5:
                some = Place.objects.filter(pk__in=chance.sample(every, 3))
                some.update(name=f"Name {chance.random()}", modified=settling.moment_of_change())
            if not page["next"]:
                break
            after = {"after": parse_qs(urlsplit(page["next"]).query)["after"][0]}
    for one in get("/places", modified_after=last, limit=500)["places"]:
        known[one["id"]] = one
    for place in Place.objects.all():
        assert known[place.pk].get("merged_into") == place.merged_into_id
        assert place.merged_into_id or known[place.pk]["name"] == place.name
