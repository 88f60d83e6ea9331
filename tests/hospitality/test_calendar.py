"""When a host is open: periods, overrides, nights, seasons, closures, holidays; and the small rules of booking."""

import itertools
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.hospitality import rules
from coworkmed.hospitality.calendar import (
    Calendar,
    CalendarError,
    Closure,
    Period,
    Span,
    covers,
    open_on,
    proposed,
    within,
)
from coworkmed.kernel.errors import CoworkmedError

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
WORKING = frozenset(range(5))


def span(opens: int, closes: int, weekdays=WORKING) -> Span:
    return Span(frozenset(weekdays), opens * 60, closes * 60)


def hours(calendar: Calendar, day: date, **asked) -> list[str]:
    return [f"{opens:%d %H:%M}-{closes:%d %H:%M}" for opens, closes in open_on(calendar, day, **asked)]


def test_a_week():
    calendar = Calendar((Period((span(9, 13), span(14, 18))),))
    assert hours(calendar, MONDAY) == ["23 09:00-23 13:00", "23 14:00-23 18:00"]
    assert hours(calendar, MONDAY + 5 * DAY) == []
    assert hours(Calendar(), MONDAY) == []


def test_a_night_belongs_to_the_day_it_began_on():
    calendar = Calendar((Period((span(20, 26, {4}),)),))
    friday = MONDAY + 4 * DAY
    assert hours(calendar, friday) == ["27 20:00-28 02:00"]
    assert hours(calendar, friday + DAY) == []
    assert covers(calendar, datetime(2026, 11, 28, 0), datetime(2026, 11, 28, 2))
    assert not covers(calendar, datetime(2026, 11, 28, 1), datetime(2026, 11, 28, 3))


def test_what_overrides_replaces_what_does_not():
    usual = Period((span(9, 18),))
    summer = Period((span(8, 14),), date(2026, 7, 1), date(2026, 8, 31), yearly=True, override=True)
    shut = Period((), date(2026, 12, 24), date(2027, 1, 1), override=True)
    calendar = Calendar((usual, summer, shut))
    assert hours(calendar, date(2030, 7, 1)) == ["01 08:00-01 14:00"], "every year"
    assert hours(calendar, date(2026, 12, 28)) == []
    assert hours(calendar, date(2027, 1, 4)) == ["04 09:00-04 18:00"]
    winter = Period((span(10, 16),), date(2026, 12, 1), date(2027, 2, 28), yearly=True, override=True)
    assert hours(Calendar((usual, winter)), date(2029, 1, 2)) == ["02 10:00-02 16:00"], "over New Year"


def test_closures_of_the_house_and_of_one_room():
    calendar = Calendar(
        (Period((span(9, 18),)),), (Closure(MONDAY, MONDAY), Closure(MONDAY + DAY, MONDAY + DAY, resource=7))
    )
    assert hours(calendar, MONDAY) == []
    assert hours(calendar, MONDAY + DAY) == hours(calendar, MONDAY + DAY, resource=8) == ["24 09:00-24 18:00"]
    assert hours(calendar, MONDAY + DAY, resource=7) == []


def test_public_holidays():
    usual = Period((span(9, 18),))
    bastille = date(2026, 7, 14)
    assert hours(Calendar((usual,)), bastille, country="FR") == []
    assert hours(Calendar((usual,)), bastille, country="IT") != []
    assert hours(Calendar((usual,), holidays=True), bastille, country="FR") != []
    party = Period((span(10, 12),), bastille, bastille, override=True)
    assert hours(Calendar((usual, party)), bastille, country="FR") == ["14 10:00-14 12:00"]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: span(9, 9),
        lambda: span(9, 34),
        lambda: span(24, 25),
        lambda: span(9, 10, {7}),
        lambda: span(9, 10, ()),
        lambda: Period((), date(2026, 2, 1), date(2026, 1, 1)),
        lambda: Period((), date(2026, 2, 1), yearly=True),
        lambda: Closure(date(2026, 2, 1), date(2026, 1, 1)),
        lambda: Calendar((Period((span(9, 10),)),) * 61),
    ],
)
def test_what_can_not_be_is_refused(wrong):
    with pytest.raises(CalendarError):
        wrong()


SPANS = st.tuples(st.frozensets(st.integers(0, 6), min_size=1), st.integers(0, 23), st.integers(1, 24)).map(
    lambda one: span(one[1], one[1] + one[2], one[0])
)
PERIODS = st.builds(Period, st.lists(SPANS, max_size=3).map(tuple), override=st.booleans())


@given(st.lists(PERIODS, max_size=4), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_hours_are_apart_and_in_order_and_kept_as_they_are(periods, day):
    calendar = Calendar(tuple(periods), (Closure(day, day, "why", 3),))
    assert Calendar.from_json(calendar.as_json()) == calendar
    found = open_on(calendar, day)
    assert all(opens < closes for opens, closes in found)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(found))
    assert open_on(calendar, day, resource=3) == []
    for opens, closes in found:
        assert covers(calendar, opens, closes)
    midnight = datetime.combine(day, time())
    assert within(found, midnight - DAY, midnight + 3 * DAY) == found


def test_a_first_calendar_from_what_the_registry_says():
    found = proposed("Mo-Fr 09:00-18:00; PH off", "FR", MONDAY)
    assert found is not None
    assert hours(found, MONDAY) == ["23 09:00-23 18:00"]
    assert not found.holidays
    seasons = proposed("Jun-Sep Mo-Fr 08:00-15:00; Oct-May Mo-Fr 09:00-18:00", "ES", MONDAY)
    assert seasons is not None
    assert hours(seasons, date(2027, 7, 5)) == ["05 08:00-05 15:00"]
    assert proposed("whenever", "FR", MONDAY) is None


def test_slots_of_a_day():
    assert len(rules.slot_times(MONDAY, time(), [])) == 1
    late = rules.slot_times(MONDAY, time(4), ["13:00", "01:00"])
    assert [f"{starts:%d %H}" for starts, _ in late] == ["23 04", "23 13", "24 01"]
    assert late[-1][1] == datetime(2026, 11, 24, 4)
    assert rules.cuts_of(["18:00", "13:00", "01:00"], time(4)) == ["13:00", "18:00", "01:00"]
    for wrong in (["25:00"], ["noon"], ["04:00"]):
        with pytest.raises(CoworkmedError):
            rules.cuts_of(wrong, time(4))


def test_all_within_a_floor():
    tree = {1: None, 2: 1, 3: 1, 4: 3, 5: 3, 6: None}
    assert rules.leaves(1, tree) == [2, 4, 5]
    assert rules.leaves(6, tree) == [6]
    assert rules.leaves(1, {1: 2, 2: 1}) == [], "a circle has no leaf, and no end"


def test_days_of_a_series():
    mondays = list(rules.occurrences(MONDAY, MONDAY + 28 * DAY, [0], every=2))
    assert mondays == [MONDAY, MONDAY + 14 * DAY, MONDAY + 28 * DAY]
    for first, last, weekdays in (
        (MONDAY, MONDAY - DAY, [0]), (MONDAY, MONDAY, [1]), (MONDAY, MONDAY + 300 * DAY, range(7)),
    ):  # fmt: skip
        with pytest.raises(CoworkmedError):
            list(rules.occurrences(first, last, weekdays))


@given(st.integers(0, 10_000), st.integers(0, 100))
def test_a_share_is_whole_and_no_more_than_all(amount, per_cent):
    assert 0 <= rules.share(amount, per_cent) <= amount
    assert (rules.share(amount, 0), rules.share(amount, 100)) == (0, amount)
    assert abs(rules.share(amount, per_cent) - amount * per_cent / 100) <= 0.5
