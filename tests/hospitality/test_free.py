"""Who would take a visitor on a day."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coworkmed.hospitality import services
from coworkmed.hospitality.models import PoolDay, Resource
from coworkmed.hospitality.queries.free import free
from coworkmed.places.models import Place

from .world import MONDAY, NOW, PROMISE, members, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def split():
    return world(replace(PROMISE, instant=False, desks_per_day=1))


def test_a_host_with_room_is_found_in_one_question(split):
    with CaptureQueriesContext(
        connection,
    ) as asked:
        (found,) = free(MONDAY, now=NOW)
    assert len(asked) == 1
    assert found.pool == split.pool
    assert (found.opens.hour, found.closes.hour, found.instant) == (9, 18, False)


@pytest.mark.parametrize(
    ("day", "changes"),
    [
        (date(2026, 12, 5), {}),  # a Saturday
        (date(2026, 11, 23), {}),  # it has begun
        (date(2027, 11, 29), {}),  # too long before
        (MONDAY, {"blackouts": [(MONDAY, MONDAY)]}),
        (date(2026, 11, 24), {"notice_hours": 48}),
    ],
)
def test_one_that_can_not_be_asked_is_not(split, day, changes):
    services.set_terms(by=split.owner, host=split.host, promise=replace(PROMISE, **changes))
    assert free(day, now=NOW) == []


def test_full_until_the_hold_runs_out(split):
    held = split.book(by=members(split, 1)[0])
    assert free(MONDAY, now=NOW) == []
    assert free(MONDAY + timedelta(days=1), now=NOW)
    assert [one.pool for one in free(MONDAY, now=held.hold_until)] == [split.pool], "though nothing put it away"
    assert PoolDay.objects.get().used == 1
    assert free(MONDAY + timedelta(days=1), now=NOW, units=2) == []


def test_narrowed_and_suspended(split):
    assert free(MONDAY, now=NOW, places=Place.objects.filter(country="IT")) == []
    assert free(MONDAY, now=NOW, places=Place.objects.filter(country="HR"))
    services.pause(by=split.owner, host=split.host)
    assert free(MONDAY, now=NOW) == []
    services.reconfirm(by=split.owner, host=split.host)
    Resource.objects.update(retired_on=MONDAY)
    assert free(MONDAY, now=NOW) == []
