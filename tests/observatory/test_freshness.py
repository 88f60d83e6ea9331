"""Freshness as public figures: now, by territory and list, and month by month, against counting by hand."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.kernel import dates
from coworkmed.kernel.fields import ROLES
from coworkmed.kernel.values import Value
from coworkmed.observatory import freshness, queries
from coworkmed.observatory.freshness import (
    ALL,
    Cell,
    Evidence,
    Freshness,
    Heard,
    Past,
    Word,
    every_series,
    figures,
    series,
)
from coworkmed.places import services
from coworkmed.places.freshness import KINDS, Signal, day
from coworkmed.places.models import Place
from coworkmed.places.rules import FRESHNESS, Claim, standing, vouched
from coworkmed.platform import audit
from tests.places.test_services import PHARE, RUCHE_A, RUCHE_B, World

AS_OF = date(2026, 3, 31)

partial = st.dates(date(2020, 1, 1), AS_OF).flatmap(lambda day: st.sampled_from([str(day), str(day)[:7], ""]))
evidence = st.builds(
    Evidence,
    st.sampled_from(["FR", "GR", ""]),
    st.sampled_from(["FR-PAC", "GR-I", ""]),
    st.sampled_from([("a",), ("a", "b"), ("b",)]),
    st.sampled_from(list(FRESHNESS)),
    partial,
    st.integers(1, 9),
)


@given(st.lists(evidence), st.randoms())
def test_the_parts_make_the_whole_however_places_are_bundled(known, random):
    found = figures(known, AS_OF)
    one_by_one = [
        Evidence(one.country, one.region, one.sources, one.freshness, one.confirmed_on) for one in known
        for _ in range(one.places)
    ]  # fmt: skip
    assert figures(random.sample(one_by_one, len(one_by_one)), AS_OF) == found
    for part in (found.countries, found.regions):
        for name in ("of", "confirmed", "recent", "stale", "hidden", "undated"):
            assert sum(getattr(one, name) for one in part.values()) == getattr(found.all, name)
    for one in chain([found.all], found.countries.values(), found.sources.values()):
        assert one.recent + one.stale + one.undated == one.of
        assert one.confirmed + one.hidden <= one.of
        assert (one.confirmed_share is None) == (one.stale_share is None) == (one.of < freshness.SMALL)
        assert (one.median_days is None) == (one.undated == one.of)


def test_figures_counted_by_hand():
    known = [
        Evidence("FR", "FR-PAC", ("a",), "confirmed", "2026-01-31"),
        Evidence("FR", "FR-PAC", ("a", "b"), "unconfirmed", "2025-09-30", 2),
        Evidence("FR", "", ("b",), "unconfirmed", "2025", 1),
        Evidence("GR", "GR-I", ("b",), "unconfirmed", "2025-02", 3),
        Evidence("GR", "GR-I", ("b",), "doubtful", "2019", 2),
        Evidence("GR", "GR-I", ("b",), "unconfirmed", ""),
    ]
    found = figures(known, AS_OF)
    assert found.all == Freshness(10, 1, 4, 5, 2, 1, 396)
    assert (found.all.confirmed_share, found.all.stale_share) == (0.1, 0.5)
    assert found.regions["FR", "FR-PAC"] == Freshness(3, 1, 3, 0, 0, 0, 182)
    assert found.regions["FR", "FR-PAC"].confirmed_share is None, "of three places no share is told"
    assert {key: one.of for key, one in found.sources.items()} == {"a": 3, "b": 9}
    nothing = figures([], AS_OF).all
    assert (nothing.of, nothing.confirmed_share, nothing.stale_share, nothing.median_days) == (0, None, None, None)


# --- month by month


def word(
    asserted_on: date, observed_on: str, role: str = "IMPORT", *, source: str = "a", retired_on: date | None = None,
    **fields: str,
) -> Word:  # fmt: skip
    said = {name: Value(value) for name, value in fields.items()}
    return Word(asserted_on, retired_on, Claim(source, "1", observed_on, said, role, "CC0-1.0"))


def heard(kind: str, on: str, says: str = "", *, struck_on: date | None = None, **values: str) -> Heard:
    return Heard(Signal(kind, on, says, frozenset(values)), values, struck_on)


DAYS = st.dates(date(2023, 1, 1), AS_OF) | st.sampled_from([date(2024, 2, 29), date(2025, 1, 31), date(2025, 3, 31)])


@st.composite
def pasts(draw):
    """A place of which entries, and sometimes people, say something now and then; nobody speaks of a day to come."""
    words = []
    for source in draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1)):
        days = sorted(draw(st.lists(DAYS, min_size=1, max_size=3, unique=True)))
        retired = draw(st.one_of(st.none(), st.just(days[-1] + timedelta(draw(st.integers(0, 400))))))
        role = draw(st.sampled_from(ROLES))
        for said in days:
            seen = draw(st.one_of(st.just(""), st.just(str(said)), st.just(str(said - timedelta(500)))))
            status = draw(st.sampled_from([{}, {}, {"status": "OPEN"}, {"status": "CLOSED"}, {"status": "PAUSED"}]))
            words.append(word(said, seen, role, source=source, retired_on=retired, **status))
    signals = []
    for on in draw(st.lists(DAYS, max_size=3)):
        struck = draw(st.one_of(st.none(), st.none(), st.just(on + timedelta(draw(st.integers(0, 200))))))
        says = draw(st.sampled_from(["", "", "MOVED", "UNREACHABLE", "PAUSED"]))
        values = draw(st.sampled_from([{}, {"status": "OPEN"}]))
        signals.append(heard(draw(st.sampled_from(list(KINDS))), str(on), says, struck_on=struck, **values))
    return Past(words, signals, draw(st.sampled_from([(), ("FR",), ("FR", "FR-PAC")])))


MONTHS = [f"{year}-{month:02}" for year in range(2023, 2027) for month in range(1, 13)]


@settings(max_examples=80)
@given(st.lists(pasts(), max_size=5))
def test_each_month_is_what_one_would_have_counted_at_its_end(places):
    found = every_series(places, AS_OF)
    for cell in {*found, ALL, Cell("FR", "a"), Cell("", "b")}:
        points = {point.month: point for point in found.get(cell, [])}
        began = False
        for month in MONTHS:
            counted = by_hand(places, cell, month)
            began = began or bool(counted.of)  # the series begins with the first place to count
            assert points.get(month) == (counted if began and month <= "2026-03" else None), (cell, month)
    assert series(places, AS_OF) == found.get(ALL, [])


def by_hand(places: list[Past], cell: Cell, month: str) -> freshness.Point:
    """As somebody would count who has all that was said by the end of one month, and looks at each place anew."""
    end = dates.last_day(month)
    stood = []
    for past in places:
        if cell.territory and cell.territory not in past.territories:
            continue
        latest = {}
        for one in sorted(past.words, key=lambda one: (one.asserted_on, one.claim.observed_on)):
            if one.asserted_on <= end:
                latest[one.claim.key] = one
        current = [one for one in latest.values() if not one.retired_on or one.retired_on > end]
        claims = [one.claim for one in current or latest.values()]
        told = [one for one in past.heard if day(one.signal.on) <= end and not (one.struck_on and one.struck_on <= end)]
        names = vouched(claims, [(one.signal, one.values) for one in told])
        claims = [replace(claim, vouched=by) for claim, by in zip(claims, names, strict=True)]
        how = standing(claims, listed=bool(current), as_of=end, signals=[one.signal for one in told])
        if claims and how.status != "CLOSED" and cell.source in {"", *(claim.source for claim in claims)}:
            stood.append(how)
    ages = sorted(age(one.confirmed_on, end) for one in stood if one.confirmed_on)
    count = Counter(one.freshness for one in stood)
    recent = sum(one < 12 for one in ages)
    middle = ages[(len(ages) - 1) // 2] if ages else None
    undated = len(stood) - len(ages)
    stale = len(ages) - recent
    return freshness.Point(
        month, len(stood), count["confirmed"], recent, stale, count["doubtful"], undated, middle
    )  # fmt: skip


def age(seen: str, end: date) -> int:
    last = dates.last_day(seen)
    return max(0, (end.year - last.year) * 12 + end.month - last.month)


def test_a_place_ages_month_by_month_until_somebody_speaks():
    words = [word(date(2023, 1, 15), "2023-01-10"), word(date(2025, 3, 1), "2025-03-01", "OWNER", source="o")]
    points = {point.month: point for point in series([Past(words)], date(2026, 4, 30))}
    assert len(points) == 40
    assert [points[month].recent for month in ("2023-01", "2023-12", "2024-01")] == [1, 1, 0]
    assert [points[month].hidden for month in ("2024-12", "2025-01", "2025-02", "2025-03")] == [0, 1, 1, 0]
    assert [points[month].confirmed for month in ("2025-02", "2025-03", "2026-02", "2026-03")] == [0, 1, 1, 0]
    assert points["2025-02"].median_months == 25


def test_what_people_say_besides_lists_is_in_the_past_too():
    listed = [word(date(2025, 1, 15), "2025-01-10")]
    visits = [heard("VISIT", "2025-03-20"), heard("OWNER", "2025-06-02", "MOVED"), heard("VISIT", "2025-02-01")]
    points = {point.month: point for point in series([Past(listed, visits)], date(2025, 7, 31))}
    assert [points[f"2025-0{month}"].confirmed for month in range(1, 8)] == [0, 1, 1, 1, 1, 0, 0]


def test_a_word_that_was_struck_out_counted_until_then():
    false = Past([word(date(2025, 1, 15), "2025-01-10")], [heard("VISIT", "2025-02-20", struck_on=date(2025, 4, 3))])
    points = {point.month: point.confirmed for point in series([false], date(2025, 5, 31))}
    assert points == {"2025-01": 0, "2025-02": 1, "2025-03": 1, "2025-04": 0, "2025-05": 0}


def test_a_month_that_has_not_ended_is_not_told():
    known = [Past([word(date(2026, 1, 15), "2026-01-15")])]
    assert [point.month for point in series(known, date(2026, 3, 30))] == ["2026-01", "2026-02"]
    assert series([], AS_OF) == []


def test_a_place_that_closes_on_a_day_leaves_in_its_month():
    known = [Past([word(date(2025, 1, 15), "2025-01-15", closed="2025-06-10")])]
    assert [point.month for point in series(known, date(2025, 7, 31)) if point.of] == [
        "2025-01", "2025-02", "2025-03", "2025-04", "2025-05"
    ]  # fmt: skip


# --- the registry


@pytest.mark.django_db
def test_the_registry_is_read_in_one_query_and_the_past_in_three(tmp_path, django_assert_num_queries):
    world = World(tmp_path)
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    with django_assert_num_queries(1):
        found = figures(queries.evidence(), world.day)
    assert found.all.of == Place.objects.shown().count() == 2
    assert {key: one.of for key, one in found.sources.items()} == {"a": 2, "b": 1}
    assert found.regions["FR", "FR-PAC"].of == 2
    assert figures(queries.evidence({"country": "IT"}), world.day).all.of == 0
    with django_assert_num_queries(3):
        [point] = series(queries.past(), date(2026, 11, 30))
    assert (point.month, point.of, point.recent, point.confirmed) == ("2026-11", 2, 2, 0)
    assert series(queries.past(Place.objects.filter(country="IT")), date(2026, 11, 30)) == []
    found = every_series(queries.past(), date(2026, 11, 30))
    assert {cell: points[-1].of for cell, points in found.items()} == {
        **dict.fromkeys([ALL, Cell("FR"), Cell("FR-PAC")], 2),
        **dict.fromkeys([Cell("", "a"), Cell("FR", "a"), Cell("FR-PAC", "a")], 2),
        **dict.fromkeys([Cell("", "b"), Cell("FR", "b"), Cell("FR-PAC", "b")], 1),
    }


@pytest.mark.django_db
def test_what_a_list_said_before_stays_in_the_past(tmp_path):
    world = World(tmp_path)
    world.run(a=[RUCHE_A, PHARE])
    world.day += timedelta(40)
    world.run(a=[RUCHE_A.replace("Bleue", "Rouge"), PHARE])
    words = [one for past in queries.past() for one in past.words]
    assert len(words) == 3 and {one.claim.observed_on for one in words} <= {"2026", str(world.day)}
    assert [point.of for point in series(queries.past(), date(2027, 1, 31))] == [2, 2, 2]


@pytest.mark.django_db
def test_the_last_month_is_what_the_registry_shows_on_its_last_day(tmp_path):
    """Whatever people said: the series asks of the past what settling asks of the present."""
    world = World(tmp_path)
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    ruche, phare = world.place_of("a", "1"), world.place_of("a", "2")
    who, month = audit.Who("owner"), date(2026, 12, 5)
    services.tell(
        place=ruche, kind="OWNER", who=who, verb="place.confirmed", as_of=month, fields={"status": Value("OPEN")},
        vouches=list(ruche.values),
    )  # fmt: skip
    services.tell(place=phare, kind="OWNER", who=who, verb="place.moved", as_of=month, says="MOVED")
    for end in (date(2026, 12, 31), date(2027, 12, 31), date(2029, 1, 31)):
        services.settle(as_of=end)
        now, then = figures(queries.evidence(), end), every_series(queries.past(), end)
        for cell, one in (
            (ALL, now.all),
            (Cell("FR"), now.countries["FR"]),
            (Cell("", "own-word"), now.sources["own-word"]),
        ):
            point = then[cell][-1]
            assert point.month == end.isoformat()[:7]
            for name in ("of", "confirmed", "recent", "stale", "hidden", "undated"):
                assert getattr(point, name) == getattr(one, name), (end, cell, name)
    assert [point.confirmed for point in series(queries.past(), date(2027, 12, 31))][:2] == [0, 1]
