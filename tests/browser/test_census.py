"""A wave of the census in a browser: on a phone, interrupted and gone on with elsewhere, put right, keyed in from
paper, with a portrait at the end. Buttons are found by what they send: the language of a page does not matter."""

import os
import re
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from playwright.sync_api import Page, expect
from pypdfium2 import PdfDocument

from coworkmed.demo import answers as demo
from coworkmed.observatory.census import letters
from coworkmed.observatory.census.questionnaire import current
from coworkmed.observatory.models import Answer, Invitation, Wave
from coworkmed.observatory.stories import letters as stories
from coworkmed.people.models import Person
from coworkmed.places.models import Place
from coworkmed.platform import mail, stops
from tests.observatory.census.waves import answer, invited, path, wave
from tests.web.factories import entry, place, source

from .eyes import DESK, NARROW, PHONE, barriers, shows_focus, tab_to, too_wide, unfold

pytestmark = pytest.mark.browser
TO = "desk@place.example"
RIGHT, SAVE, LATER = (f"button[name=step][value={step}]" for step in ("right", "save", "later"))
KEEP = f"{SAVE}:not(.away)"


@pytest.fixture
def polled(places: dict[str, Place]) -> Wave:
    """An open wave that five coworking spaces of France have answered."""
    found, region = wave(), source("peers")
    for at in range(5):
        fields = {"kinds": ["COWORK"], "main_kind": "COWORK", "country": "FR", "locality": "Marseille"}
        one = place(entry(region, f"peer-{at}", name=f"Peer {at}", desks=10 + 4 * at, **fields))
        answer(invited(one, found), {
            "jobs_fte": at + 1,
            "desks_occupied": 5 + at,
            "result": "PROFIT" if at % 2 else "BREAK_EVEN",
            "sex_share": {"WOMEN": 40 + at, "MEN": 60 - at},
        })  # fmt: skip
    return found


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


def seen(page: Page, name: str) -> None:
    """A picture of the page, for whoever wants to look (the folder named by PICTURES)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/census-{name}.png", full_page=True)


def fine(page: Page, name: str) -> None:
    """Nobody is kept out, and it fits, by day and by night, from either side."""
    unfold(page)
    seen(page, name)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert barriers(page) == [], (name, scheme)
    page.emulate_media(color_scheme="light")
    for size in (NARROW, PHONE):
        page.set_viewport_size(size)
        assert too_wide(page) == "", (name, size)
        page.evaluate("document.documentElement.dir = 'rtl'")
        assert too_wide(page) == "", (name, size, "rtl")
        page.evaluate("document.documentElement.dir = 'ltr'")


@pytest.mark.parametrize(("language", "which"), [("fr", "mill"), ("el", "athens"), ("hr", "split")])
def test_a_place_answers_with_an_interruption_and_a_correction(
    page: Page,
    go: Any,
    other_reader: Any,
    watched: Any,
    places: dict[str, Place],
    polled: Wave,
    language: str,
    which: str,
) -> None:
    page.set_viewport_size(PHONE)
    invitation = invited(places[which], polled)
    base = path(invitation, language=language)
    go(base)
    expect(page.locator("html")).to_have_attribute("lang", language)
    expect(page.locator("h1")).to_contain_text(polled.title[language])
    page.locator(".census-act button").click()

    page.locator(RIGHT).click()  # all we know of the place is right: one tap
    expect(page).to_have_url(re.compile(r"/basics/$"))
    page.fill("[name=members_now]", "40")
    page.locator(LATER).click()  # … the telephone rings

    elsewhere = other_reader(java_script_enabled=False, viewport=DESK)(base)  # another device, without scripts
    elsewhere.locator(".census-act button").click()
    expect(elsewhere).to_have_url(re.compile(r"/life/$"))
    elsewhere.go_back()
    elsewhere.goto(elsewhere.url.removesuffix("life/") + ("basics/" if "basics/" not in elsewhere.url else ""))
    expect(elsewhere.locator("[name=members_now]")).to_have_value("40")
    if which == "mill":
        elsewhere.locator("details.more summary").click()
    elsewhere.fill("[name=desks]", "26")  # put right
    elsewhere.fill("[name=price_day]", "17 €")
    elsewhere.locator(KEEP).click()
    expect(elsewhere).to_have_url(re.compile(r"/life/$"))
    elsewhere.fill("[name=desks_occupied]", "13")
    elsewhere.fill("[name=facilitator_fte]", "1,5")
    elsewhere.locator(KEEP).click()
    expect(elsewhere.locator("#q-facilitator_paid")).to_be_visible()  # asked now
    elsewhere.locator("#q-facilitator_paid [value=yes]").check()
    elsewhere.locator(KEEP).click()

    go(base)  # back on the phone
    page.locator(".census-act button").click()
    expect(page).to_have_url(re.compile(r"/governance/$"))
    page.locator(KEEP).click()  # left out
    page.fill("[name=jobs_fte]", "2")
    page.locator("#q-result [value=LOSS]").check()
    page.locator("[name=none-turnover_band]").select_option("REFUSED")
    page.fill("[name=income_share-DESKS]", "60")
    page.fill("[name=income_share-PUBLIC_GRANT]", "30")
    watched.missing.add(page.url)  # it answers 422, of which a browser complains
    page.locator(KEEP).click()
    expect(page.locator("[role=alert]")).to_be_visible()  # they make 90
    expect(page.locator("[name=income_share-DESKS]")).to_have_value("60")
    page.fill("[name=income_share-PUBLIC_GRANT]", "40")
    page.locator(KEEP).click()
    expect(page).to_have_url(re.compile(r"/capacity/$"))
    page.locator("a[href$='/check/']").click()
    expect(page.locator(".census-known").first).to_contain_text("26")
    page.locator(".census-act button").click()

    expect(page).to_have_url(re.compile(r"/portrait/$"))
    figure = page.locator(".portrait-figure", has=page.locator("#f-jobs_fte"))
    expect(figure.locator(".portrait-own")).to_have_text("2")
    expect(figure).to_contain_text("5")  # among as many places
    assert too_wide(page) == ""
    seen(page, f"portrait-{language}")
    kept = Answer.objects.get(place=places[which])
    assert kept.values["turnover_band"] == {"none": "REFUSED"}
    shown = Place.objects.get(pk=places[which].pk)
    assert shown.values["desks"] == 26 and "result" not in shown.values
    assert shown.freshness == "confirmed"


def test_every_page_bars_nobody_and_fits(
    page: Page, go: Any, watched: Any, places: dict[str, Place], polled: Wave
) -> None:
    base = path(invited(places["mill"], polled))
    page.set_viewport_size(PHONE)
    go(base)
    fine(page, "door")
    for section in current().sections:
        go(f"{base}{section.code}/")
        fine(page, section.code)
    go(base + "economy/")
    page.fill("[name=jobs_fte]", "-4")
    page.fill("[name=income_share-DESKS]", "10")
    page.locator("[name=non_money_payment]").first.check()
    page.locator("[name=non_money_payment]").last.check()
    watched.missing.add(page.url)
    with page.expect_response(lambda answer: answer.status == 422):
        page.locator(KEEP).click()
    fine(page, "faults")
    page.fill("[name=jobs_fte]", "4")
    page.fill("[name=income_share-DESKS]", "100")
    page.locator("[name=non_money_payment]").first.uncheck()
    page.locator(KEEP).click()
    go(base + "check/")
    fine(page, "check")
    page.locator(".census-act button").click()
    fine(page, "portrait")
    page.locator("button[name=public]").click()
    go(f"/en/census/portrait/{polled.number}/{places['mill'].pk}/")
    fine(page, "public")
    go("/en/census/")
    fine(page, "index")
    Wave.objects.update(state=Wave.State.CLOSED)
    go(base)
    fine(page, "ended")
    go("/en/census/answer/none/", 404)
    fine(page, "refused")


def test_answers_are_taken_back(page: Page, go: Any, places: dict[str, Place], polled: Wave) -> None:
    base = path(invited(places["mill"], polled))
    answer(Invitation.objects.get(place=places["mill"]), {"jobs_fte": 2})
    page.set_viewport_size(PHONE)
    go(base)
    page.locator("a[href$='/withdraw/']").click()
    fine(page, "withdraw")
    page.locator(".census-act button").click()
    expect(page.get_by_role("status")).to_be_visible()
    fine(page, "withdrawn")
    assert not Answer.objects.filter(place=places["mill"]).exists()


@pytest.mark.parametrize(("language", "which"), [("el", "athens"), ("hr", "split")])
def test_a_story_is_told_coded_and_read(
    page: Page, go: Any, sign_in: Any, other_reader: Any, places: dict[str, Place], language: str, which: str
) -> None:
    """Told on a phone without scripts, coded at two desks, published, read and cited, and taken back."""
    tale = "Ο φούρνος άνοιξε ξανά, και το λεωφορείο σταματά εδώ. Šibenik, Čakovec."
    base = "/" + stories.link(places[which], TO, language=language).split("/", 3)[3]
    teller = other_reader(java_script_enabled=False, viewport=PHONE)(base)
    teller.fill("[name=text]", tale)
    teller.fill("[name=teller]", "Ana")
    teller.locator("[name=agree]").check()
    teller.locator("button[value=send]").click()
    expect(teller.locator(".story-card")).to_contain_text(tale)
    go(base)
    fine(page, f"tell-{language}")

    operator = Person.objects.create_superuser("operator@example.org")
    first, second = operator, Person.objects.create_superuser("second@example.org")
    page.set_viewport_size(DESK)
    for who, theme in ((first, "SERVICE"), (second, "REVIVED")):
        sign_in(who)
        go("/en/stories/desk/")
        page.locator(".held a").first.click()
        page.locator(f"[name=themes][value={theme}]").check()
        if who is first:
            fine(page, "code")
        page.locator("button[value=code]").click()
    page.locator(".held a").first.click()
    fine(page, "settle")
    page.locator("[name=themes][value=SERVICE]").check()
    page.locator("button[value=settle]").click()
    fine(page, "story-desk")
    page.locator(".held a").first.click()
    page.locator("button[value=publish]").click()

    page.context.clear_cookies()
    page.set_viewport_size(PHONE)
    go(f"/{language}/places/{places[which].pk}/")
    page.locator("#stories a").click()
    expect(page.locator(".story-card")).to_contain_text(tale)
    fine(page, f"stories-{language}")
    page.locator(".story-card .aside a").click()
    expect(page.locator(".story-citation")).to_contain_text("CC BY 4.0")
    fine(page, f"story-{language}")
    permalink = page.url
    go(f"/{language}/stories/themes/")
    fine(page, f"themes-{language}")
    go(f"/{language}/stories/of/{places[which].pk}/")
    fine(page, f"door-{language}")

    teller.goto(teller.url.partition("?")[0])
    teller.locator(".story-card summary").click()
    teller.locator(".story-card button[value=withdraw]").click()
    expect(teller.get_by_role("status")).to_be_visible()
    assert page.request.get(permalink).status == 410


def test_a_part_is_answered_by_the_keyboard_alone(page: Page, go: Any, places: dict[str, Place], polled: Wave) -> None:
    page.emulate_media(reduced_motion="reduce")  # the window is there at once
    go(path(invited(places["split"], polled)) + "economy/")
    tab_to(page, page.locator("[name=jobs_fte]"))
    assert shows_focus(page)
    page.keyboard.type("3")
    page.keyboard.press("Enter")  # keeps, and says of nothing that it is right
    expect(page).to_have_url(re.compile(r"/capacity/$"))
    assert Answer.objects.get(place=places["split"]).values == {"jobs_fte": {"value": 3, "how": "given"}}


def test_a_wave_is_run_and_a_paper_keyed_in(
    page: Page, go: Any, sign_in: Any, places: dict[str, Place], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = {name: getattr(settings.ENV, name) for name in settings.ENV.__slots__}
    ready = {"email_url": "smtp://relay.example", "email_from": "us@example.org", "site_url": "https://third.example"}
    monkeypatch.setattr(settings, "ENV", type(settings.ENV)(**kept | ready))
    sign_in(Person.objects.create_superuser("operator@example.org"))
    page.set_viewport_size(DESK)
    go("/en/census/waves/")
    fine(page, "waves")
    page.fill("[name=title]", "Census 2026")
    page.get_by_label("First day").fill("2026-01-01")
    page.get_by_label("Last day").fill("2099-12-31")
    page.get_by_role("button", name="Prepare it").click()
    fine(page, "plan")
    page.locator("button[value=open]").click()
    fine(page, "wave")
    invitation = Invitation.objects.get(place=places["split"])
    sheet = page.request.get(f"{page.url}print/{invitation.code}/")
    assert sheet.headers["content-type"] == "application/pdf"
    page.get_by_label("Code on the paper").fill(invitation.code.lower())
    page.locator("button[value=paper]").click()
    expect(page.get_by_role("status")).to_contain_text(invitation.code)
    page.locator(".census-act button").click()
    page.locator(RIGHT).click()
    page.fill("[name=desks]", "9")
    page.locator(KEEP).click()
    page.locator("a[href$='/check/']").click()
    page.locator(".census-act button").click()
    expect(page.locator("h1")).to_contain_text("Čamac")
    assert Answer.objects.get().channel == "PAPER"
    assert Place.objects.get(pk=places["split"].pk).values["desks"] == 9


def test_the_portrait_is_one_page_to_hand_over(page: Page, go: Any, places: dict[str, Place], polled: Wave) -> None:
    """With every figure there is, as whoever decides gets it."""
    region = source("more")
    fields = {"kinds": ["COWORK"], "main_kind": "COWORK", "country": "FR", "locality": "Marseille"}
    peers = [place(entry(region, f"more-{at}", name=f"More {at}", **fields)) for at in range(11)]
    drawn = demo.answers([one.pk for one in peers] + ["ours"])
    for one in peers:
        answer(invited(one, polled), drawn[one.pk])
    invitation = invited(places["mill"], polled)
    answer(invitation, drawn["ours"])
    go(path(invitation) + "portrait/")
    shown = page.locator(".portrait-figure").count()
    assert shown > 12
    address = page.locator("a[href$='portrait.pdf']").get_attribute("href")
    file = page.request.get(f"{page.url.split('/en/')[0]}{address}")
    with PdfDocument(file.body()) as document:
        assert len(document) == 1
        assert places["mill"].name.split(",")[0] in document[0].get_textpage().get_text_range()


def test_the_mail_bars_nobody_and_fits_a_phone(page: Page, places: dict[str, Place], polled: Wave) -> None:
    page.set_viewport_size(NARROW)
    athens = Place.objects.get(pk=places["athens"].pk)
    athens.due_on = polled.opens
    letter = letters.letter(invited(athens, polled), athens, TO, today=polled.closes)
    assert letter.asks and letter.language == "el"
    read = mail.render(language="el", template="census", context=letter.context, stop=stops.stop_address(TO))
    page.set_content(read.html)
    assert too_wide(page) == ""
    assert barriers(page, "wcag2a", "wcag2aa", "wcag21aa", "wcag22aa") == []
    seen(page, "mail")
