"""What scans come to: the same in whatever order, however often, in whatever parts (I6, I7)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from coworkmed.hospitality.desk import rules
from coworkmed.hospitality.desk.rules import Anomaly, Seen
from coworkmed.hospitality.passes.tokens import Outcome

DAY = date(2026, 11, 23)
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)
ONE = Seen("scan-1", 1, "ana", DAY, NINE, NINE, Outcome.VALID)
GOOD = [Outcome.VALID, Outcome.HERE_ALREADY]

moments = st.datetimes(datetime(2026, 11, 22), datetime(2026, 11, 25), timezones=st.just(UTC))
seen = st.builds(
    Seen,
    scan=st.integers(0, 30).map("scan-{}".format),
    device=st.integers(1, 3),
    visitor=st.sampled_from(["ana", "ben", "eva"]),
    day=st.sampled_from([DAY, DAY + timedelta(days=1)]),
    at=moments,
    received=moments,
    outcome=st.sampled_from(list(Outcome)),
    doubtful=st.booleans(),
    lease=st.sampled_from(["", "", "a", "b"]),
)
#: A scan is a fact: under one id only one is ever told.
facts = st.lists(seen, max_size=14, unique_by=lambda one: one.scan)
ENDED, LEASES = {"ben": NINE}, {"a": 1, "b": 2}


@given(facts, st.data())
def test_order_repetition_and_parts_make_no_difference(told: Sequence[Seen], data: st.DataObject) -> None:
    once = rules.fold(told, ended=ENDED, leases=LEASES)
    repeated = data.draw(st.lists(st.sampled_from(told), max_size=6)) if told else []
    again = data.draw(st.permutations([*told, *repeated]))
    assert rules.fold(again, ended=ENDED, leases=LEASES) == once
    cut = data.draw(st.integers(0, len(again)))
    assert rules.fold([*again[cut:], *again[:cut]], ended=ENDED, leases=LEASES) == once


@given(facts, seen)
def test_what_comes_later_takes_no_visit_and_no_debt_away(told: Sequence[Seen], late: Seen) -> None:
    late = replace(late, scan="late")
    before, after = (rules.fold(scans, ended=ENDED, leases=LEASES) for scans in (told, [*told, late]))
    assert before.keys() <= after.keys()
    assert {key for key, visit in before.items() if visit.owed} <= {key for key, visit in after.items() if visit.owed}


@given(facts)
def test_one_visit_a_person_and_day(told: Sequence[Seen]) -> None:
    found = rules.fold(told)
    assert set(found) == {(one.visitor, one.day) for one in told}
    for (visitor, day), visit in found.items():
        among = [one for one in told if (one.visitor, one.day) == (visitor, day)]
        assert visit.at == min(one.at for one in among)


def odd(*scans: Seen, ended: Mapping[str, datetime] | None = None) -> frozenset[Anomaly]:
    return rules.fold(scans, ended=ended)["ana", DAY].anomalies


def test_what_is_odd_is_said() -> None:
    assert odd(ONE) == frozenset()
    assert odd(ONE, replace(ONE, scan="scan-2", device=2)) == {Anomaly.TWO_DEVICES}
    assert odd(ONE, replace(ONE, scan="scan-2")) == frozenset()  # the same device twice is no matter
    assert odd(replace(ONE, received=NINE + timedelta(days=4))) == {Anomaly.LATE}
    assert odd(replace(ONE, received=NINE - timedelta(hours=1))) == {Anomaly.AHEAD}
    assert odd(replace(ONE, doubtful=True)) == {Anomaly.CLOCK}
    assert odd(ONE, ended={"ana": NINE - timedelta(minutes=1)}) == {Anomaly.REVOKED}
    assert odd(ONE, ended={"ana": NINE + timedelta(minutes=1)}) == frozenset()
    assert odd(replace(ONE, outcome=Outcome.EXPIRED)) == {Anomaly.EXPIRED}
    assert odd(replace(ONE, outcome=Outcome.ALTERED)) == {Anomaly.UNPROVEN}


def test_beyond_the_places_of_a_lease_the_last_to_come_are_over_it() -> None:
    one = replace(ONE, lease="a")
    came = [replace(one, scan=f"scan-{n}", visitor=f"v{n}", at=NINE + timedelta(minutes=n)) for n in range(3)]
    found = rules.fold(reversed(came), leases={"a": 2})
    assert [Anomaly.OVER_LEASE in found[f"v{n}", DAY].anomalies for n in range(3)] == [False, False, True]


def test_only_a_pass_that_held_is_owed_for() -> None:
    for outcome in Outcome:
        visit = rules.fold([replace(ONE, outcome=outcome)])["ana", DAY]
        assert visit.owed == (outcome in GOOD)
    assert not rules.fold([ONE], ended={"ana": NINE - timedelta(seconds=1)})["ana", DAY].owed


def test_near_the_end_of_a_day_a_clock_nobody_compared_is_doubted() -> None:
    ends = NINE + timedelta(minutes=9)
    assert rules.doubtful(NINE, None, NINE - timedelta(hours=9), ends)
    assert not rules.doubtful(NINE, 0, NINE - timedelta(hours=9), ends)
    assert not rules.doubtful(NINE, None, NINE - timedelta(hours=9), NINE + timedelta(minutes=11))


def test_a_visit_has_one_id_in_the_books() -> None:
    ids = {rules.transfer_id("place", "ana", DAY, kind) for kind in ("day", "day", "hours")}
    assert len(ids) == 2
