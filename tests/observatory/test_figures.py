"""The figures of the state of play: what they count, what they refuse to say."""

import json
from datetime import date
from math import comb, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from coworkmed.observatory import unseen
from coworkmed.observatory.definitions import BASES, DEFINITIONS
from coworkmed.observatory.rules import figures
from coworkmed.observatory.unseen import chapman
from coworkmed.places.queries import Snapshot

from .factory import AS_OF, entry, network, snapshot, snapshots, source

GAP = {"country": "FR", "locality": "Gap"}


def listed(key: str, numbers: range, day: str = "2025-06", **fields: object) -> list:
    """A list that declares a coworking space in each of the places ``numbers``."""
    said = {"kinds": ["COWORK"], **GAP, **fields}
    return [entry(key, str(n), f"p{n:03}", observed_on=day, name=f"Place {n}", **said) for n in numbers]


# Counting


def test_each_definition_and_age_has_its_own_count() -> None:
    made = figures(
        snapshot(
            [
                entry("a", "1", "p1", name="Young", kinds=["COWORK"], observed_on="2026-02"),
                entry("a", "2", "p2", name="Old", kinds=["COWORK", "FAB"], observed_on="2024-06"),
                entry("a", "3", "p3", name="Ancient", kinds=["FAB"], observed_on="2016"),
                entry("a", "4", "p4", name="Shut", kinds=["COWORK"], status="CLOSED", observed_on="2026-02"),
                entry("a", "5", "p5", name="No such place", status="NOT_A_MATCH", observed_on="2026-02"),
            ]
        )
    )
    found = {(c, b): made.figure("places_open", c, b).n for c in DEFINITIONS for b in BASES}
    assert found == {
        ("ANY", "ALL"): 3, ("ANY", "CURRENT"): 2, ("ANY", "CONFIRMED"): 1,
        ("COWORK", "ALL"): 2, ("COWORK", "CURRENT"): 2, ("COWORK", "CONFIRMED"): 1,
    }  # fmt: skip
    assert made.places == 4
    assert made.figure("places_open", "ANY", "ALL").span == ("2016", "2026-02")


def test_shares_say_of_how_many() -> None:
    made = figures(
        snapshot(
            [
                entry("a", "1", "p1", name="Confirmed by its keeper", role="OWNER", observed_on="2026-02-01"),
                entry("a", "2", "p2", name="On a fresh list", observed_on="2026-02-09"),
                entry("a", "3", "p3", name="On an old list", observed_on="2024-01"),
                entry("a", "4", "p4", name="Shut", status="CLOSED", observed_on="2026-02"),
            ]
        )
    )
    confirmed, vouched = made.figure("confirmed_share"), made.figure("vouched_share")
    assert (confirmed.n, confirmed.of, confirmed.value) == (2, 3, pytest.approx(2 / 3))
    assert (vouched.n, vouched.of) == (1, 3)
    assert made.figure("median_age_of_confirmation").value == (AS_OF - date(2026, 2, 1)).days
    assert made.ages == {"fresh": 2, "ageing": 0, "stale": 0, "expired": 1, "": 0}


def test_an_empty_registry_has_no_shares_rather_than_zeros() -> None:
    made = figures(snapshot())
    assert made.figure("confirmed_share").value is None
    assert made.figure("median_age_of_confirmation").value is None
    assert made.figure("places_open").value == 0
    assert made.unseen == made.countries == made.concentration == []


def test_concentration_joins_the_spellings_of_a_town() -> None:
    towns = ["Gap", "GAP", "Nice", "Arles"]
    made = figures(
        snapshot([entry("a", str(n), f"p{n}", name="x", country="FR", locality=t) for n, t in enumerate(towns)])
    )
    (row,) = made.concentration
    assert (row.locality, row.n, row.of, row.herfindahl) == ("Gap", 2, 4, pytest.approx(0.25 + 2 * 0.0625))


def test_a_source_is_credited_with_what_only_it_knows() -> None:
    made = figures(
        snapshot(
            [entry("a", "1", "p1", name="x"), entry("a", "2", "p2", name="y"), entry("b", "1", "p2", name="y")],
            [source("a", read=5, rejected={"NO_NAME": 3}, dropped={"email": 2}), source("b", read=1)],
        )
    )
    a, b = made.sources
    assert (a.read, a.entries, a.rejected, a.dropped) == (5, 2, {"NO_NAME": 3}, {"email": 2})
    assert (a.places, a.alone, a.overlap) == (2, 1, {"b": 1})
    assert (b.places, b.alone, b.overlap) == (1, 0, {"a": 1})


@given(snapshots())
def test_totals_add_up(registry: Snapshot) -> None:
    made = figures(registry)
    for counted in DEFINITIONS:
        counts = [made.figure("places_open", counted, basis).n for basis in ("ALL", "CURRENT", "CONFIRMED")]
        assert counts == sorted(counts, reverse=True)
        for basis in BASES:
            by_country = sum(row.counts[counted][basis] for row in made.countries)
            assert by_country == made.figure("places_open", counted, basis).n
    for one in made.figures:
        assert 0 <= one.n <= one.of
        if "share" in one.code:
            assert one.value is None or 0 <= one.value <= 1
    assert sum(made.ages.values()) == made.figure("confirmed_share").of
    for region in made.regions:
        (country,) = (row for row in made.countries if row.country == region.country)
        assert region.counts["ANY"]["ALL"] <= country.counts["ANY"]["ALL"]
    for brought in made.sources:
        assert brought.alone <= brought.places
        assert all(common <= brought.places for common in brought.overlap.values())
    assert all(0 <= row.n <= row.of == made.places for row in made.fill)
    assert all(0 <= row.n <= row.of for row in made.disagreements)
    assert all(0 < row.herfindahl <= 1 + 1e-12 for row in made.concentration)
    json.dumps(made.as_json(), allow_nan=False)


# Disagreement


@pytest.mark.parametrize(
    ("field", "one", "other", "contradict"),
    [
        ("name", "ΤΟ ΕΡΓΑΣΤΉΡΙ", "Το εργαστήρι", False),
        ("name", "La Ruche", "La Rûche bis", True),
        ("position", {"lat": 43.0, "lon": 5.0}, {"lat": 43.0026, "lon": 5.0}, False),
        ("position", {"lat": 43.0, "lon": 5.0}, {"lat": 43.0028, "lon": 5.0}, True),
        ("web", "https://www.a.example/x", "http://a.example", False),
        ("web", "https://blog.atelier.fr", "https://atelier.fr", False),
        ("web", "https://www.facebook.com/one", "https://atelier.fr", True),
        ("web", "https://a.example", "https://b.example", True),
        ("kinds", ["COWORK", "FAB"], ["FAB"], False),
        ("kinds", ["COWORK"], ["CULTURE"], True),
        ("kinds", ["COWORK"], ["MIXED"], False),
        (
            "address",
            {"line": "12 bis, rue X", "number": "12 bis"},
            {"line": "12bis rue du X", "number": "12BIS"},
            False,
        ),
        ("address", {"line": "12, rue X", "number": "12"}, {"line": "14 rue X", "number": "14"}, True),
        ("status", "OPEN", "CLOSED", True),
        ("phone", "+33491000000", "+33491000000", False),
    ],
)
def test_sources_disagree_on_what_matters(field: str, one: object, other: object, *, contradict: bool) -> None:
    told = [
        entry("a", "1", "p1", **{"name": "x", "country": "FR", field: one}),
        entry("b", "1", "p1", **{"name": "x", "country": "FR", field: other}),
    ]
    row = next(row for row in figures(snapshot(told)).disagreements if row.field == field)
    assert (row.n, row.of) == (int(contradict), 1)
    assert bool(row.examples) is contradict
    if contradict:
        assert [source for source, _ in row.examples[0].said] == ["a", "b"]


def test_a_doubted_value_contradicts_nobody() -> None:
    told = [entry("a", "1", "p1", name="x", doubts=["name"]), entry("b", "1", "p1", name="y")]
    assert figures(snapshot(told)).disagreements[0].of == 0


def test_two_lines_of_one_list_are_no_two_witnesses() -> None:
    told = [entry("a", "1", "p1", name="x"), entry("a", "2", "p1", name="y")]
    assert figures(snapshot(told)).disagreements[0].of == 0


# What no list has seen


def test_chapman_gives_the_published_examples() -> None:
    # turtles of a lake: 10 marked, 15 taken later, 5 of them marked (Wikipedia, "Mark and recapture"): 28
    assert int(chapman(10, 15, 5).value) == 28
    # 100 fish marked, 80 taken, 10 recaptured (calcimator.com, fish population estimate): 743, s.e. 188.4, 373 to 1,112
    fish = chapman(100, 80, 10)
    assert round(fish.value) == 743
    assert round((fish.high - fish.value) / unseen.Z95, 1) == 188.4
    assert (round(fish.low), round(fish.high)) == (373, 1112)


@given(st.integers(0, 2000), st.integers(0, 2000), st.integers(0, 2000))
def test_chapman_never_falls_below_what_was_seen(n1: int, n2: int, matches: int) -> None:
    assume(matches <= min(n1, n2))
    found = chapman(n1, n2, matches)
    assert n1 + n2 - matches <= found.low <= found.value + 1e-9 <= found.high + 2e-9
    assert found == chapman(n2, n1, matches)


@given(st.integers(5, 40), st.data())
def test_chapman_is_unbiased_once_the_captures_must_meet(population: int, data: st.DataObject) -> None:
    """Chapman's theorem: with n1 + n2 ≥ N the mean of the estimator over all draws is N exactly."""
    n1 = data.draw(st.integers(1, population))
    n2 = data.draw(st.integers(population - n1, population))
    draws = comb(population, n2)
    mean = sum(
        chapman(n1, n2, m).value * comb(n1, m) * comb(population - n1, n2 - m) / draws
        for m in range(max(0, n1 + n2 - population), min(n1, n2) + 1)
    )
    assert mean == pytest.approx(population)


def test_chapman_refuses_more_matches_than_captures() -> None:
    with pytest.raises(ValueError, match="8 matches"):
        chapman(7, 9, 8)


def test_two_independent_lists_estimate_the_unseen() -> None:
    (row,) = figures(snapshot(listed("a", range(30)) + listed("b", range(15, 40)))).unseen
    assert (row.n1, row.n2, row.matches, row.observed, row.towns, row.countries) == (30, 25, 15, 40, 1, ("FR",))
    assert row.refusal == ""
    assert row.estimate == chapman(30, 25, 15)
    assert row.estimate.value == pytest.approx(31 * 26 / 16 - 1)
    assert row.estimate.high - row.estimate.value == pytest.approx(unseen.Z95 * sqrt(31 * 26 * 15 * 10 / (16**2 * 17)))


def test_only_towns_both_lists_cover_and_spaces_both_could_declare_are_counted() -> None:
    elsewhere = listed("b", range(100, 120), locality="Arles")
    fab = listed("a", range(200, 210), kinds=["FAB"])
    (row,) = figures(snapshot(listed("a", range(30)) + fab + listed("b", range(15, 40)) + elsewhere)).unseen
    assert (row.n1, row.n2, row.matches) == (30, 25, 15)


@pytest.mark.parametrize(
    ("entries", "sources", "refusal"),
    [
        (listed("a", range(20)) + listed("b", range(20)), [source("a"), source("b", derived_from=("a",))], "RELATED"),
        (
            listed("a", range(20)) + listed("b", range(20)),
            [source("a", derived_from=("x",)), source("b", derived_from=("x",))],
            "RELATED",
        ),
        (listed("a", range(20)) + listed("b", range(20), kinds=["FAB"]), [], "KIND_NOT_DECLARED"),
        (listed("a", range(20)) + listed("b", range(20, 40), locality="Nice"), [], "NO_COMMON_TERRITORY"),
        (listed("a", range(20)) + listed("b", range(20), day="2023-04"), [], "DATES_APART"),
        (listed("a", range(20)) + listed("b", range(14, 30)), [], "TOO_FEW_MATCHES"),
    ],
)
def test_no_estimate_where_it_would_not_be_lawful(entries: list, sources: list, refusal: str) -> None:
    made = figures(snapshot(entries, sources))
    (row,) = made.unseen
    assert (row.refusal, row.estimate) == (refusal, None)
    assert "{" not in made.as_json()["unseen"][0]["reason"]


def test_kinship_runs_through_any_number_of_lists_even_in_a_ring() -> None:
    parents = {"a": ["b"], "b": ["c"], "c": ["a"], "d": ["x"]}
    assert unseen.related("a", "c", parents)
    assert not unseen.related("a", "d", parents)


def test_the_same_registry_gives_the_same_figures() -> None:
    assert json.dumps(figures(network()).as_json()) == json.dumps(figures(network()).as_json())
