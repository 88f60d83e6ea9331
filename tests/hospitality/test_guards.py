"""Every guard of booking, taken away in turn: what it guards then goes wrong, and is seen to. With all in place nothing
does. A guard without a line here is one that nobody would miss."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, models

from coworkmed.hospitality import rules, services
from coworkmed.hospitality.models import Claim, PoolClaim, PoolDay, Quota, Resource
from coworkmed.hospitality.services import answering, booking, claims, hosting, releasing
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.ledger.models import Transfer
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.platform import audit

from .world import MONDAY, NOW, PROMISE, World, hours, members, pseudonym, world

pytestmark = pytest.mark.django_db
no_overlap = import_module("coworkmed.hospitality.migrations.0002_no_overlap")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def split() -> World:
    return world(replace(PROMISE, desks_per_day=2))


# what must hold


def desks(split: World) -> None:
    for one in members(split, 3):
        _try(lambda one=one: split.book(by=one))
    assert not PoolDay.objects.filter(used__gt=2).exists(), "three came to two desks"


def rooms(split: World) -> None:
    room = services.add_resource(by=split.owner, host=split.host, kind=Resource.Kind.ROOM, name={})
    for starts in (10, 11):
        _try(lambda at=starts: split.book(resource=room, **hours(MONDAY, at, at + 2)))
    assert Claim.objects.count() == 1, "two are in one room"


def days(split: World) -> None:
    for number in range(4):
        _try(lambda number=number: split.book(MONDAY + number * DAY))
    assert not Quota.objects.filter(used__gt=3).exists(), "more days than were agreed on"


def one_desk_a_day(split: World) -> None:
    for _ in range(2):
        _try(split.book)
    assert PoolClaim.objects.count() == 1, "one visitor at two desks"


def once(split: World) -> None:
    ask = split.ask()
    found = [services.book(by=split.visitor, ask=ask, now=NOW + number * HOUR) for number in range(2)]
    assert found[0] == found[1]
    assert PoolClaim.objects.count() == 1, "one request, two desks"


def clock(split: World) -> None:
    services.set_terms(by=split.owner, host=split.host, promise=replace(PROMISE, instant=False))
    held = [split.book(by=one) for one in members(split, 2)]
    assert _try(lambda: split.book(now=held[0].hold_until)), "a hold outlives its time"


def nobody_else(split: World) -> None:
    made = split.book()
    for act in (
        lambda: services.cancel(by=split.stranger, booking=made.pk, now=NOW),
        lambda: services.check_in(by=split.visitor, booking=made.pk, now=NOW),
        lambda: split.book(MONDAY + DAY, by=split.stranger, visitor=pseudonym(split.other)),
        lambda: services.resize(by=split.team, pool=split.pool, capacity=9, now=NOW),
    ):
        assert not _try(act), "a stranger did it"


def order_of_states(split: World) -> None:
    made = split.book(by=split.team, visitor="guest", home=None)  # with a home, the ledger would refuse it too
    services.check_in(by=None, booking=made.pk, now=NOW)
    _try(lambda: services.cancel(by=split.team, booking=made.pk, now=NOW))
    made.refresh_from_db()
    assert made.state == "CHECKED_IN", "who is here has cancelled"


def claims_go(split: World) -> None:
    made = split.book()
    services.cancel(by=split.visitor, booking=made.pk, now=NOW)
    assert not PoolClaim.objects.exists(), "a claim without a booking"
    assert PoolDay.objects.get().used == Quota.objects.get().used == 0


def held_in_the_books(split: World) -> None:
    made = split.book()
    assert Transfer.objects.filter(key=rules.charge_key(made.pk), kind="HOLD").exists(), "a day nobody owes"
    services.check_in(by=None, booking=made.pk, now=NOW)
    assert Transfer.objects.filter(refers_to=rules.charge_key(made.pk), kind="POST").exists()


def capacity_as_it_is(split: World) -> None:
    pool = split.pool  # read before the host took a desk away
    services.resize(by=split.owner, pool=pool, capacity=1, now=NOW)
    for one in members(split, 2):
        _try(lambda one=one: split.book(by=one, resource=pool))
    assert PoolClaim.objects.count() == 1, "by what there was before"


def shrinking(split: World) -> None:
    for one in members(split, 2):
        split.book(by=one)
    _try(lambda: services.resize(by=split.owner, pool=split.pool, capacity=1, now=NOW))
    taken = PoolClaim.objects.count()
    assert taken <= Resource.objects.get(pk=split.pool.pk).capacity, "fewer desks than people"


def waiting_in_line(split: World) -> None:
    first, second, third = members(split, 3)
    held = [split.book(by=one) for one in (first, second)]
    waits = services.wait(by=third, ask=split.ask(by=third), now=NOW)
    services.cancel(by=first, booking=held[0].pk, now=NOW)
    assert not _try(split.book), "someone jumped the queue"
    waits.refresh_from_db()
    assert waits.state == "HELD"


# how each is taken away


def _uncheck(table: str, name: str) -> Callable[[pytest.MonkeyPatch], None]:
    def lift(patch: pytest.MonkeyPatch) -> None:
        if connection.vendor == "sqlite":
            _run("PRAGMA ignore_check_constraints = ON")
        else:
            _run(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    return lift


def _overlap(patch: pytest.MonkeyPatch) -> None:
    for statement in no_overlap.LIFT[connection.vendor]:
        _run(statement)


def _unindex(patch: pytest.MonkeyPatch) -> None:
    _run("DROP INDEX one_stay_a_day")


def _set(where: object, name: str, value: object) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda patch: patch.setattr(where, name, value)


def _replay(patch: pytest.MonkeyPatch) -> None:
    """Its id is forgotten, and the database's own guard of ids and of days with it."""
    _run("DROP INDEX one_stay_a_day")
    made, save = booking.Booking, models.Model.save

    def save_as_another(self, **options):
        if isinstance(self, made) and self._state.adding and made.objects.filter(pk=self.pk).exists():
            self.pk = "00000000-0000-0000-0000-000000000001"
        return save(self, **options)

    patch.setattr(made, "save", save_as_another)
    patch.setattr(booking, "_known", lambda held, ask: None)


def _run(statement: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statement)


def _anyone(by: Person, action: Action, thing: object) -> audit.Who:
    return booking.signed(by, "anyone")


def _loose_resize(patch: pytest.MonkeyPatch) -> None:
    """Nobody looks what is taken, nor does the database."""
    _uncheck("hospitality_poolday", "pool_never_oversold")(patch)
    patch.setattr(hosting, "_over", lambda days, capacity: [])


@dataclass(frozen=True)
class Guard:
    """``lift`` takes it away; then ``holds`` does not any more."""

    name: str
    lift: Callable[[pytest.MonkeyPatch], None]
    holds: Callable[[World], None]


GUARDS = [
    Guard("count of a pool", _uncheck("hospitality_poolday", "pool_never_oversold"), desks),
    Guard("no overlap", _overlap, rooms),
    Guard("count of days", _uncheck("hospitality_quota", "quota_never_exceeded"), days),
    Guard("one stay a day", _unindex, one_desk_a_day),
    Guard("the id of a request", _replay, once),
    Guard("the sweep", _set(booking, "sweep", lambda held, now: False), clock),
    Guard("permission to ask", _set(booking, "require", _anyone), nobody_else),
    Guard("permission to answer", _set(answering, "require", _anyone), nobody_else),
    Guard("the order of states", _set(rules, "may_become", lambda state, new: True), order_of_states),
    Guard("what is given back", _set(claims, "give_back", lambda one, spent=False: None), claims_go),
    Guard("the hold in the books", _set(booking.books, "hold", lambda one, by: None), held_in_the_books),
    Guard("the line", _set(releasing, "_offered", lambda waiting, house, now: False), waiting_in_line),
    Guard("who is displaced", _loose_resize, shrinking),
]  # fmt: skip


def _try(act: Callable[[], object]) -> bool:
    """Whether it was done; what is refused in words is no failure here."""
    try:
        act()
    except CoworkmedError:
        return False
    return True


@pytest.fixture(autouse=True)
def _checked_again():
    yield
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = OFF")


@pytest.mark.parametrize("guard", GUARDS, ids=lambda one: one.name)
def test_each_guard_is_missed(guard, split, monkeypatch):
    guard.lift(monkeypatch)
    with pytest.raises(AssertionError):
        guard.holds(split)


@pytest.mark.parametrize(
    "holds", [*{one.holds: None for one in GUARDS}, capacity_as_it_is], ids=lambda one: one.__name__
)
def test_with_all_in_place_it_holds(holds, split):
    holds(split)
