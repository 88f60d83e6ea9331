"""Whatever people do, in whatever order: the invariants of booking (I1, I2, I3, I6, I8) hold after each step, and a
model of plain dictionaries says the same as the database."""

import itertools
import uuid
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.db.models import F
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)  # fmt: skip

from coworkmed.hospitality import rules, services
from coworkmed.hospitality.calendar import Calendar, Closure
from coworkmed.hospitality.errors import DisplacedError, RefusedError, StateError
from coworkmed.hospitality.models import OCCUPYING, Booking, Claim, PoolClaim, PoolDay, Quota, Resource
from coworkmed.hospitality.services.tidying import tidy

from .world import MONDAY, NOW, PROMISE, WEEK, hours, members, world

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
DAYS = [MONDAY + number * DAY for number in range(3)]
SPENDING = ("HELD", "CONFIRMED", "CHECKED_IN", "DONE", "NO_SHOW")


class Stays(RuleBasedStateMachine):
    """``model``: booking → what it should be. Time only goes on."""

    made = Bundle("made")

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()  # each in a transaction that is rolled back
        self.example.__enter__()
        self.model: dict[uuid.UUID, dict] = {}
        self.now = NOW
        self.capacity = 2

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.example.__exit__(None, None, None)

    @initialize(instant=st.booleans())
    def begin(self, instant):
        promise = replace(PROMISE, instant=instant, days_per_visitor=3, desks_per_day=2, answer_hours=24)
        self.world = world(promise)
        self.people = members(self.world, 3)
        self.room = services.add_resource(
            by=self.world.owner, host=self.world.host, kind=Resource.Kind.ROOM, name={"en": "Room"}
        )
        self.instant, self.shut = instant, set()

    # what people do

    @rule(target=made, who=st.integers(0, 2), day=st.sampled_from(DAYS), units=st.integers(1, 2))
    def book_a_desk(self, who, day, units):
        return self.book(who, day, self.world.pool, units)

    @rule(target=made, who=st.integers(0, 2), day=st.sampled_from(DAYS), at=st.integers(9, 16), long=st.integers(1, 3))
    def book_the_room(self, who, day, at, long):
        return self.book(who, day, self.room, 1, **hours(day, at, min(at + long, 18)))

    def book(self, who, day, resource, units, **when):
        person = self.people[who]
        ask = self.world.ask(day, by=person, resource=resource, units=units, **when)
        expected = self.expected(who, day, resource, units, when)
        try:
            found = services.book(by=person, ask=ask, now=self.now)
        except RefusedError:
            assert not expected, "it was refused although there was room"
            self.sweep_nothing()
            return ask.id
        assert expected, "it was booked although there was none"
        self.sweep()
        self.model[found.pk] = {
            "who": who, "day": day, "resource": resource.pk, "units": units, "range": (found.starts, found.ends),
            "state": "CONFIRMED" if self.instant else "HELD", "until": None if self.instant else found.hold_until,
        }  # fmt: skip
        assert services.book(by=person, ask=ask, now=self.now) == found
        return found.pk

    @rule(one=made)
    def accept(self, one):
        self.answer(one, lambda: services.accept(by=self.world.team, booking=one, now=self.now), "CONFIRMED", "HELD")

    @rule(one=made)
    def decline(self, one):
        self.answer(
            one,
            lambda: services.decline(by=self.world.team, booking=one, reason="No", now=self.now),
            "DECLINED",
            "HELD",
        )

    @rule(one=made)
    def cancel(self, one):
        late = (
            one in self.model
            and self.state(one) == "CONFIRMED"
            and self.now > self.model[one]["range"][0] - 24 * HOUR
        )  # fmt: skip
        became = "LATE_CANCELLED" if late else "CANCELLED"
        who = self.people[self.model[one]["who"]] if one in self.model else self.world.visitor
        act = lambda: services.cancel(by=who, booking=one, now=self.now)  # noqa: E731
        self.answer(one, act, became, "HELD", "CONFIRMED", "EXPIRED-HELD")

    @rule(one=made)
    def check_in(self, one):
        self.answer(one, lambda: services.check_in(by=None, booking=one, now=self.now), "CHECKED_IN", "CONFIRMED")

    @rule(one=made)
    def finish(self, one):
        self.answer(one, lambda: services.finish(by=None, booking=one, now=self.now), "DONE", "CHECKED_IN")

    def answer(self, one, act, became, *before):
        """What an answer makes of a booking, the second time too."""
        if one not in self.model:
            with pytest.raises(Booking.DoesNotExist):
                act()
            return
        state = self.state(one)
        kept = self.model[one]["state"]
        if kept == became or (became == "CHECKED_IN" and kept == "DONE"):
            assert act().state == kept
        elif state in before or (state == "EXPIRED" and kept == "HELD" and "EXPIRED-HELD" in before):
            assert act().state == became
            self.model[one]["state"] = became
        else:
            with pytest.raises(StateError):
                act()

    @rule(step=st.sampled_from([HOUR, 13 * HOUR, 25 * HOUR]))
    def wait(self, step):
        self.now += step

    @rule()
    def tidy(self):
        tidy(self.now)
        self.sweep()
        for one in self.model.values():
            if one["state"] == "CHECKED_IN" and one["range"][1] <= self.now:
                one["state"] = "DONE"
            elif one["state"] == "CONFIRMED" and one["range"][0] + 2 * HOUR <= self.now:
                one["state"] = "NO_SHOW"

    @rule(capacity=st.integers(1, 3), naming=st.booleans())
    def resize(self, capacity, naming):
        today = self.now.date()
        ahead = [day for day in DAYS if day >= today]
        used = {day: self.used(day, lingering=True) for day in ahead}
        named = []
        if naming:
            named = [key for key, one in self.model.items() if one["state"] in ("HELD", "CONFIRMED")]
        act = lambda: services.resize(  # noqa: E731
            by=self.world.owner, pool=self.world.pool, capacity=capacity, cancelling=named, now=self.now
        )
        left = {
            day: sum(
                one["units"]
                for key, one in self.model.items()
                if one["day"] == day and self.takes_pool(one) and one["state"] in OCCUPYING and key not in named
            )
            for day in used
        }
        if any(count > capacity for count in left.values()):
            with pytest.raises(DisplacedError):
                act()
            return
        act()
        self.capacity = capacity
        for key in named:
            if self.model[key]["resource"] == self.world.pool.pk:
                self.model[key]["state"] = "CANCELLED"

    @precondition(lambda self: self.model)
    @rule(day=st.sampled_from(DAYS))
    def close(self, day):
        shut = Calendar(WEEK.periods, tuple(Closure(one, one) for one in sorted(self.shut | {day})))
        act = lambda: services.set_calendar(  # noqa: E731
            by=self.world.owner, host=self.world.host, when=shut, now=self.now
        )
        standing = [
            one for key, one in self.model.items()
            if one["day"] in self.shut | {day} and self.state(key) in ("HELD", "CONFIRMED")
            and one["range"][1] > self.now
        ]  # fmt: skip
        if standing:
            with pytest.raises(DisplacedError):
                act()
        else:
            act()
            self.shut.add(day)

    # the model

    def state(self, key):
        """By the clock, whatever the database has put down by now."""
        one = self.model[key]
        if one["state"] == "HELD" and one["until"] <= self.now:
            return "EXPIRED"
        return one["state"]

    def takes_pool(self, one):
        return one["resource"] == self.world.pool.pk

    def used(self, day, *, lingering=False):
        return sum(
            one["units"] for key, one in self.model.items()
            if one["day"] == day and self.takes_pool(one)
            and (one["state"] if lingering else self.state(key)) in OCCUPYING
        )  # fmt: skip

    def spent(self, who):
        return sum(
            one["units"] for key, one in self.model.items()
            if one["who"] == who and self.takes_pool(one) and self.state(key) in SPENDING
        )  # fmt: skip

    def expected(self, who, day, resource, units, when):
        """Whether there is room, by the clock."""
        starts = datetime.combine(day, datetime.min.time(), tzinfo=NOW.tzinfo) + 8 * HOUR  # nine in Split
        if when:
            starts += when["starts"] - datetime.combine(day, datetime.min.time()) - 9 * HOUR
        if day in self.shut or starts <= self.now:
            return False
        if sum(1 for key, one in self.model.items() if one["who"] == who and self.state(key) == "HELD") >= 12:
            return False
        if resource.pk == self.world.pool.pk:
            twice = any(
                one["who"] == who and one["day"] == day and self.takes_pool(one)
                and self.state(key) in ("HELD", "CONFIRMED", "CHECKED_IN", "DONE")
                for key, one in self.model.items()
            )  # fmt: skip
            return not twice and self.used(day) + units <= self.capacity and self.spent(who) + units <= 3
        ends = starts + (when["ends"] - when["starts"])
        return not any(
            one["resource"] == resource.pk and self.state(key) in OCCUPYING
            and one["range"][0] < ends and starts < one["range"][1]
            for key, one in self.model.items()
        )  # fmt: skip

    def sweep(self):
        """What the database may have put down by now: holds that ran out."""
        self.read_expired()

    def sweep_nothing(self):
        """What is refused leaves all as it was, holds that ran out among it."""
        self.read_expired()

    def read_expired(self):
        put_down = set(Booking.objects.filter(state="EXPIRED").values_list("pk", flat=True))
        for key in put_down:
            assert self.state(key) == "EXPIRED", "it ran out before its time"
            self.model[key]["state"] = "EXPIRED"

    # what must always hold

    @invariant()
    def the_database_says_what_the_model_says(self):
        self.read_expired()
        assert dict(Booking.objects.values_list("pk", "state")) == {
            key: one["state"] for key, one in self.model.items()
        }

    @invariant()
    def nothing_is_oversold(self):
        """I1."""
        assert not PoolDay.objects.filter(used__gt=F("capacity")).exists()
        for one in PoolDay.objects.all():
            taken = PoolClaim.objects.filter(pool=one.pool_id, day=one.day, slot=one.slot)
            assert sum(taken.values_list("units", flat=True)) == one.used
        claims = list(Claim.objects.order_by("resource", "starts").values_list("resource", "starts", "ends"))
        for (thing, _, ends), (other, starts, _) in itertools.pairwise(claims):
            assert thing != other or ends <= starts

    @invariant()
    def claims_follow_bookings(self):
        """I2: who occupies has its claims, and nobody else has any."""
        for one in Booking.objects.all():
            has = one.pool_claims.count() + one.claims.count()
            assert has == (1 if one.state in OCCUPYING else 0), one

    @invariant()
    def no_days_are_lost_or_doubled(self):
        """I3."""
        counted: dict[tuple, int] = {}
        for one in Booking.objects.filter(counted=True):
            for scope, visitor, window, _ in one.charges:
                counted[scope, visitor, window] = counted.get((scope, visitor, window), 0) + one.units
        for one in Quota.objects.all():
            assert one.used == counted.get((one.scope, one.visitor, one.window), 0)
            assert one.used <= one.allowance

    @invariant()
    def each_is_charged_once(self):
        """I6, I8: what is held in the ledger is held while it may come true, and charged once if it did."""
        from coworkmed.ledger.models import Transfer

        for key, one in self.model.items():
            held = rules.charge_key(key)
            kinds = list(Transfer.objects.filter(refers_to=held).values_list("kind", "amount"))
            if not self.takes_pool(one):
                assert not Transfer.objects.filter(key=held).exists()
            elif one["state"] in ("HELD", "CONFIRMED"):
                assert not kinds
            elif one["state"] in ("CHECKED_IN", "DONE", "NO_SHOW"):
                assert kinds == [("POST", 100 * one["units"])]
            else:
                assert [kind for kind, _ in kinds] == ["VOID"]


@pytest.mark.django_db
def test_the_invariants_hold_whatever_people_do():
    run_state_machine_as_test(Stays, settings=settings(settings.default, max_examples=12, stateful_step_count=20))
