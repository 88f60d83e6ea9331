"""How SQLite goes about the questions that grew slow with a million places: by an index, not through the table."""

import pytest
from django.db import connection
from django.db.models import Count

from coworkmed.places.models import Place

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL plans by what the table holds"),
]


def test_what_the_start_page_counts_is_read_off_an_index() -> None:
    alike = Place.objects.shown().order_by().values_list("country", "freshness", "confirmed_on")
    assert "COVERING INDEX place_standing" in alike.annotate(count=Count("*")).explain()


def test_the_other_premises_of_a_chain() -> None:
    alike = Place.objects.filter(chain="brand:Mill").exclude(chain="")
    assert "INDEX place_chain (chain=?)" in alike.current().order_by("search").explain()


def test_places_by_their_ids_among_those_shown() -> None:
    assert "(public_id=?)" in Place.objects.shown().filter(pk__in=[f"p{one}" for one in range(9)]).explain()


def test_what_was_merged_into_a_place() -> None:
    assert "INDEX place_merged_into (merged_into_id=?)" in Place.objects.filter(merged_into="p1").explain()
