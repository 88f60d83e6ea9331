"""A place is claimed, disputed and decided, and a steward works at the desk: in a real browser."""

import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect

from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.platform import mail
from coworkmed.platform.models import Mail
from coworkmed.stewardship.models import Claim
from coworkmed.stewardship.queries import claims
from tests.people.conftest import organisation, person, role

from .eyes import DESK, NARROW, PHONE, barriers, shows_focus, tab_to, too_wide

pytestmark = pytest.mark.browser


@pytest.fixture
def sign_in(context: Any, live_server: Any) -> Any:
    """Be somebody from now on."""

    def be(who: Person) -> None:
        session = SessionStore()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(who.pk), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = who.get_session_auth_hash()
        session.create()
        context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": session.session_key, "url": live_server.url}]
        )

    return be


@pytest.fixture
def steward(places: dict[str, Place]) -> Person:
    made = person("steward@example.org")
    role(made, organisation("Région", kind="AUTHORITY", territory="FR"), "STEWARD")
    role(made, organisation("Attica", kind="AUTHORITY", territory="GR"), "STEWARD")
    Place.objects.filter(merged_into=None).exclude(status="CLOSED").update(due_on="2020-06-01")
    return made


def looked_at(page: Page, name: str) -> None:
    """Nobody is kept out, and it fits, by day and by night, large and small, from either side."""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # colours are there at once
        assert barriers(page) == [], (name, scheme)
    page.emulate_media(color_scheme="light")
    for size in (NARROW, PHONE, DESK):
        page.set_viewport_size(size)
        assert too_wide(page) == "", (name, size)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert too_wide(page) == "", (name, size, "rtl")
        page.evaluate("document.documentElement.dir = 'ltr'")


def test_claimed_by_mail_and_disputed_and_decided(
    go: Any, sign_in: Any, watched: Any, places: dict[str, Place], steward: Person
) -> None:
    mill = places["mill"]
    ana, rival = person("ana@example.org"), person("rival@example.org")
    theirs = organisation("Filature SAS", kind="OPERATOR")
    role(rival, theirs, "OWNER")

    sign_in(rival)
    page: Page = go(f"/en/places/{mill.pk}/claim/")
    page.get_by_label("The word of a steward").check()
    expect(page.get_by_label("Where we send the code")).to_be_hidden()
    looked_at(page, "claim_place")
    page.get_by_label("For the steward").fill("Ask at the town hall.")
    page.get_by_role("button", name="Claim it").click()
    expect(page.get_by_text("A steward looks at it.")).to_be_visible()
    looked_at(page, "claim of a steward")

    sign_in(steward)
    go("/en/account/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Your desk").click()
    page.get_by_role("link", name="Claims").click()
    page.get_by_role("link", name="La Filature").click()
    expect(page.get_by_text("Ask at the town hall.")).to_be_visible()
    looked_at(page, "desk_claim")
    page.get_by_role("button", name="Yes, they run it").click()
    expect(page.get_by_text("Accepted")).to_be_visible()
    assert claims.runner(mill.pk) == theirs

    sign_in(ana)
    go(f"/en/places/{mill.pk}/claim/")
    page.get_by_label("Name of the new organisation").fill("Les Fileuses")
    page.get_by_label("A code sent to an address").check()
    page.get_by_label("Where we send the code").fill("contact@filature.example")
    page.get_by_role("button", name="Claim it").click()
    letter = Mail.objects.filter(template="claim_code").get()
    read = mail.render(language=letter.language, template=letter.template, context=letter.context).text
    code = re.search(r"^\w{4}-\w{4}$", read, re.MULTILINE)
    assert code
    looked_at(page, "claim")
    watched.missing.add(page.url)  # a form that comes back
    page.get_by_role("textbox", name="The code").fill("acde fhjk")
    page.get_by_role("button", name="Prove it").click()
    expect(page.get_by_text("Tries left: 4")).to_be_visible()
    page.get_by_role("textbox", name="The code").fill(code[0].lower().replace("-", " "))
    page.get_by_role("button", name="Prove it").click()
    expect(page.get_by_text("Another organisation is known to run this place.")).to_be_visible()

    sign_in(rival)
    go("/en/claims/")
    looked_at(page, "claims")
    page.get_by_role("link", name="La Filature").first.click()
    looked_at(page, "claim_answer")
    page.get_by_label("What should the steward know?").fill("We gave it up in May.")
    page.get_by_role("button", name="Send it to the steward").click()

    sign_in(steward)
    go(f"/en/desk/claims/{Claim.objects.latest('pk').pk}/")
    expect(page.get_by_text("We gave it up in May.")).to_be_visible()
    page.get_by_role("button", name="Yes, they run it").click()
    expect(page.get_by_text("Accepted")).to_be_visible()
    assert str(claims.runner(mill.pk)) == "Les Fileuses"

    sign_in(ana)
    go(f"/en/places/{mill.pk}/hand-back/")
    looked_at(page, "claim_hand_back")
    page.get_by_role("button", name="Hand it back").click()
    assert claims.runner(mill.pk) is None


def test_the_desk_by_keyboard_and_a_letter_on_paper(
    go: Any, sign_in: Any, places: dict[str, Place], steward: Person
) -> None:
    sign_in(steward)
    page: Page = go("/en/desk/")
    looked_at(page, "desk")
    tab_to(page, page.locator("select[name=of]"))
    page.keyboard.press("F")
    tab_to(page, page.get_by_role("button", name="Show it"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("What waits for a person in France.")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="It is right"))
    assert shows_focus(page)
    tab_to(page, page.get_by_role("link", name="Suggestions"), key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("No suggestion waits")).to_be_visible()
    assert "of=FR" in page.url
    looked_at(page, "empty desk")

    role(person("ana@example.org"), mine := organisation("Moulin", kind="OPERATOR"), "OWNER")
    claim = Claim.objects.create(
        place=places["mill"], proof="POST", person=Person.objects.get(email="ana@example.org"), organisation=mine,
        due="2026-12-01T00:00Z",
    )  # fmt: skip
    go(f"/en/desk/claims/{claim.pk}/")
    page.get_by_role("button", name="Make the letter").click()
    expect(page.get_by_text("12 bis rue des Filatures")).to_be_visible()
    looked_at(page, "desk_letter")
    page.emulate_media(media="print")
    expect(page.get_by_text("Print this page")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Main")).to_be_hidden()
    assert page.pdf().count(b"/Type /Page\n") == 1, "one sheet"
    page.emulate_media(media="screen")
    Claim.objects.update(proof="PHONE")
    go(f"/en/desk/claims/{claim.pk}/")
    page.get_by_role("button", name="I am calling").click()
    expect(page.get_by_role("link", name="+33 4 90 00 00 00")).to_be_visible()
    looked_at(page, "desk_call")
