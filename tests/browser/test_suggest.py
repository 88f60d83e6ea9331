"""A stranger says that a page is wrong, and a steward decides, in a real browser."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from coworkmed.kernel.values import Value
from coworkmed.places.models import Place
from coworkmed.places.services import settle
from coworkmed.stewardship.models import Report, Suggestion
from coworkmed.stewardship.services import reports, suggestions
from coworkmed.web import guard
from tests.people.conftest import organisation, person, role

from .eyes import DESK, NARROW, barriers, too_wide, unfold

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def settled(places: dict[str, Place], monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    settle(as_of=suggestions.timezone.localdate())
    monkeypatch.setattr(guard, "QUICKEST", timedelta(0))


@pytest.fixture
def signed_in(page: Page, live_server: Any, client: Any, places: dict[str, Place]) -> Any:
    """A steward of France, signed in."""
    steward = person("steward@example.org")
    role(steward, organisation("Network"), "STEWARD", territory="FR")
    client.force_login(steward)
    cookie = client.cookies["sessionid"]
    page.context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return steward


def test_the_browser_does_the_arithmetic_while_one_types(page: Page, go: Any, places: dict[str, Place]) -> None:
    go(f"/en/places/{places['mill'].pk}/")
    page.get_by_role("link", name="Something is wrong").click()
    page.get_by_role("link", name="Suggest a change", exact=True).click()
    page.get_by_role("heading", name="What it offers").click()
    page.get_by_label("Desks").fill("30")
    page.get_by_label("How do you know?").fill("I counted them.")
    page.get_by_role("button", name="Send the suggestion").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Suggestion.objects.get().values["desks"]["value"] == 30
    assert page.context.cookies() == []


def test_sent_before_it_is_done_it_waits(
    page: Page, go: Any, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "BITS", 17)
    go(f"/en/places/{places['mill'].pk}/report/")
    page.get_by_label("Somebody wrote something false on purpose").check()
    page.get_by_role("button", name="Send the report").click()
    expect(page.locator("proof-of-work [role=status]")).to_contain_text("One moment")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your report has arrived", timeout=60_000)
    assert Report.objects.count() == 1


def test_without_javascript(other_reader: Any, places: dict[str, Place]) -> None:
    page = other_reader(java_script_enabled=False)(f"/en/places/{places['mill'].pk}/suggest/closed/")
    page.get_by_label("Since when").fill("2026-05")
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is this what you meant?")
    page.get_by_role("button", name="Change something").click()
    expect(page.get_by_label("Since when")).to_have_value("2026-05")
    page.get_by_role("button", name="Send it").click()
    page.get_by_role("button", name="Yes, send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Suggestion.objects.get().values["closed"]["value"] == "2026-05"


def test_a_steward_decides_by_keyboard(page: Page, go: Any, places: dict[str, Place], signed_in: Any) -> None:
    made = suggestions.suggest(place=places["mill"], fields={"desks": Value(30)}, note="I counted them.")
    go(f"/en/suggestions/{made.pk}/")
    page.get_by_role("checkbox").focus()
    page.keyboard.press("Tab")
    page.keyboard.type("Thank you!")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_contain_text("Decided")
    assert Place.objects.get(pk=places["mill"].pk).values["desks"] == 30


def test_all_can_read_it_and_it_fits(
    page: Page, go: Any, places: dict[str, Place], right_to_left: str, signed_in: Any
) -> None:
    made = suggestions.suggest(
        place=places["mill"],
        fields={"desks": Value(30), "description": Value("x" * 400), "phone": Value(None)},
        note="y" * 300,
        link="https://example.org/" + "z" * 200,
    )
    report = reports.report(place=places["mill"], reason="PRIVATE", note="w" * 300)
    mill, hostile = places["mill"].pk, places["hostile"].pk
    forms = ("tell/", "suggest/", "suggest/closed/", "report/")
    paths = [
        *(f"places/{one}/{part}" for one in (mill, hostile) for part in forms),
        f"places/{mill}/suggest/thanks/", f"places/{mill}/report/thanks/",
        "suggestions/", f"suggestions/{made.pk}/", f"reports/{report.pk}/",
    ]  # fmt: skip
    faults = []
    for language, scheme in (("en", "light"), (right_to_left, "light"), ("el", "dark")):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for path in paths:
            page.set_viewport_size(NARROW)
            go(f"/{language}/{path}")
            unfold(page)
            if out := too_wide(page):
                faults.append(f"{language} {path}: wider than the window: {out}")
            page.set_viewport_size(DESK)
            faults += [f"{language} {path}: {one}" for one in barriers(page, colours=language != right_to_left)]
    assert faults == []
