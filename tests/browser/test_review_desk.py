"""The desk in a real browser: twenty pairs by keyboard only, taken back, on a phone, in the dark, right to left."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from coworkmed.places.models import Decision, Doubt, Verdict
from tests.places.test_review_desk import Desk

from .eyes import DESK, NARROW, PHONE, barriers, focused, shows_focus, tab_to, too_wide, unfold

pytestmark = pytest.mark.browser
PAIRS = 24


@pytest.fixture
def desk(transactional_db: None) -> Desk:
    made = Desk()
    for n in range(PAIRS):
        made.pair(f"p{n:02}", same=n % 3 > 0, gain=PAIRS - n)
    for n in range(3):
        made.pair(f"q{n}", probability=0.98, joined=True, relation="same")
    return made


@pytest.fixture
def signed_in(context: BrowserContext, live_server: Any) -> Callable[..., None]:
    """Let a person's browser be known."""

    def known(person: Any, where: BrowserContext = context) -> None:
        client = Client()
        client.force_login(person)
        name = settings.SESSION_COOKIE_NAME
        where.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])

    return known


def press(page: Page, key: str) -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def test_twenty_pairs_by_keyboard_only(page: Page, go: Any, desk: Desk, signed_in: Any) -> None:
    signed_in(desk.ana)
    go("/en/review/")
    tab_to(page, page.get_by_role("link", name="Begin with the first"))
    press(page, "Enter")
    for n in range(20):
        expect(page.locator("h1")).to_have_text("One place or two?")
        expect(page.locator(".end h2").first).to_contain_text(f"House p{n:02}")
        if n:
            expect(page.locator("[data-live]")).to_contain_text("Noted: ")  # told to who can't see it
            assert 'id="pair"' in focused(page), "the next pair is read from its beginning"
        press(page, "1" if n % 3 else "2" if n % 2 else "3")
    assert Verdict.objects.filter(person=desk.ana).count() == 20
    assert Decision.objects.filter(verdict="same").count() == 13
    assert Decision.objects.filter(relation="branch").count() == 4


def test_the_last_is_taken_back_by_a_key_and_judged_again(page: Page, go: Any, desk: Desk, signed_in: Any) -> None:
    signed_in(desk.ana)
    go("/en/review/next/")
    first = page.url
    press(page, "1")
    assert page.url != first
    press(page, "0")
    assert page.url == first
    expect(page.locator(".told")).to_have_text("Taken back.")
    assert not Decision.objects.exists()
    press(page, "4")
    assert page.url != first
    assert Verdict.objects.get().said == "unsure"


def test_buttons_do_without_keys_and_keys_stay_out_of_notes(page: Page, go: Any, desk: Desk, signed_in: Any) -> None:
    signed_in(desk.ana)
    go("/en/review/next/")
    note = page.get_by_label("Why (if you like)")
    tab_to(page, note)
    page.keyboard.type("12 rue 4")
    expect(note).to_have_value("12 rue 4")
    assert not Verdict.objects.exists()
    tab_to(page, page.get_by_role("button", name="Not the same"), key="Shift+Tab")
    assert shows_focus(page)
    press(page, "Enter")
    assert Verdict.objects.get().note == "12 rue 4"
    tab_to(page, page.get_by_label("Judge by the keys"))
    page.keyboard.press("Space")
    page.keyboard.press("1")
    page.reload()
    expect(page.get_by_label("Judge by the keys")).not_to_be_checked()
    page.keyboard.press("1")
    page.wait_for_timeout(200)
    assert Verdict.objects.count() == 1


def test_enter_in_the_note_gives_no_verdict(page: Page, go: Any, desk: Desk, signed_in: Any) -> None:
    signed_in(desk.ana)
    go("/en/review/next/")
    tab_to(page, page.get_by_label("Why (if you like)"))
    page.keyboard.type("not sure yet")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert not Verdict.objects.exists()


def test_many_at_once_and_back_as_one(page: Page, go: Any, desk: Desk, signed_in: Any) -> None:
    signed_in(desk.ana)
    go("/en/review/")
    page.get_by_role("link", name="List list-0 and List list-1").click()
    expect(page.get_by_role("checkbox")).to_have_count(3)
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="All ticked: The same place").click()
    expect(page.locator(".told")).to_contain_text("Noted for 2 pairs")
    assert Decision.objects.count() == 2
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".told")).to_have_text("Taken back.")
    assert not Decision.objects.exists()


def test_it_works_without_a_script(other_reader: Any, desk: Desk, signed_in: Any) -> None:
    go = other_reader(java_script_enabled=False)
    page = go("/en/method/")
    signed_in(desk.ana, page.context)
    go("/en/review/next/")
    page.get_by_role("button", name="The same place").click()
    expect(page.locator(".told")).to_contain_text("Noted: The same place.")
    page.get_by_role("button", name="Take it back").click()
    expect(page.locator(".told")).to_have_text("Taken back.")
    assert not Decision.objects.exists()


def addresses() -> list[str]:
    one = Doubt.objects.order_by("turn").first()
    disputed = Doubt.objects.order_by("turn").last()
    assert one
    assert disputed
    Doubt.objects.filter(pk=disputed.pk).update(state="disputed")
    alike = "/review/alike/?left=list-0&right=list-1&relation=same&joined=1&likely=1"
    return ["/review/", alike, *(f"/review/{pair.left_id}-{pair.right_id}/" for pair in (one, disputed))]


def test_all_can_read_it_and_it_fits(page: Page, go: Any, desk: Desk, signed_in: Any, right_to_left: str) -> None:
    signed_in(desk.ana)
    faults = []
    page.emulate_media(reduced_motion="reduce")
    for scheme, language in (("light", "en"), ("dark", "el"), ("light", right_to_left)):
        page.emulate_media(color_scheme=scheme)
        for path in addresses():
            for size in (NARROW, PHONE, DESK):
                page.set_viewport_size(size)
                go(f"/{language}{path}")
                unfold(page)
                if out := too_wide(page):
                    faults.append(f"{language} {path}: wider than the window: {out}")
            faults += [f"{scheme} {path}: {one}" for one in barriers(page, colours=language != right_to_left)]
    assert faults == []
