"""The page about the method shows a real place, the same each time, and works without any."""

import pytest
from django.test import Client

from coworkmed.observatory.pages.method import method_page
from coworkmed.places.models import Link, Place, Weakest

from . import factories
from .test_pages import read


def text_of(client: Client) -> str:
    return " ".join(read(client, "/en/method/").text.split())


def test_a_place_that_lists_disagree_on_is_followed_through_all_steps(client: Client, places: dict[str, Place]) -> None:
    example = method_page().example
    assert example and example.place == places["mill"]
    assert [line.source.key for line in example.lines] == ["region-fictive", "mer-commune"]
    assert example.settled.field == "opening_hours" and example.settled.contested
    text = text_of(client)
    for said in ("2 entries speak of it", "Its weakest tie: “La Filature”", "strong for", "All together 97%",
                 "On this the lists disagree: Opening hours", "Shown Mo-Fr 08:30-19:00", "Not shown Mo-Sa 09:00-18:00",
                 "The value shown won for this reason:", "Coworking, as declared"):  # fmt: skip
        assert said in text, said


@pytest.mark.django_db
def test_the_tie_shown_is_the_one_without_which_the_place_falls_apart() -> None:
    place = factories.moved()
    example = method_page().example
    kept = Weakest.objects.get(place=place)
    assert example and example.place == place and example.probability == 0.81
    assert {one.entry.pk for one in example.ends} == {kept.left_id, kept.right_id}
    assert len(example.lines) == 4


@pytest.mark.django_db
def test_the_place_in_most_lists_is_taken() -> None:
    lists = [factories.source(f"list-{number}") for number in range(3)]
    for name in ("a", "b", "c"):
        factories.place(
            *(factories.entry(one, name, name="Pair", web=f"https://{one.key}.example/") for one in lists[:2])
        )
    three = factories.place(
        *(factories.entry(one, "z", name="Three", web=f"https://{one.key}.example/") for one in lists)
    )
    example = method_page().example
    assert example and example.place == three


def test_a_tie_that_a_person_decided_has_nothing_weighed_to_show(client: Client, places: dict[str, Place]) -> None:
    Link.objects.update(reasons=[{"code": "RULED", "weight": 0.0, "params": {}}])
    assert method_page().example is None
    assert "Each step is shown on a place" not in text_of(client)


@pytest.mark.django_db
def test_an_empty_registry_still_explains_itself(client: Client) -> None:
    text = text_of(client)
    assert method_page().example is None and method_page().quality is None
    for said in ("Read", "Link", "Settle", "Let it age", "Count", "Publish", "Any third place"):
        assert said in text


@pytest.mark.django_db
def test_where_lists_agree_there_is_nothing_to_show() -> None:
    lists = [factories.source(f"list-{number}") for number in range(2)]
    factories.place(*(factories.entry(one, "a", name="Same", web="https://same.example/") for one in lists))
    assert method_page().example is None
