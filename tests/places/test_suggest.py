"""What somebody who types is offered."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from coworkmed.places.models import Place
from coworkmed.places.search.suggest import MOST, suggest
from tests.web.factories import registry


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    made = registry()
    Place.objects.filter(pk=made["athens"].pk).update(region="GR-I", town=264371, modified="2030-01-01T00:00:00Z")
    Place.objects.filter(pk=made["mill"].pk).update(region="FR-PAC", modified="2030-01-01T00:00:00Z")
    return made


@pytest.fixture(autouse=True)
def english_again() -> Iterator[None]:
    yield
    translation.deactivate()


@pytest.mark.parametrize("typed", ["αθην", "ΑΘΗΝΑ", "Athèn", "aten", "Athens"])
def test_a_town_in_any_language_and_script(places: dict[str, Place], typed: str) -> None:
    town = next(one for one in suggest(typed, "fr") if one.kind == "town")
    assert (town.label, town.detail, town.href) == ("Athènes", "Attique, Grèce", "/fr/places/?town=264371")


def test_a_town_without_a_place_is_not_offered(places: dict[str, Place]) -> None:
    assert not [one for one in suggest("Marseille", "fr") if one.kind == "town"]


def test_a_country_and_a_region(places: dict[str, Place]) -> None:
    assert tuple(getattr(suggest("grčk", "hr")[0], name) for name in ("kind", "label", "detail", "href")) == (
        "country",
        "Grčka",
        "",
        "/hr/places/?country=GR",
    )
    region = next(one for one in suggest("prove", "it") if one.kind == "region")
    assert (region.label, region.detail) == ("Provenza-Alpi-Costa Azzurra", "Francia")


@pytest.mark.parametrize(("typed", "language"), [("fab", "en"), ("makersp", "el"), ("hackerspace", "fr")])
def test_a_kind_by_any_of_its_names(places: dict[str, Place], typed: str, language: str) -> None:
    kind = next(one for one in suggest(typed, language) if one.kind == "kind")
    assert kind.href == f"/{language}/places/?kind=FAB"


@pytest.mark.parametrize("typed", ["filat", "la fil", "FILATURE atelier", "filature la"])
def test_a_place_by_the_beginnings_of_its_words(places: dict[str, Place], typed: str) -> None:
    found = [one for one in suggest(typed, "en") if one.kind == "place"]
    assert [one.href for one in found] == [f"/en/places/{places['mill'].pk}/"]
    assert found[0].detail == "Saint-Rémy-de-Fiction, France"


def test_a_place_by_another_name(places: dict[str, Place]) -> None:
    assert [one.label for one in suggest("kypsel", "en")] == [places["athens"].name]


@pytest.mark.parametrize("typed", ["", " ", "a", "§§§", "\x00", "\ud800", "zzzzzz", "x" * 10_000])
def test_nothing_to_offer(places: dict[str, Place], typed: str) -> None:
    assert suggest(typed, "en") == []


def test_at_most_eight(places: dict[str, Place]) -> None:
    assert len(suggest("co", "en")) <= MOST
    assert len(suggest("co", "en", 1)) == 1


def test_as_the_search_box_asks(client: Client, places: dict[str, Place]) -> None:
    response = client.get("/suggest.json", {"q": "grè", "language": "fr"})
    assert response.json()["suggestions"][0] == {
        "kind": "country", "label": "Grèce", "detail": "", "href": "/fr/places/?country=GR",
    }  # fmt: skip
    again = client.get("/suggest.json", {"q": "grè", "language": "fr"}, headers={"If-None-Match": response["ETag"]})
    assert again.status_code == 304
    assert client.get("/suggest.json").json() == {"suggestions": []}
    assert client.get("/suggest.json?q=%ff&language=xx").status_code == 200
