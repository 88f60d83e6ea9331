"""What two sides agree on, and what it changes; what time does to bookings; rules of zones that change."""

from dataclasses import replace
from datetime import UTC, timedelta, timezone

import pytest

from coworkmed.hospitality import services
from coworkmed.hospitality.errors import QuotaError, StateError
from coworkmed.hospitality.models import Booking, Claim, PoolDay, Quota, Resource
from coworkmed.hospitality.queries.agreements import between
from coworkmed.hospitality.services.tidying import rework_all, tidy
from coworkmed.hospitality.tasks import reconfirm
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.ledger.models import Transfer
from coworkmed.people.models import Organisation
from coworkmed.people.services import NotAllowedError
from coworkmed.platform import jobs

from .world import MONDAY, NOW, PROMISE, hours, members, person, world

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def split():
    return world()


@pytest.fixture
def agreed(split):
    """Split and Marseille agree on two days a month, four in all, each worth two, half of one owed when late."""
    mayor = person("owner@marseille.example", of=split.home, role="OWNER")
    offer = services.Offer(
        window="MONTH", days_per_visitor=2, days_in_all=4, credit_per_day=2, late_share=50, no_show_share=25
    )
    version = services.propose(by=split.owner, host=split.host.place, home=split.home, offer=offer)
    assert between(split.host.place, split.home) is None, "one side alone binds nobody"
    return services.agree(by=mayor, version=version), mayor


def test_its_quotas_take_the_place_of_the_hosts(split, agreed):
    for number in range(2):
        made = split.book(MONDAY + (number + 1) * DAY)  # December
    assert made.agreement == agreed[0]
    with pytest.raises(QuotaError):
        split.book(MONDAY + 3 * DAY)
    assert split.book(MONDAY).state == "CONFIRMED", "November is another month"
    for number in range(2):
        split.book(MONDAY + (number + 2) * DAY, by=split.other)
    with pytest.raises(QuotaError):  # four of all together
        split.book(MONDAY + 7 * DAY, by=members(split, 1)[0])
    assert Quota.objects.get(visitor="", window="2026-12").used == 4


def test_what_is_owed_goes_by_the_version_it_was_booked_under(split, agreed):
    version, mayor = agreed
    late, missed = split.book(MONDAY), split.book(MONDAY + 2 * DAY)
    early = split.book(MONDAY, by=split.other)
    newer = services.amend(by=split.owner, agreement=version.agreement, offer=services.Offer(late_share=0))
    assert between(split.host.place, split.home) == version, "until the other side says yes"
    services.agree(by=mayor, version=newer)
    assert between(split.host.place, split.home) == newer
    services.cancel(by=split.visitor, booking=late.pk, now=late.starts - HOUR)
    services.no_show(by=None, booking=missed.pk, now=missed.starts + 3 * HOUR)
    services.check_in(by=None, booking=early.pk, now=early.starts)
    posted = dict(Transfer.objects.filter(kind="POST").values_list("refers_to__about", "amount"))
    assert posted == {f"booking {late.pk}": 100, f"booking {missed.pk}": 50, f"booking {early.pk}": 200}


def test_who_may_commit_and_until_when(split, agreed):
    version, mayor = agreed
    for who in (split.team, split.stranger):
        with pytest.raises(NotAllowedError):
            services.end(by=who, agreement=version.agreement)
        with pytest.raises(NotAllowedError):
            services.propose(by=who, host=split.host.place, home=split.home, offer=services.Offer())
    with pytest.raises(CoworkmedError, match="two sides"):
        services.propose(by=split.owner, host=split.host.place, home=split.host.place, offer=services.Offer())
    for wrong in ({"late_share": 101}, {"days_in_all": 0}, {"window": "WEEK"}, {"credit_per_day": 11}):
        with pytest.raises(CoworkmedError):
            services.propose(
                by=split.owner, host=split.host.place, home=split.home, offer=replace(services.Offer(), **wrong)
            )
    services.end(by=mayor, agreement=version.agreement)
    assert between(split.host.place, split.home) is None
    with pytest.raises(StateError):
        services.agree(by=mayor, version=version)
    with pytest.raises(StateError):
        services.end(by=mayor, agreement=version.agreement)


def test_the_closest_agreement_holds_and_both_ways(split, agreed):
    version, mayor = agreed
    network = Organisation.objects.create(kind="NETWORK", name={"en": "All"})
    Organisation.objects.filter(kind="OPERATOR").update(parent=network)
    chair = person("chair@example.org")
    chair.memberships.create(organisation=network, role="OWNER")
    wide = services.propose(
        by=chair, host=network, home=split.home, offer=services.Offer(days_per_visitor=9), both_ways=False
    )
    services.agree(by=mayor, version=wide)
    assert between(split.host.place, split.home) == version
    assert between(split.home, split.host.place) == version, "each side is also the other's host"
    services.end(by=mayor, agreement=version.agreement)
    assert between(split.host.place, split.home) == wide, "by the organisation above the one that runs it"
    assert between(split.home, split.host.place) is None, "not both ways"


def test_what_time_alone_does(split):
    services.set_terms(by=split.owner, host=split.host, promise=replace(PROMISE, instant=False))
    asked = split.book(MONDAY + DAY)
    come, missed = (split.book(MONDAY + 2 * DAY, by=one) for one in members(split, 2))
    for one in (come, missed):
        services.accept(by=split.team, booking=one.pk, now=NOW)
    services.check_in(by=None, booking=come.pk, now=come.starts)
    assert tidy(NOW) == 0
    assert tidy(come.ends) == 3
    states = {one.pk: one.state for one in Booking.objects.all()}
    assert states == {asked.pk: "EXPIRED", come.pk: "DONE", missed.pk: "NO_SHOW"}
    assert tidy(come.ends) == 0
    assert sum(PoolDay.objects.values_list("used", flat=True)) == 0


def test_a_room_is_offered_when_the_floor_around_it_comes_free(split):
    floor = services.add_resource(by=split.owner, host=split.host, kind=Resource.Kind.ROOM, name={})
    room, _ = (
        services.add_resource(by=split.owner, host=split.host, kind=Resource.Kind.ROOM, name={}, parent=floor)
        for _ in range(2)
    )
    when = hours(MONDAY, 10, 12)
    inside = split.book(resource=room, **when)
    waits = services.wait(by=split.other, ask=split.ask(by=split.other, resource=floor, **when), now=NOW)
    services.cancel(by=split.visitor, booking=inside.pk, now=NOW)
    assert tidy(NOW) == 1
    waits.refresh_from_db()
    assert waits.state == "HELD"


def test_wall_times_stay_when_the_rules_of_a_zone_change(split):
    room = services.add_resource(by=split.owner, host=split.host, kind=Resource.Kind.ROOM, name={})
    first = split.book(resource=room, **hours(MONDAY, 9, 10))
    second = split.book(resource=room, **hours(MONDAY, 10, 11))
    later = timezone(timedelta(hours=2))
    done = services.rework(host=split.host, zone=later, now=NOW)
    assert (set(done.moved), done.conflicts) == ({first.pk, second.pk}, [])
    for before in (first, second):
        after = Booking.objects.get(pk=before.pk)
        assert (after.local_start, before.starts - after.starts) == (before.local_start, HOUR)
        assert Claim.objects.get(booking=after).starts == after.starts
    done = services.rework(host=split.host, zone=later, now=NOW)
    assert (done.moved, done.conflicts) == ([], [])
    assert rework_all(NOW) == {split.host.pk: (2, 0)}, "and back, by the zone as the machine knows it"
    assert rework_all(NOW) == {}


def test_who_is_in_the_way_is_listed_and_not_moved(split):
    room = services.add_resource(by=split.owner, host=split.host, kind=Resource.Kind.ROOM, name={})
    first = split.book(resource=room, **hours(MONDAY, 10, 11))
    second = split.book(resource=room, **hours(MONDAY, 11, 12))
    Booking.objects.filter(pk=second.pk).update(local_start="2026-11-30T10:00", local_end="2026-11-30T11:00")
    done = services.rework(host=split.host, zone=UTC, now=NOW)
    assert done.conflicts
    before = {first.pk: first.starts, second.pk: second.starts}
    assert Booking.objects.get(pk=done.conflicts[0]).starts == before[done.conflicts[0]]


def test_its_jobs_are_known(split):
    assert {"hospitality.tidy", "hospitality.clocks", "hospitality.reconfirm"} <= set(jobs.every_job())
    reconfirm()
    split.host.refresh_from_db()
    assert split.host.suspended_on is None
