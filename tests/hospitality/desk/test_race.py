"""One batch told by many at once: one effect. The guard taken away, somebody's scans are refused."""

import contextlib
import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from coworkmed.hospitality.desk.services import syncing
from coworkmed.hospitality.models import Scan, Visit
from coworkmed.ledger import services as ledger
from coworkmed.ledger.models import Transfer
from coworkmed.platform import audit

from ..world import NOW, pseudonym, world
from .desks import desk, saw, token_of

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 6


@pytest.fixture
def race(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Tell the same batch from many threads, each of which has looked before any writes, if nothing prevents it."""
    w = world()
    device, batch = (
        desk(w),
        [saw(NOW + timedelta(minutes=n), token=token_of(pseudonym(w.visitor), NOW)) for n in range(3)],
    )
    looked, read = threading.Barrier(AT_ONCE), syncing._scan

    def wait_and_read(*said: Any) -> Scan:
        with contextlib.suppress(
            threading.BrokenBarrierError
        ):  # the others are kept waiting outside: that is the guard
            looked.wait(timeout=0.3)
        return read(*said)

    monkeypatch.setattr(syncing, "_scan", wait_and_read)
    errors: list[DatabaseError] = []

    def tell() -> None:
        try:
            syncing.take_in(device, batch, now=NOW + timedelta(hours=1))
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    def run() -> list[DatabaseError]:
        threads = [threading.Thread(target=tell) for _ in range(AT_ONCE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return errors

    return run


def test_the_same_batch_told_by_many_at_once_has_one_effect(race: Any) -> None:
    assert race() == []
    assert (Scan.objects.count(), Visit.objects.count()) == (3, 1)
    assert list(Transfer.objects.values_list("kind", "amount")) == [("RECORD", 100)]


def test_without_one_transaction_that_begins_with_the_lock_it_would_not(race: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(syncing, "take_in", syncing.take_in.__wrapped__)
    monkeypatch.setattr(syncing.Place.objects, "select_for_update", lambda **said: syncing.Place.objects.all())
    assert race() != []


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time")
@pytest.mark.parametrize("weak", [True, False])
def test_a_desk_does_not_keep_waiting_who_books_there_meanwhile(weak: bool, monkeypatch: Any) -> None:
    """They would wait for each other: it for the lock of the pool, they for the row of the place. The second is the
    negative control."""
    w = world()
    device, errors = desk(w), []
    if not weak:
        rows = syncing.Place.objects
        monkeypatch.setattr(rows, "select_for_update", lambda **said: rows.all().select_for_update())

    def write_of_the_place() -> None:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '300ms'")
                ledger.record(
                    key=uuid.uuid4(), giver=w.host.place, taker=w.home, unit="DAY", amount=1, about="", by=audit.MACHINE
                )
        except DatabaseError as error:
            errors.append(error)
        finally:
            connection.close()

    def meanwhile(*said: Any) -> None:
        thread = threading.Thread(target=write_of_the_place)
        thread.start()
        thread.join()

    monkeypatch.setattr(syncing, "settle", meanwhile)
    syncing.take_in(device, [saw(NOW)], now=NOW)
    assert (errors == []) is weak
