"""The look, held to what it promises: readable in both modes, light to load, no colour or direction of its own."""

import gzip
import re
from functools import cache
from itertools import product
from math import cos, radians, sin
from pathlib import Path

import pytest
from django.test import Client

from coworkmed.web import styleguide
from coworkmed.web.styleguide import GROUNDS, SPECIMENS, WORDS

from .html import Reader

WEB = Path(styleguide.__file__).parent
STATIC = WEB / "static"
SHEETS = sorted(STATIC.glob("*.css"))
TOKEN = re.compile(r"(--[\w-]+):\s*([^;]+);")
COLOUR = re.compile(r"oklch\(([\d.]+)% ([\d.]+) ([\d.]+)(?: / ([\d.]+))?\)")
PHYSICAL = re.compile(r"\b(?:(?:margin|padding|border)-(?:left|right)|(?:float|clear|text-align):\s*(?:left|right))\b")
KILOBYTE = 1024


def text(sheet: Path) -> str:
    return re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)


@cache
def tokens() -> dict[str, str]:
    """Of the first block only: later ones change them for a reader who asks for more contrast."""
    block = text(STATIC / "site.css").split("@layer tokens {", 1)[1].split("}", 1)[0]
    return dict(TOKEN.findall(block))


def luminance(lightness: float, chroma: float, hue: float) -> float:
    """Relative luminance (WCAG 2) of an oklch colour, 0 to 1; https://www.w3.org/TR/css-color-4/#ok-lab"""
    a, b = chroma * cos(radians(hue)), chroma * sin(radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return sum(share * min(max(part, 0), 1) for share, part in ((0.2126, red), (0.7152, green), (0.0722, blue)))


def contrast(one: str, other: str, mode: int) -> float:
    """WCAG 2 contrast of two tokens; ``mode`` 0 by day, 1 by night."""
    first, second = (
        luminance(float(light) / 100, float(chroma), float(hue))
        for light, chroma, hue, _ in (COLOUR.findall(tokens()[f"--{name}"])[mode] for name in (one, other))
    )
    return (max(first, second) + 0.05) / (min(first, second) + 0.05)


def test_the_measure_of_contrast_is_right() -> None:
    assert luminance(1, 0, 0) == pytest.approx(1, abs=1e-4)
    assert luminance(0, 0, 0) == 0
    assert luminance(0.62796, 0.25768, 29.234) == pytest.approx(0.2126, abs=1e-3)  # red
    assert luminance(0.59987, 0, 0) == pytest.approx(0.2159, abs=1e-3)  # #808080


@pytest.mark.parametrize("mode", [0, 1], ids=["day", "night"])
def test_every_word_is_readable_on_every_ground(mode: int) -> None:
    poor = {
        f"{word} on {ground}": round(contrast(word, ground, mode), 2)
        for word, ground in product(WORDS, GROUNDS)
        if contrast(word, ground, mode) < 4.5
    }
    assert poor == {}


@pytest.mark.parametrize("mode", [0, 1], ids=["day", "night"])
def test_what_can_be_used_is_seen(mode: int) -> None:
    for ground in ("sea", "terracotta"):  # words on a full button, resting and under the pointer
        assert contrast("on-sea", ground, mode) >= 4.5
    for ground in GROUNDS:  # the outline of a box, the ring of the focus
        assert contrast("edge", ground, mode) >= 3
        assert contrast("terracotta", ground, mode) >= 3


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_takes_its_colours_from_the_tokens(sheet: Path) -> None:
    rules = text(sheet)
    if sheet.name == "site.css":
        rules = rules.split("@layer elements {", 1)[1].split("@media print", 1)[0]
    if sheet.name == "back_office.css":  # on Django's own pages, without site.css: it repeats tokens to the letter
        for value in re.findall(r"oklch\([^)]*\)", " ".join(tokens().values())):
            rules = rules.replace(value, "")
    rules = re.sub(r"#(000|fff)\b", "", rules)  # masks, paper, and codes that machines read
    assert re.findall(r"oklch\(|rgba?\(|hsla?\(|:[^;{]*#[0-9a-f]{3,8}\b", rules) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_knows_no_left_and_right(sheet: Path) -> None:
    assert PHYSICAL.findall(text(sheet)) == []


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_sheet_uses_tokens_that_exist(sheet: Path) -> None:
    own = {name for name, _ in TOKEN.findall(text(sheet))}
    assert set(re.findall(r"var\((--[\w-]+)", text(sheet))) - own - set(tokens()) == set()


def test_the_sheet_is_light() -> None:
    assert len(gzip.compress((STATIC / "site.css").read_bytes(), 9)) <= 11 * KILOBYTE


def test_a_page_needs_few_letters() -> None:
    """Latin is on every page; one more alphabet comes with the page's language."""
    size = {path.stem.removeprefix("literata-"): path.stat().st_size for path in STATIC.glob("fonts/*.woff2")}
    assert set(size) == {"latin", "latin-ext", "greek"}
    assert size["latin"] + max(size["latin-ext"], size["greek"]) <= 25 * KILOBYTE


def test_every_piece_is_shown() -> None:
    made = set(re.findall(r"{% macro (\w+)\(", (WEB / "templates/components/ui.html").read_text()))
    shown = {name for specimen in SPECIMENS for name in re.findall(r"\b(\w+)\(", specimen.code)}
    elsewhere = {
        "mark", "rose", "text_in", "own_title", "source_link", "outside",  # words and signs, on every page
        "map_frame",  # needs a map
    }  # fmt: skip
    assert made - shown == elsewhere


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["en", "el"])
def test_the_style_guide_is_drawn(client: Client, language: str) -> None:
    page = Reader(client.get(f"/{language}/styleguide/").content.decode())
    assert page.faults == []
    for specimen in SPECIMENS:
        assert specimen.name in page.ids
        assert specimen.code.splitlines()[0] in page.text
    assert page.text.count("Places not known to be closed") == 3 + 1  # drawn by day, by night, turned round; as code
