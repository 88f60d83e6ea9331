"""Finding places: words in any script, facets, and whatever a reader may put into an address."""

from dataclasses import fields

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.pages.listing import listing
from coworkmed.places.search import find
from coworkmed.web.map import Box

NONSENSE = (
    "page=0",
    "page=-3",
    "page=99999999999999999999999",
    "page=two",
    "page=",
    "page=%F0%9F%8C%8A",
    "q=" + "x" * 10_000,
    "q=%00",
    "q=%ff%fe",
    "q=%25_%27%22%3B--",
    "q=%ED%A0%80",
    "q=!!!",
    "country=ZZ",
    "country=%3Cb%3E",
    "country=FR&country=GR",
    "kind=NOPE",
    "source=../../etc",
    "source=%00",
    "freshness=yes",
    "sort=drop",
    "box=1,2,3",
    "box=nan,nan,nan,nan",
    "box=inf,-inf,1,1",
    "box=9,9,1,1",
    "box=-500,0,500,99",
    "box=7,43,7,43",
    "box=7,43,7.0001,43.0001",
    "near=43.3",
    "near=91,5",
    "near=nan,nan",
    "near=43.3,5.4&sort=distance",
    "sort=distance",
    "sort=best",
    "town=99999999999",
    "town=-1",
    "town=999999999",
    "region=XX-99",
    "region=fr-pac&town=2995469",
    "equipment=%00%ff",
    "price=cheap",
    "status=MERGED",
    "utm_source=x&[]=1&=&&",
)


def names(**asked: str) -> set[str]:
    hits = find.find(Filters.read(asked)).hits
    return {place.name for place in Place.objects.filter(pk__in=[hit.place_id for hit in hits])}


@pytest.mark.parametrize(
    ("q", "place"),
    [
        ("filature", "mill"),
        ("FILAT", "mill"),
        ("intercommunalite verdon", "mill"),
        ("saint-remy", "mill"),
        ("verdon filature", "mill"),
        ("αθηνα", "athens"),
        ("ΑΘΉΝΑ", "athens"),
        ("Κυψέλη", "athens"),
        ("kypsel", "athens"),
        ("sibenik", "split"),
        ("čamac", "split"),
        ("CAMAC šibenik", "split"),
    ],
)
def test_found_in_any_spelling(places: dict[str, Place], q: str, place: str) -> None:
    assert names(q=q) == {places[place].name}


@pytest.mark.parametrize("q", ["filature nowhere", "ature", "!!!", "%", "_", "\\"])
def test_every_word_must_begin_a_word(places: dict[str, Place], q: str) -> None:
    assert names(q=q) == set()


def test_facets_narrow_and_add_up(places: dict[str, Place]) -> None:
    assert names(country="hr") == {places["split"].name, places["hostile"].name}
    assert names(source="region-fictive") == {places["mill"].name}
    assert names(kind="FAB") == {places["rome"].name, places["mill"].name}
    assert names(freshness="closed") == {places["closed"].name}
    assert names(country="ES", kind="FAB") == set()


def test_a_facet_counts_what_choosing_it_would_show(places: dict[str, Place]) -> None:
    for asked in (Filters(country="FR"), Filters(q="co"), Filters(kind="COWORK", country="GR")):
        for name, options in find.facets(asked).items():
            for option in options:
                assert find.count(asked.but(**{name: option.value})) == option.count, (name, option)
    assert {option.value for option in find.facets(Filters(country="FR"))["country"]} == {"FR", "GR", "HR", "IT"}


def test_a_facet_is_offered_where_it_narrows(places: dict[str, Place]) -> None:
    """One value that only some of the places have is worth choosing; one that all of them have is not."""

    def offered(asked: Filters) -> set[str]:
        return {facet.name for facet in listing(asked, "1").facets if not facet.chosen}

    assert "governance" in offered(Filters())  # one place of five says it
    assert offered(Filters(country="HR")) == {"region", "kind"}
    assert offered(Filters(status="CLOSED")) == set()  # a single place: nothing is left to narrow


def test_a_box_holds_what_lies_in_it(places: dict[str, Place]) -> None:
    assert names(box="20,35,26,40") == {places["athens"].name}


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_answered(client: Client, places: dict[str, Place], query: str) -> None:
    for page in ("places", "map"):
        answer = client.get(f"/fr/{page}/?{query}")
        assert answer.status_code == 200


@pytest.mark.django_db
@given(st.dictionaries(st.sampled_from([one.name for one in fields(Filters)]), st.text()))
def test_any_address_can_be_asked(asked: dict[str, str]) -> None:
    filters = Filters.read(asked)
    assert listing(filters, "1").total == 0  # the registry is empty, and the index did not complain
    again = Filters.read(QueryDict(filters.query(page=2)).dict())
    assert again == filters


@given(st.floats(-179, 178), st.floats(-84, 83), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_box_survives_its_address(west: float, south: float, wide: float, high: float) -> None:
    box = Box(west, south, west + wide, south + high)
    again = Box.parse(str(box))
    assert again.west == pytest.approx(box.west, abs=0.00001)
    assert again.north == pytest.approx(box.north, abs=0.00001)
