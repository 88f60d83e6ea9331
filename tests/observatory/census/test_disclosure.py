"""What is told of groups: attacked by subtracting groups from one another, within a release and over time."""

import itertools
import random
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.observatory.census import disclosure, portrait
from coworkmed.observatory.census.disclosure import Path, Release
from coworkmed.observatory.census.portrait import FIGURES, Beside
from coworkmed.observatory.census.rules import FEWEST

paths = st.builds(
    portrait.path,
    st.sampled_from(["COWORK", "FAB", ""]),
    st.sampled_from(["FR", "HR"]),
    st.sampled_from(["1", "2", ""]),
)
arrivals = st.lists(st.lists(paths, max_size=25), min_size=1, max_size=4)


def told_over_time(batches: Sequence[Sequence[Path]]) -> list[Release]:
    """Releases as answers come in, one batch after the other."""
    known: dict[str, Path] = {}
    releases: list[Release] = []
    for batch in batches:
        known |= {f"p{len(known) + at}": path for at, path in enumerate(batch)}
        if disclosure.due(len(known), releases):
            releases.append(disclosure.release(known, releases))
    return releases


@settings(max_examples=150, deadline=None)
@given(arrivals)
def test_nothing_that_can_be_worked_out_is_about_fewer_than_five(batches: list[list[Path]]) -> None:
    releases = told_over_time(batches)
    assert all(count >= FEWEST for count in disclosure.parts(releases).values())


@settings(max_examples=60, deadline=None)
@given(arrivals)
def test_no_sum_of_groups_gives_a_place_away(batches: list[list[Path]]) -> None:
    """The attack itself: every group of every release as a row over the places. That a place's own value could be
    computed means that its row of the identity lies in the space of those rows."""
    releases = told_over_time(batches)
    places = sorted({place for one in releases for place in one})
    rows = [
        [place in several for place in places]
        for one in releases
        for several in map(set, disclosure.groups(one).values())
    ]
    if rows:
        assert exposed(np.array(rows, dtype=float)) == []


@settings(max_examples=100, deadline=None)
@given(arrivals, st.randoms(use_true_random=False))
def test_nor_where_places_take_their_answers_back(batches: list[list[Path]], dice: random.Random) -> None:
    """After each release some leave, of one group or of several: neither they nor who stays can be worked out."""
    releases = told_with_leavers(batches, dice)
    assert all(count >= FEWEST for count in disclosure.parts(releases).values())


def told_with_leavers(batches: Sequence[Sequence[Path]], dice: random.Random) -> list[Release]:
    known: dict[str, Path] = {}
    releases: list[Release] = []
    gone: set[str] = set()
    for at, batch in enumerate(batches):
        known |= {f"b{at}-{one}": path for one, path in enumerate(batch)}
        releases.append(disclosure.release(known, releases, gone))
        leaving = {place for place in known if dice.random() < 0.15}
        gone |= {place for place in leaving if any(place in one for one in releases)}
        known = {place: path for place, path in known.items() if place not in leaving}
    return releases


def test_without_the_guard_who_leaves_is_the_difference() -> None:
    six = {f"p{at}": ("COWORK",) for at in range(6)}
    first = disclosure.release(six, [])
    five = {place: path for place, path in six.items() if place != "p0"}
    assert min(disclosure.parts([first, disclosure.release(five, [])]).values()) == 1  # told as if p0 had never been
    assert disclosure.release(five, [first], {"p0"}) == {}
    more = five | {f"q{at}": ("COWORK",) for at in range(5)}
    second = disclosure.release(more, [first], {"p0"})
    assert set(second) == {f"q{at}" for at in range(5)}
    assert disclosure.release(more, [first, second], {"p0"}) == second  # and so it stays


def test_once_five_have_left_together_the_others_count_again() -> None:
    ten = {f"p{at}": ("COWORK",) for at in range(10)}
    first = disclosure.release(ten, [])
    staying = {place: path for place, path in ten.items() if place >= "p5"}
    assert set(disclosure.release(staying, [first], set(ten) - set(staying))) == set(staying)


def exposed(rows: np.ndarray) -> list[int]:
    """The places whose value follows from the sums that ``rows`` tell: those where the projection onto the rows' space
    keeps the unit vector."""
    basis = np.linalg.svd(rows, full_matrices=False)
    span = basis.Vh[basis.S > 1e-9]
    return [at for at in range(rows.shape[1]) if np.sum(span[:, at] ** 2) > 1 - 1e-9]


def test_the_attack_works_where_nobody_guards() -> None:
    """Without the guard, a group of five and one of six beside it give the sixth away; so do two moments."""
    assert exposed(np.array([[1.0] * 5 + [0.0], [1.0] * 6])) == [5]
    naive: dict[str, Path] = {f"p{at}": ("COWORK", "FR") if at < 5 else ("COWORK",) for at in range(7)}
    assert min(disclosure.parts([naive]).values()) == 2
    guarded = disclosure.release({place: (*path, *["FR"] * (2 - len(path))) for place, path in naive.items()}, [])
    assert min(disclosure.parts([guarded]).values()) == 7


def test_a_narrow_group_is_told_once_it_and_the_rest_are_large_enough() -> None:
    five = {f"a{at}": ("COWORK", "FR", "FR-PAC") for at in range(5)}
    two = {f"b{at}": ("COWORK", "FR", "FR-OCC") for at in range(2)}
    assert set(disclosure.release(five | two, []).values()) == {("COWORK", "FR")}
    more = {f"b{at}": ("COWORK", "FR", "FR-OCC") for at in range(5)}
    assert Counter(disclosure.release(five | more, []).values()) == {
        ("COWORK", "FR", "FR-PAC"): 5,
        ("COWORK", "FR", "FR-OCC"): 5,
    }


def test_fewer_than_five_are_told_nothing() -> None:
    assert disclosure.release({f"p{at}": ("COWORK",) for at in range(4)}, []) == {}
    assert not disclosure.due(4, [])
    first = disclosure.release({f"p{at}": ("COWORK",) for at in range(5)}, [])
    assert len(first) == 5
    assert not disclosure.due(9, [first])
    assert disclosure.due(10, [first])


def test_a_latecomer_waits_for_four_others() -> None:
    first = {f"p{at}": ("COWORK",) for at in range(6)}
    told = disclosure.release(first, [])
    assert disclosure.release(first | {"late": ("COWORK",)}, [told]) == told


@given(st.dictionaries(st.text("abc", min_size=1), paths, min_size=5))
def test_each_counts_in_a_group_it_belongs_to(known: Mapping[str, Path]) -> None:
    for place, path in disclosure.release(known, []).items():
        assert known[place][: len(path)] == path


# -- what is told of a group ------------------------------------------------------------------------------------------


def test_quartiles_are_told_to_two_digits() -> None:
    told = portrait.tell(FIGURES["jobs_fte"], [1, 2, 3, 4, 123.4])
    assert told == {"n": 5, "low": 2.0, "median": 3.0, "high": 4.0}
    assert portrait.tell(FIGURES["jobs_fte"], [1234] * 5)["median"] == 1200
    assert portrait.tell(FIGURES["jobs_fte"], [0] * 5)["median"] == 0


@pytest.mark.parametrize("others", [4, 5, 6, 9, 10, 39])
def test_what_all_gave_is_told_as_if_one_had_not(others: int) -> None:
    told = portrait.tell(FIGURES["result"], ["LOSS"] * (others + 1))
    assert told == portrait.tell(FIGURES["result"], ["LOSS"] * others + ["PROFIT"])
    assert told["shares"]["LOSS"] < 1
    assert portrait.tell(FIGURES["result"], ["LOSS"] * 38 + ["PROFIT"] * 2)["shares"] == {"LOSS": 0.9, "PROFIT": 0.1}


@pytest.mark.parametrize(
    ("own", "stands"), [(1, "LOW"), (3, "LOWER"), (5, "MIDDLE"), (7, "UPPER"), (9, "HIGH"), (None, "")]
)
def test_where_a_place_stands(own: float | None, stands: str) -> None:
    told = {"n": 5, "low": 2, "median": 5, "high": 8}
    assert Beside.of(FIGURES["desks"], own, 0, told).stands == stands


def test_figures_are_read_from_what_is_said() -> None:
    values = {
        "desks": 20,
        "desks_occupied": 5,
        "income_share": {"PUBLIC_GRANT": 40, "DESKS": 60},
        "price_day": {"amount": 15, "currency": "EUR"},
        "price_month": {"amount": 900, "currency": "HRK"},
        "result": "LOSS",
    }
    read = {code: one.read(values) for code, one in FIGURES.items()}
    assert read["desk_occupancy"] == 0.25 and read["grant_share"] == 0.4 and read["price_day"] == 15
    assert read["price_month"] is None and read["result"] == "LOSS" and read["jobs_fte"] is None
    assert FIGURES["desk_occupancy"].read({"desks": 0, "desks_occupied": 0}) is None


def test_a_strip_stays_within_its_drawing() -> None:
    for own, low, median, high in itertools.product((None, 0, 3, 1000), (0, 1), (1, 2), (2, 50)):
        strip = Beside.of(FIGURES["desks"], own, 0, {"n": 5, "low": low, "median": median, "high": high}).strip
        assert strip
        assert all(0 <= at <= portrait.WIDTH for at in (strip.low, strip.median, strip.high, strip.own or 0))
