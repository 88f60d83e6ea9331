"""The live map and the list beside it: seen, moved, chosen from either, and done without."""

import io
import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, BrowserType, Locator, Page, expect

from coworkmed.places.models import Place

pytestmark = pytest.mark.browser
PHONE = {"width": 360, "height": 780}
DESK = {"width": 1280, "height": 900}
TERRACOTTA = {"light": (162, 65, 33), "dark": (250, 158, 117)}  # roughly: the token as the screen has it

COUNTED = (0, 88, 117)  # the same, of dots that stand for several


def live(page: Page) -> Locator:
    """The map, once it is drawn."""
    expect(page.locator("place-map")).to_have_attribute("data-state", "live", timeout=60_000)
    return page.locator(".maplibregl-canvas")


def around(place: Place, degrees: float = 0.02) -> str:
    """The part of an address that puts a place in the middle of the map."""
    assert place.lat is not None
    assert place.lon is not None
    edges = (place.lon - degrees, place.lat - degrees, place.lon + degrees, place.lat + degrees)
    return "box=" + ",".join(f"{edge:.5f}" for edge in edges)


def middle(canvas: Locator) -> tuple[float, float]:
    box = canvas.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def picture(page: Page, canvas: Locator, reach: int = 40) -> Image.Image:
    """What is to be seen in the middle of the map."""
    x, y = middle(canvas)
    shot = page.screenshot(clip={"x": x - reach, "y": y - reach, "width": 2 * reach, "height": 2 * reach})
    return Image.open(io.BytesIO(shot)).convert("RGB")


def share(seen: Image.Image, colour: tuple[int, int, int], tolerance: int = 30) -> float:
    pixels = list(seen.get_flattened_data())
    return sum(alike(one, colour, tolerance) for one in pixels) / len(pixels)


def alike(one: Any, other: tuple[int, int, int], tolerance: int = 30) -> bool:
    return all(abs(a - b) <= tolerance for a, b in zip(one, other, strict=True))


@pytest.fixture(autouse=True)
def desk(page: Page) -> None:
    page.set_viewport_size(DESK)
    page.emulate_media(reduced_motion="reduce")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_place_is_a_dot_where_it_is(page: Page, go: Any, places: dict[str, Place], scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    go(f"/en/map/?{around(places['rome'])}")
    canvas = live(page)
    assert share(picture(page, canvas), TERRACOTTA[scheme]) > 0.01
    x, y = middle(canvas)
    page.mouse.move(x, y)
    expect(canvas).to_have_class(re.compile("map-hand"))
    ground = picture(page, canvas, 150).resize((1, 1)).getpixel((0, 0))
    assert isinstance(ground, tuple)
    assert (sum(ground) > 600) == (scheme == "light")


def test_chosen_on_the_map_shown_in_the_list(page: Page, go: Any, places: dict[str, Place]) -> None:
    rome = places["rome"]
    go(f"/en/map/?{around(rome)}")
    page.mouse.click(*middle(live(page)))
    card = page.locator(".map-card")
    expect(card.get_by_role("link", name="Officina Mare")).to_be_visible()
    row = page.locator(f"#results [data-place='{rome.public_id}']")
    expect(row).to_have_attribute("aria-current", "true")
    expect(page).to_have_url(re.compile(f"place={rome.public_id}"))
    card.get_by_role("button", name="Close").focus()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    expect(row).not_to_have_attribute("aria-current", "true")
    assert "place=" not in page.url


def test_the_choice_is_in_the_address(page: Page, go: Any, places: dict[str, Place]) -> None:
    go(f"/en/map/?place={places['athens'].public_id}")
    live(page)
    expect(page.locator(".map-card")).to_contain_text("Κοινός Τόπος Εργασίας Κυψέλης")
    page.locator(".map-card a").click()
    expect(page).to_have_url(re.compile(f"/en/places/{places['athens'].public_id}/"))


def test_a_choice_that_is_no_place_chooses_nothing(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/map/?place=%22%5D%3Cscript%3E")
    live(page)
    expect(page.locator(".map-card")).to_be_hidden()
    expect(page.locator("[aria-current='true'][data-place]")).to_have_count(0)


def test_pointed_at_in_the_list_raised_on_the_map(page: Page, go: Any, places: dict[str, Place]) -> None:
    go(f"/en/map/?{around(places['rome'])}")
    canvas = live(page)
    before = picture(page, canvas)
    page.locator("#results .row h3 a").focus()
    page.wait_for_timeout(500)
    raised = picture(page, canvas)
    assert share(raised, (15, 30, 45), 35) > share(before, (15, 30, 45), 35)  # a dark ring around it


def test_a_counted_dot_opens_into_its_places(page: Page, go: Any, places: dict[str, Place]) -> None:
    """Two Croatian places, some 50 km apart: one dot from afar."""
    lon, lat = (sum(getattr(places[name], axis) for name in ("split", "hostile")) / 2 for axis in ("lon", "lat"))
    go(f"/en/map/?country=HR&box={lon - 6},{lat - 6},{lon + 6},{lat + 6}")
    canvas = live(page)
    expect(page.locator("#results .row")).to_have_count(2)
    seen = picture(page, canvas, 60)
    spots = [at for at, colour in enumerate(seen.get_flattened_data()) if alike(colour, COUNTED)]
    assert spots
    x, y = middle(canvas)
    down, along = divmod(spots[len(spots) // 2], seen.width)
    page.mouse.click(x - 60 + along, y - 60 + down)
    page.wait_for_timeout(1500)
    assert share(picture(page, canvas, 60), COUNTED) == 0
    expect(page.locator(".map-card")).to_be_hidden()


def test_search_where_the_map_was_moved_to(page: Page, go: Any, places: dict[str, Place]) -> None:
    go(f"/en/map/?{around(places['rome'], 1)}")
    canvas = live(page)
    expect(page.locator("#results h2").first).to_have_text("1 place")
    again = page.get_by_role("button", name="Search in this view")
    expect(again).to_be_hidden()
    first = page.url
    canvas.focus()
    for _ in range(4):
        page.keyboard.press("Minus")
        page.wait_for_timeout(500)
    again.click()
    expect(page.locator("#results h2").first).not_to_have_text("1 place")
    expect(again).to_be_hidden()
    assert page.url != first
    page.go_back()
    expect(page.locator("#results h2").first).to_have_text("1 place")
    assert page.url == first


def test_filters_change_list_and_map_together(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/map/")
    live(page)
    page.locator("#results input[name=q]").fill("mare")
    with page.expect_response(re.compile(r"/map/points\?.*q=mare")):
        page.keyboard.press("Enter")
    expect(page.locator("#results .row")).to_have_count(1)
    expect(page.locator("place-map")).to_have_attribute("data-state", "live")  # the same map, not another page


def test_near_me_is_asked_only_after_a_click(
    page: Page, context: BrowserContext, go: Any, places: dict[str, Place]
) -> None:
    go("/en/map/")
    live(page)
    near = page.get_by_role("button", name="Near me")
    near.click()
    expect(page.get_by_text("Your browser was not allowed to say where you are.")).to_be_visible()
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 40.8501, "longitude": 14.2702})
    near.click()
    expect(page).to_have_url(re.compile(r"near=40\.8501%2C14\.2702"))
    expect(page.locator("#results .row h3").first).to_have_text("Officina Mare")


def test_accessible_and_no_wider_than_a_phone(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(PHONE)
    go(f"/en/map/?place={places['mill'].public_id}")
    live(page)
    expect(page.locator(".map-card")).to_be_visible()
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="List", exact=True).click()
    expect(page.locator("place-map")).to_be_hidden()
    page.get_by_role("button", name="Map", exact=True).click()
    expect(page.locator("place-map")).to_be_visible()
    expect(page.locator("#results")).to_be_hidden()


def test_without_scripts_the_picture_and_the_list(browser: Browser, live_server: Any, places: dict[str, Place]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/map/?q=mare")
    expect(page.locator(".row")).to_have_count(1)
    expect(page.get_by_role("button", name="Near me")).to_be_hidden()
    page.locator("svg.map a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Officina Mare")
    context.close()


def test_without_webgl_the_picture_and_the_list(
    browser_type: BrowserType, browser_type_launch_args: dict[str, Any], live_server: Any, places: dict[str, Place]
) -> None:
    flags = [*browser_type_launch_args["args"], "--disable-gpu", "--disable-software-rasterizer", "--disable-3d-apis"]
    browser = browser_type.launch(**browser_type_launch_args | {"args": flags})
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/en/map/?q=mare")
    expect(page.locator(".map-page")).to_have_attribute("data-scripted", "")
    expect(page.locator("svg.map .map-dot")).to_be_visible()
    expect(page.locator(".row")).to_have_count(1)
    assert said == []
    assert not [url for url in asked if "maplibre" in url]  # nothing that can't be used is fetched
    page.get_by_role("button", name="Near me").click()
    expect(page.get_by_text("Your browser was not allowed to say where you are.")).to_be_visible()
    browser.close()
