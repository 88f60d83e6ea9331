"""Someone asks to come, is answered, comes or does not: what each may do, what it uses up, and what is refused why."""

import uuid
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from coworkmed.hospitality import services
from coworkmed.hospitality.calendar import Calendar, Closure
from coworkmed.hospitality.errors import (
    ClosedError,
    DisplacedError,
    FullError,
    OtherRequestError,
    QuotaError,
    RefusedError,
    SameDayError,
    StateError,
    TermsError,
)
from coworkmed.hospitality.models import Booking, Claim, Pass, PoolClaim, PoolDay, Quota, Resource, State
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people.services import NotAllowedError
from coworkmed.platform import audit

from .world import ALWAYS, MONDAY, NOW, PROMISE, WEEK, hours, members, pseudonym, world

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def split():
    return world()


@pytest.fixture
def asking():
    """A host that answers each request."""
    return world(replace(PROMISE, instant=False))


def used(day: date = MONDAY) -> int:
    return sum(PoolDay.objects.filter(day=day).values_list("used", flat=True))


def spent() -> int:
    return sum(Quota.objects.values_list("used", flat=True))


def test_a_member_comes_and_the_day_counts(split):
    made = split.book()
    assert (made.state, made.local_start, made.local_end) == ("CONFIRMED", "2026-11-30T09:00", "2026-11-30T18:00")
    assert (used(), spent(), PoolClaim.objects.count()) == (1, 1, 1)
    assert made.person == split.visitor
    said = audit.history(audit.Thing("booking", str(made.pk))).get()
    assert (said.role, said.verb) == ("visitor", "booking.made")
    assert made.visitor not in said.after


def test_a_booking_is_few_statements(split):
    split.book()  # the first between two places makes their accounts
    ask = split.ask(MONDAY + DAY)
    with CaptureQueriesContext(connection) as asked:
        services.book(by=split.visitor, ask=ask, now=NOW)
    statements = [one["sql"] for one in asked if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) <= 15, "the ledger's three and the trail's three among them"


def test_asked_twice_it_is_one(split):
    ask = split.ask()
    first = services.book(by=split.visitor, ask=ask, now=NOW)
    assert services.book(by=split.visitor, ask=ask, now=NOW + HOUR) == first
    assert (Booking.objects.count(), used(), spent()) == (1, 1, 1)
    with pytest.raises(OtherRequestError):
        services.book(by=split.visitor, ask=replace(ask, day=MONDAY + DAY), now=NOW)
    assert services.cancel(by=split.visitor, booking=first.pk, now=NOW).state == "CANCELLED"
    assert services.book(by=split.visitor, ask=ask, now=NOW).state == "CANCELLED", "it is answered, not done again"


def test_the_last_desk_is_the_last(split):
    people = members(split, 3)
    for one in people[:2]:
        split.book(by=one)
    with pytest.raises(FullError):
        split.book(by=people[2])
    assert used() == 2
    assert not Booking.objects.filter(person=people[2]).exists()
    assert split.book(MONDAY + DAY, by=people[2]).state == "CONFIRMED"


def test_the_days_agreed_on_are_all_there_are(split):
    for number in range(3):
        split.book(MONDAY + number * DAY)
    with pytest.raises(QuotaError):
        split.book(MONDAY + 3 * DAY)
    assert spent() == 3
    assert used(MONDAY + 3 * DAY) == 0
    year = replace(PROMISE, ahead_days=366)
    services.set_terms(by=split.owner, host=split.host, promise=year)
    assert split.book(date(2027, 1, 4)).state == "CONFIRMED", "another year, other days"


def test_more_days_at_a_price_if_one_takes_it(split):
    paid = replace(PROMISE, beyond="PAID", beyond_amount=1500, beyond_currency="EUR")
    services.set_terms(by=split.owner, host=split.host, promise=paid)
    for number in range(3):
        split.book(MONDAY + number * DAY)
    with pytest.raises(QuotaError):
        split.book(MONDAY + 3 * DAY)
    made = split.book(MONDAY + 3 * DAY, beyond=True)
    assert (made.snapshot["amount"], made.snapshot["currency"], made.snapshot["credit"]) == (1500, "EUR", 0)
    assert spent() == 3


def test_one_desk_a_day_for_one_visitor(split):
    split.book()
    with pytest.raises(SameDayError):
        split.book()
    assert (used(), spent()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"day": date(2026, 12, 5)}, ClosedError),  # a Saturday
        ({"units": 0}, RefusedError),
        ({"units": 51}, RefusedError),
        ({"units": 3}, FullError),
        ({"slots": (1,)}, RefusedError),
        ({"day": date(2026, 11, 20)}, RefusedError),  # over
        ({"day": date(2026, 11, 23)}, TermsError),  # it has begun
        ({"day": date(2100, 1, 4)}, NotAllowedError),  # the pass does not hold then
        ({"day": date(2027, 8, 2)}, TermsError),  # too long before
        ({"visitor": "nobody"}, NotAllowedError),
        ({"home": None}, NotAllowedError),
        (hours(MONDAY, 12, 10), RefusedError),
        (hours(MONDAY, 8, 10), ClosedError),
        (hours(MONDAY + DAY, 9, 10), RefusedError),  # another day than it says
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_in_words_and_leaves_nothing(split, changes, refusal):
    with pytest.raises(refusal) as refused:
        services.book(by=split.visitor, ask=split.ask(**{"day": MONDAY, **changes}), now=NOW)
    assert len(str(refused.value)) > 20
    assert (Booking.objects.count(), PoolDay.objects.count(), Quota.objects.count()) == (0, 0, 0)


def test_terms_of_the_host(split):
    strict = replace(PROMISE, notice_hours=48, blackouts=[(MONDAY, MONDAY + DAY)])
    services.set_terms(by=split.owner, host=split.host, promise=strict)
    with pytest.raises(TermsError):
        split.book(MONDAY)
    with pytest.raises(TermsError):
        split.book(date(2026, 11, 25), now=NOW)  # from 08:00 UTC: 47 hours
    assert split.book(date(2026, 11, 26), now=NOW).state == "CONFIRMED"
    assert split.book(MONDAY, by=split.team, visitor=pseudonym(split.visitor)).state == "CONFIRMED", "its own team may"
    services.pause(by=split.owner, host=split.host)
    with pytest.raises(TermsError):
        split.book(date(2026, 12, 2))
    services.reconfirm(by=split.owner, host=split.host)
    assert split.book(date(2026, 12, 2)).state == "CONFIRMED"


def test_who_may_ask(split):
    name = pseudonym(split.visitor)
    assert split.book(by=split.home_team, visitor=name).person is None
    with pytest.raises(NotAllowedError):
        split.book(MONDAY + DAY, by=split.stranger, visitor=name)
    with pytest.raises(NotAllowedError):
        split.book(MONDAY + DAY, by=split.other, visitor=name)
    guest = split.book(MONDAY + DAY, by=split.team, visitor="guest-1", home=None)
    assert guest.home is None
    Pass.objects.update(ended=NOW)
    with pytest.raises(NotAllowedError):
        split.book(MONDAY + 2 * DAY)
    with pytest.raises(NotAllowedError):  # not even the host's team, at a home's expense
        split.book(MONDAY + 2 * DAY, by=split.team, visitor=name)


def test_the_host_answers(asking):
    yes, no = asking.book(), asking.book(by=asking.other)
    assert (yes.state, yes.hold_until) == ("HELD", NOW + 48 * HOUR)
    assert used() == 2, "the place is kept until they have"
    for who in (asking.visitor, asking.stranger, asking.home_team):
        with pytest.raises(NotAllowedError):
            services.accept(by=who, booking=yes.pk, now=NOW)
    assert services.accept(by=asking.team, booking=yes.pk, now=NOW).state == "CONFIRMED"
    assert services.accept(by=asking.team, booking=yes.pk, now=NOW).state == "CONFIRMED", "twice is once"
    with pytest.raises(CoworkmedError, match="Say why"):
        services.decline(by=asking.team, booking=no.pk, reason=" ", now=NOW)
    assert services.decline(by=asking.team, booking=no.pk, reason="A workshop", now=NOW).reason == "A workshop"
    assert (used(), spent()) == (1, 1)
    with pytest.raises(StateError):
        services.accept(by=asking.team, booking=no.pk, now=NOW)
    with pytest.raises(StateError):
        services.decline(by=asking.team, booking=yes.pk, reason="changed my mind", now=NOW)


def test_what_nobody_answers_runs_out_by_the_clock(asking):
    asked = [asking.book(by=one) for one in members(asking, 2)]
    late = NOW + 48 * HOUR
    with pytest.raises(StateError):
        services.accept(by=asking.team, booking=asked[0].pk, now=late)
    with pytest.raises(FullError):
        asking.book(now=late - timedelta(seconds=1))
    assert asking.book(now=late).state == "HELD", "no job had to run"
    assert set(Booking.objects.filter(pk__in=[one.pk for one in asked]).values_list("state", flat=True)) == {"EXPIRED"}
    assert (used(), spent()) == (1, 1)


def test_too_many_open_requests(asking):
    services.set_terms(by=asking.owner, host=asking.host, promise=replace(PROMISE, instant=False, days_per_visitor=99))
    days = [MONDAY + (number + number // 5 * 2) * DAY for number in range(13)]
    for day in days[:12]:
        asking.book(day)
    with pytest.raises(TermsError):
        asking.book(days[12])


def test_cancelled_in_time_nothing_is_left(split):
    made = split.book()
    with pytest.raises(NotAllowedError):
        services.cancel(by=split.other, booking=made.pk, now=NOW)
    assert services.cancel(by=split.home_team, booking=made.pk, now=NOW).state == "CANCELLED"
    assert (used(), spent(), PoolClaim.objects.count()) == (0, 0, 0)
    assert services.cancel(by=split.visitor, booking=made.pk, now=NOW).state == "CANCELLED"
    assert split.book().state == "CONFIRMED"


def test_cancelled_late_goes_by_what_was_agreed_then(split):
    services.set_terms(by=split.owner, host=split.host, promise=replace(PROMISE, late_hours=24, late_share=50))
    made = split.book()
    services.set_terms(by=split.owner, host=split.host, promise=replace(PROMISE, late_hours=0))
    late = made.starts - 23 * HOUR
    assert services.cancel(by=split.visitor, booking=made.pk, now=late).state == "LATE_CANCELLED"
    assert (used(), spent()) == (0, 1), "the day stays used up"
    kind = split.book(MONDAY + DAY)
    assert services.cancel(by=split.team, booking=kind.pk, now=kind.starts - HOUR).state == "CANCELLED", "the host did"
    assert spent() == 1


def test_nobody_came(split):
    made = split.book()
    with pytest.raises(CoworkmedError, match="still come"):
        services.no_show(by=split.team, booking=made.pk, now=made.starts + HOUR)
    assert services.no_show(by=None, booking=made.pk, now=made.starts + 2 * HOUR).state == "NO_SHOW"
    assert (used(), spent()) == (0, 1)
    with pytest.raises(StateError):
        services.check_in(by=None, booking=made.pk, now=made.starts + 3 * HOUR)


def test_they_came_and_left(split):
    made = split.book()
    for _ in range(2):
        assert services.check_in(by=None, booking=made.pk, now=made.starts).state == "CHECKED_IN"
    assert used() == 1
    with pytest.raises(StateError):
        services.cancel(by=split.visitor, booking=made.pk, now=made.starts)
    for _ in range(2):
        assert services.finish(by=split.team, booking=made.pk, now=made.ends).state == "DONE"
    assert services.check_in(by=None, booking=made.pk, now=made.ends).state == "DONE", "a scan that comes late"
    assert (used(), spent()) == (0, 1)


def test_who_waits_is_offered_what_comes_free_in_order(split):
    people = members(split, 4)
    held = [split.book(by=one) for one in people[:2]]
    with pytest.raises(RefusedError, match="room"):
        services.wait(by=people[2], ask=split.ask(MONDAY + DAY, by=people[2]), now=NOW)
    waits = [
        services.wait(by=one, ask=split.ask(by=one), now=NOW + number * HOUR)
        for number, one in enumerate([people[2], people[3]])
    ]
    assert used() == 2
    services.cancel(by=people[0], booking=held[0].pk, now=NOW)
    first, second = (Booking.objects.get(pk=one.pk) for one in waits)
    assert (first.state, first.offered, second.state, used()) == ("HELD", True, "WAITING", 2)
    with pytest.raises(StateError):
        services.accept(by=split.team, booking=first.pk, now=NOW)  # it is not theirs to answer
    with pytest.raises(NotAllowedError):
        services.take_up(by=split.team, booking=first.pk, now=NOW)
    services.expire(booking=first.pk, now=first.hold_until)
    second.refresh_from_db()
    assert (second.state, used()) == ("HELD", 2), "who does not take it up makes room for the next"
    assert services.take_up(by=people[3], booking=second.pk, now=first.hold_until).state == "CONFIRMED"


def test_who_can_not_have_it_is_passed_over(split):
    first, second, third = members(split, 3)
    held = [split.book(by=one) for one in (first, second)]
    services.wait(by=third, ask=split.ask(by=third, units=2), now=NOW)
    waits = services.wait(by=split.visitor, ask=split.ask(), now=NOW + HOUR)
    services.cancel(by=first, booking=held[0].pk, now=NOW)
    waits.refresh_from_db()
    assert (waits.state, used()) == ("HELD", 2)
    assert Booking.objects.get(units=2).state == "WAITING"


def test_a_room_by_the_hour_and_the_floor_around_it(split):
    floor, room, other = (
        services.add_resource(by=split.owner, host=split.host, kind=Resource.Kind.ROOM, name={"en": name})
        for name in ("Floor", "Room", "Other")
    )
    Resource.objects.filter(pk__in=[room.pk, other.pk, split.pool.pk]).update(parent=floor)
    split.book(resource=room, **hours(MONDAY, 9, 11))
    split.book(resource=room, **hours(MONDAY, 11, 12), by=split.other)  # who leaves at eleven makes room
    for taken in (hours(MONDAY, 10, 12), hours(MONDAY, 9, 11), hours(MONDAY, 11, 15)):
        with pytest.raises(FullError):
            split.book(resource=room, **taken)
    with pytest.raises(FullError):
        split.book(resource=floor, **hours(MONDAY, 10, 14))
    whole = split.book(resource=floor, **hours(MONDAY, 14, 16))
    assert Claim.objects.filter(booking=whole).count() == 2
    assert used() == 2, "and every desk in it"
    with pytest.raises(FullError):
        split.book(resource=other, **hours(MONDAY, 15, 17))
    with pytest.raises(FullError):
        split.book()
    assert spent() == 0, "rooms are no days"


def test_half_a_day(split):
    Resource.objects.filter(pk=split.pool.pk).update(cuts=["13:00"], capacity=1)
    morning = split.book(slots=(0,))
    assert (morning.local_start[-5:], morning.local_end[-5:]) == ("09:00", "13:00")
    afternoon = split.book(slots=(1,), by=split.other)
    assert (afternoon.local_start[-5:], afternoon.local_end[-5:]) == ("13:00", "18:00")
    with pytest.raises(FullError):
        split.book(by=members(split, 1)[0])


def test_a_series_is_bookings_each_with_its_answer(split):
    split.book(MONDAY + 7 * DAY, by=split.team, visitor="guest-1", home=None, units=2)
    ask = split.ask()
    days = [MONDAY, MONDAY + 7 * DAY, MONDAY + 14 * DAY]
    found = services.book_series(by=split.visitor, ask=ask, days=days, now=NOW)
    assert [day for day, _ in found] == days
    assert isinstance(found[1][1], FullError)
    again = services.book_series(by=split.visitor, ask=ask, days=days, now=NOW)
    assert [one for _, one in again if isinstance(one, Booking)] == [found[0][1], found[2][1]]
    assert Booking.objects.filter(series=ask.id).count() == 2


def test_fewer_desks_than_are_taken_is_refused_until_one_says_whose(split):
    first, second = split.book(), split.book(by=split.other)
    with pytest.raises(DisplacedError) as refused:
        services.resize(by=split.owner, pool=split.pool, capacity=1, now=NOW)
    assert set(refused.value.bookings) == {str(first.pk), str(second.pk)}
    with pytest.raises(NotAllowedError):
        services.resize(by=split.team, pool=split.pool, capacity=1, now=NOW)
    services.resize(by=split.owner, pool=split.pool, capacity=1, cancelling=[second.pk], now=NOW)
    second.refresh_from_db()
    assert (second.state, used(), PoolDay.objects.get().capacity) == ("CANCELLED", 1, 1)
    with pytest.raises(FullError):
        split.book(by=split.other)


def test_more_desks_are_offered_to_who_waits(split):
    people = members(split, 3)
    for one in people[:2]:
        split.book(by=one)
    waits = services.wait(by=people[2], ask=split.ask(by=people[2]), now=NOW)
    services.resize(by=split.owner, pool=split.pool, capacity=3, now=NOW)
    waits.refresh_from_db()
    assert (waits.state, used()) == ("HELD", 3)


def test_closing_on_a_day_with_bookings(split):
    made = split.book()
    shut = Calendar(WEEK.periods, (Closure(MONDAY, MONDAY, "a move"),))
    with pytest.raises(DisplacedError):
        services.set_calendar(by=split.owner, host=split.host, when=shut, now=NOW)
    services.set_calendar(by=split.owner, host=split.host, when=shut, cancelling=[made.pk], now=NOW)
    made.refresh_from_db()
    assert made.state == "CANCELLED"
    with pytest.raises(ClosedError):
        split.book()


def test_an_hour_that_does_not_exist_is_not_booked():
    cairo = world(when=ALWAYS)
    type(cairo.host).objects.update(zone="Africa/Cairo")
    night = services.add_resource(by=cairo.owner, host=cairo.host, kind=Resource.Kind.ROOM, name={})
    day = date(2027, 4, 30)
    with pytest.raises(RefusedError, match="does not exist"):
        cairo.book(day, resource=night, **hours(day, 0, 1))
    assert cairo.book(day, resource=night, **hours(day, 1, 2)).state == "CONFIRMED"


def test_bookings_are_seen_by_those_they_concern(split):
    made = split.book()
    for who in (split.visitor, split.team, split.owner, split.home_team):
        assert list(Booking.objects.visible_to(who)) == [made]
    for who in (split.other, split.stranger):
        assert not Booking.objects.visible_to(who).exists()


def test_hosting_terms_keep_the_floor_of_the_charter(split):
    for less in (
        {"days_per_visitor": 2}, {"desks_per_day": 0}, {"notice_hours": 100}, {"answer_hours": 0},
        {"late_share": 101}, {"beyond": "PAID"}, {"beyond_amount": 5}, {"blackouts": [(MONDAY, MONDAY - DAY)]},
    ):  # fmt: skip
        with pytest.raises(CoworkmedError):
            services.set_terms(by=split.owner, host=split.host, promise=replace(PROMISE, **less))
    with pytest.raises(NotAllowedError):
        services.set_terms(by=split.team, host=split.host, promise=PROMISE)
    assert services.set_terms(by=split.owner, host=split.host, promise=PROMISE).version == 2
    with pytest.raises(StateError):
        services.open_house(by=split.owner, place=split.host.place, promise=PROMISE, when=WEEK)


def test_terms_nobody_confirmed_for_a_year_rest(split):
    today = split.host.reconfirmed_on
    assert services.suspend_unconfirmed(today + timedelta(days=364)) == 0
    assert services.suspend_unconfirmed(today + timedelta(days=365)) == 1
    split.host.refresh_from_db()
    assert split.host.suspended_why == "UNCONFIRMED"


def test_an_id_that_is_another_hosts(split):
    made = split.book()
    with pytest.raises(OtherRequestError):
        split.book(by=split.other, id=made.pk)
    with pytest.raises(Booking.DoesNotExist):
        services.accept(by=split.team, booking=uuid.uuid4())
    assert Booking.objects.filter(state=State.CONFIRMED).count() == 1
