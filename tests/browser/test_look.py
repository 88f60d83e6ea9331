"""The look in a real browser: every width, direction, mode and medium people read in."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from coworkmed.places.models import Place
from coworkmed.web import pseudo

from .eyes import barriers, too_wide, unfold

pytestmark = pytest.mark.browser
HEIGHT = 800
MISSING = "/nothing/"
PATHS = ("/", "/places/", "/places/?q=nothing+there", "/map/", "/territories/", "/territories/FR/", "/sources/",
         "/sources/region-fictive/", "/method/", "/state-of-play/", "/styleguide/", MISSING)  # fmt: skip


def all_paths(places: dict[str, Place]) -> tuple[str, ...]:
    return (*PATHS, f"/places/{places['mill'].public_id}/")


@pytest.mark.parametrize("width", [768, 1800])  # the narrowest, in every language: test_every_page
@pytest.mark.parametrize("language", ["el", pseudo.CODE])  # the longest words, in either direction
def test_nothing_sticks_out(
    page: Page, go: Any, places: dict[str, Place], right_to_left: str, language: str, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    for path in all_paths(places):
        go(f"/{language}{path}", 404 if path == MISSING else 200)
        assert too_wide(page) == "", path


def test_the_style_guide_is_accessible_in_the_dark(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    go("/en/styleguide/")
    unfold(page)
    assert barriers(page) == []


def test_both_modes_stand_side_by_side(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/styleguide/")
    grounds = [
        page.locator(f"#button .mode[data-mode={mode}]").first.evaluate("one => getComputedStyle(one).backgroundColor")
        for mode in ("light", "dark")
    ]
    assert len(set(grounds)) == 2


def test_letters_come_for_the_alphabet_of_the_page_only(browser: Browser, live_server: Any, db: None) -> None:
    """On a registry without places, whose names bring their own alphabets."""
    for language, alphabets in (("en", {"latin"}), ("el", {"latin", "greek"}), ("hr", {"latin", "latin-ext"})):
        context = browser.new_context()
        asked: set[str] = set()
        context.on("request", lambda one, asked=asked: asked.add(one.url.rpartition("/")[2]))
        page = context.new_page()
        page.goto(f"{live_server.url}/{language}/method/", wait_until="networkidle")
        fonts = {name for name in asked if name.endswith(".woff2")}
        assert fonts <= {f"literata-{alphabet}.woff2" for alphabet in alphabets}
        assert "literata-latin.woff2" in fonts or "literata-greek.woff2" in fonts
        context.close()


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_jumps_while_a_page_comes(page: Page, go: Any, places: dict[str, Place], width: int) -> None:
    page.set_viewport_size({"width": width, "height": HEIGHT})
    for path in ("/fr/", "/el/places/", f"/fr/places/{places['mill'].public_id}/"):
        go(path)
        page.wait_for_load_state("networkidle")
        moved = page.evaluate("""() => new Promise(tell => {
            let moved = 0;
            new PerformanceObserver(list => { for (const one of list.getEntries()) moved += one.value; })
                .observe({ type: "layout-shift", buffered: true });
            setTimeout(() => tell(moved), 300);
        })""")
        assert moved < 0.1, path  # what search engines call good


def test_on_paper(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.emulate_media(media="print", color_scheme="dark")
    for path in ("/en/", f"/en/places/{places['mill'].public_id}/", "/en/territories/FR/", "/en/method/"):
        go(path)
        expect(page.locator(".nav")).to_be_hidden()
        expect(page.locator(".foot")).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_in_the_colours_the_reader_forces(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.emulate_media(forced_colors="active")
    go("/en/styleguide/")
    button = page.locator("#button button").first
    assert button.evaluate("one => getComputedStyle(one).borderTopStyle") == "solid"
    assert button.evaluate("one => parseFloat(getComputedStyle(one).borderTopWidth)") >= 1


def test_more_contrast_for_who_asks(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/method/")
    lead = page.locator(".lead").first
    softly = lead.evaluate("one => getComputedStyle(one).color")
    page.emulate_media(contrast="more")
    assert lead.evaluate("one => getComputedStyle(one).color") != softly
    assert lead.evaluate("one => getComputedStyle(one).color === getComputedStyle(document.body).color")


def test_the_menu_of_languages_opens_by_keyboard_on_a_small_phone(
    page: Page, go: Any, places: dict[str, Place]
) -> None:
    page.set_viewport_size({"width": 320, "height": 568})
    go("/hr/")
    page.locator(".tongues summary").focus()
    page.keyboard.press("Enter")
    for link in page.locator(".tongues li a").all():
        box = link.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 320
        assert box["height"] >= 24
