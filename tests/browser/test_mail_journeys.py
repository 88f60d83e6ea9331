"""What people do by mail, from the letter on: letters leave by SMTP, are read as they came, and their links followed.

Before its reader a scanner opens every letter and follows each link: nothing may change by it (`post.Post`). The
reviewer who works pairs by keyboard is in `test_review_desk`.
"""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Page, expect

from coworkmed.people.models import Operates, Person
from coworkmed.places.models import Place
from coworkmed.places.services import settle
from coworkmed.platform import audit, jobs
from coworkmed.platform.models import Mail
from coworkmed.stewardship.models import Asked, Suggestion
from coworkmed.stewardship.services import asking
from tests.people.conftest import organisation, person, role
from tests.web.factories import entry, place, position, source

from .eyes import unfold
from .post import Clock, Letter, Post, changed, everything, post_office, put_forward

pytestmark = pytest.mark.browser
PLACE, STRANGER, STEWARD, OWNER = (
    "hello@mithna.example",
    "reader@example.net",
    "steward@example.org",
    "ana@example.org",
)


@pytest.fixture
def clock(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Clock:
    cache.clear()
    return put_forward(monkeypatch, "MT")


@pytest.fixture
def post(clock: Clock, live_server: Any, settings: Any) -> Iterator[Post]:
    with post_office(live_server.url, settings) as office:
        yield office
        office.deliver()
        assert office.scanned


@pytest.fixture
def mill(clock: Clock) -> Place:
    """A place of which a list knows an address, in a country where letters are written in English."""
    told = source("register", title={"en": "Register of third places"}, territory=("MT",), licence="CC0-1.0")
    said = entry(
        told, "1", name="Il-Mitħna", kinds=["COWORK"], main_kind="COWORK", country="MT", locality="Valletta",
        position=position(35.8989, 14.5146), email=PLACE, phone="+35621220000", desks=24,
        opening_hours="Mo-Fr 09:00-17:00",
    )  # fmt: skip
    made = place(said)
    settle(as_of=clock.now().date())
    return made


@pytest.fixture
def owner(mill: Place) -> Person:
    """Ana runs the mill."""
    ana = person(OWNER, name="Ana Anić", language="en")
    house = organisation("Mithna Ltd", kind="OPERATOR")
    role(ana, house, "OWNER")
    Operates.objects.create(organisation=house, place=mill.pk)
    return ana


@pytest.fixture
def steward(mill: Place) -> Person:
    eve = person(STEWARD, language="en")
    role(eve, organisation("Region", kind="AUTHORITY", territory="MT"), "STEWARD")
    return eve


def asked(clock: Clock, post: Post, to: str = PLACE) -> Letter:
    """The letter by which the clock asks about the mill, from a site that has been told to ask."""
    asking.switch(asking.ASK, on=True, by=audit.Who("operator"))
    clock.night()
    return post.to(to, "Is this right?")


def sign_in(page: Page, post: Post, address: str) -> None:
    """Be let in on the page at hand, by the code of a letter."""
    page.locator("[name=login]").fill(address)
    page.locator("main form [type=submit]").first.click()
    page.locator("[name=code]").wait_for()
    code = re.search(r"^[A-Z0-9]{3,}-?[A-Z0-9]+$", post.to(address, "code").text, re.MULTILINE)
    assert code
    page.locator("[name=code]").fill(code[0])
    page.locator("main form [type=submit]").first.click()


def shown(go: Any, of: Place) -> Page:
    """The public page, unfolded."""
    page: Page = go(f"/en/places/{of.pk}/")
    unfold(page)
    return page


def test_the_clock_asks_and_the_place_confirms(go: Any, clock: Clock, post: Post, mill: Place) -> None:
    letter = asked(clock, post)
    assert letter.subject == "Is this right? Il-Mitħna"
    assert [part for part in ("Valletta", "24", "9:00") if part not in letter.text] == ["24"]  # in short
    page: Page = go(letter.link("/confirm/"))
    before = everything()
    page.get_by_role("button", name="Yes, this is right").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert {"places_place", "platform_usedtoken", "platform_event"} <= set(changed(before, everything()))
    page = shown(go, mill)
    expect(page.locator(".standing")).to_contain_text("Confirmed")
    expect(page.locator(".standing")).to_contain_text("the place itself")
    expect(page.locator("#opening_hours .vouched")).to_contain_text("Confirmed by the place itself on")
    clock.night(days=40)
    assert Asked.objects.count() == 1, "who has answered is left in peace"
