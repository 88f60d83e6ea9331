"""The desk of a host in a real browser: passes checked with the network cut, told later, counted once."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coworkmed.hospitality.desk import queries
from coworkmed.hospitality.desk.services import devices
from coworkmed.hospitality.models import Bearer, Pass, Scan, Visit
from coworkmed.hospitality.passes import codes, letters, tokens
from coworkmed.hospitality.passes import services as passes
from tests.hospitality.passes.test_tokens import KEYS, PRIVATE, SAID, TODAY, TOKEN
from tests.hospitality.world import ALWAYS, World, pseudonym, world

from .eyes import DESK, NARROW, PHONE, barriers, tab_to, too_wide, unfold

pytestmark = pytest.mark.browser
TABLET = {"width": 1024, "height": 768}


@dataclass
class House:
    """A host with one booking today, by Ada."""

    world: World
    ada: str  # what her phone shows
    bo: str  # and that of somebody who booked nothing
    code: str

    def new_device(self, name: str = "Tablet at the entrance") -> str:
        """The path that sets it up."""
        _, token = devices.add(by=self.world.team, place=self.world.host.place, name=name)
        return f"/en/front-desk/set-up/{token}/"


@pytest.fixture
def house(transactional_db: None) -> House:
    w = world(when=ALWAYS)
    Bearer.objects.filter(person=w.visitor).update(name="Ada Lovelace", shows_name=True)
    now = timezone.now()
    w.book(queries.day_now(w.host, now), now=now - timedelta(days=1))
    Pass.objects.filter(bearer__person=w.visitor).update(code="0123456789")
    ada, bo = (passes.token(Pass.objects.get(pseudonym=pseudonym(one))) for one in (w.visitor, w.other))
    return House(w, ada, bo, "0123456789")


@pytest.fixture
def at_desk(live_server: Any, watched: Any, house: House) -> Callable[..., Page]:
    """A page of a desk that was set up and knows what there is to know."""
    for path in ("briefing.json", "scans.json", "check/", "worker.js"):
        watched.missing.add(f"{live_server.url}/en/front-desk/{path}")  # with the network cut, a browser complains
    watched.missing.add(f"{live_server.url}/en/front-desk/")

    def ready(page: Page, name: str = "Tablet at the entrance") -> Page:
        page.goto(live_server.url + house.new_device(name))
        page.get_by_role("button", name="Yes, this is the desk").click()
        settled(page)
        return page

    return ready


def settled(page: Page) -> None:
    """Until the page has read what it knows and heard from the site, or given up."""
    page.wait_for_selector("front-desk[data-ready]", state="attached")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def show(page: Page, text: str) -> None:
    page.get_by_label("Scan a pass, or type its code").fill(text)
    page.keyboard.press("Enter")


def verdict(page: Page, title: str) -> None:
    expect(page.locator("[data-title]")).to_have_text(title)


def noted(page: Page) -> None:
    expect(page.locator("[data-told]")).to_contain_text("Noted")


def altered(token: str) -> str:
    return token[:20] + ("B" if token[20] == "A" else "A") + token[21:]


def test_both_verifiers_say_the_same_of_every_example(page: Page, go: Any) -> None:
    """Each octet altered, other keys, other days, and nonsense: Python's word beside the browser's."""
    raw = tokens.octets(TOKEN)
    shown = [TOKEN, TOKEN.lower(), f" {TOKEN[:64]}\n{TOKEN[64:]}", TOKEN[:-1], TOKEN + "A", "", "ß" * 128, "1" * 128]
    changed = (raw[:at] + bytes([raw[at] ^ 1 << at % 8]) + raw[at + 1 :] for at in range(len(raw)))
    shown.extend(base64.b32encode(one).decode() for one in changed)
    other = Ed25519PrivateKey.generate()
    shown.append(tokens.issue(other, SAID))
    firsts = [TODAY + timedelta(days=days) for days in (-30, -9, -3, 1, 5)]
    said = [tokens.Pass(SAID.key, SAID.pseudonym, one, one + timedelta(days=9), SAID.rights) for one in firsts]
    shown.extend(tokens.issue(PRIVATE, one) for one in said)
    revoked = tokens.Pass(SAID.key, "ff" * 7, TODAY, TODAY, frozenset())
    shown.append(tokens.issue(PRIVATE, revoked))
    ours = [tokens.judge(one, keys=KEYS, revoked={"ff" * 7}, today=TODAY)[0].value for one in shown]
    go("/en/front-desk/app.webmanifest")
    go("/en/styleguide/")
    theirs = page.evaluate(
        """async ([shown, keys, today]) => {
            const { able, judge } = await import("/static/js/pass-token.js");
            if (!(await able())) return ["no Ed25519"];
            const known = { keys, revoked: new Set(["ff".repeat(7)]), today };
            return Promise.all(shown.map(async (one) => (await judge(one, known)).outcome));
        }""",
        [shown, {one: [key.public, key.until.isoformat()] for one, key in KEYS.items()}, TODAY.isoformat()],
    )
    assert theirs == ours
    assert set(ours) == {"VALID", "EXPIRED", "NOT_YET", "ALTERED", "REVOKED", "UNKNOWN_KEY", "UNREADABLE"}


def test_with_the_network_cut_two_desks_scan_the_same_pass_and_it_counts_once(
    page: Page, context: BrowserContext, browser: Browser, watched: Any, house: House, at_desk: Any
) -> None:
    second = browser.new_context()
    watched.watch(second)
    desks = [at_desk(page), at_desk(second.new_page(), "Laptop upstairs")]
    for one in desks:
        one.context.set_offline(True)
        one.reload()  # the page opens by itself
        settled(one)
        expect(one.locator("[data-net]")).to_contain_text("No network")
        expect(one.locator("[data-expected] li")).to_contain_text("Ada")
        show(one, altered(house.ada))
        verdict(one, "This pass was altered")
        show(one, house.ada)
        verdict(one, "Welcome")
        expect(one.locator("[data-who]")).to_contain_text("Ada · of Marseille")
        one.keyboard.press("Enter")
        noted(one)
        show(one, house.ada)
        verdict(one, "Here already")
        expect(one.locator("[data-net]")).to_contain_text("Still to be sent: 1.")
    assert not Scan.objects.exists()
    for one in desks:
        one.context.set_offline(False)
        expect(one.locator("[data-net]")).to_contain_text("Connected")
        expect(one.locator("[data-net]")).not_to_contain_text("Still to be sent")
    visit = Visit.objects.get()
    assert (Scan.objects.count(), visit.anomalies, visit.booking.state) == (2, ["TWO_DEVICES"], "CHECKED_IN")
    second.close()


def test_a_pass_that_ended_is_refused_offline_once_the_desk_has_heard(page: Page, house: House, at_desk: Any) -> None:
    passes.end(by=house.world.home_team, held=Pass.objects.get(pseudonym=pseudonym(house.world.other)))
    at_desk(page).context.set_offline(True)
    show(page, house.bo)
    verdict(page, "This pass has ended")
    page.get_by_text("Turn away", exact=True).click()
    page.get_by_role("button", name="The pass is not good").click()
    noted(page)
    page.context.set_offline(False)
    expect(page.locator("[data-net]")).not_to_contain_text("Still to be sent")
    assert [(one.kind, one.why, one.online) for one in Scan.objects.all()] == [("TURNED_AWAY", "PASS", False)]


def test_walk_ins_are_let_in_offline_up_to_the_lease_and_then_by_a_person(
    page: Page, house: House, at_desk: Any
) -> None:
    at_desk(page).context.set_offline(True)
    expect(page.locator("[data-left]")).to_have_text("1")  # of two desks, Ada has one
    show(page, house.bo)
    verdict(page, "Welcome")
    expect(page.locator("[data-text]")).to_contain_text("have not booked")
    page.get_by_role("button", name="Let in", exact=True).click()
    noted(page)
    expect(page.locator("[data-left]")).to_have_text("0")
    page.get_by_role("button", name="Somebody without a pass").click()
    page.get_by_role("button", name="Let in anyway").click()
    noted(page)
    page.context.set_offline(False)
    expect(page.locator("[data-net]")).not_to_contain_text("Still to be sent")
    assert sorted(json.dumps(one.anomalies) for one in Visit.objects.all()) == ['["UNPROVEN"]', "[]"]


def test_a_code_is_typed_by_who_is_expected_and_asked_for_otherwise(page: Page, house: House, at_desk: Any) -> None:
    at_desk(page)
    show(page, codes.spaced(Pass.objects.get(pseudonym=pseudonym(house.world.other)).code.upper()[:10]))
    expect(page.locator("[data-verdict]")).to_be_visible()
    page.context.set_offline(True)
    show(page, "o1234-56789")
    verdict(page, "Welcome")
    show(page, "ZZZZZ-ZZZZZ")
    verdict(page, "This code is not known here")
    show(page, "hello")
    verdict(page, "This is not a pass")


def test_a_device_taken_away_says_so_and_tells_nothing(page: Page, house: House, at_desk: Any) -> None:
    at_desk(page)
    devices.revoke(by=house.world.team, device=house.world.host.place.desk_devices.get())
    show(page, house.ada)
    verdict(page, "Welcome")  # it can't know yet
    page.keyboard.press("Enter")
    expect(page.locator("[data-net]")).to_contain_text("This device is no desk any more")
    assert not Scan.objects.exists()
    expect(page.locator("[data-expected] li")).to_have_count(0)
    show(page, house.ada)
    verdict(page, "This browser can’t check passes by itself")  # nor does it go on by what it knew


def test_without_scripts_the_site_is_asked(other_reader: Any, house: House) -> None:
    go = other_reader(java_script_enabled=False)
    page = go(house.new_device())
    page.get_by_role("button", name="Yes, this is the desk").click()
    expect(page.locator("[data-expected] li")).to_contain_text("Ada")
    show(page, house.ada)
    verdict(page, "Welcome")
    page.get_by_role("button", name="Let in", exact=True).click()
    noted(page)
    assert Visit.objects.get().home_id == "marseille"


@pytest.mark.parametrize("size", [TABLET, PHONE, NARROW, DESK], ids=["tablet", "phone", "narrow", "wide"])
def test_all_can_read_it_and_it_fits(page: Page, house: House, at_desk: Any, size: Any) -> None:
    page.set_viewport_size(size)
    page.emulate_media(reduced_motion="reduce")
    at_desk(page)
    for text in (house.ada, house.bo, altered(house.ada)):
        show(page, text)
        expect(page.locator("[data-verdict]")).to_be_visible()
        unfold(page)
        assert (barriers(page), too_wide(page)) == ([], "")
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []


def test_right_to_left_and_by_keyboard_only(
    page: Page, live_server: Any, house: House, at_desk: Any, right_to_left: str
) -> None:
    at_desk(page)
    page.goto(f"{live_server.url}/{right_to_left}/front-desk/")
    settled(page)
    assert (barriers(page), too_wide(page)) == ([], "")
    page.goto(f"{live_server.url}/en/front-desk/")
    settled(page)
    show(page, house.bo)
    verdict(page, "Welcome")
    tab_to(page, page.get_by_text("Turn away", exact=True))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="We are full"))
    page.keyboard.press("Enter")
    noted(page)


def test_a_pass_on_a_phone_and_on_paper(page: Page, go: Any, house: House) -> None:
    bearer = Bearer.objects.get(person=house.world.visitor)
    page.set_viewport_size(PHONE)
    path = f"/en/pass/{letters.seal(bearer)}/"
    go(path)
    expect(page.locator(".pass-letters")).to_have_text("01234-56789")
    assert "Ada" not in page.content()
    assert (barriers(page), too_wide(page)) == ([], "")
    begins = date.today() + timedelta(days=10)
    page.get_by_label("From").fill(begins.isoformat())
    page.get_by_role("button", name="Show it from that day").click()
    expect(page.locator(".pass-says")).to_contain_text("from")
    page.emulate_media(media="print")
    expect(page.locator(".pass-code svg")).to_be_visible()
    assert not page.get_by_role("heading", name="Take it along").is_visible()
