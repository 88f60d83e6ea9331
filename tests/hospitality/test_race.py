"""Many want the last place at the same moment, and one gets it. What goes wrong without each guard: `test_guards`; and
here, without the lock.
"""

import itertools
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import Sum

from coworkmed.hospitality import services
from coworkmed.hospitality.models import Booking, Claim, PoolClaim, PoolDay, Quota, Resource
from coworkmed.hospitality.services import claims

from .racing import race
from .world import MONDAY, NOW, PROMISE, World, hours, members, world

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class House:
    """A host with one desk and one room, and who wants them."""

    world: World
    room: Resource
    people: list

    def want(self, what: str, number: int) -> Callable[[], object]:
        """How the person of that number asks for the last of something."""
        if what == "days":  # the last day one visitor has, at several desks
            return self._asks(self.people[0], day=MONDAY + (number % 5 + number // 5 * 7) * DAY)
        if what == "same day":  # two desks on one day
            return self._asks(self.people[0], day=MONDAY)
        if what == "room":
            return self._asks(self.people[number], day=MONDAY, resource=self.room, **hours(MONDAY, 10, 12))
        return self._asks(self.people[number], day=MONDAY)

    def _asks(self, person, **changes) -> Callable[[], object]:
        ask = self.world.ask(by=person, **changes)
        return lambda: services.book(by=person, ask=ask, now=NOW)


@pytest.fixture
def house() -> House:
    found = world(replace(PROMISE, desks_per_day=1))
    room = services.add_resource(by=found.owner, host=found.host, kind=Resource.Kind.ROOM, name={"en": "Room"})
    return House(found, room, list(members(found, 8)))


def oversold() -> str:
    """What was given away twice, "" for nothing."""
    for one in PoolDay.objects.all():
        taken = PoolClaim.objects.filter(pool=one.pool, day=one.day, slot=one.slot).aggregate(sum=Sum("units"))["sum"]
        if (taken or 0) > one.capacity:
            return "desks"
    found = list(Claim.objects.order_by("resource", "starts").values_list("resource", "starts", "ends"))
    if any(one[0] == other[0] and other[1] < one[2] for one, other in itertools.pairwise(found)):
        return "room"
    for quota in Quota.objects.all():
        if Booking.objects.filter(visitor=quota.visitor, counted=True).count() > quota.allowance:
            return "days"
    stays = list(Booking.objects.filter(stay=True).values_list("visitor", "day"))
    return "same day" if len(stays) != len(set(stays)) else ""


@pytest.mark.parametrize(("what", "count"), [("desks", 2), ("desks", 32), ("room", 8)])
def test_the_last_place_is_given_once(house, what, count):
    house.people.extend(members(house.world, count - len(house.people), "more"))
    found = race([house.want(what, number) for number in range(count)])
    assert found.outcomes == {"done": 1, "FullError": count - 1}
    assert oversold() == ""


def test_the_last_day_is_spent_once(house):
    found = race([house.want("days", number) for number in range(5)])
    assert found.outcomes == {"done": 3, "QuotaError": 2}
    assert oversold() == ""
    assert Quota.objects.get().used == 3


def test_the_same_request_at_once_is_one(house):
    act = house.want("desks", 0)
    assert race([act] * 4).outcomes == {"done": 4}
    assert (Booking.objects.count(), PoolDay.objects.get().used) == (1, 1)


@pytest.fixture
def shrunk(house, monkeypatch) -> Callable[[], bool]:
    """A host takes its only desk away while someone who has just counted it is about to book it; whether it came out
    with more taken than there is."""
    counted, done = threading.Event(), threading.Event()
    count = claims._count_pools

    def count_and_linger(uses) -> None:
        count(uses)
        counted.set()
        done.wait(timeout=1.5)  # the host is kept waiting outside: that is the guard

    monkeypatch.setattr(claims, "_count_pools", count_and_linger)

    def shrink() -> None:
        counted.wait(timeout=10)
        try:
            services.resize(by=house.world.owner, pool=house.world.pool, capacity=0, now=NOW)
        finally:
            done.set()

    def both() -> bool:
        race([shrink, house.want("desks", 0)])
        pool = Resource.objects.get(pk=house.world.pool.pk)
        return any(one.used > pool.capacity for one in PoolDay.objects.all())

    return both


def test_a_host_shrinks_while_someone_books(shrunk):
    assert not shrunk()
    assert Booking.objects.count() == 1


def test_without_the_lock_it_would_take_a_desk_that_is_booked(shrunk, monkeypatch):
    if connection.vendor == "sqlite":
        pytest.skip("one writer at a time: the lock is the beginning of its transaction")
    monkeypatch.setattr(claims, "lock", lambda resources: None)
    assert shrunk()


def test_cancelled_by_two_it_is_freed_once(house):
    made = house.world.book(by=house.people[0])
    act = lambda: services.cancel(by=house.people[0], booking=made.pk, now=NOW)  # noqa: E731
    assert race([act] * 3).outcomes == {"done": 3}
    assert (PoolDay.objects.get().used, Quota.objects.get().used) == (0, 0)
