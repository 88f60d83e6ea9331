"""Where the places are, as the live map asks for it."""

import json
from typing import Any

import pytest
from django.test import Client

from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.views.points import points

ADDRESS = "/en/map/points"
Asked = dict[str, str]


def ask(client: Client, **asked: str) -> dict[str, Any]:
    answer = client.get(ADDRESS, asked)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    found: dict[str, Any] = json.loads(answer.content)
    return found


def test_each_place_that_has_a_position(client: Client, places: dict[str, Place]) -> None:
    found = ask(client)
    assert found["total"] == len(found["ids"]) == len(found["names"]) == len(found["lons"]) == len(found["lats"]) == 5
    assert not found["clustered"]
    row = found["ids"].index(places["athens"].public_id)
    assert (found["names"][row], found["lons"][row], found["lats"][row]) == (
        "Κοινός Τόπος Εργασίας Κυψέλης",
        23.741,
        37.999,
    )
    assert not {places["gone"].public_id, places["closed"].public_id} & set(found["ids"])


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ({"country": "HR"}, {"split", "hostile"}),
        ({"q": "mare"}, {"rome"}),
        ({"box": "14,42,17,44"}, {"split", "hostile"}),
        ({"box": "14,42,17,44", "kind": "CULTURE"}, {"split"}),
        ({"q": "nothing is called that"}, set()),
    ],
)
def test_the_same_filters_as_the_list(client: Client, places: dict[str, Place], asked: Asked, names: set[str]) -> None:
    assert set(ask(client, **asked)["ids"]) == {places[name].public_id for name in names}


@pytest.mark.parametrize(
    "asked",
    [
        {"box": "1,2,3"},
        {"box": "nan,nan,nan,nan"},
        {"box": "900,-900,-900,900"},
        {"country": "<script>"},
        {"near": "north,pole"},
        {"page": "-7", "sort": "sideways", "source": "\x00"},
    ],
)
def test_nonsense_is_left_out(client: Client, places: dict[str, Place], asked: Asked) -> None:
    assert ask(client, **asked)["total"] in (0, 5)


def test_many_come_as_cells_that_hold_them_all(places: dict[str, Place]) -> None:
    found = points(Filters(), most=3)
    assert found["clustered"]
    assert found["total"] == sum(cell[2] for cell in found["cells"]) == 5
    for lon, lat, count, west, south, east, north in found["cells"]:
        assert west <= lon <= east
        assert south <= lat <= north
        assert count >= 1


def test_a_closer_look_gives_places_again(places: dict[str, Place]) -> None:
    found = points(Filters.read({"box": "14,42,17,44"}), most=3)
    assert not found["clustered"]
    assert found["total"] == 2


def test_asked_again_it_says_that_nothing_changed(client: Client, places: dict[str, Place]) -> None:
    first = client.get(ADDRESS, {"country": "HR"})
    assert "max-age=60" in first.headers["Cache-Control"]
    again = client.get(ADDRESS, {"country": "HR"}, headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(ADDRESS, {"country": "FR"}, headers={"if-none-match": first.headers["ETag"]})
    assert other.status_code == 200


def test_it_is_only_read(client: Client, places: dict[str, Place]) -> None:
    assert client.post(ADDRESS).status_code == 405
