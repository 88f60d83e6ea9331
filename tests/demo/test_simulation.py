"""The simulated years: the same again by the seed, fair between the two runs, and no better than what is put in."""

import re
from dataclasses import replace
from datetime import date, timedelta
from xml.etree import ElementTree as ET

import pytest

from coworkmed.demo import chart, simulation
from coworkmed.demo.simulation import Quarter, World, premises, quarters
from coworkmed.places.clock import Policy

WORLD = World(places=120, years=2, seed=7)


@pytest.fixture(scope="module")
def asked() -> list[Quarter]:
    return quarters(WORLD, engine=True)


@pytest.fixture(scope="module")
def left_alone() -> list[Quarter]:
    return quarters(WORLD, engine=False)


def test_the_same_seed_tells_the_same_story(asked: list[Quarter]) -> None:
    assert quarters(WORLD, engine=True) == asked
    assert quarters(replace(WORLD, seed=8), engine=True) != asked


def test_asking_is_worth_it(asked: list[Quarter], left_alone: list[Quarter]) -> None:
    assert [one.ends for one in asked] == [one.ends for one in left_alone]
    assert len(asked) == 8
    last, other = asked[-1], left_alone[-1]
    assert last.confirmed > 0.4 > 0.1 > other.confirmed
    assert last.wrong < other.wrong
    assert last.counted > other.counted
    assert last.mails > 0 == sum(one.mails for one in left_alone)


def test_asking_nobody_is_what_no_budget_and_nobody_to_ask_come_to(left_alone: list[Quarter]) -> None:
    assert quarters(WORLD, engine=True, policy=Policy(budget=0)) == left_alone
    silent = replace(WORLD, answers=0, gone_answers=0, steward=0)
    for one, other in zip(quarters(silent, engine=True), left_alone, strict=True):
        assert replace(one, mails=0, to_stewards=0) == other


def test_a_world_that_stands_still_and_answers_is_all_confirmed() -> None:
    calm = replace(WORLD, closing=0, moving=0, pausing=0, mail_dies=0, stops=0, with_mail=1, with_hours=0)
    calm = replace(calm, answers=1, deaf=0, steward=1)
    found = quarters(calm, engine=True)
    assert found[3].confirmed > 0.95
    assert all(one.wrong == one.wrong_address == one.counted_wrong == 0 for one in found)
    assert found[-1].counted == 1


def test_a_world_that_ends_leaves_nothing_to_count() -> None:
    found = quarters(replace(WORLD, closing=20), engine=True)
    assert found[-1].counted is None
    assert found[-1].wrong in (None, 1)


def test_more_places_change_nothing_about_those_there_were() -> None:
    few, many = list(premises(WORLD)), list(premises(replace(WORLD, places=200)))
    assert many[:120] == few


def test_a_place_comes_to_what_befalls_it() -> None:
    one = next(iter(premises(WORLD)))
    one.closes, one.pauses, one.moves = date(2027, 1, 1), [(date(2026, 3, 1), date(2026, 4, 1))], [date(2026, 5, 1)]
    days = [date(2026, 2, 28), date(2026, 3, 1), date(2026, 4, 1), date(2026, 4, 2), date(2027, 1, 1)]
    assert [one.truth(day) for day in days] == ["OPEN", "PAUSED", "PAUSED", "OPEN", "CLOSED"]
    one.hear("OWNER", date(2026, 3, 5))
    assert one.says(one.state(date(2026, 3, 6))) == "PAUSED"
    assert one.case(date(2026, 3, 6), {**simulation.MONTHS}).due == date(2026, 4, 2)
    one.hear("NETWORK", date(2027, 2, 1))
    assert one.case(date(2027, 2, 1), {**simulation.MONTHS}) is None


@pytest.mark.parametrize("rate", [0, 0.5, 4])
def test_what_happens_so_many_times_a_year_does(rate: float) -> None:
    start = date(2020, 1, 1)
    found = [list(simulation._days(simulation._random(WORLD, str(at)), rate, start)) for at in range(200)]
    assert all(days == sorted(days) and (not days or start < days[0]) for days in found)
    assert sum(map(len, found)) / 200 == pytest.approx(rate * 10, rel=0.1)
    assert all(day < start + timedelta(3654) for days in found for day in days)


# --- the picture


def test_the_picture_is_whole_and_says_what_it_is_given() -> None:
    panel = chart.Panel(
        "A <b> & more", [chart.Line("x < y", [0.1, None, 0.3]), chart.Line("z", [0.3, 0.3, 0.3])], "{:.1f}".format
    )
    svg = str(chart.draw('With "quotes"', [panel, panel], ["a", "", "c"]))
    root = ET.fromstring(svg)
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert root.get("aria-label") == 'With "quotes"'
    assert texts.count("A <b> & more") == texts.count("x < y") == texts.count("c") == 2
    ends = [
        float(one.get("y", 0)) for one in root.iter("{http://www.w3.org/2000/svg}text") if one.text in ("x < y", "z")
    ]
    assert abs(ends[0] - ends[1]) >= chart.APART
    first = next(one.get("d", "") for one in root.iter() if one.get("class") == "line line-0")
    assert re.findall("[ML]", first) == ["M", "M"]  # a gap is a gap


@pytest.mark.parametrize("most", [0.003, 0.1, 0.71, 1, 2.15, 9.99, 10, 437])
def test_the_scale_is_round_and_holds_all(most: float) -> None:
    panel = chart.Panel("t", [chart.Line("l", [0, most])], repr)
    root = ET.fromstring(str(chart.draw("t", [panel], ["", ""])))
    grid = [float(one.text or 0) for one in root.iter() if one.get("text-anchor") == "end"]
    assert 3 <= len(grid) <= 6 and grid[0] == 0 and grid[-1] >= most * (1 - 1e-9)


def test_a_panel_of_nothing_is_drawn() -> None:
    panels = [chart.Panel("t", [chart.Line("l", [])], repr), chart.Panel("u", [chart.Line("l", [None, 0.0])], repr)]
    ET.fromstring(str(chart.draw("t", panels, [])))
