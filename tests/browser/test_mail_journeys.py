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
from coworkmed.people.services import invite
from coworkmed.places.models import Place
from coworkmed.places.services import settle
from coworkmed.platform import audit
from coworkmed.platform.models import Mail
from coworkmed.stewardship.models import Asked
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
    page.locator("[name=code]").fill(code_of(post.to(address, "Your code")))
    page.locator("main form [type=submit]").first.click()


def code_of(letter: Letter) -> str:
    (found,) = re.findall(r"^[A-Z0-9]{3,}-[A-Z0-9]+$", letter.text, re.MULTILINE)
    return str(found)


def shown(go: Any, of: Place) -> Page:
    """The public page, unfolded."""
    page: Page = go(f"/en/places/{of.pk}/")
    unfold(page)
    return page


def test_the_clock_asks_and_the_place_confirms(go: Any, clock: Clock, post: Post, mill: Place) -> None:
    letter = asked(clock, post)
    assert letter.subject == "Is this right? Il-Mitħna"
    assert [part for part in ("Valletta", "Desks", "9:00") if part not in letter.text] == ["Desks"]  # in short
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


def test_the_place_corrects_its_hours(go: Any, clock: Clock, post: Post, mill: Place) -> None:
    page: Page = go(asked(clock, post).link("/correct/"))
    page.get_by_label("Saturday").fill("10–13")
    page.get_by_role("button", name="Look it over").click()
    expect(page.locator(".diff")).to_contain_text("Sa 10:00-13:00")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    page = shown(go, mill)
    hours = page.locator("#opening_hours")
    expect(hours.locator(".field-value")).to_contain_text("Mo-Fr 09:00-17:00; Sa 10:00-13:00")
    author = hours.locator(".claim", has_text="Shown").first
    expect(author).to_contain_text("The places themselves")
    expect(author).to_contain_text("CC0")
    expect(hours.locator(".claim", has_text="Not shown")).to_contain_text("Register of third places")
    said = page.locator("#history li", has_text="The page was put right").first
    expect(said).to_contain_text("The place itself")
    expect(said).to_contain_text(re.compile(r"Opening hours:.*Sa 10:00-13:00.*until then:\s*Mo-Fr 09:00-17:00", re.S))
    expect(page.locator(".standing")).to_contain_text("Confirmed")


def test_a_stranger_suggests_and_the_owner_accepts(
    go: Any, other_reader: Any, clock: Clock, post: Post, mill: Place, owner: Person
) -> None:
    theirs: Page = other_reader()(f"/en/places/{mill.pk}/")
    theirs.get_by_role("link", name="Something is wrong").click()
    theirs.get_by_role("link", name="Suggest a change", exact=True).click()
    theirs.get_by_label("Desks").wait_for(state="attached")
    unfold(theirs)
    theirs.get_by_label("Desks").fill("30")
    theirs.get_by_label("How do you know?").fill("I counted them.")
    theirs.get_by_label("Your e-mail address").fill(STRANGER)
    clock.wait(minutes=1)
    theirs.get_by_role("button", name="Send the suggestion").click()
    expect(theirs.get_by_role("heading", level=1)).to_have_text("Thank you")

    page: Page = go(post.to(OWNER, "suggests a change").link("/suggestions/"))
    sign_in(page, post, OWNER)
    expect(page.locator(".proposal .diff-before")).to_contain_text("24")
    expect(page.locator(".proposal .diff-after")).to_contain_text("30")
    expect(page.get_by_text("I counted them.")).to_be_visible()
    page.get_by_label("What we write to them").fill("You are right, thank you.")
    page.get_by_role("button", name="Accept what is ticked").click()
    expect(page.locator(".told")).to_contain_text("Decided")

    decided = post.to(STRANGER, "was accepted")
    assert "You are right, thank you." in decided.text
    assert not decided.stop, "who asked for one letter gets one"
    theirs = other_reader()(decided.link(f"/places/{mill.pk}/"))
    expect(theirs.locator("#desks .field-value")).to_contain_text("30")
    expect(theirs.locator("#desks")).to_contain_text("The places themselves")
    assert STRANGER not in str(everything()), "the address is forgotten with the letter"


def test_the_place_stays_silent_and_a_steward_closes_it(
    go: Any, clock: Clock, post: Post, mill: Place, steward: Person
) -> None:
    asked(clock, post)
    clock.night(days=20)
    post.deliver()
    assert not [one for one in post.waiting if "waits for you" in one.subject], "it has five weeks to answer"
    clock.night(days=15)
    letter = post.to(STEWARD, "1 place waits for you")
    assert "+356 2122 0000" in letter.text
    page: Page = go(letter.link("/desk/"))
    sign_in(page, post, STEWARD)
    waiting = page.locator("ol.work > li")
    expect(waiting).to_contain_text("The place was asked and has not answered.")
    waiting.get_by_role("link", name="Gone or changed").click()  # nobody lifts the receiver; a neighbour knows
    page.get_by_text("It has closed for good").click()
    month = clock.now().date().replace(day=1) - timedelta(1)
    page.get_by_label("Since when").fill(f"{month:%Y-%m}")
    page.locator("details[open] button").click()
    page.get_by_role("button", name="Yes, keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    go("/en/desk/")
    expect(page.get_by_text("No place waits for you")).to_be_visible()
    page = shown(go, mill)
    expect(page.locator(".place-banner")).to_contain_text(f"{month:%B %Y}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Il-Mitħna")
    expect(page.locator("#history")).to_contain_text("It was said to have closed")
    clock.night(days=400)
    post.deliver()
    assert [one for one in post.waiting if one.to == PLACE] == [], "who has closed is asked no more"


def test_a_person_leaves_and_nothing_knows_them(go: Any, clock: Clock, post: Post, mill: Place, owner: Person) -> None:
    page: Page = go(f"/en/places/{mill.pk}/correct/")
    sign_in(page, post, OWNER)
    page.get_by_label("Desks").wait_for(state="attached")
    unfold(page)
    page.get_by_label("Desks").fill("31")
    page.get_by_role("button", name="Look it over").click()
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    go(f"/en/places/{mill.pk}/suggest/closed/")  # as anyone may, and to be told what is decided
    page.get_by_label("Your e-mail address").fill(OWNER.title())
    clock.wait(minutes=1)
    page.get_by_role("button", name="Send it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    assert Mail.objects.filter(to=OWNER).exists(), "a letter to her waits"
    traces = (OWNER, OWNER.title(), "Ana Anić")
    assert all(one in str(everything()) for one in traces)

    go("/en/account/")
    page.get_by_role("link", name="Delete the account").click()
    page.locator("main form input:not([type=hidden])").fill(OWNER)
    page.get_by_role("button", name="Delete it for good").click()
    expect(page).to_have_title(re.compile("Your account is gone"))
    left = everything()
    assert [(one, table) for one in traces for table in left if one.lower() in str(left[table]).lower()] == []
    clock.night()
    post.deliver()
    assert [one.subject for one in post.waiting if one.to == OWNER] == []
    assert audit.verify().broken is None
    go("/en/account/")
    expect(page).to_have_url(re.compile("/account/login/"))
    said = shown(go, mill).locator("#desks")
    expect(said.locator(".field-value")).to_contain_text("31")  # the place said so, and nobody by name
    expect(said).to_contain_text("The places themselves")


def test_a_steward_is_invited_and_begins(go: Any, clock: Clock, post: Post, mill: Place) -> None:
    """Whoever has no account makes one on the way, and comes back to what was offered."""
    lead = person("lead@example.org")
    region = organisation("Region", kind="AUTHORITY", territory="MT")
    role(lead, region, "OWNER")
    invite(by=lead, organisation=region, email=STEWARD, role="STEWARD")
    page: Page = go(post.to(STEWARD, "An invitation to Region").link("/invitations/"))
    page.locator("[name=email]").fill(STEWARD)
    page.locator("main form [type=submit]").first.click()
    page.locator("[name=code]").wait_for()
    page.locator("[name=code]").fill(code_of(post.to(STEWARD, "your address")))
    page.locator("main form [type=submit]").first.click()
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Region")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Your desk").click()
    expect(page.get_by_role("navigation", name="Kinds of work")).to_be_visible()
