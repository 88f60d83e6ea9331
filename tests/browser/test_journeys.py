"""What people do here, done in a real browser, at a desk with a mouse."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from coworkmed.kernel import ids
from coworkmed.places.models import Place
from tests.web.factories import moved

from .eyes import DESK, PHONE, barriers

pytestmark = pytest.mark.browser
SITE = r"^http://[^/]+"


def suggested(page: Page, words: str) -> Any:
    """What is offered under the search field for ``words``, one letter after the other."""
    page.get_by_role("combobox").press_sequentially(words)
    return page.get_by_role("option")


def count(page: Page) -> Any:
    return page.locator(".count h2")


def test_find_a_place_and_read_who_says_what(go: Any, places: dict[str, Place]) -> None:
    page: Page = go("/en/")
    page.get_by_role("combobox").fill("saint remy filature")
    page.get_by_role("button", name="Search").click()
    expect(count(page)).to_have_text("1 place")
    page.get_by_role("link", name="La Filature").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("La Filature, atelier coopératif")
    hours = page.locator("#opening_hours")
    expect(hours.get_by_text("Mo-Sa 09:00-18:00")).to_be_hidden()
    hours.get_by_text("Lists disagree").click()
    shown, lost = hours.locator(".claim").all()
    expect(shown).to_contain_text("Mo-Fr 08:30-19:00")
    expect(shown).to_contain_text("As given: du lundi au vendredi de 8h30 à 19h")
    expect(shown.get_by_role("link", name="Fictional regional survey")).to_be_visible()
    expect(shown).to_contain_text("12 April 2026")
    expect(shown.get_by_role("link", name="Licence Ouverte 2.0")).to_be_visible()
    expect(lost).to_contain_text("Not shown")
    expect(lost).to_contain_text("Mo-Sa 09:00-18:00")
    expect(lost).to_contain_text("the other value is too old beside this one")
    expect(lost).to_contain_text("February 2025")
    expect(lost.get_by_role("link", name="Open Database License 1.0")).to_be_visible()
    lost.get_by_role("link", name="Common Sea map").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Common Sea map")
    page.get_by_role("link", name="See the places it lists").click()
    expect(count(page)).to_have_text("3 places")
    expect(page.locator(".chosen")).to_contain_text("Common Sea map")


@pytest.mark.parametrize("written", ["κυψελη", "ΚΥΨΕΛΗ", "kypseli", "κοινος τοπ"])
def test_a_place_is_found_by_its_greek_name_without_accents(go: Any, places: dict[str, Place], written: str) -> None:
    page: Page = go("/el/")
    option = suggested(page, written).filter(has_text="Κοινός Τόπος Εργασίας Κυψέλης")
    expect(option).to_have_count(1)
    expect(option).to_contain_text("Αθήνα")
    option.click()
    expect(page.locator("h1")).to_have_text("Κοινός Τόπος Εργασίας Κυψέλης")
    expect(page.locator("html")).to_have_attribute("lang", "el")


@pytest.mark.parametrize("language", ["en", "el", "fr"])
def test_a_town_is_found_in_any_script(go: Any, places: dict[str, Place], language: str) -> None:
    page: Page = go(f"/{language}/places/?q=ΑΘΗΝΑ")
    expect(page.locator(".row a")).to_have_text("Κοινός Τόπος Εργασίας Κυψέλης")


def test_what_was_typed_is_gone_when_the_reader_goes_on(go: Any, places: dict[str, Place]) -> None:
    """An answer that comes late opens no list over what the reader does now."""
    page: Page = go("/en/")
    with page.expect_response(re.compile("suggest.json")):
        page.get_by_role("combobox").press_sequentially("fila", delay=1)
        page.wait_for_timeout(130)
        page.locator("h1").click()
    page.wait_for_timeout(100)
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_filter_take_back_go_back(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(DESK)
    go("/en/places/")
    expect(count(page)).to_have_text("5 places")
    page.locator(".facet").get_by_role("link", name="Croatia 2").click()
    expect(count(page)).to_have_text("2 places")
    expect(page).to_have_url(re.compile(r"/en/places/\?country=HR$"))
    page.locator(".facet").get_by_role("link", name="Cultural third place 1").click()
    expect(count(page)).to_have_text("1 place")
    assert "kind=CULTURE" in page.url
    page.locator(".chosen").get_by_role("link", name="Croatia").click()
    expect(page).to_have_url(re.compile(r"/en/places/\?kind=CULTURE$"))
    steps = (
        (page.go_back, "1 place", "country=HR&kind=CULTURE"),
        (page.go_back, "2 places", "country=HR"),
        (page.go_back, "5 places", ""),
        (page.go_forward, "2 places", "country=HR"),
    )
    for step, words, query in steps:
        step()
        expect(count(page)).to_have_text(words)
        assert page.url.partition("?")[2] == query
    page.get_by_role("link", name="Show all places").click()
    expect(count(page)).to_have_text("5 places")


def test_a_list_exchanged_in_place_is_the_page_of_its_address(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(DESK)
    go("/en/places/")
    page.locator(".facet").get_by_role("link", name="Coworking space 3").click()
    expect(count(page)).to_have_text("3 places")
    exchanged = page.locator("#results").inner_text()
    page.reload()
    assert page.locator("#results").inner_text() == exchanged


def test_list_map_and_address_keep_in_step(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(DESK)
    go("/en/map/")
    frame = page.locator("place-map")
    expect(frame).to_have_attribute("data-state", "live", timeout=60_000)
    expect(page.locator(".map-said")).to_be_empty()  # the ground came too
    page.locator(".map-filters > summary").click()
    with page.expect_response(re.compile(r"/map/points\?country=HR")):
        page.locator(".facet").get_by_role("link", name="Croatia 2").click()
    expect(page.locator("#results .row")).to_have_count(2)
    assert page.locator(".map-filters").get_attribute("open") is not None  # as the reader left it
    with page.expect_response(re.compile(r"/map/points$")):
        page.go_back()
    expect(page.locator("#results .row")).to_have_count(5)
    with page.expect_response(re.compile(r"/map/points\?country=HR")):
        page.go_forward()
    expect(page.locator("#results .row")).to_have_count(2)
    split = places["split"]
    page.locator(f"#results [data-place='{split.public_id}'] a").click()
    expect(page.locator("h1")).to_have_text("Čamac – zajednički prostor za rad")
    page.go_back()
    expect(page.locator(".map-card")).to_contain_text("Čamac")
    expect(page.locator(f"#results [data-place='{split.public_id}']")).to_have_attribute("aria-current", "true")
    expect(page.locator("#results .row")).to_have_count(2)


def test_a_suggestion_taken_on_the_map_stays_on_the_map(page: Page, go: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(DESK)
    go("/en/map/")
    suggested(page, "croat").filter(has_text="Croatia").first.click()
    expect(page).to_have_url(re.compile(r"/en/map/\?country=HR$"))
    expect(page.locator("#results .row")).to_have_count(2)


def test_near_me(page: Page, context: BrowserContext, go: Any, places: dict[str, Place]) -> None:
    go("/en/places/")
    near = page.get_by_role("button", name="Near me")
    near.click()
    expect(page.get_by_role("alert")).to_have_text("Your browser was not allowed to say where you are.")
    expect(count(page)).to_have_text("5 places")
    context.grant_permissions(["geolocation"])
    context.set_geolocation({"latitude": 43.5081, "longitude": 16.4402})
    near.click()
    expect(page).to_have_url(re.compile(r"near=43\.5081%2C16\.4402"))
    first = page.locator(".row").first
    expect(first).to_contain_text("km away")
    expect(first).to_contain_text("Croatia")
    page.locator(".chosen").get_by_role("link", name="Near me").click()
    expect(count(page)).to_have_text("5 places")


@pytest.mark.parametrize(("day", "found"), [(25, "1 place"), (29, "0 places")])  # a Wednesday, a Sunday
def test_open_now(
    page: Page, go: Any, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch, day: int, found: str
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: datetime(2026, 11, day, 10, 2, tzinfo=UTC))
    page.set_viewport_size(DESK)
    go("/en/places/")
    page.get_by_role("link", name="Open now").click()
    expect(count(page)).to_have_text(found)
    expect(page.locator(".chosen")).to_contain_text("Open now")
    go(f"/en/places/{places['mill'].public_id}/")
    expect(page.locator(".place-head")).to_contain_text("Open now" if day == 25 else "Closed now")


def test_change_language_and_be_remembered(page: Page, go: Any, places: dict[str, Place]) -> None:
    go("/en/places/?q=officina")
    page.locator(".tongues summary").click()
    page.get_by_role("link", name="Hrvatski").click()
    expect(page).to_have_url(re.compile(rf"{SITE}/hr/places/\?q=officina$"))
    expect(page.locator("html")).to_have_attribute("lang", "hr")
    expect(page.locator(".row")).to_have_count(1)
    go("/")
    expect(page).to_have_url(re.compile(rf"{SITE}/hr/$"))
    go(f"/places/{places['mill'].public_id}/")  # a permanent address, without a language
    expect(page).to_have_url(re.compile(rf"{SITE}/hr/places/{places['mill'].public_id}/$"))


def test_what_is_not_there_any_more(go: Any, places: dict[str, Place]) -> None:
    page: Page = go(f"/en/places/{places['gone'].public_id}/")  # merged: whoever follows the old link arrives
    expect(page).to_have_url(re.compile(f"/en/places/{places['mill'].public_id}/$"))
    go(f"/en/places/{places['closed'].public_id}/")
    expect(page.locator(".place-banner")).to_contain_text("2024")
    expect(page.get_by_role("link", name="Call")).to_have_count(0)
    forgotten = Place.objects.create(public_id=ids.place_id("mreza", "forgotten"), name="Forgotten")
    go(f"/en/places/{forgotten.public_id}/", 410)
    expect(page.locator("h1")).to_have_text("This place is no longer in the registry")
    go("/el/places/000000000000/", 404)
    expect(page.locator("html")).to_have_attribute("lang", "el")
    page.get_by_role("combobox").fill("κυψελη")  # the way on
    page.keyboard.press("Enter")
    expect(page.locator(".row a")).to_have_text("Κοινός Τόπος Εργασίας Κυψέλης")


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
    assert barriers(page) == []


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


def test_the_administrators_pages_obey_the_policy(page: Page, go: Any, places: dict[str, Place]) -> None:
    from coworkmed.people.models import Person

    Person.objects.create_superuser("steward@example.org", password="a long enough password")
    go("/admin/")
    page.get_by_label("Email").fill("steward@example.org")
    page.get_by_label("Password").fill("a long enough password")
    page.get_by_role("button", name="Sign In", exact=True).click()
    page.get_by_role("link", name="Places", exact=True).last.click()
    expect(page.get_by_role("link", name=places["mill"].public_id)).to_be_visible()
