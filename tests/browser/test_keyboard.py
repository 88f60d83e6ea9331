"""With the keyboard alone: everything is reached, where one stands is always seen, and is never lost."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coworkmed.places.models import Place

from .eyes import DESK, focused, shows_focus, tab_to

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def desk(page: Page) -> None:
    page.set_viewport_size(DESK)
    page.emulate_media(reduced_motion="reduce")


def test_skip_search_choose(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    assert shows_focus(page)
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    box, options = page.get_by_role("combobox"), page.get_by_role("option")
    expect(box).to_be_focused()
    expect(box).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("kyps")
    expect(options).to_have_count(1)
    expect(box).to_have_attribute("aria-expanded", "true")
    assert not box.get_attribute("aria-activedescendant")
    page.keyboard.press("ArrowDown")
    expect(options).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.get_attribute("id")))
    page.keyboard.press("Escape")
    expect(options).to_be_hidden()
    expect(box).to_have_attribute("aria-expanded", "false")
    expect(box).to_have_value("kyps")
    page.keyboard.type("eli")
    expect(options).to_have_count(1)
    assert not box.get_attribute("aria-activedescendant")  # new suggestions, none chosen yet
    page.keyboard.press("ArrowUp")  # round to the last
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Κοινός Τόπος Εργασίας Κυψέλης")


def test_enter_searches_what_was_written(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/places/")
    page.get_by_role("combobox").focus()
    page.keyboard.type("officina")
    page.keyboard.press("Enter")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.locator(".count h2")).to_be_focused()
    assert shows_focus(page)
    expect(page.get_by_role("option")).to_have_count(0)
    tab_to(page, page.locator(".row a"))
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Officina Mare")


def test_the_menu_of_languages(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/sources/")
    summary = page.locator(".tongues summary")
    tab_to(page, summary, 12)
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Ελληνικά"), 9)
    assert shows_focus(page)
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/el/sources/$"))


def test_filters_exchange_the_list_and_keep_the_place(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/places/")
    count = page.locator(".count h2")
    tab_to(page, page.locator(".facet").get_by_role("link", name="Croatia"))
    page.keyboard.press("Enter")
    expect(count).to_have_text("2 places")
    expect(count).to_be_focused()
    assert shows_focus(page)
    tab_to(page, page.locator(".chosen").get_by_role("link", name="Croatia"), 5)
    page.keyboard.press("Enter")
    expect(count).to_have_text("5 places")
    expect(count).to_be_focused()
    equipment = page.locator(".facet summary", has_text="Equipment")
    tab_to(page, equipment, key="Shift+Tab")  # closed at first, and then as the reader left it
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".facet").get_by_role("link", name="imprimante 3D"), 4)
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 place")
    expect(page.locator(".facet[open] > summary", has_text="Equipment")).to_be_visible()


def test_provenance_unfolds(page: Page, go: Any, places: dict[str, Place]) -> None:
    go(f"/en/places/{places['mill'].public_id}/")
    tab_to(page, page.locator("#phone summary"))
    assert shows_focus(page)
    body = page.locator("#phone .said-body")
    for key, seen in (("Enter", True), ("Enter", False), ("Space", True)):
        page.keyboard.press(key)
        expect(body).to_be_visible(visible=seen)
    tab_to(page, body.get_by_role("link", name="Common Sea map"), 6)


def test_the_map_and_its_list(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/map/?country=HR")
    expect(page.locator("place-map")).to_have_attribute("data-state", "live", timeout=60_000)
    count, split = page.locator(".count h2"), places["split"].public_id
    page.locator(".map-filters > summary").focus()
    page.keyboard.press("Enter")
    tab_to(page, page.locator(".facet").get_by_role("link", name="Cultural third place"))
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 place")
    expect(count).to_be_focused()
    assert shows_focus(page)
    canvas = page.locator(".maplibregl-canvas")
    tab_to(page, canvas)
    assert shows_focus(page)
    for _ in range(3):
        page.keyboard.press("Minus")
        page.wait_for_timeout(300)
    again = page.get_by_role("button", name="Search in this view")
    expect(again).to_be_visible()
    tab_to(page, again, 12)
    page.keyboard.press("Enter")
    expect(page.locator(".chosen")).to_contain_text("In this view")
    expect(count).to_be_focused()
    go(f"/en/map/?place={split}")
    shut = page.locator(".map-card").get_by_role("button", name="Close")
    expect(shut).to_be_visible(timeout=60_000)
    shut.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".map-card")).to_be_hidden()
    expect(canvas).to_be_focused()


@pytest.mark.parametrize("path", ["/", "/places/?q=mare", "/places/MILL/", "/territories/FR/", "/method/", "/nothing/"])
def test_where_one_stands_is_always_seen(page: Page, go: Any, places: dict[str, Place], path: str) -> None:
    go("/en" + path.replace("MILL", places["mill"].public_id), 404 if "nothing" in path else 200)
    unseen: list[str] = []
    stops = 0
    for _ in range(150):
        page.keyboard.press("Tab")
        if (here := focused(page)) == "body":
            break
        stops += 1
        if not shows_focus(page):
            unseen.append(here)
    assert stops > 15
    assert unseen == []
