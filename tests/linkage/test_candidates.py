"""Blocking: what must meet meets, and blocks stay bounded."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings

from benchmarks.linkage.generated import records as generate
from coworkmed.linkage.candidates import candidates
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record

from .test_engine import lists

ALONE = Record(("a", "1"), "Zorba", country="GR", locality="Chania")


def meet(one: Record, other: Record) -> bool:
    left, right = candidates(prepare([one, replace(other, key=("z", "9"))]))
    return list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1)]


@pytest.mark.parametrize(
    "shared",
    [
        {"phones": ("+302821000000",)},
        {"domains": ("zorba.gr",)},
        {"urls": ("https://facebook.com/zorba",)},
        {"ids": ("VAT:EL123456789",)},
        {"street": "Odos Daskalogianni", "number": "7"},
        {"lat": 35.5138, "lon": 24.0180},
    ],
)
def test_one_thing_in_common_is_enough_to_be_compared(shared: dict[str, object]) -> None:
    renamed = replace(ALONE, name="Totally Different")
    assert not meet(ALONE, renamed)
    assert meet(replace(ALONE, **shared), replace(renamed, **shared))


def test_a_rare_word_brings_together_wherever_it_stands() -> None:
    assert meet(
        Record(("a", "1"), "Kolektiva Kukurikuland"), Record(("b", "1"), "Udruga Kukurikuland", locality="Pula")
    )


def test_neighbours_across_the_edge_of_a_cell_meet() -> None:
    for step in np.linspace(0, 0.0015, 25):
        here = replace(ALONE, lat=43.3 + step, lon=5.37 + step)
        assert meet(here, replace(here, name="Other", locality="", lat=here.lat + 0.0003, lon=here.lon + 0.0003))


@given(lists(12))
@settings(max_examples=40, deadline=None)
def test_each_pair_comes_once_and_in_order(records: list[Record]) -> None:
    left, right = candidates(prepare(records))
    pairs = list(zip(left.tolist(), right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    assert all(one < other for one, other in pairs)


def test_a_crowd_in_one_house_stays_near_linear() -> None:
    crowd = [
        Record(
            ("a", f"{at:04}"),
            f"Coworking {at}",
            locality="Paris",
            street="rue X",
            number="1",
            lat=48.85,
            lon=2.35,
            domains=("regus.com",),
            phones=("+33100000000",),
        )
        for at in range(2_000)
    ]
    left, _ = candidates(prepare(crowd))
    assert len(left) < 60 * len(crowd)


def test_nearly_all_true_pairs_are_candidates_at_a_fraction_of_the_cost() -> None:
    records, truth = generate(3_000, seed=7)
    left, right = candidates(prepare(records))
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    places: dict[int, list[int]] = {}
    for at, place in enumerate(truth):
        places.setdefault(place, []).append(at)
    true = {(one, other) for members in places.values() for one in members for other in members if one < other}
    assert len(true & found) / len(true) > 0.97
    assert len(found) < 0.005 * len(records) ** 2 / 2
