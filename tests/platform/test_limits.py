"""Limits that all workers count together: never more in any stretch of time, and given back by themselves."""

import threading
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection, connections
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from coworkmed.platform import limits
from coworkmed.platform.limits import Limit, LimitedError, network, once, take
from coworkmed.platform.models import Kept

HOUR = 3600.0
THREE = Limit("three", 3, timedelta(hours=1))


@pytest.mark.django_db
class TestTake:
    def test_as_often_as_it_says_and_no_more(self):
        for at in (0, 10, 20):
            take((THREE, "a"), now=HOUR * 1000 + at)
        with pytest.raises(LimitedError) as refused:
            take((THREE, "a"), now=HOUR * 1000 + 30)
        assert refused.value.until.timestamp() == HOUR * 1001

    def test_others_are_not_concerned(self):
        for _ in range(3):
            take((THREE, "a"))
        take((THREE, "b"))
        take((Limit("other", 3, timedelta(hours=1)), "a"))

    def test_what_one_limit_refuses_counts_against_none(self):
        wide = Limit("wide", 4, timedelta(hours=1))
        for _ in range(3):
            take((THREE, "a"), (wide, "a"))
        for _ in range(5):
            with pytest.raises(LimitedError):
                take((wide, "a"), (THREE, "a"))
        take((wide, "a"))

    def test_no_address_is_kept(self):
        take((THREE, "192.0.2.0/24"))
        assert Kept.objects.count() == 1
        assert not [one for one in Kept.objects.all() if "192" in one.cache_key or "192" in one.value]

    def test_a_cache_that_takes_nothing_refuses_rather_than_runs_for_ever(self, monkeypatch):
        monkeypatch.setattr(limits.cache, "add", lambda *_, **__: False)
        with pytest.raises(LimitedError):
            take((THREE, "a"))


class TestAnyStretch(TestCase):
    @given(st.lists(st.floats(0, 5 * HOUR), max_size=40))
    def test_no_hour_holds_more(self, moments):
        cache.clear()
        taken = []
        for moment in sorted(HOUR * 100_000.25 + one for one in moments):
            if sum(moment - HOUR < one <= moment for one in taken) < 3:
                take((THREE, "a"), now=moment)
                taken.append(moment)
                continue
            with pytest.raises(LimitedError) as refused:
                take((THREE, "a"), now=moment)
            assert moment < refused.value.until.timestamp() < moment + HOUR + 0.001


def at_once(number: int, work) -> list[object]:
    """What so many threads come to that do ``work`` at the same moment."""
    gate, found = threading.Barrier(number), []

    def run() -> None:
        gate.wait()
        try:
            found.append(work())
        except LimitedError as refused:
            found.append(refused)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(number)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_workers_share_the_places(self):
        found = at_once(12, lambda: take((THREE, "a")))
        assert found.count(None) == 3

    def test_without_places_that_are_added_once_more_would_get_in(self, monkeypatch):
        """The guard taken away: looking and then writing lets several through."""
        looked = threading.Barrier(6)

        def careless(self, key, value, timeout):
            looked.wait(timeout=20)
            self.set(key, value, timeout)
            return True

        monkeypatch.setattr("django.core.cache.backends.db.DatabaseCache.add", careless)
        assert at_once(6, lambda: take((THREE, "a"))).count(None) > 3

    def test_one_of_several_is_first(self):
        assert sorted(at_once(6, lambda: once("form", within=timedelta(hours=1)))) == [False] * 5 + [True]
        connection.close()


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("2001:db8:1:ffff::1", "2001:db8:1::/48"),
    ],
)
def test_neighbours_are_counted_together(address: str, counted: str) -> None:
    assert network(address) == counted


@pytest.mark.parametrize("address", ["", "localhost", "192.0.2", "192.0.2.1, 10.0.0.1", "\0"])
def test_what_is_no_address_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"not appear|does not"):
        network(address)
