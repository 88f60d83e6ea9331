"""Finding places: words in any script, facets, and whatever a reader may put into an address."""

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.places.filters import Filters
from coworkmed.places.models import Place
from coworkmed.places.pages import listing as pages
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
    "utm_source=x&[]=1&=&&",
)


def names(**asked: str) -> set[str]:
    return {place.name for place in pages.found(Filters.read(asked))}


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


@pytest.mark.parametrize("q", ["filature nowhere", "ilature", "!!!", "%", "_", "\\"])
def test_every_word_must_begin_a_word(places: dict[str, Place], q: str) -> None:
    assert names(q=q) == set()


def test_facets_narrow_and_add_up(places: dict[str, Place]) -> None:
    assert names(country="hr") == {places["split"].name, places["hostile"].name}
    assert names(source="region-fictive") == {places["mill"].name}
    assert names(kind="FAB") == {places["rome"].name}
    assert names(freshness="closed") == {places["closed"].name}
    assert names(country="FR", kind="FAB") == set()


def test_a_facet_counts_what_choosing_it_would_show(places: dict[str, Place]) -> None:
    filters = Filters(country="FR")
    shown = pages.listing(filters, "1")
    for name in ("countries", "kinds", "sources", "freshness"):
        facet = {"countries": "country", "kinds": "kind", "sources": "source", "freshness": "freshness"}[name]
        for option in getattr(shown, name):
            chosen = Filters(**{"country": "FR", facet: option.value})
            assert pages.found(chosen).count() == option.count
    assert {option.value for option in shown.countries} == {"FR", "GR", "HR", "IT", "ES"}


def test_a_box_holds_what_lies_in_it(places: dict[str, Place]) -> None:
    assert names(box="20,35,26,40") == {places["athens"].name}


@pytest.mark.parametrize("query", NONSENSE)
def test_nonsense_is_answered(client: Client, places: dict[str, Place], query: str) -> None:
    for page in ("places", "map"):
        answer = client.get(f"/fr/{page}/?{query}")
        assert answer.status_code == 200


@pytest.mark.django_db
@given(st.dictionaries(st.sampled_from(("q", "country", "kind", "source", "freshness", "sort", "box")), st.text()))
def test_any_address_can_be_asked(asked: dict[str, str]) -> None:
    filters = Filters.read(asked)
    assert list(pages.found(filters)) == []  # the registry is empty, and the database did not complain
    again = Filters.read(QueryDict(filters.query(page=2)).dict())
    assert again == filters


@given(st.floats(-179, 178), st.floats(-84, 83), st.floats(0.01, 1), st.floats(0.01, 1))
def test_a_box_survives_its_address(west: float, south: float, wide: float, high: float) -> None:
    box = Box(west, south, west + wide, south + high)
    again = Box.parse(str(box))
    assert again.west == pytest.approx(box.west, abs=0.00001)
    assert again.north == pytest.approx(box.north, abs=0.00001)
