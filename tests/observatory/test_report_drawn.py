"""Charts as SVG: their marks stand where the values are, whoever wrote the labels."""

import re
from xml.etree import ElementTree as ET

import pytest
from markupsafe import Markup

from coworkmed.observatory.report.drawn import WIDTH, Bar, Line, bars, lines, survival

WORDS = {"title": "A title", "says": "What it says", "name": "x"}
SVG = "{http://www.w3.org/2000/svg}"


def marks(svg: Markup, kind: str) -> list[dict[str, str]]:
    root = ET.fromstring(svg)
    return [one.attrib for one in root.iter() if one.get("class", "").split(" ")[0] == f"chart-{kind}"]


def test_bars_are_as_long_as_their_values() -> None:
    svg = bars([Bar("a", 50, "50"), Bar("b", 0, "0"), Bar("c", 200, "200"), Bar("d", None, "–")], top=100, **WORDS)
    assert [float(one["width"]) for one in marks(svg, "bar")] == [WIDTH / 2, 0, WIDTH]


def test_an_interval_is_a_whisker_from_its_low_end_to_its_high_one() -> None:
    [one] = marks(bars([Bar("a", 0.5, "50 %", 0.25, 0.75)], top=1, **WORDS), "interval")
    assert one["d"].startswith(f"M{WIDTH // 4} ")
    assert f"H{WIDTH * 3 // 4}M" in one["d"]


@pytest.mark.parametrize("top", [0, 0.0])
def test_nothing_to_show_is_no_division_by_nought(top: float) -> None:
    assert [one["width"] for one in marks(bars([Bar("a", 0, "0")], top=top, **WORDS), "bar")] == ["0"]
    assert marks(bars([], top=top, **WORDS), "bar") == []


def test_a_line_breaks_where_nothing_is_told_and_ends_in_words() -> None:
    svg = lines(
        [Line("one", [0.0, None, 1.0, 0.5]), Line("two", [None, None, None, None])], ends=("first", "last"),
        scale=lambda share: f"{share:.0%}", **WORDS,
    )  # fmt: skip
    first, _key, second, _ = (one["d"] for one in marks(svg, "line"))
    assert first.count("M") == 2 and first.count("L") == 1
    assert second == ""
    assert ">50%</text>" in svg and ">–</text>" in svg and ">first</text>" in svg


def test_lines_differ_without_their_colours() -> None:
    svg = lines([Line(str(at), [0, 1]) for at in range(3)], ends=("a", "b"), scale=str, **WORDS)
    assert len({one["stroke-dasharray"] for one in marks(svg, "line")}) == 3


def test_a_survival_curve_only_falls() -> None:
    rows = [(1, Bar("1", 0.9, "", 0.8, 1.0)), (3, Bar("3", 0.6, "", 0.4, 0.8)), (5, Bar("5", None, ""))]
    svg = survival(rows, scale=lambda share: f"{share:.0%}", **WORDS)
    [curve] = marks(svg, "line")
    falls = [float(y) for y in re.findall(r"V([0-9.]+)", curve["d"])]
    assert falls == sorted(falls) and len(falls) == 2
    assert len(marks(svg, "interval")) == 2


def test_what_a_list_wrote_is_text_and_what_is_seen_is_said() -> None:
    svg = bars([Bar("<script>&\"'", 1, "<b>")], top=1, **WORDS)
    root = ET.fromstring(svg)
    assert not list(root.iter(f"{SVG}script"))
    assert [one.text for one in root.iter(f"{SVG}text")] == ["<script>&\"'", "<b>"]
    ids = {one.get("id") for one in root.iter() if one.get("id")}
    assert {root.get("aria-labelledby"), root.get("aria-describedby")} == ids
    assert len(bars([Bar("long " * 40, 1, "1")], top=1, **WORDS)) < 1200
