"""What people do here, done in a real browser: with a mouse, a phone, a keyboard, without scripts, in the dark."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from coworkmed.places.models import Place
from tests.web.factories import moved

pytestmark = pytest.mark.browser
PHONE = {"width": 390, "height": 844}


def test_find_a_place_and_read_who_says_what(go: Any, places: dict[str, Place]) -> None:
    page: Page = go("/en/")
    page.get_by_label("Name or town").fill("saint remy filature")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="1 place", exact=True)).to_be_visible()
    page.get_by_role("link", name="La Filature").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("La Filature, atelier coopératif")
    hours = page.locator("#opening_hours")
    expect(hours.get_by_text("Mo-Sa 09:00-18:00")).to_be_hidden()
    hours.get_by_text("Lists disagree").click()
    expect(hours.get_by_text("Mo-Sa 09:00-18:00")).to_be_visible()
    expect(hours.get_by_text("the other value is too old beside this one")).to_have_count(
        2
    )  # why one is shown, and why the other is not
    hours.get_by_role("link", name="Common Sea map").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Common Sea map")
    page.get_by_role("link", name="See the places it lists").click()
    expect(page.get_by_role("heading", name="4 places")).to_be_visible()


def test_filter_and_clear(go: Any, places: dict[str, Place]) -> None:
    page: Page = go("/en/places/")
    page.get_by_label("Country").select_option(label="Croatia (2)")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="2 places")).to_be_visible()
    page.get_by_role("link", name="Show all places").click()
    expect(page.get_by_role("heading", name="6 places")).to_be_visible()


def test_a_greek_reader_finds_a_place_by_its_town(go: Any, places: dict[str, Place]) -> None:
    page: Page = go("/el/places/?q=ΑΘΗΝΑ")
    page.locator(".row a").click()
    expect(page.locator("h1")).to_have_text("Κοινός Τόπος Εργασίας Κυψέλης")
    expect(page.locator("html")).to_have_attribute("lang", "el")


def test_from_the_map_to_a_place(go: Any, places: dict[str, Place]) -> None:
    page: Page = go("/en/map/?q=mare")
    page.locator("svg.map a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Officina Mare")


def test_looking_closer_on_the_map(go: Any, places: dict[str, Place], live_server: Any) -> None:
    page: Page = go("/en/map/?country=HR&box=14,42,18,45")
    expect(page.locator("svg.map .map-dot")).to_have_count(2)
    page.get_by_role("link", name="Back to the whole map").click()
    expect(page).to_have_url(f"{live_server.url}/en/map/?country=HR")


def test_change_language_and_stay(go: Any, places: dict[str, Place], live_server: Any) -> None:
    page: Page = go("/en/places/?q=officina")
    page.locator(".tongues summary").click()
    page.get_by_role("link", name="Hrvatski").click()
    expect(page).to_have_url(f"{live_server.url}/hr/places/?q=officina")
    expect(page.locator(".row")).to_have_count(1)


def test_on_a_phone_nothing_is_wider_than_the_screen(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(PHONE)
    for path in ("/fr/", "/fr/places/", "/el/map/", f"/el/places/{places['mill'].public_id}/", "/fr/sources/",
                 "/en/sources/region-fictive/", "/fr/method/", "/en/state-of-play/", "/fr/nothing/"):  # fmt: skip
        go(path)
        for details in page.locator("main details").all():
            details.locator("summary").first.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path


def test_with_the_keyboard_alone(go: Any, places: dict[str, Place]) -> None:
    page: Page = go("/en/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Name or town")).to_be_focused()
    page.keyboard.type("kypseli")
    page.keyboard.press("Enter")
    link = page.locator(".row a")
    expect(link).to_have_count(1)
    for _ in range(40):
        page.keyboard.press("Tab")
        if link.evaluate("one => one === document.activeElement"):
            break
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    summary = page.locator("#email summary")
    expect(summary).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if summary.evaluate("one => one === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.locator("#email .said-body")).to_be_visible()


def test_without_scripts(browser: Browser, live_server: Any, places: dict[str, Place]) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_server.url}/en/")
    page.get_by_label("Name or town").fill("filature")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("link", name="La Filature").click()
    page.locator("#phone summary").click()
    expect(page.locator("#phone").get_by_text("+33 4 90 00 00 01")).to_be_visible()
    context.close()


def test_why_entries_are_one_place(page: Page, go: Any, places: dict[str, Place]) -> None:
    """By keyboard, on a phone, in the dark, in either direction of writing, and to who can't see the picture."""
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    go(f"/en/places/{moved().public_id}/")
    first, last = page.locator(".tie").first, page.locator(".weakest .tie")
    for tie, share in ((first, "97%"), (last, "81%")):
        expect(tie.get_by_text("Same web domain")).to_be_hidden()
        tie.locator("summary").focus()
        page.keyboard.press("Enter")
        expect(tie.locator("summary")).to_contain_text(share)
        expect(tie.get_by_text("Same web domain")).to_be_visible()
    expect(first.get_by_role("img", name="One place so far: 36%")).to_be_visible()
    expect(page.get_by_role("heading", name="It seems to have moved")).to_be_visible()
    for direction in ("ltr", "rtl"):
        page.evaluate("direction => { document.documentElement.dir = direction }", direction)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        bar, scale = first.locator("rect").nth(1).bounding_box(), first.locator(".waterfall-scale").bounding_box()
        assert bar
        assert scale
        assert scale["x"] - 1 <= bar["x"]
        assert bar["x"] + bar["width"] <= scale["x"] + scale["width"] + 1
        # what speaks for one place grows to the side where "one place" is written
        one_place = first.locator(".waterfall-scale span").last.bounding_box()
        assert one_place
        assert (one_place["x"] > bar["x"]) == (direction == "ltr")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_dark_is_dark_and_light_is_light(page: Page, go: Any, places: dict[str, Place]) -> None:
    seen = {}
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        go("/fr/")
        paint = """() => {
            const pixel = new OffscreenCanvas(1, 1).getContext("2d");
            pixel.fillStyle = getComputedStyle(document.body).backgroundColor;
            pixel.fillRect(0, 0, 1, 1);
            return pixel.getImageData(0, 0, 1, 1).data[1];
        }"""
        seen[scheme] = page.evaluate(paint)
    assert seen["light"] > 230
    assert seen["dark"] < 60


@pytest.mark.parametrize(("language", "scheme"), [("fr", "light"), ("el", "dark"), ("en", "light")])
def test_accessible(page: Page, go: Any, places: dict[str, Place], language: str, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for path in (
        "/", "/places/", "/places/?q=nothing+there", "/map/", f"/places/{places['mill'].public_id}/", "/sources/",
        "/sources/region-fictive/", "/method/", "/state-of-play/", "/nothing/",
    ):  # fmt: skip
        go(f"/{language}{path}")
        for details in page.locator("details").all():
            details.evaluate("one => { one.open = true }")
        found = Axe().run(page)
        assert found.violations_count == 0, found.generate_report()


def test_the_administrators_pages_obey_the_policy(page: Page, go: Any, places: dict[str, Place]) -> None:
    from django.contrib.auth.models import User

    User.objects.create_superuser("steward", password="a long enough password")
    go("/admin/")
    page.get_by_label("Username").fill("steward")
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("link", name="Places", exact=True).last.click()
    expect(page.get_by_role("link", name=places["mill"].public_id)).to_be_visible()
