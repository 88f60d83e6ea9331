"""Rows written in bulk, beside objects written one by one; and how many PostgreSQL takes them for."""

from datetime import timedelta

import pytest
from django.db import connection

from coworkmed.places.models import Place
from coworkmed.platform.database import insert, take_stock

pytestmark = pytest.mark.django_db


def test_what_is_not_given_takes_the_default():
    insert(Place, ["public_id"], [("p1",)])
    Place(public_id="p2").save()
    one, other = Place.objects.order_by("public_id").values()
    assert abs(one["modified"] - other["modified"]) < timedelta(minutes=1)
    assert one | {"public_id": "p2", "modified": other["modified"]} == other


def test_a_row_that_stands_keeps_what_is_not_given():
    insert(Place, ["public_id", "name", "chain"], [("p1", "La Ruche", "brand:ruche"), ("p2", "Le Phare", "")])
    insert(
        Place,
        ["public_id", "name", "values"],
        [("p1", "=1+1", '{"name": "=1+1"}'), ("p3", "%s", "{}")],
        key="public_id",
    )
    found = {place.public_id: (place.name, place.chain, place.values) for place in Place.objects.all()}
    assert found == {
        "p1": ("=1+1", "brand:ruche", {"name": "=1+1"}),
        "p2": ("Le Phare", "", {}),
        "p3": ("%s", "", {}),
    }


def test_more_rows_than_go_at_a_time_and_none_at_all():
    insert(Place, ["public_id"], ((f"p{number}",) for number in range(4321)))
    insert(Place, ["public_id"], [])
    assert Place.objects.count() == 4321


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite does not count before it plans")
def test_what_this_transaction_has_filled_is_planned_for():
    def taken_for():
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'places_place'::regclass")
            return cursor.fetchone()[0]

    take_stock(Place)
    assert taken_for() == 0
    insert(Place, ["public_id"], ((f"p{number}",) for number in range(500)))
    assert taken_for() < 500, "nobody has looked yet"
    take_stock(Place)
    assert taken_for() == 500
