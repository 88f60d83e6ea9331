"""How sure we are of a place: states, what falls due, as properties and as the cases people argue about."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.fields import FIELDS, ROLES
from coworkmed.kernel.values import Value
from coworkmed.places import freshness, rules
from coworkmed.places.freshness import (
    FRESHNESS,
    KINDS,
    WHY,
    Signal,
    State,
    due_facts,
    due_on,
    falls_due,
    judge,
    vouched,
)
from coworkmed.places.rules import Claim

TODAY = date(2026, 11, 24)
KNOWN = date(2020, 5, 1)
PAGE = frozenset(("name", "opening_hours", "address"))

partial = st.dates(date(2018, 1, 1), TODAY).flatmap(
    lambda day: st.sampled_from([str(day), str(day)[:7], str(day)[:4], ""])
)
signals = st.builds(
    Signal,
    st.sampled_from(list(KINDS)),
    partial,
    st.sampled_from(["", "", "", "UNREACHABLE", "MOVED", "PAUSED"]),
    st.frozensets(st.sampled_from(sorted(PAGE))),
    st.one_of(st.just(""), st.dates(date(2026, 1, 1), date(2027, 12, 31)).map(str)),
)
statuses = st.sampled_from(["OPEN", "PROJECT", "PAUSED", "CLOSED", "UNKNOWN"])


def ago(days: int) -> str:
    return str(TODAY - timedelta(days))


def judged(*said: Signal, status: str = "OPEN", listed: bool = True) -> tuple[str, str]:
    state = judge(said, status=status, listed=listed, today=TODAY)
    return state.code, state.why


@given(st.lists(signals), statuses, st.booleans(), st.randoms())
def test_the_order_of_signals_is_irrelevant_and_repeating_one_changes_nothing(said, status, listed, random):
    state = judge(said, status=status, listed=listed, today=TODAY)
    again = [*random.sample(said, len(said)), *said]
    assert judge(again, status=status, listed=listed, today=TODAY) == state
    assert state.code in FRESHNESS and state.why in WHY
    assert state.signal is None or state.signal in said


@given(st.lists(signals), st.lists(signals.filter(lambda one: one.says == "UNREACHABLE")), statuses, st.booleans())
def test_no_failure_to_reach_a_place_closes_it_or_makes_it_younger(said, failures, status, listed):
    before = judge(said, status=status, listed=listed, today=TODAY)
    after = judge([*said, *failures], status=status, listed=listed, today=TODAY)
    assert after.code in (before.code, "unreachable")
    assert (after.code == "closed") == (status == "CLOSED")
    if before.code in ("confirmed", "doubtful"):
        assert after == before


@given(st.lists(signals), st.lists(signals.filter(lambda one: one.kind == "LISTED" and not one.says)))
def test_a_list_never_makes_what_the_place_confirmed_less_sure(said, lists):
    before = judge(said, status="OPEN", listed=True, today=TODAY)
    after = judge([*said, *lists], status="OPEN", listed=True, today=TODAY)
    if before.code == "confirmed":
        assert after == before


@given(st.lists(signals, min_size=1), st.integers(0, 2000))
def test_silence_never_closes_and_only_makes_less_sure(said, days):
    later = TODAY + timedelta(days)
    rank = {"confirmed": 0, "unconfirmed": 1, "unreachable": 1, "doubtful": 2}
    now = judge(said, status="OPEN", listed=True, today=TODAY)
    then = judge(said, status="OPEN", listed=True, today=later)
    assert then.code != "closed"
    if now.code in rank and then.code in rank:
        assert rank[then.code] >= rank[now.code]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ([], ("doubtful", "SILENT")),
        ([Signal("OWNER", ago(30))], ("confirmed", "VOUCHED")),
        ([Signal("OWNER", ago(300)), Signal("LISTED", ago(1))], ("confirmed", "VOUCHED")),
        ([Signal("OWNER", ago(400))], ("unconfirmed", "LAPSED")),
        ([Signal("OWNER", ago(800))], ("doubtful", "SILENT")),
        ([Signal("VISIT", ago(30))], ("confirmed", "VOUCHED")),
        ([Signal("HEARTBEAT", ago(2))], ("confirmed", "VOUCHED")),
        ([Signal("CHECK_DATE", ago(30))], ("unconfirmed", "LISTED")),
        ([Signal("SITE", ago(1))], ("unconfirmed", "LISTED")),
        ([Signal("LISTED", "")], ("unconfirmed", "LISTED")),
        ([Signal("OWNER", ago(800)), Signal("SITE", ago(1))], ("unconfirmed", "LAPSED")),
        # one bad day is none; a month of them is; whoever speaks since ends it
        ([Signal("LISTED", ago(200)), Signal("SITE", ago(3), "UNREACHABLE")], ("unconfirmed", "LISTED")),
        (
            [Signal("LISTED", ago(200)), Signal("SITE", ago(40), "UNREACHABLE"), Signal("SITE", ago(3), "UNREACHABLE")],
            ("unreachable", "NO_ANSWER"),
        ),
        (
            [
                Signal("SITE", ago(60), "UNREACHABLE"),
                Signal("SITE", ago(20)),
                Signal("SITE", ago(3), "UNREACHABLE"),
            ],
            ("unconfirmed", "LISTED"),
        ),
        # it left; then the new address is told
        ([Signal("OWNER", ago(9), "MOVED")], ("moved", "LEFT")),
        ([Signal("OWNER", ago(99), fields=PAGE), Signal("VISIT", ago(9), "MOVED")], ("moved", "LEFT")),
        ([Signal("VISIT", ago(9), "MOVED"), Signal("LISTED", ago(2), fields=PAGE)], ("moved", "LEFT")),
        ([Signal("VISIT", ago(9), "MOVED"), Signal("OWNER", ago(2), fields=PAGE)], ("confirmed", "VOUCHED")),
    ],
)
def test_the_state_of_a_place_that_is_open_as_far_as_we_know(said, state):
    assert judged(*said) == state


def test_a_closed_place_stays_closed_whatever_is_unreachable_or_old():
    said = [Signal("OWNER", ago(2000)), Signal("SITE", ago(90), "UNREACHABLE"), Signal("SITE", ago(1), "UNREACHABLE")]
    assert judged(*said, status="CLOSED") == ("closed", "CLOSED")


@pytest.mark.parametrize(
    ("until", "state"),
    [
        (ago(-5), ("paused", "PAUSED")),
        ("", ("paused", "PAUSED")),
        (ago(0), ("paused", "PAUSED")),
        (ago(1), ("unconfirmed", "PAUSE_OVER")),
    ],
)
def test_a_pause_ends_on_its_day(until, state):
    assert judged(Signal("OWNER", ago(60), "PAUSED", until=until), status="PAUSED") == state


def test_a_pause_of_which_nobody_spoke_for_two_years_is_doubtful():
    assert judged(Signal("OWNER", ago(740), "PAUSED"), status="PAUSED") == ("doubtful", "SILENT")


def test_a_place_no_list_holds_is_doubtful_and_not_closed():
    assert judged(Signal("LISTED", ago(30)), listed=False, status="UNKNOWN") == ("doubtful", "UNLISTED")


# --- what falls due


@pytest.mark.parametrize(
    ("field", "months"), [("opening_hours", 6), ("status", 12), ("address", 36)], ids=["hours", "existence", "address"]
)
def test_a_fact_falls_due_after_its_interval(field, months):
    due = falls_due("2026-03-31", freshness.MONTHS[field])
    assert due == {6: date(2026, 9, 30), 12: date(2027, 3, 31), 36: date(2029, 3, 31)}[months]
    assert due_facts({field: "2026-03-31"}, due - timedelta(1)) == []
    assert due_facts({field: "2026-03-31"}, due) == [field]


@given(st.dictionaries(st.sampled_from(sorted(FIELDS)), partial), partial, st.randoms())
def test_a_place_is_due_when_the_first_of_its_facts_is(facts, existence, random):
    facts["status"] = existence
    late = due_facts(facts, TODAY)
    assert set(late) == {name for name, on in facts.items() if falls_due(on, FIELDS[name].months) <= TODAY}
    assert due_facts(dict(random.sample(sorted(facts.items()), len(facts))), TODAY) == late
    due = due_on(facts, State("unconfirmed", "LISTED", None), KNOWN)
    assert due is not None
    if existence:
        assert (due <= TODAY) == any(facts[name] for name in late)
    else:
        assert due <= KNOWN


def test_what_nobody_vouched_for_waits_for_the_next_question():
    """A list's new telephone number is no reason to write to a place that confirmed its page last month."""
    facts = vouched(["name", "phone"], [Signal("OWNER", ago(30), fields=frozenset(("name",)))])
    assert due_on(facts, State("confirmed", "VOUCHED", None), KNOWN) == falls_due(ago(30), 12)
    assert due_facts(facts, TODAY) == ["phone"]


def test_no_list_puts_a_question_off():
    lists = [Signal("LISTED", ago(5), fields=PAGE), Signal("SITE", ago(1), fields=PAGE)]
    assert vouched(PAGE, lists) == dict.fromkeys(("status", *PAGE), "")
    assert due_on(vouched(PAGE, lists), State("unconfirmed", "LISTED", None), KNOWN) == KNOWN
    seen = Signal("CHECK_DATE", ago(20))
    assert due_on(vouched(PAGE, [*lists, seen]), State("unconfirmed", "LISTED", None), KNOWN) == falls_due(ago(20), 12)


def test_intervals_are_the_sites_to_choose():
    assert due_facts({"status": ago(100)}, TODAY, {"status": 3}) == ["status"]
    with pytest.raises(KeyError):
        due_facts({"colour": ago(100)}, TODAY)


def test_the_owners_word_on_a_page_vouches_for_all_of_it_and_a_visit_only_that_it_is_there():
    said = [Signal("OWNER", "2025-01-01", fields=PAGE), Signal("VISIT", "2026-02-01")]
    facts = vouched(["name", "opening_hours", "phone"], said)
    assert facts == {"status": "2026-02-01", "name": "2025-01-01", "opening_hours": "2025-01-01", "phone": ""}
    assert due_facts(facts, date(2026, 3, 1)) == ["phone", "opening_hours"]
    failed = Signal("SITE", "2026-03-01", "UNREACHABLE", PAGE)
    assert vouched(["name"], [*said, failed]) == vouched(["name"], said)


@pytest.mark.parametrize(
    ("state", "due"),
    [
        (State("closed", "CLOSED", None), None),
        (State("paused", "PAUSED", Signal("OWNER", ago(5), "PAUSED", until="2027-03")), date(2027, 4, 1)),
        (State("unconfirmed", "PAUSE_OVER", Signal("OWNER", ago(90), "PAUSED", until=ago(3))), TODAY - timedelta(2)),
        (State("unreachable", "NO_ANSWER", Signal("SITE", ago(1), "UNREACHABLE")), TODAY - timedelta(1)),
        (State("moved", "LEFT", Signal("VISIT", ago(1), "MOVED")), TODAY - timedelta(1)),
        (State("confirmed", "VOUCHED", Signal("OWNER", ago(10))), falls_due(ago(10), 12)),
    ],
    ids=lambda one: one.why if isinstance(one, State) else "",
)
def test_when_a_place_in_a_state_is_to_be_asked(state, due):
    assert due_on({"status": ago(10)}, state, KNOWN) == due


# --- one truth: the registry's standing is judged here


@given(st.sampled_from(ROLES), partial, st.booleans())
def test_the_standing_of_a_claim_is_the_state_of_its_signal(role, on, listed):
    claim = Claim("a", "1", on, {"name": Value("x")}, role)
    standing = rules.standing([claim], listed=listed, as_of=TODAY)
    said = Signal(freshness.KIND_OF[role], on, fields=frozenset(("name",)))
    state = judge([said], status=standing.status, listed=listed, today=TODAY)
    assert (standing.freshness, standing.confirmed_on, standing.confirmed_by) == (state.code, on, role)


def test_what_robots_see_counts_beside_what_is_claimed():
    claim = Claim("a", "1", ago(400), {"name": Value("x")}, "IMPORT")
    heartbeat = Signal("HEARTBEAT", ago(1))
    standing = rules.standing([claim], listed=True, as_of=TODAY, signals=[heartbeat])
    assert (standing.freshness, standing.confirmed_on, standing.confirmed_by) == ("confirmed", ago(1), "ROBOT")


def test_the_owners_word_outlives_the_next_reading_of_a_list():
    owner = Claim("o", "1", ago(90), {"name": Value("x")}, "OWNER")
    listed = Claim("a", "1", ago(1), {"name": Value("x")}, "IMPORT")
    standing = rules.standing([owner, listed], listed=True, as_of=TODAY)
    assert (standing.freshness, standing.confirmed_on, standing.confirmed_by) == ("confirmed", ago(90), "OWNER")


@pytest.mark.parametrize(
    ("others", "state"),
    [
        ([], ("doubtful", "SILENT")),
        ([Signal("LISTED", ago(60))], ("doubtful", "DOUBTED")),
        ([Signal("SITE", ago(1))], ("doubtful", "DOUBTED")),
        ([Signal("CHECK_DATE", ago(10))], ("unconfirmed", "LISTED")),  # somebody looked since
        ([Signal("CHECK_DATE", ago(60))], ("doubtful", "DOUBTED")),
        ([Signal("OWNER", ago(200))], ("confirmed", "VOUCHED")),
        ([Signal("OWNER", ago(500))], ("doubtful", "DOUBTED")),
        ([Signal("NETWORK", ago(30), "CLOSED")], ("unconfirmed", "LISTED")),
    ],
)
def test_a_reader_s_word_that_it_is_gone_is_a_doubt_and_no_more(others, state):
    doubt = Signal("LISTED", ago(30), "DOUBTED")
    assert judged(doubt, *others) == state


def test_a_doubt_makes_no_place_younger_and_asks_it_at_once():
    said = Claim("a", "1", ago(400), {"name": Value("Mill")}, "OWNER")
    doubt = Signal("LISTED", ago(30), "DOUBTED")
    sure, doubted = (
        rules.standing([said], listed=True, as_of=TODAY, signals=signals, known_since=TODAY - timedelta(1000))
        for signals in ([], [doubt])
    )
    assert (sure.freshness, doubted.freshness) == ("unconfirmed", "doubtful")
    assert (doubted.confirmed_on, doubted.confirmed_by) == (sure.confirmed_on, sure.confirmed_by)
    assert doubted.due_on <= TODAY - timedelta(30)


def test_every_role_and_kind_has_its_counterpart():
    assert set(freshness.KIND_OF) == set(ROLES)
    assert set(freshness.ROLE_OF) == set(KINDS) and set(freshness.ROLE_OF.values()) == set(ROLES)
    assert set(KINDS) > freshness.CONFIRMING
