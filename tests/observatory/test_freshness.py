"""Freshness as public figures: now, by territory and list, and month by month, against counting by hand."""

from collections import Counter
from datetime import date, timedelta
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.kernel import dates
from coworkmed.kernel.fields import ROLES
from coworkmed.kernel.values import Value
from coworkmed.observatory import freshness, queries
from coworkmed.observatory.freshness import Evidence, Freshness, Word, figures, series
from coworkmed.places.models import Place
from coworkmed.places.rules import FRESHNESS, Claim
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
        assert one.hidden <= one.stale
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
    assert {key: one.of for key, one in found.sources.items()} == {"a": 3, "b": 9}
    nothing = figures([], AS_OF).all
    assert (nothing.of, nothing.confirmed_share, nothing.stale_share, nothing.median_days) == (0, None, None, None)


# --- month by month


def word(
    place_id: str, asserted_on: date, observed_on: str, role: str = "IMPORT", *, source: str = "a",
    retired_on: date | None = None, **fields: str,
) -> Word:  # fmt: skip
    said = {name: Value(value) for name, value in fields.items()}
    return Word(place_id, asserted_on, retired_on, Claim(source, place_id, observed_on, said, role, "CC0-1.0"))


@st.composite
def histories(draw):
    """Places of which entries say something now and then; a word never speaks of a day to come."""
    found = []
    for number in range(draw(st.integers(0, 6))):
        for source in draw(st.lists(st.sampled_from("abc"), unique=True, min_size=1)):
            days = sorted(draw(st.lists(st.dates(date(2023, 1, 1), AS_OF), min_size=1, max_size=3, unique=True)))
            retired = draw(st.one_of(st.none(), st.just(days[-1] + timedelta(draw(st.integers(0, 400))))))
            role = draw(st.sampled_from(ROLES))
            for day in days:
                seen = draw(st.one_of(st.just(""), st.just(str(day)), st.just(str(day - timedelta(500)))))
                status = draw(st.sampled_from([{}, {}, {"status": "OPEN"}, {"status": "CLOSED"}, {"status": "PAUSED"}]))
                found.append(word(f"p{number}", day, seen, role, source=source, retired_on=retired, **status))
    return found


@settings(max_examples=50)
@given(histories())
def test_each_month_is_what_one_would_have_counted_at_its_end(words):
    points = {point.month: point for point in series(words, AS_OF)}
    began = False
    for month in (f"{year}-{month:02}" for year in range(2023, 2027) for month in range(1, 13)):
        counted = by_hand(words, month)
        began = began or bool(counted.of)  # the series begins with the first place to count
        assert points.get(month) == (counted if began and month <= "2026-03" else None)


def by_hand(words: list[Word], month: str) -> freshness.Point:
    """As somebody would count who has all that was said by the end of one month."""
    end = dates.last_day(month)
    places: dict[str, dict[tuple[str, str], Word]] = {}
    for one in sorted(words, key=lambda one: (one.asserted_on, one.claim.observed_on)):
        if one.asserted_on <= end:
            places.setdefault(one.place_id, {})[one.claim.key] = one
    ages, confirmed, undated = [], 0, 0
    for said in places.values():
        speaking = [one for one in said.values() if not one.retired_on or one.retired_on > end] or list(said.values())
        claims = [one.claim for one in speaking]
        status = freshness.standing(claims, listed=True, as_of=end).status
        if status == "CLOSED":
            continue
        dated = [age(claim, end) for claim in claims if claim.observed_on]
        people = [age(one, end) for one in claims if one.observed_on and one.role not in ("IMPORT", "ROBOT")]
        confirmed += status != "PAUSED" and any(one < 12 for one in people)
        undated += not dated
        ages += [min(dated)] if dated else []
    count = Counter("recent" if one < 12 else "stale" for one in ages)
    hidden = sum(one >= 24 for one in ages)
    middle = sorted(ages)[(len(ages) - 1) // 2] if ages else None
    of = len(ages) + undated
    return freshness.Point(month, of, confirmed, count["recent"], count["stale"], hidden, undated, middle)


def age(claim: Claim, end: date) -> int:
    seen = dates.last_day(claim.observed_on)
    return (end.year - seen.year) * 12 + end.month - seen.month


def test_a_place_ages_month_by_month_until_somebody_speaks():
    words = [word("p", date(2023, 1, 15), "2023-01-10"), word("p", date(2025, 3, 1), "2025-03-01", "OWNER", source="o")]
    points = {point.month: point for point in series(words, date(2026, 4, 30))}
    assert len(points) == 40
    assert [points[month].recent for month in ("2023-01", "2023-12", "2024-01")] == [1, 1, 0]
    assert [points[month].hidden for month in ("2024-12", "2025-01", "2025-02", "2025-03")] == [0, 1, 1, 0]
    assert [points[month].confirmed for month in ("2025-02", "2025-03", "2026-02", "2026-03")] == [0, 1, 1, 0]
    assert points["2025-02"].median_months == 25


def test_a_month_that_has_not_ended_is_not_told():
    words = [word("p", date(2026, 1, 15), "2026-01-15")]
    assert [point.month for point in series(words, date(2026, 3, 30))] == ["2026-01", "2026-02"]
    assert series([], AS_OF) == []


def test_a_place_that_closes_on_a_day_leaves_in_its_month():
    words = [word("p", date(2025, 1, 15), "2025-01-15", closed="2025-06-10")]
    assert [point.month for point in series(words, date(2025, 7, 31)) if point.of] == [
        "2025-01", "2025-02", "2025-03", "2025-04", "2025-05"
    ]  # fmt: skip


# --- the registry


@pytest.mark.django_db
def test_the_registry_is_read_in_one_query_and_the_past_in_two(tmp_path, django_assert_num_queries):
    world = World(tmp_path)
    world.run(a=[RUCHE_A, PHARE], b=[RUCHE_B])
    with django_assert_num_queries(1):
        found = figures(queries.evidence(), world.day)
    assert found.all.of == Place.objects.shown().count() == 2
    assert {key: one.of for key, one in found.sources.items()} == {"a": 2, "b": 1}
    assert found.regions["FR", "FR-PAC"].of == 2
    assert figures(queries.evidence({"country": "IT"}), world.day).all.of == 0
    with django_assert_num_queries(2):
        [point] = series(queries.words(), date(2026, 11, 30))
    assert (point.month, point.of, point.recent, point.confirmed) == ("2026-11", 2, 2, 0)


@pytest.mark.django_db
def test_what_a_list_said_before_stays_in_the_past(tmp_path):
    world = World(tmp_path)
    world.run(a=[RUCHE_A, PHARE])
    world.day += timedelta(40)
    world.run(a=[RUCHE_A.replace("Bleue", "Rouge"), PHARE])
    words = list(queries.words())
    assert len(words) == 3 and {one.claim.observed_on for one in words} <= {"2026", str(world.day)}
    assert [point.of for point in series(words, date(2027, 1, 31))] == [2, 2, 2]
