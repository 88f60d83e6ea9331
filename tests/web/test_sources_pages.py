"""Pages about the lists: what each brought, what it alone knows, and what was turned away with an example."""

import pytest
from django.test import Client

from coworkmed.observatory.pages import sources as pages
from coworkmed.places.models import Place
from coworkmed.sources import pages as lists
from coworkmed.sources.catalogue import CADENCES
from coworkmed.sources.models import Harvest, Rejection, Source

from .test_pages import read


def text_of(client: Client, path: str) -> str:
    return " ".join(read(client, path).text.split())


def test_the_list_of_lists_has_totals_that_add_up(client: Client, places: dict[str, Place]) -> None:
    page = pages.sources_page()
    assert (page.totals.lists, page.totals.rows, page.totals.dropped) == (3, 27, 12)
    assert page.totals.places == Place.objects.current().count()
    assert page.totals.entries == sum(one.read.entries for one in page.brought) == 7
    known = {one.source.key: (one.known.places, one.known.alone, one.known.together) for one in page.brought}
    assert known == {"region-fictive": (1, 0, 1), "mer-commune": (4, 3, 1), "mreza": (2, 2, 0)}
    assert "All lists together" in text_of(client, "/en/sources/")


def test_a_list_shares_places_with_others(client: Client, places: dict[str, Place]) -> None:
    found = pages.brought("region-fictive")
    assert found and [(one.source.key, one.places) for one in found[1]] == [("mer-commune", 1)]
    assert "Of the 1 place it knows Common Sea map1" in text_of(client, "/en/sources/region-fictive/")
    assert pages.brought("nobody") is None


def test_rows_turned_away_for_one_reason_are_counted_together_with_an_example(
    client: Client, places: dict[str, Place]
) -> None:
    region = Source.objects.get(pk="region-fictive")
    for number in (21, 20, 22):  # which row it repeats is no other reason
        Rejection.objects.create(
            source=region,
            number=number,
            code="DUPLICATE_ROW",
            params={"row": number - 9},
            cells={"nom": f"Bis {number}"},
        )
    for value in ("bar", "café"):  # which value leaves it out is
        Rejection.objects.create(
            source=region, number=30, code="OUT_OF_SCOPE", params={"column": "type", "value": value}, cells={}
        )
    shown = lists.source("region-fictive")
    assert shown
    assert [(one.sentence[:8], one.count, one.example.number) for one in shown.rejected] == [
        ("The same", 3, 21), ("The cata", 2, 9), ("The row ", 1, 7), ("The cata", 1, 30),
    ]  # fmt: skip
    text = text_of(client, "/en/sources/region-fictive/")
    assert "The same row stands in the list more than once. 3 rows For example row 21: nom Bis 21" in text
    assert "For example row 30: nothing in it" in text


def test_personal_data_is_told_by_kind(client: Client, places: dict[str, Place]) -> None:
    counts = {"rows": 9, "dropped": 5, "dropped_email": 3, "dropped_name": 2, "dropped_mobile": 0}
    Harvest.objects.create(source_id="mreza", as_of="2026-11-02", outcome=Harvest.Outcome.APPLIED, counts=counts)
    text = text_of(client, "/en/sources/mreza/")
    assert "2 names of persons" in text and "3 e-mail addresses of persons" in text and "mobile numbers" not in text


def test_every_rhythm_of_the_catalogue_has_words() -> None:
    assert set(lists.CADENCES) == set(CADENCES) - {"unknown"}


def test_licence_date_age_rhythm_and_flag_in_words(client: Client, places: dict[str, Place]) -> None:
    source = Source.objects.get(pk="mreza")
    source.spec["cadence"] = "yearly"
    source.save()
    text = text_of(client, "/en/sources/mreza/")
    for said in ("CC0", "as of 2023", "years ago", "renewed every year", "Needs a person: The list came back empty"):
        assert said in text, said
    assert "nobody says how often" in text_of(client, "/en/sources/region-fictive/")


@pytest.mark.django_db
def test_no_list_yet(client: Client) -> None:
    assert "No source yet" in text_of(client, "/en/sources/")
    assert client.get("/en/sources/nobody/").status_code == 404
