"""Rows written in bulk, beside objects written one by one."""

from datetime import timedelta

import pytest

from coworkmed.places.models import Place
from coworkmed.platform.database import insert

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
