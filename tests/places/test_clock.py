"""Whom to ask when: nobody twice a month, nobody on a quiet day, everybody in the end."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.places.clock import REASONS, Ask, Asked, Case, Mail, Policy, Season, Sent, plan, question, quiet

TUESDAY = date(2026, 11, 24)
START = date(2026, 6, 1)
COUNTRIES = ("FR", "GR", "EG", "")
#: The longest stretch of days on which nobody is written to: August and the weekends beside it, with a holiday.
AWAY = 36

cases = st.lists(
    st.builds(
        Case,
        st.integers(0, 30).map("p{}".format),
        st.sampled_from(COUNTRIES),
        st.dates(date(2025, 1, 1), date(2026, 9, 1)),
        st.sampled_from(["", "a", "b", "c", "d"]),
        st.sampled_from(["", "s", "t", "a"]),
    ),
    max_size=12,
    unique_by=lambda case: case.place_id,
)
barred = st.dictionaries(st.sampled_from("abcst"), st.sampled_from(["BOUNCED", "STOPPED"]), max_size=2)


def run(
    places: list[Case], days: int, barred: dict[str, str] | None = None, policy: Policy | None = None
) -> list[tuple[date, Mail]]:
    """Every mail sent over some days in which nobody answers."""
    asked, found = Asked(), []
    for number in range(days):
        today = START + timedelta(number)
        for mail in plan(today, places, asked, barred or {}, policy):
            found.append((today, mail))
            for sent in mail.sent(today):
                asked.add(sent)
    return found


@settings(max_examples=30)
@given(cases, barred, st.integers(1, 3))
def test_what_is_never_done_is_never_done(places, never, budget):
    """Over 250 days: nobody barred is written to, no address and no place twice in 30 days, nothing on a quiet day, no
    more than the budget; and what is asked was due."""
    by_id = {case.place_id: case for case in places}
    written: dict[str, list[date]] = defaultdict(list)
    a_day = Counter[date]()
    for today, mail in run(places, 250, never, Policy(budget=budget)):
        assert mail.address and mail.address not in never
        a_day[today] += 1
        written[f"address {mail.address}"].append(today)
        assert len({ask.place_id for ask in mail.asks}) == len(mail.asks) > 0
        for ask in mail.asks:
            case = by_id[ask.place_id]
            written[f"place {ask.place_id}"].append(today)
            assert not quiet(case.country, today)
            assert case.due <= ask.since <= today
            assert ask.why in REASONS
            assert mail.address == (case.owner if ask.to == "OWNER" else case.steward)
    assert max(a_day.values(), default=0) <= budget
    for days in written.values():
        assert all((later - earlier).days >= 30 for earlier, later in pairwise(days))


@settings(max_examples=30)
@given(cases, barred)
def test_every_due_place_with_somebody_to_ask_is_asked_within_a_bounded_time(places, never):
    first: dict[str, date] = {}
    for today, mail in run(places, 220, never):
        for ask in mail.asks:
            first.setdefault(ask.place_id, today)
    for case in places:
        reachable = any(address and address not in never for address in (case.owner, case.steward))
        if not reachable:
            assert case.place_id not in first
        elif case.owner != case.steward or case.owner not in never:
            assert first[case.place_id] <= max(case.due, START) + timedelta(30 + AWAY)


def test_when_the_budget_is_short_everybody_has_a_turn():
    """Forty silent owners, one mail a day: all are asked once before any is asked twice."""
    places = [Case(f"p{number}", "", START - timedelta(number), f"o{number}") for number in range(40)]
    order = [mail.address for _today, mail in run(places, 200, policy=Policy(budget=1, again_after=30, seasons=()))]
    assert order[:40] == [f"o{number}" for number in reversed(range(40))]
    assert Counter(order).most_common()[0][1] - Counter(order).most_common()[-1][1] <= 1


@given(cases, barred, st.lists(st.builds(Sent, st.sampled_from("abcdst"), st.integers(0, 30).map("p{}".format),
       st.sampled_from(["OWNER", "STEWARD"]), st.dates(date(2025, 1, 1), TUESDAY))), st.randoms())  # fmt: skip
def test_the_order_of_what_is_given_is_irrelevant(places, never, sent, random):
    mails = plan(TUESDAY, places, Asked.of(sent), never)
    shuffled = random.sample(places, len(places))
    assert plan(TUESDAY, shuffled, Asked.of(random.sample(sent, len(sent))), dict(reversed(never.items()))) == mails


@given(cases, st.integers(0, 12))
def test_a_day_that_was_cut_short_goes_on_where_it_stopped(places, done):
    """As when the machine fails in the middle of sending: nothing twice, nothing forgotten, budget kept."""
    policy = Policy(budget=4)
    whole = plan(TUESDAY, places, Asked(), {}, policy)
    asked = Asked.of(sent for mail in whole[:done] for sent in mail.sent(TUESDAY))
    assert whole[:done] + plan(TUESDAY, places, asked, {}, policy) == whole


def ask(
    owner_on: date = date.min, steward_on: date = date.min, never: dict[str, str] | None = None, **given: str
) -> Ask | None:
    case = Case("p", "FR", date(2026, 3, 1), **{"owner": "o", "steward": "s", **given})
    return question(case, owner_on, steward_on, never or {}, Policy())


@pytest.mark.parametrize(
    ("found", "to", "why", "since"),
    [
        (ask(), "OWNER", "DUE", date(2026, 3, 1)),
        (ask(date(2025, 3, 1)), "OWNER", "DUE", date(2026, 3, 1)),  # answered then, due anew
        (ask(date(2026, 3, 2)), "STEWARD", "SILENT", date(2026, 4, 6)),
        (ask(date(2026, 3, 2), steward=""), "OWNER", "STILL_DUE", date(2026, 8, 29)),
        (ask(date(2026, 3, 2), steward="o"), "OWNER", "STILL_DUE", date(2026, 8, 29)),
        (ask(date(2026, 3, 2), date(2026, 4, 6)), "OWNER", "STILL_DUE", date(2026, 10, 3)),
        (ask(date(2026, 10, 3), date(2026, 4, 6)), "STEWARD", "SILENT", date(2026, 11, 7)),
        (ask(owner=""), "STEWARD", "NO_ADDRESS", date(2026, 3, 1)),
        (ask(date(2026, 3, 2), never={"o": "BOUNCED"}), "STEWARD", "BOUNCED", date(2026, 3, 1)),
        (ask(never={"o": "STOPPED"}), "STEWARD", "STOPPED", date(2026, 3, 1)),
        (ask(steward_on=date(2026, 3, 2), owner=""), "STEWARD", "NO_ADDRESS", date(2026, 8, 29)),
    ],
)
def test_the_next_question(found, to, why, since):
    assert found == Ask("p", to, why, since)


def test_nobody_to_ask():
    assert ask(owner="", steward="") is None
    assert ask(steward="", never={"o": "BOUNCED"}) is None
    assert ask(never={"o": "BOUNCED", "s": "STOPPED"}) is None


def test_a_mail_that_came_back_was_a_mail_all_the_same():
    """The steward is not written to about the place within a month of it."""
    place = Case("p", "FR", date(2026, 10, 1), "o", "s")
    asked = Asked.of([Sent("o", "p", "OWNER", date(2026, 11, 2))])
    assert plan(date(2026, 12, 1), [place], asked, {"o": "BOUNCED"}) == []
    [mail] = plan(date(2026, 12, 2), [place], asked, {"o": "BOUNCED"})
    assert (mail.address, [one.why for one in mail.asks]) == ("s", ["BOUNCED"])


def test_one_mail_tells_an_owner_of_all_their_places():
    places = [
        Case("p2", "FR", date(2026, 5, 1), "o"),
        Case("p1", "FR", date(2026, 1, 1), "o"),
        Case("p3", "FR", TUESDAY),
    ]
    [mail] = plan(TUESDAY, places, Asked(), {})
    assert mail.address == "o" and [one.place_id for one in mail.asks] == ["p1", "p2"]


def test_an_address_waits_for_a_day_that_is_quiet_for_none_of_its_places():
    friday = date(2026, 11, 27)
    french, egyptian = Case("f", "FR", START, "o"), Case("e", "EG", START, "o")
    assert quiet("EG", friday) and not quiet("FR", friday)
    assert plan(friday, [french, egyptian], Asked(), {}) == []
    assert len(plan(friday, [french], Asked(), {})) == 1
    assert len(plan(date(2026, 11, 30), [french, egyptian], Asked(), {})[0].asks) == 2


@pytest.mark.parametrize(
    ("country", "day", "away"),
    [
        ("FR", TUESDAY, False),
        ("FR", date(2026, 11, 28), True),  # Saturday
        ("FR", date(2026, 7, 14), True),  # a Tuesday
        ("IT", date(2026, 7, 14), False),
        ("GR", date(2026, 10, 28), True),  # Ochi day, a Wednesday
        ("FR", date(2026, 8, 12), True),
        ("TR", date(2026, 8, 12), False),
        ("HR", date(2026, 12, 29), True),
        ("HR", date(2027, 1, 5), True),
        ("TR", date(2026, 12, 29), False),
        ("EG", date(2026, 11, 27), True),  # Friday
        ("EG", date(2026, 11, 29), False),  # Sunday
        ("", TUESDAY, False),
        ("XX", date(2026, 11, 28), True),
        ("x y", TUESDAY, False),
    ],
)
def test_quiet_days(country, day, away):
    assert quiet(country, day) is away


def test_nobody_is_away_longer_than_we_say():
    """The bound of the bounded time, over ten years, for those with places in all these countries at once."""
    longest = run_ = 0
    for number in range(3653):
        away = any(quiet(country, date(2026, 1, 1) + timedelta(number)) for country in COUNTRIES)
        run_ = run_ + 1 if away else 0
        longest = max(longest, run_)
    assert longest <= AWAY


def test_a_season_may_run_over_new_year():
    season = Season("12-20", "01-06", frozenset(("FR",)))
    days = {
        f"{day:%m-%d}" for day in (date(2027, 1, 1) + timedelta(at) for at in range(365)) if season.holds("FR", day)
    }
    assert len(days) == 18 and min(days) == "01-01" and max(days) == "12-31"
    assert not season.holds("IT", date(2026, 12, 25))
