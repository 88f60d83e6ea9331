"""The clock on a host's wall: every Mediterranean zone around every change of its clock, and changes of the rules."""

import itertools
import shutil
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.hospitality import clock

ZONES = """Europe/Lisbon Europe/Gibraltar Europe/Madrid Atlantic/Canary Europe/Paris Europe/Monaco Europe/Rome
Europe/Malta Europe/Ljubljana Europe/Zagreb Europe/Sarajevo Europe/Podgorica Europe/Tirane Europe/Athens
Europe/Istanbul Asia/Nicosia Asia/Damascus Asia/Beirut Asia/Jerusalem Asia/Gaza Africa/Cairo Africa/Tripoli
Africa/Tunis Africa/Algiers Africa/Casablanca""".split()
CUTOFFS = [time(), time(4), time(2, 30)]
QUARTER, HOUR, DAY = timedelta(minutes=15), timedelta(hours=1), timedelta(days=1)


def changes(zone: ZoneInfo) -> list[datetime]:
    """The instants at which the clock is changed, 2024-2030, to the hour."""
    start, hours = datetime(2024, 1, 1, tzinfo=UTC), range(0, 7 * 366 * 24, 24)
    days = [start + number * HOUR for number in hours]
    found = []
    for day, following in itertools.pairwise(days):
        if day.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            found.append(
                next(
                    day + number * HOUR
                    for number in range(25)
                    if (day + number * HOUR).astimezone(zone).utcoffset() != day.astimezone(zone).utcoffset()
                )
            )
    return found


@pytest.mark.parametrize("name", ZONES)
def test_days_tile_time_around_every_change(name):
    zone = ZoneInfo(name)
    for change in changes(zone):
        first = clock.local(change, zone).date() - 2 * DAY
        for cutoff in CUTOFFS:
            ranges = {first + number * DAY: clock.day_range(first + number * DAY, zone, cutoff) for number in range(5)}
            days = list(ranges)
            assert all(
                ranges[one].ends == ranges[other].starts for one, other in itertools.pairwise(days)
            ), f"a gap or an overlap around {change}"  # fmt: skip
            assert sum((one.length for one in ranges.values()), timedelta()) == 5 * DAY - (
                _offset(ranges[days[-1]].ends, zone) - _offset(ranges[days[0]].starts, zone)
            )
            assert {one.length for one in ranges.values()} <= {23 * HOUR, 23.5 * HOUR, DAY, 24.5 * HOUR, 25 * HOUR}
        moment = change - 26 * HOUR
        while moment < change + 26 * HOUR:  # every quarter of an hour belongs to one day, and to the one that holds it
            day = clock.service_day(moment, zone)
            found = clock.day_range(day, zone)
            assert found.starts <= moment < found.ends
            moment += QUARTER


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    found = moment.astimezone(zone).utcoffset()
    assert found is not None
    return found


def test_the_table_has_changes_to_show():
    changed = {name: len(changes(ZoneInfo(name))) for name in ZONES}
    still = {"Europe/Istanbul", "Asia/Damascus", "Africa/Tripoli", "Africa/Tunis", "Africa/Algiers"}
    assert {name for name, count in changed.items() if count == 0} == still
    assert all(changed[name] >= 13 for name in ZONES if name not in still)


@pytest.mark.parametrize(
    ("name", "day", "hours", "begins", "ends"),
    [
        ("Africa/Cairo", date(2026, 4, 24), 23, "22:00", "21:00"),  # midnight does not exist
        ("Africa/Cairo", date(2026, 10, 29), 25, "21:00", "22:00"),  # it ends at the second midnight
        ("Asia/Beirut", date(2026, 3, 29), 23, "22:00", "21:00"),
        ("Asia/Beirut", date(2026, 10, 24), 25, "21:00", "22:00"),
        ("Africa/Casablanca", date(2026, 2, 15), 25, "23:00", "00:00"),  # Ramadan begins
        ("Africa/Casablanca", date(2026, 3, 22), 23, "00:00", "23:00"),
        ("Asia/Gaza", date(2026, 3, 28), 23, "22:00", "21:00"),  # a Saturday
        ("Asia/Jerusalem", date(2026, 3, 27), 23, "22:00", "21:00"),  # a Friday
        ("Europe/Paris", date(2026, 3, 29), 23, "23:00", "22:00"),
        ("Europe/Paris", date(2026, 10, 25), 25, "22:00", "23:00"),
        ("Europe/Istanbul", date(2026, 3, 29), 24, "21:00", "21:00"),
        ("Africa/Tunis", date(2026, 3, 29), 24, "23:00", "23:00"),
    ],
)
def test_days_known_to_be_odd(name, day, hours, begins, ends):
    found = clock.day_range(day, ZoneInfo(name))
    assert found.length == hours * HOUR
    assert (f"{found.starts:%H:%M}", f"{found.ends:%H:%M}") == (begins, ends)


def test_a_skipped_time_is_the_first_instant_after():
    cairo = ZoneInfo("Africa/Cairo")
    skipped = datetime(2026, 4, 24, 0, 40)
    assert not clock.exists(skipped, cairo)
    assert clock.instant(skipped, cairo) == clock.instant(datetime(2026, 4, 24, 1), cairo)
    assert clock.between(skipped, datetime(2026, 4, 24, 1), cairo) is None


def test_a_time_that_comes_twice_is_the_first():
    athens = ZoneInfo("Europe/Athens")
    twice = clock.instant(datetime(2026, 10, 25, 3, 30), athens)
    assert twice == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert clock.local(twice + HOUR, athens) == clock.local(twice, athens)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)),
    st.timedeltas(QUARTER, timedelta(days=200)),
)
def test_order_on_the_wall_is_order_in_time(name, local, later):
    zone = ZoneInfo(name)
    local = local.replace(microsecond=0)
    assert clock.instant(local, zone) <= clock.instant(local + later, zone)
    assert clock.service_day(clock.instant(local, zone), zone) >= local.date()


@given(st.sampled_from(ZONES), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_nine_stays_nine_in_every_week(name, day):
    zone = ZoneInfo(name)
    for week in range(30):
        shown = clock.local(clock.instant(datetime.combine(day + 7 * week * DAY, time(9)), zone), zone)
        assert shown.time() == time(9)


# the rules of a zone change after something was booked: Lebanon, March 2023


@pytest.fixture(scope="module")
def trees(tmp_path_factory):
    """Zones of before and after the government put off summer time for a month (2023b), two days before it was due."""
    folder = tmp_path_factory.mktemp("zones")
    found = {}
    # summer time from 26 March 2023, 00:00, or from 21 April; as TZif needs it: one change, to UTC+3
    for name, at in {"before": datetime(2023, 3, 25, 22), "after": datetime(2023, 4, 20, 22)}.items():
        path = folder / name / "Beirut"
        path.parent.mkdir()
        path.write_bytes(_tzif(at.replace(tzinfo=UTC)))
        with path.open("rb") as file:
            found[name] = ZoneInfo.from_file(file, key="Asia/Beirut")
    yield found
    shutil.rmtree(folder)


def _tzif(change: datetime) -> bytes:
    """A compiled zone (RFC 9636) that goes from UTC+2 to UTC+3 at ``change``."""
    head = b"TZif2" + bytes(15)
    counts = b"".join(number.to_bytes(4, "big") for number in (0, 0, 0, 1, 2, 8))
    types = (7200).to_bytes(4, "big") + bytes([0, 0]) + (10800).to_bytes(4, "big") + bytes([1, 4])
    names = b"EET\0EEST"[:8]
    moment = int(change.timestamp())
    first = head + counts + moment.to_bytes(4, "big") + bytes([1]) + types + names
    second = head + counts + moment.to_bytes(8, "big") + bytes([1]) + types + names
    return first + second + b"\n<+03>-3\n"


def kept(starts: datetime, ends: datetime, zone: ZoneInfo, thing: int = 1) -> clock.Kept:
    found = clock.between(starts, ends, zone)
    assert found is not None
    return clock.Kept(starts, ends, found, frozenset({thing}))


def test_nine_stays_nine_when_the_rules_change(trees):
    nine, noon = datetime(2023, 3, 28, 9), datetime(2023, 3, 28, 12)
    before = {"a": kept(nine, noon, trees["before"]), "b": kept(noon, noon + HOUR, trees["before"])}
    changed, stuck = clock.rework(before, trees["after"])
    assert not stuck
    assert set(changed) == {"a", "b"}
    for key, one in changed.items():
        assert one.starts - before[key].range.starts == HOUR
        assert clock.local(one.starts, trees["after"]) == before[key].starts
    later = {key: clock.Kept(before[key].starts, before[key].ends, one) for key, one in changed.items()}
    assert clock.rework(later, trees["after"]) == ({}, set()), "done again, it does nothing"


def test_who_booked_by_the_old_rules_meets_who_booked_by_the_new(trees):
    nine = datetime(2023, 3, 28, 9)
    old = kept(nine, nine + HOUR, trees["before"])
    new = kept(nine, nine + HOUR, trees["after"])
    other_room = kept(nine, nine + HOUR, trees["before"], thing=2)
    assert not old.range.overlaps(new.range), "nothing kept them apart when they were booked"
    changed, stuck = clock.rework({"old": old, "new": new, "other": other_room}, trees["after"])
    assert stuck == {"old"}, "the one that can't move is told"
    assert set(changed) == {"other"}


def test_an_hour_that_is_no_more(trees):
    midnight = datetime(2023, 4, 21, 0)
    one = kept(midnight, midnight + HOUR, trees["before"])
    assert clock.rework({"one": one}, trees["after"]) == ({}, {"one"})


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(1, 6), st.booleans()), max_size=12))
def test_nobody_is_moved_onto_another(trees, wishes):
    """Booked one after the other, by either rules, as long as no two overlap: nor do they after."""
    start, held = datetime(2023, 3, 24), dict[int, clock.Kept]()
    for number, (at, length, old) in enumerate(wishes):
        zone = trees["before" if old else "after"]
        found = clock.between(start + at * 2 * HOUR, start + (at * 2 + length) * HOUR, zone)
        if found and not any(found.overlaps(one.range) for one in held.values()):
            held[number] = clock.Kept(start + at * 2 * HOUR, start + (at * 2 + length) * HOUR, found, frozenset({1}))
    changed, stuck = clock.rework(held, trees["after"])
    after = [(key, changed.get(key, one.range), one.things) for key, one in held.items()]
    assert list(clock.overlapping(after)) == []
    assert not stuck & set(changed)
    for key, one in changed.items():
        assert one.starts == clock.instant(held[key].starts, trees["after"])
