"""Two runs over one list at once: each entry comes in once. The guard taken away, it comes in twice or not at all."""

import contextlib
import threading
from datetime import date

import pytest
from django.db import connection, connections, models
from django.db.utils import DatabaseError

from coworkmed.sources import services
from coworkmed.sources.models import Assertion, Entry

from ..sources.test_harvest import List

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def race(tmp_path, monkeypatch):
    """Run two harvests that both look at what is known before either writes, if nothing keeps them from it."""
    kept = List(tmp_path).write(*(f"{n},House {n},1300{n},Marseille," for n in range(1, 10)))
    both_looked = threading.Barrier(2)
    look = services._known

    def look_and_wait(*asked):
        found = look(*asked)
        with contextlib.suppress(threading.BrokenBarrierError):  # the other is kept waiting outside: that is the guard
            both_looked.wait(timeout=1)
        return found

    monkeypatch.setattr(services, "_known", look_and_wait)
    errors: list[Exception] = []

    def harvest() -> None:
        try:
            kept.harvest(date(2026, 11, 22))
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    def run() -> list[Exception]:
        threads = [threading.Thread(target=harvest) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    return run


def test_each_entry_comes_in_once(race):
    assert race() == []
    assert Entry.objects.count() == 9
    assert Assertion.objects.count() == 9


def test_without_the_guard_it_would_not(race, monkeypatch):
    if connection.vendor == "sqlite":
        wrapper = type(connections["default"])
        monkeypatch.setattr(wrapper, "_start_transaction_under_autocommit", lambda self: self.cursor().execute("BEGIN"))
    else:
        monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_: self)
    assert race(), "both wrote what the other had written already, and nothing stopped them"
