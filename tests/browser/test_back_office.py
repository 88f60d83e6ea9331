"""The back office in a browser: read by everyone, worked by keyboard, on a phone, at night; and no policy broken."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.platform.models import Job, Mail
from coworkmed.sources.models import Source

from .eyes import PHONE, shows_focus, tab_to, too_wide

pytestmark = pytest.mark.browser


def barriers(page: Page) -> list[str]:
    """What axe finds wrong. It loads sheets anew to look for one rule, as styles in the page, which our policy forbids:
    not so here, where each page has many."""
    found = Axe().run(page, options={"resultTypes": ["violations"], "preload": False}).response["violations"]
    return [f"{one['id']}: {node['html'][:160]}" for one in found for node in one["nodes"]]


@pytest.fixture(autouse=True)
def operator(page: Page, live_server: Any, places: dict[str, Place]) -> None:
    """Signed in as who runs the site, with something to look at."""
    person = Person.objects.create_superuser("operator@example.org")
    session = SessionStore()
    session.update(
        {
            SESSION_KEY: str(person.pk),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: person.get_session_auth_hash(),
        }
    )
    session.create()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": str(session.session_key), "url": live_server.url}]
    )
    for number in range(2):
        Mail.objects.create(
            to="ana@example.org", address="d", language="en", template="t", key=f"k{number}", state="doubtful"
        )
    Job.objects.create(name="sources.harvest", key="list", state="failed", error="ValueError")
    Source.objects.filter(pk=Source.objects.first()).update(flag="EMPTY", flag_params={"before": 9})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_everyone_can_read_it(page: Page, go: Any, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    for path in ("", "platform/quiet/resume/"):
        go(f"/admin/{path}")
        assert barriers(page) == [], path
        for size in (PHONE, {"width": 1280, "height": 900}):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            assert too_wide(page) == "", path


def test_signs_lead_where_something_can_be_done(page: Page, go: Any) -> None:
    go("/admin/")
    sign = page.get_by_role("link", name="1 job was given up.")
    tab_to(page, sign)
    assert shows_focus(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="sources.harvest").first).to_be_visible()


def test_a_doubtful_mail_is_sent_again_by_keyboard_after_a_question(page: Page, go: Any) -> None:
    go("/admin/platform/mail/?state__exact=doubtful")
    tab_to(page, page.locator("#action-toggle"))
    page.keyboard.press("Space")
    tab_to(page, page.get_by_label("Action:"), key="Shift+Tab")
    page.keyboard.type("Doubtful: send")
    tab_to(page, page.get_by_role("button", name="Go"), most=3)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Send these mails again?")).to_be_visible()
    assert barriers(page) == []
    tab_to(page, page.get_by_role("button", name="Send again"), most=120)
    assert shows_focus(page)
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 mails are sent again now.")).to_be_visible()
    assert set(Mail.objects.values_list("state", flat=True)) == {"waiting"}
