"""What devices tell, taken in: once, whoever tells it when; and what it does to bookings, books and pools."""

import random
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from coworkmed.hospitality.desk import joins, queries, rules
from coworkmed.hospitality.desk.services import devices, leases, syncing
from coworkmed.hospitality.desk.told import Told, read
from coworkmed.hospitality.models import Booking, Device, Lease, Pass, PoolDay, Resource, Scan, Visit
from coworkmed.hospitality.passes import keys, tokens
from coworkmed.hospitality.passes import services as passes
from coworkmed.hospitality.passes.tokens import Outcome
from coworkmed.hospitality.services import accept
from coworkmed.hospitality.services.tidying import tidy
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.ledger.models import Transfer
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place

from ..world import MONDAY, NOW, PROMISE, World, person, pseudonym, world
from .desks import desk, saw, tell, token_of

pytestmark = pytest.mark.django_db
AT = NOW.replace(year=MONDAY.year, month=MONDAY.month, day=MONDAY.day)  # nine o'clock on the day they booked


@pytest.fixture
def w(db: None) -> World:
    return world()


@pytest.fixture
def ada(w: World) -> str:
    """The token of somebody who booked nothing."""
    return token_of(pseudonym(w.visitor), AT)


def charges() -> list[tuple[str, int]]:
    return sorted(Transfer.objects.values_list("kind", "amount"))


def test_who_booked_is_checked_in_and_charged_once(w: World, ada: str) -> None:
    booking = w.book()
    one, other = desk(w), desk(w, "Laptop")
    first = saw(AT, token=ada)
    assert tell(one, first) == {"new": 1, "known": 0}
    assert tell(one, first) == {"new": 0, "known": 1}
    tell(other, saw(AT + timedelta(minutes=2), token=ada))
    visit = Visit.objects.get()
    assert (visit.booking_id, visit.first_id, visit.home_id) == (booking.pk, first.scan_id, w.home.pk)
    assert visit.anomalies == [rules.Anomaly.TWO_DEVICES]
    assert Booking.objects.get().state == "CHECKED_IN"
    assert [kind for kind, _ in charges()] == ["HOLD", "POST"]


def test_a_walk_in_is_one_day_in_the_books(w: World, ada: str) -> None:
    for n in range(3):
        tell(desk(w, f"Desk {n}"), saw(AT + timedelta(minutes=n), token=ada))
    assert charges() == [("RECORD", 100)]
    assert Transfer.objects.get().key == rules.transfer_id("split", pseudonym(w.visitor), MONDAY, "day")


def test_whose_pass_had_ended_is_noted_flagged_and_not_charged(w: World, ada: str) -> None:
    held = Pass.objects.get(pseudonym=pseudonym(w.visitor))
    passes.end(by=w.home_team, held=held)
    Pass.objects.update(ended=AT - timedelta(hours=1))
    tell(desk(w), saw(AT, token=ada))  # its desk had not heard of it
    assert Visit.objects.get().anomalies == [rules.Anomaly.REVOKED]
    assert charges() == []


@pytest.mark.parametrize("by_code", [False, True])
@pytest.mark.parametrize("outcome", [Outcome.VALID, Outcome.HERE_ALREADY])
def test_a_device_is_not_believed_that_a_pass_held_when_it_did_not(
    w: World, ada: str, outcome: Outcome, by_code: bool
) -> None:
    who = {"visitor": pseudonym(w.visitor)} if by_code else {"token": ada}
    if by_code:  # its home vouches for less long meanwhile
        Pass.objects.filter(pseudonym=pseudonym(w.visitor)).update(until=MONDAY + timedelta(days=19))
    tell(desk(w), saw(AT + timedelta(days=20), outcome=outcome, **who))
    assert Visit.objects.get().anomalies == [rules.Anomaly.EXPIRED]
    assert charges() == []


def test_what_was_shown_before_its_home_vouched_for_less_long_is_not_owed(w: World, ada: str) -> None:
    Pass.objects.filter(pseudonym=pseudonym(w.visitor)).update(until=MONDAY)
    tell(desk(w), saw(AT, token=ada), saw(AT + timedelta(days=1), token=ada))
    assert [one.anomalies for one in Visit.objects.order_by("day")] == [[], [rules.Anomaly.EXPIRED]]
    assert charges() == [("RECORD", 100)]


@pytest.mark.parametrize("cut", [0, 5, 30, 127])
def test_a_device_is_not_believed_about_who_it_was(w: World, ada: str, cut: int) -> None:
    altered = ada[:cut] + ("B" if ada[cut] == "A" else "A") + ada[cut + 1 :]
    tell(desk(w), saw(AT, token=altered, visitor=pseudonym(w.visitor)))
    visit = Visit.objects.get()
    assert visit.visitor.startswith("guest-")
    assert visit.anomalies == [rules.Anomaly.UNPROVEN]
    assert charges() == []


def test_a_place_vouches_for_its_own_members_only(w: World) -> None:
    key, private = keys.signing(w.host.place)  # the host signs for a member of another place
    said = tokens.Pass(key, pseudonym(w.visitor), MONDAY, MONDAY, frozenset())
    tell(desk(w), saw(AT, token=tokens.issue(private, said)))
    assert Visit.objects.get().visitor.startswith("guest-")


def test_somebody_without_a_pass_and_somebody_turned_away(w: World, ada: str) -> None:
    tell(
        desk(w),
        saw(AT, outcome=Outcome.WALK_IN),
        saw(AT, token=ada, kind=Scan.Kind.TURNED_AWAY, why="FULL"),
    )
    assert [one.home_id for one in Visit.objects.all()] == [None]
    assert queries.turned_away("split").get().why == "FULL"
    assert charges() == []


def test_scans_can_be_neither_changed_nor_removed(w: World, ada: str) -> None:
    tell(desk(w), saw(AT, token=ada))
    for act in (lambda: Scan.objects.update(kind="TURNED_AWAY"), lambda: Scan.objects.all()._raw_delete("default")):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            act()


@pytest.mark.parametrize("days", [-1, 1])
def test_a_clock_that_is_a_day_off_is_set_right(w: World, ada: str, days: int) -> None:
    wrong = AT + timedelta(days=days)
    tell(desk(w), saw(wrong, token=ada, offset=-days * 86_400))
    visit = Visit.objects.get()
    assert (visit.day, visit.anomalies) == (MONDAY, [])


def test_a_clock_nobody_compared_is_doubted_near_midnight(w: World, ada: str) -> None:
    midnight = AT.replace(hour=23, minute=4)  # in Split it is four past midnight
    tell(desk(w), saw(midnight, token=ada, offset=None))
    assert (Visit.objects.get().day, Visit.objects.get().anomalies) == (MONDAY + timedelta(days=1), ["CLOCK"])


def scenario(w: World) -> tuple[list[Device], list[tuple[int, Told]]]:
    """Three desks cut off from each other, clocks a day off, a key replaced and a pass ended meanwhile."""
    three = [desk(w, f"Desk {n}") for n in range(3)]
    ada, bo = pseudonym(w.visitor), pseudonym(w.other)
    before = token_of(ada, AT)
    w.book()  # Ada booked Monday
    passes.replace_key(by=person("owner@marseille.example", of=w.home, role="OWNER"), home=w.home)
    after, theirs = token_of(ada, AT), token_of(bo, AT)
    clocks = (0, 86_400, -86_400)
    told = [
        (n, saw(AT + timedelta(hours=n, seconds=-clock), token=shown, offset=clock))
        for n, clock in enumerate(clocks)
        for shown in (before, after, theirs)
    ]
    passes.end(by=w.home_team, held=Pass.objects.get(pseudonym=bo))
    Pass.objects.filter(pseudonym=bo).update(ended=AT + timedelta(minutes=90))
    return three, told


def outcome() -> dict[str, Any]:
    """What it all came to, without what hangs on when it was told."""
    return {
        "visits": sorted(
            (one.visitor, one.day, str(one.first_id), [odd for odd in one.anomalies if odd not in ("LATE", "AHEAD")])
            for one in Visit.objects.all()
        ),
        "charges": charges(),
        "states": sorted(Booking.objects.values_list("state", flat=True)),
    }


def test_in_whatever_order_devices_find_the_network_it_comes_to_the_same(w: World) -> None:
    """I6 and I7, with everything that goes wrong at once: repeated, reordered, split."""
    three, told = scenario(w)
    found = []
    for seed in range(12):
        chance = random.Random(seed)
        order = [*told, *chance.sample(told, 4)]
        chance.shuffle(order)
        with transaction.atomic():
            while order:
                part = [order.pop() for _ in range(min(len(order), chance.randint(1, 4)))]
                for n, device in enumerate(three):
                    if batch := [one for who, one in part if who == n]:
                        tell(device, *batch)
            found.append(outcome())
            transaction.set_rollback(True)
    assert found[0]["charges"] == [("HOLD", 100), ("POST", 100), ("RECORD", 100)]
    assert len(found[0]["visits"]) == 2
    assert all(one == found[0] for one in found)


def test_without_its_guard_the_day_is_charged_twice(w: World, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Negative control: with another id each time, the books would take the day again and again."""
    monkeypatch.setattr(rules, "transfer_id", lambda *said: uuid.uuid4())
    for n in range(2):
        tell(desk(w, f"Desk {n}"), saw(AT + timedelta(minutes=n), token=ada))
    assert len(charges()) == 2


# -- leases -----------------------------------------------------------------------------------------------------------


def used() -> int:
    return sum(PoolDay.objects.filter(day=MONDAY).values_list("used", flat=True))


def test_a_desk_holds_places_for_walk_ins_and_gives_back_what_nobody_came_on(w: World, ada: str) -> None:
    w.book(by=w.other)  # one of two desks
    device = desk(w)
    lease = leases.hold(device, AT)
    assert lease is not None
    assert (lease.places, used()) == (1, 2)
    assert leases.hold(device, AT) == lease
    assert leases.hold(desk(w, "Laptop"), AT) is None  # nothing is left
    with pytest.raises(CoworkmedError):
        w.book()  # nor for who books
    later = AT + leases.LASTS
    assert leases.give_back(Lease.objects.all(), later) == 1
    assert leases.give_back(Lease.objects.all(), later) == 0
    assert used() == 1


def test_a_place_somebody_came_on_is_not_given_back(w: World, ada: str) -> None:
    device = desk(w)
    lease = leases.hold(device, AT)
    assert lease is not None
    tell(device, saw(AT, token=ada, lease=lease.pk))
    assert leases.give_back(Lease.objects.all(), AT + leases.LASTS) == lease.places - 1
    assert used() == 1
    assert Visit.objects.get().anomalies == []


def test_a_desk_that_stays_connected_has_places_for_walk_ins_all_day(w: World) -> None:
    Resource.objects.update(capacity=4)
    device, hour = desk(w), timedelta(hours=1)
    midnight = AT.replace(hour=0)
    for n in range(15):  # a tablet that nobody turns off, and two who come at two
        lease = leases.hold(device, midnight + n * hour)
        assert lease is not None
        assert lease.expires == midnight + n * hour + leases.LASTS
        assert leases.give_back(Lease.objects.filter(expires__lte=midnight + n * hour), midnight + n * hour) == 0
    assert (lease.places, used()) == (2, 2)
    for who in (w.visitor, w.other):
        shown = token_of(pseudonym(who), AT)
        tell(device, saw(midnight + 14 * hour, token=shown, lease=lease.pk))
    again = leases.hold(device, midnight + 15 * hour)
    assert again == lease
    assert (again.places, used()) == (4, 4)  # as many as it may hold, beside those taken
    assert leases.give_back(Lease.objects.all(), again.expires) == 2
    assert used() == 2


def test_a_desk_that_comes_back_after_its_time_is_lent_places_anew(w: World) -> None:
    device, hour = desk(w), timedelta(hours=1)
    lease = leases.hold(device, AT)
    assert lease is not None
    assert leases.give_back(Lease.objects.all(), AT + leases.LASTS) == 2
    assert used() == 0
    assert leases.hold(device, AT + leases.LASTS + hour) == lease
    assert used() == 2
    assert leases.give_back(Lease.objects.all(), AT + leases.LASTS + 2 * hour) == 0  # its time is not over
    assert leases.give_back(Lease.objects.all(), AT + 2 * leases.LASTS + hour) == 2
    assert used() == 0


def test_beyond_a_lease_and_on_somebody_elses(w: World) -> None:
    device, other = desk(w), desk(w, "Laptop")
    lease = leases.hold(device, AT)
    assert lease is not None
    Lease.objects.update(places=1)
    tell(device, saw(AT, token=token_of(pseudonym(w.visitor), AT), lease=lease.pk))
    tell(device, saw(AT + timedelta(minutes=1), token=token_of(pseudonym(w.other), AT), lease=lease.pk))
    assert [one.anomalies for one in Visit.objects.order_by("first__at")] == [[], ["OVER_LEASE"]]
    tell(other, stray := saw(AT, outcome=Outcome.WALK_IN, lease=lease.pk))
    assert Scan.objects.get(pk=stray.scan_id).lease is None


# -- devices ----------------------------------------------------------------------------------------------------------


def test_a_device_is_set_up_once_by_its_link_and_taken_away(w: World) -> None:
    _, token = devices.add(by=w.team, place=w.host.place, name="Tablet")
    made, shown = devices.set_up(token)
    assert devices.known(shown) == made
    with pytest.raises(CoworkmedError):
        devices.set_up(token)
    for wrong in ("", "1", f"{made.pk}.", f"{made.pk}.x", "0.x", "x.y", "9" * 30 + ".x", shown + "x", "١.x"):
        assert devices.known(wrong) is None
    again = devices.link(made)
    devices.revoke(by=w.team, device=made)
    assert devices.known(shown) is None
    with pytest.raises(CoworkmedError):
        devices.set_up(again)


def test_a_device_at_a_place_that_joined_another_is_taken_away_by_that_ones_team(w: World) -> None:
    device = desk(w)
    Place.objects.filter(pk="split").update(merged_into=w.home)
    device = Device.objects.of(w.home).get(pk=device.pk)
    with pytest.raises(NotAllowedError):
        devices.revoke(by=w.stranger, device=device)
    devices.revoke(by=w.home_team, device=device)
    assert not Device.objects.current().exists()


def test_only_those_who_receive_people_there_add_devices(w: World) -> None:
    with pytest.raises(NotAllowedError):
        devices.add(by=w.home_team, place=w.host.place, name="Tablet")
    with pytest.raises(CoworkmedError, match="terms"):
        devices.add(by=w.home_team, place=w.home, name="Tablet")


# -- what is told -----------------------------------------------------------------------------------------------------

LINE = {
    "id": str(uuid.uuid4()), "kind": "LET_IN", "outcome": "VALID", "token": "A" * 128, "visitor": "", "lease": None,
    "why": "", "at": "2026-11-23T09:00:00.000Z", "offset": -3, "online": True,
}  # fmt: skip


def test_a_line_is_read() -> None:
    told = read(LINE)
    assert told is not None
    assert (told.at.date(), told.offset, told.online, told.lease) == (date(2026, 11, 23), -3, True, None)


@pytest.mark.parametrize(
    "change",
    [
        {"id": "x"}, {"id": None}, {"kind": "OUT"}, {"outcome": "FINE"}, {"token": 7}, {"token": "A" * 401},
        {"visitor": "a b"}, {"visitor": ["x"]}, {"lease": "x"}, {"why": "MOOD"}, {"at": "yesterday"}, {"at": 7},
        {"at": "2026-11-23T09:00:00"}, {"at": "1970-01-01T00:00:00Z"}, {"at": "9999-12-31T23:59:59Z"},
        {"offset": "x"}, {"offset": True}, {"offset": 10**30}, {"offset": float("nan")}, {"offset": float("inf")},
    ],
)  # fmt: skip
def test_what_no_desk_sends_is_not_read(change: dict[str, Any]) -> None:
    assert read(LINE | change) is None
    name = next(iter(change))
    if name in ("id", "kind", "outcome", "at"):
        assert read({key: value for key, value in LINE.items() if key != name}) is None


@pytest.mark.parametrize("line", [None, 7, "x", [], {}, [LINE]])
def test_what_is_no_line_is_not_read(line: Any) -> None:
    assert read(line) is None


def test_books_that_refuse_do_not_undo_the_fact(w: World, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**said: Any) -> None:
        raise CoworkmedError("no")

    monkeypatch.setattr(joins.ledger, "record", refuse)
    tell(desk(w), saw(AT, token=ada))
    assert Visit.objects.get().home_id == "marseille"


def test_facts_of_a_batch_stand_or_fall_together(w: World, ada: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*said: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(joins, "arrived", fail)
    batch: Sequence[Told] = [saw(AT, token=ada), saw(AT, outcome=Outcome.WALK_IN)]
    with pytest.raises(RuntimeError), transaction.atomic():
        syncing.take_in(desk(w), batch, now=AT)
    assert not Scan.objects.exists()


@pytest.mark.parametrize(
    ("hours_before", "state", "kinds"),
    [(2, "CHECKED_IN", ["HOLD", "POST"]), (0, "EXPIRED", ["HOLD", "RECORD", "VOID"])],
    ids=["unanswered still", "run out"],
)
def test_who_asked_and_came_unanswered_is_charged_for_one_day(
    db: None, hours_before: int, state: str, kinds: list[str]
) -> None:
    w = world(replace(PROMISE, instant=False, answer_hours=72))
    booking = w.book(now=AT - timedelta(hours=49))
    assert booking.state == "HELD"
    came = AT - timedelta(hours=hours_before)
    tell(desk(w), saw(came, token=token_of(pseudonym(w.visitor), came)))
    with pytest.raises(CoworkmedError):
        accept(by=w.team, booking=booking.pk, now=AT + timedelta(hours=1))
    tidy(AT + timedelta(hours=5))
    booking.refresh_from_db()
    assert booking.state == state
    assert [kind for kind, _ in charges()] == kinds
