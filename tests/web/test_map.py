"""The drawn map: every place on it is there once, alone or counted."""

import re
from math import hypot
from random import Random
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.web import map as maps
from coworkmed.web.map import MEDITERRANEAN, Box, Dot

SVG = "{http://www.w3.org/2000/svg}"
dots = st.lists(
    st.builds(Dot, st.floats(30, 50), st.floats(-15, 40), st.text("aβ<&\"'", max_size=3), st.sampled_from(("", "/x"))),
    max_size=40,
)


def draw(found: list[Dot], **options: object) -> ET.Element:
    text = maps.draw(found, title="Map", description="What it shows", **options)
    return ET.fromstring(text)


def counted(svg: ET.Element) -> int:
    alone = len(svg.findall(f".//{SVG}circle[@class='map-dot']"))
    return alone + sum(int(text.text or "") for text in svg.iter(f"{SVG}text"))


@given(dots)
def test_every_place_inside_is_drawn_once(found: list[Dot]) -> None:
    inside = [dot for dot in found if MEDITERRANEAN.holds(dot.lat, dot.lon)]
    assert counted(draw(found)) == len(inside)


@given(dots, st.randoms())
def test_the_order_given_is_irrelevant(found: list[Dot], random: Random) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    one, other = (maps.draw(each, title="M", description="D") for each in (found, shuffled))
    assert one == other


def test_neighbours_are_joined_and_strangers_are_not() -> None:
    svg = draw([Dot(43.3, 5.4, "a"), Dot(43.31, 5.41, "b"), Dot(38, 23.7, "c")])
    assert [text.text for text in svg.iter(f"{SVG}text")] == ["2"]
    assert len(svg.findall(f".//{SVG}circle[@class='map-dot']")) == 1


def test_a_letter_stands_beside_its_dot() -> None:
    svg = draw([Dot(43.3, 5.4, "a", letter="A"), Dot(38, 23.7, "b")])
    assert [(text.get("class"), text.text) for text in svg.iter(f"{SVG}text")] == [("map-letter", "A")]
    assert len(svg.findall(f".//{SVG}circle[@class='map-dot']")) == 2


def test_single_dots_do_not_hide_each_other() -> None:
    grid = [Dot(35 + row * 0.3, column * 0.3, f"{row}/{column}") for row in range(30) for column in range(60)]
    svg = draw(grid)
    places = [
        (float(one.get("cx", "")), float(one.get("cy", ""))) for one in svg.findall(f".//{SVG}circle[@class='map-dot']")
    ]
    apart = [hypot(x1 - x2, y1 - y2) for i, (x1, y1) in enumerate(places) for x2, y2 in places[:i]]
    assert min(apart, default=99) >= 2 * maps.DOT


def test_a_counted_dot_leads_to_what_it_counts() -> None:
    members = [Dot(43.3, 5.4, "a"), Dot(43.31, 5.41, "b")]
    boxes: list[Box] = []
    svg = draw(members, cluster_href=lambda box: boxes.append(box) or "/closer", count_label=lambda n: f"{n} places")
    link = svg.find(f"{SVG}a")
    assert link is not None
    assert (link.get("href"), link.get("aria-label")) == ("/closer", "2 places")
    assert all(boxes[0].holds(dot.lat, dot.lon) for dot in members)


def test_following_counted_dots_ends_at_single_places() -> None:
    near = [Dot(43.3, 5.4, "a"), Dot(43.3004, 5.4004, "b"), Dot(43.5, 5.9, "c")]
    box = MEDITERRANEAN
    seen: list[Box] = []
    for turn in range(12):
        svg = draw(near, box=box, ratio=0.5, cluster_href=lambda inside: seen.append(inside) or "/")
        if len(seen) == turn:  # nothing was joined any more
            break
        box = seen[-1]
    assert counted(svg) >= 1
    assert len(svg.findall(f".//{SVG}circle[@class='map-dot']")) == counted(svg)


def test_labels_are_escaped() -> None:
    text = maps.draw([Dot(43, 5, "<b>&\"'", '/"><script>')], title="<i>", description="&")
    assert not re.search("<b>|<i>|<script>", text)
    ET.fromstring(text)


def test_north_is_up_and_a_rhumb_line_is_straight() -> None:
    frame = maps._Frame.fit(MEDITERRANEAN, 1000, 0.5)
    (west_x, south_y), (east_x, north_y) = frame(36, 0), frame(44, 20)
    assert west_x < east_x
    assert north_y < south_y
    assert frame.height == pytest.approx(500)


def test_land_is_drawn() -> None:
    path = draw([]).find(f"{SVG}path[@class='map-land']")
    assert path is not None
    assert path.get("d", "").count("M") > 50  # the Mediterranean has islands


@pytest.mark.parametrize(
    "text", ["", "1,2,3", "a,b,c,d", "nan,0,1,1", "5,1,4,2", "0,-90,1,90", "0,0,inf,1", "1,2,3,4,5"]
)
def test_what_is_no_box(text: str) -> None:
    with pytest.raises(ValueError, match=f"{re.escape(text)}|could not convert|unpack"):
        Box.parse(text)
