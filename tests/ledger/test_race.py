"""Many at once against one limit, and death at any statement. Each guard is taken away once, and missed."""

import contextlib
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, models, transaction

from coworkmed.ledger import rules, services
from coworkmed.ledger.models import Balance, Entry, Transfer
from coworkmed.ledger.rules import LimitError

from ..platform.killed import at_every_statement
from .conftest import MILL, QUAY, WHO, made_places

pytestmark = pytest.mark.django_db(transaction=True)

CLIENTS, ROOM = 32, 5
PAIR = rules.key("DAY", MILL, QUAY)


@pytest.fixture
def two() -> None:
    """Two places that may have ``ROOM`` days between them."""
    made_places()
    with transaction.atomic():
        services.void(hold(uuid4()), by=WHO)
    Balance.objects.filter(pk=PAIR).update(ceiling=ROOM)


def hold(key, amount: int = 1):
    return services.hold(key=key, giver=MILL, taker=QUAY, unit="DAY", amount=amount, about="", by=WHO).key


def race(work: Callable[[], object], clients: int = CLIENTS) -> Counter[str]:
    """What became of each of many who do ``work`` at once."""
    begin, told = threading.Barrier(clients), []

    def one() -> None:
        try:
            begin.wait(timeout=30)
            with transaction.atomic():
                work()
            told.append("done")
        except (LimitError, DatabaseError) as error:
            told.append(type(error).__name__)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Counter(told)


def promised() -> int:
    return Balance.objects.get(pk=PAIR).rising


def test_no_more_than_there_is_room_for(two: None) -> None:
    assert race(lambda: hold(uuid4())) == {"done": ROOM, "LimitError": CLIENTS - ROOM}
    assert promised() == Transfer.objects.filter(kind="HOLD").count() - 1 == ROOM


def test_the_same_key_is_written_once(two: None) -> None:
    key = uuid4()
    assert race(lambda: hold(key), 8) == {"done": 8}
    assert promised() == 1
    assert race(lambda: services.post(key, by=WHO), 8) == {"done": 8}
    assert Entry.objects.count() == 2


def test_posted_and_voided_at_once_it_ends_once(two: None) -> None:
    with transaction.atomic():
        key = hold(uuid4())
    ends = iter([services.post, services.void] * 4)
    told = race(lambda: _end(next(ends), key), 8)
    assert told == {"done": 8}
    assert Transfer.objects.filter(refers_to=key).count() == 1
    assert promised() == 0


def _end(how: Callable[..., object], key) -> None:
    with contextlib.suppress(rules.ClosedError):
        how(key, by=WHO)


@pytest.fixture
def unguarded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody holds what they look at, and all look before anyone writes."""
    monkeypatch.setattr(models.QuerySet, "select_for_update", lambda self, **_: self)
    looked = threading.Barrier(4)
    look = rules.refused

    def look_and_wait(*asked):
        found = look(*asked)
        with contextlib.suppress(threading.BrokenBarrierError):
            looked.wait(timeout=5)
        return found

    monkeypatch.setattr(rules, "refused", look_and_wait)


@pytest.fixture
def postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time: there is no lock to take away")


def test_without_the_lock_the_database_itself_refuses(postgresql, two: None, unguarded) -> None:
    Balance.objects.filter(pk=PAIR).update(ceiling=1)
    assert race(lambda: hold(uuid4()), 4) == {"done": 1, "IntegrityError": 3}
    assert promised() == 1


@pytest.fixture
def unchecked() -> Iterator[None]:
    limit = next(one for one in Balance._meta.constraints if one.name == "ledger_ceiling")
    with connection.schema_editor() as editor:
        editor.remove_constraint(Balance, limit)
    yield
    Balance.objects.update(rising=0)
    with connection.schema_editor() as editor:
        editor.add_constraint(Balance, limit)


def test_without_either_the_limit_is_passed(postgresql, two: None, unguarded, unchecked) -> None:
    Balance.objects.filter(pk=PAIR).update(ceiling=1)
    assert race(lambda: hold(uuid4()), 4) == {"done": 4}
    assert promised() == 4


def test_killed_anywhere_nothing_is_lost_and_nothing_is_done_twice(two: None) -> None:
    key = uuid4()

    def work() -> None:
        with transaction.atomic():
            hold(key)
            services.post(key, by=WHO)

    def check(statement: int) -> None:
        one = Balance.objects.get(pk=PAIR)
        written = Transfer.objects.filter(refers_to=key).count()
        assert (one.posted, one.rising, Entry.objects.count()) == (written, 0, 2 * written), f"at {statement}"
        assert Transfer.objects.filter(pk=key).count() == written

    assert at_every_statement(work, check) >= 7
    work()  # who was told nothing asks again
    check(0)
    assert Balance.objects.get(pk=PAIR).posted == 1
