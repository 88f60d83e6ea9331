"""A place says what it knows, by the links of its mail: seen by eyes, fingers and keyboards, in either direction."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from coworkmed.places.models import Place
from coworkmed.platform import mail, stops
from coworkmed.stewardship.questions import question
from tests.people.conftest import organisation, person, role
from tests.stewardship.asked import ask, links

from .eyes import DESK, NARROW, PHONE, barriers, focused, shows_focus, tab_to, too_wide, unfold

pytestmark = pytest.mark.browser
TO = "geia@kypseli.example"


@pytest.fixture
def doors(places: dict[str, Place]) -> Callable[[str], dict[str, str]]:
    """The links of a mail about the mill, in a language."""

    def made(language: str) -> dict[str, str]:
        return links(ask([places["mill"]], TO, language=language, key=f"ask:{language}"))

    return made


def every_page(page: Page, go: Any, door: dict[str, str]) -> Any:
    """Each page there is behind the links of a mail, one after the other, unfolded."""
    for path in door.values():
        go(path)
        page.evaluate(
            "for (const one of document.querySelectorAll('details')) one.removeAttribute('name')"
        )  # all at once
        unfold(page)
        yield path
    page.fill("#moved-locality", "Nice")
    page.locator("details.path", has=page.locator("#moved-locality")).get_by_role("button").click()
    yield "look-gone"
    go(door["correct"])
    unfold(page)
    page.fill("#id_phone", "none yet")
    page.locator(".word-act button").click()
    unfold(page)
    yield "faults"
    page.fill("#id_phone", "+33 4 90 00 00 01")
    page.locator(".word-act button").click()
    yield "look"
    page.locator("button[value=keep]").click()
    yield "said"


@pytest.mark.parametrize("language", ["el", "ar"])
def test_every_page_fits_and_bars_nobody(
    page: Page, go: Any, doors: Any, right_to_left: str, language: str, watched: Any, live_server: Any
) -> None:
    faults = []
    page.emulate_media(reduced_motion="reduce")
    page.set_viewport_size(NARROW)
    door = doors(language if language != right_to_left else "en")
    door = {what: f"/{language}/" + path.split("/", 2)[2] for what, path in door.items()}
    watched.missing.add(live_server.url + door["correct"])  # answers 422 to what it can't keep
    for name in every_page(page, go, door):
        expect(page.locator("html")).to_have_attribute("dir", "rtl" if language == right_to_left else "ltr")
        if out := too_wide(page):
            faults.append(f"{name}: wider than the window: {out}")
        faults += [f"{name}: {one}" for one in barriers(page, colours=language != right_to_left)]
    go(door["correct"], 410)
    faults += [f"refused: {one}" for one in barriers(page)]
    page.get_by_role("button").last.click()
    faults += [f"link-sent: {one}" for one in barriers(page)]
    assert faults == []


def test_in_the_dark(page: Page, go: Any, doors: Any, watched: Any, live_server: Any) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    page.set_viewport_size(DESK)
    door = doors("en")
    watched.missing.add(live_server.url + door["correct"])
    faults = [f"{name}: {one}" for name in every_page(page, go, door) for one in barriers(page)]
    assert faults == []


def test_two_clicks_confirm(page: Page, go: Any, doors: Any, places: dict[str, Place]) -> None:
    page.set_viewport_size(PHONE)
    go(doors("en")["confirm"])  # the first, in the mail
    page.get_by_role("button", name="Yes, this is right").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Place.objects.get(pk=places["mill"].pk).freshness == "confirmed"
    page.get_by_role("link", name="The whole page").click()
    expect(page.locator("#history")).to_contain_text("The page was confirmed")


def test_hours_are_put_right_by_the_keyboard_alone(page: Page, go: Any, doors: Any, places: dict[str, Place]) -> None:
    go(doors("en")["correct"])
    tab_to(page, page.get_by_label("Saturday"))
    assert shows_focus(page)
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("10–13")
    page.keyboard.press("Enter")
    expect(page.locator(".diff")).to_contain_text("Sa 10:00-13:00")
    tab_to(page, page.get_by_role("button", name="Keep it"))
    assert shows_focus(page), focused(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert "Sa 10:00-13:00" in Place.objects.get(pk=places["mill"].pk).values["opening_hours"]


def test_a_slip_is_taken_back(page: Page, go: Any, doors: Any, places: dict[str, Place]) -> None:
    go(doors("en")["gone"])
    page.get_by_text("It has closed for good").click()
    page.get_by_label("Since when").fill("May 2026")
    page.locator("details[open] button").click()
    expect(page.locator(".lead")).to_contain_text("May 2026")
    page.get_by_role("button", name="Yes, keep it").click()
    assert Place.objects.get(pk=places["mill"].pk).status == "CLOSED"
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    assert Place.objects.get(pk=places["mill"].pk).status == "OPEN"


def test_without_scripts_all_of_it_works(other_reader: Any, doors: Any, places: dict[str, Place]) -> None:
    go = other_reader(java_script_enabled=False)
    page = go(doors("en")["correct"])
    page.get_by_role("heading", name="What it offers").click()
    page.fill("#id_desks", "31")
    page.locator(".word-act button").click()
    page.get_by_role("button", name="Go on editing").click()
    expect(page.locator("#id_desks")).to_have_value("31")
    expect(page.locator("#id_desks")).to_be_visible()  # what was typed is not folded away
    expect(page.locator("#id_phone")).to_be_hidden()
    page.locator(".word-act button").click()
    page.get_by_role("button", name="Keep it").click()
    assert Place.objects.get(pk=places["mill"].pk).values["desks"] == 31


def test_a_steward_speaks_from_a_page_of_their_own(
    page: Page, opener: Any, live_server: Any, places: dict[str, Place]
) -> None:
    eve = person("eve@example.org")
    role(eve, organisation("Region", kind="AUTHORITY", territory="FR"), "STEWARD")
    client = Client()
    client.force_login(eve)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    go = opener(page)
    go(f"/en/places/{places['mill'].pk}/confirm/")
    assert barriers(page) == []
    page.get_by_role("button", name="Yes, this is right").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Place.objects.get(pk=places["mill"].pk).confirmed_by == "AUTHORITY"


def test_the_mail_bars_nobody_and_fits_a_phone(page: Page, places: dict[str, Place], right_to_left: str) -> None:
    page.set_viewport_size(NARROW)
    several = [places[name] for name in ("mill", "athens", "hostile")]
    for language in ("fr", right_to_left):
        context = question(several, TO, language="fr")
        read = mail.render(language=language, template="ask", context=context, stop=stops.stop_address(TO))
        page.set_content(read.html)
        assert too_wide(page) == ""
        assert barriers(page, "wcag2a", "wcag2aa", "wcag21aa", "wcag22aa") == []  # a mail has no landmarks
