"""Readers who are not at a desk like ours: on a phone, without scripts, in colours of their own, on paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.places.models import Place
from coworkmed.web import pseudo

from .eyes import DESK, PHONE, barriers, too_wide, unfold
from .test_map import around, live, middle

pytestmark = pytest.mark.browser
TOUCH: dict[str, Any] = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
Reader = Callable[..., Any]


def test_on_a_phone_from_a_name_to_who_says_it(other_reader: Reader, places: dict[str, Place]) -> None:
    page: Page = other_reader(**TOUCH)("/fr/")
    page.get_by_role("combobox").tap()
    page.keyboard.type("filature")
    option = page.get_by_role("option").filter(has_text="La Filature")
    expect(option).to_be_visible()
    assert too_wide(page) == ""
    option.tap()
    expect(page.locator("h1")).to_contain_text("La Filature")
    hours = page.locator("#opening_hours")
    hours.locator("summary").first.tap()
    expect(hours.locator(".claim")).to_have_count(2)
    expect(hours.get_by_role("link", name="Carte Mer commune")).to_be_visible()
    unfold(page)
    assert too_wide(page) == ""
    assert barriers(page) == []


def test_on_a_phone_filter_and_choose_on_the_map(other_reader: Reader, places: dict[str, Place]) -> None:
    go = other_reader(**TOUCH)
    page: Page = go("/en/places/")
    page.locator(".filters > summary").tap()
    page.locator(".facet").get_by_role("link", name="Italy 1").tap()
    expect(page.locator(".count h2")).to_have_text("1 place")
    page.get_by_role("link", name="Show on the map").tap()
    expect(page).to_have_url(re.compile(r"/en/map/\?country=IT$"))
    go(f"/en/map/?{around(places['rome'])}")
    page.touchscreen.tap(*middle(live(page)))
    card = page.locator(".map-card")
    expect(card).to_contain_text("Officina Mare")
    page.get_by_role("button", name="List", exact=True).tap()
    expect(page.locator("place-map")).to_be_hidden()
    expect(page.locator(f"#results [data-place='{places['rome'].public_id}']")).to_have_attribute(
        "aria-current", "true"
    )
    page.get_by_role("button", name="Map", exact=True).tap()
    expect(page.locator("#results")).to_be_hidden()
    card.get_by_role("link", name="Officina Mare").tap()
    expect(page.locator("h1")).to_have_text("Officina Mare")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_without_scripts(other_reader: Reader, places: dict[str, Place], size: Any) -> None:
    go = other_reader(java_script_enabled=False, viewport=size)
    page: Page = go("/en/")
    page.get_by_label("Name, town, country or kind of place").fill("saint remy")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".row")).to_have_count(1)
    expect(page.get_by_role("button", name="Near me")).to_be_hidden()
    page.get_by_role("link", name="Show all places").click()
    if size != DESK:
        page.locator(".filters > summary").click()
    page.locator(".facet").get_by_role("link", name="France 1").click()
    expect(page.locator(".count h2")).to_have_text("1 place")
    page.locator(".row a").click()
    page.locator("#phone summary").click()
    expect(page.locator("#phone").get_by_text("+33 4 90 00 00 01")).to_be_visible()
    page.locator(".tongues summary").click()
    page.get_by_role("link", name="Català").click()
    expect(page.locator("html")).to_have_attribute("lang", "ca")
    go("/en/map/?country=HR&box=14,42,18,45")
    expect(page.locator("svg.map .map-dot")).to_have_count(2)
    page.get_by_role("link", name="Back to the whole map").click()
    expect(page).to_have_url(re.compile(r"/en/map/\?country=HR$"))


def test_in_the_colours_the_reader_forces(page: Page, go: Any, places: dict[str, Place]) -> None:
    """What is chosen is seen without any colour of ours."""
    page.set_viewport_size(DESK)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")

    def outlined(chosen: str) -> bool:
        style = "one => getComputedStyle(one).outlineStyle"
        return str(page.locator(chosen).first.evaluate(style)) != "none"

    go("/en/places/?country=HR")
    assert outlined(".chosen .chip[aria-current]")
    page.get_by_role("combobox").press_sequentially("fila")
    page.get_by_role("option").first.wait_for()
    page.keyboard.press("ArrowDown")
    assert outlined(".suggestions [aria-selected=true]")
    go(f"/en/map/?place={places['rome'].public_id}")
    live(page)
    expect(page.locator("#results [aria-current='true'][data-place]")).to_be_visible()
    assert outlined("#results [aria-current='true'][data-place]")


def test_from_right_to_left(page: Page, go: Any, places: dict[str, Place], right_to_left: str) -> None:
    page.set_viewport_size(DESK)
    page.emulate_media(reduced_motion="reduce")

    def left(one: str) -> float:
        box = page.locator(one).first.bounding_box()
        assert box
        return box["x"]

    go(f"/{right_to_left}/places/")
    assert left(".brand") > left(".tongues")
    assert left(".found-filters") > left(".found-rows")
    page.get_by_role("combobox").press_sequentially("fila")
    page.get_by_role("option").first.wait_for()
    field, options = page.get_by_role("combobox").bounding_box(), page.get_by_role("listbox").bounding_box()
    assert field
    assert options
    assert abs(field["x"] + field["width"] - options["x"] - options["width"]) < 2  # they start on one line
    page.keyboard.press("Escape")
    page.locator(".facet .chip").first.click()
    expect(page.locator(".chosen .chip")).to_have_count(1)
    page.locator(".row a").first.click()
    page.locator(".said summary").first.click()
    expect(page.locator(".said-body").first).to_be_visible()
    go(f"/{right_to_left}/map/")
    live(page)
    assert left("#results") > left("place-map")
    assert left(".maplibregl-ctrl-zoom-in") < left("place-map") + 60


@pytest.mark.parametrize("language", [*LANGUAGES, pseudo.CODE])
def test_the_sheet_is_one_page_of_paper(
    page: Page, go: Any, places: dict[str, Place], right_to_left: str, language: str
) -> None:
    go(f"/{language}/places/{places['mill'].public_id}/sheet/")
    pages = re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))
    assert len(pages) == 1
