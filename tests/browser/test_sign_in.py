"""Signing in as people do: a code from a letter, a passkey of a device, numbers of an app; how the pages look."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from playwright.sync_api import CDPSession, Page, expect

from coworkmed.people import services
from coworkmed.people.models import Organisation, Person
from coworkmed.platform import stops
from tests.people.conftest import letters, person, role

from .eyes import COLOURS, DESK, NARROW, barriers, too_wide, unfold

pytestmark = pytest.mark.browser


@pytest.fixture
def ana(transactional_db: None) -> Person:
    cache.clear()
    return person("ana@example.org", name="Ana Anić")


@pytest.fixture
def passkeys(page: Page) -> Iterator[CDPSession]:
    """A device that holds passkeys, and whose owner always shows that it is them."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    yield devtools
    devtools.send("WebAuthn.disable")


def code_sent() -> str:
    """The newest: codes leave before other mails."""
    found = re.findall(r"^([A-Z0-9]{3,}-?[A-Z0-9]+)$", "\n".join(str(one.body) for one in letters()), re.MULTILINE)
    return str(found[-1])


def sign_in_by_letter(go: Any, language: str = "en") -> Page:
    page: Page = go(f"/{language}/account/login/")
    page.locator("[name=login]").fill("ana@example.org")
    page.locator("main form [type=submit]").first.click()
    page.locator("[name=code]").wait_for()
    page.locator("[name=code]").fill(code_sent())
    page.locator("main form [type=submit]").first.click()
    return page


def sign_out(go: Any) -> None:
    page: Page = go("/en/account/logout/")
    page.locator("main form button").click()
    expect(page).to_have_url(re.compile(r"/en/$"))


def number_now(secret: str) -> str:
    return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))


def make_a_passkey(go: Any) -> Page:
    page: Page = go("/en/account/2fa/webauthn/add/")
    page.get_by_label("Passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    expect(page.get_by_text("Security key added.")).to_be_visible()
    return page


def test_a_passkey_is_made_and_opens_the_account(go: Any, ana: Person, passkeys: CDPSession) -> None:
    sign_in_by_letter(go)
    page = make_a_passkey(go)
    assert Authenticator.objects.filter(user=ana, type="webauthn").count() == 1
    assert letters()[-1].subject == "A passkey opens your account now"
    page.get_by_role("link", name="Use a security key").click()  # recovery codes are shown to who used it once
    page.locator("#mfa_webauthn_reauthenticate").click()
    expect(page.get_by_role("heading", level=1, name="Recovery Codes")).to_be_visible()
    expect(page.locator("#recovery_codes")).to_have_value(re.compile(r"(\d{8}\s*){10}"))
    sign_out(go)
    page = go("/en/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()
    expect(page.locator("main")).to_contain_text("ana@example.org")


def test_another_device_opens_nothing(go: Any, ana: Person, passkeys: CDPSession) -> None:
    sign_in_by_letter(go)
    make_a_passkey(go)
    Authenticator.objects.filter(type="webauthn").delete()
    sign_out(go)
    page = go("/en/account/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.wait_for_load_state("networkidle")
    go("/en/account/")
    expect(page).to_have_url(re.compile("/account/login/"))


def test_numbers_of_an_app_are_asked_for_after_the_code(go: Any, ana: Person) -> None:
    sign_in_by_letter(go)
    page: Page = go("/en/account/2fa/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    page.locator("[name=code]").fill(number_now(secret))
    page.locator("main form [type=submit]").first.click()
    expect(page.get_by_text("Authenticator app activated.")).to_be_visible()
    sign_out(go)
    cache.clear()  # half a minute later
    page = sign_in_by_letter(go)
    expect(page).to_have_url(re.compile("/2fa/authenticate/"))
    assert barriers(page) == []
    page.locator("[name=code]").fill(number_now(secret))
    page.locator("main form [type=submit]").first.click()
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def test_who_mistyped_their_address_can_begin_anew(go: Any, ana: Person) -> None:
    page: Page = go("/en/account/login/")
    page.locator("[name=login]").fill("anna@example.org")
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("main")).to_contain_text("anna@example.org")
    page.get_by_role("button", name="Cancel").click()
    page = sign_in_by_letter(go)
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def test_the_way_in_needs_no_script(other_reader: Any, ana: Person) -> None:
    page = sign_in_by_letter(other_reader(java_script_enabled=False))
    expect(page.get_by_role("heading", level=1, name="Your account")).to_be_visible()


def test_mails_end_by_the_button_and_begin_again(go: Any, ana: Person) -> None:
    path = stops.stop_address(ana.email).removeprefix("http://localhost:8000")
    page: Page = go(path)
    assert barriers(page) == []
    page.get_by_role("button", name="No more mails").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No more mails from us")
    assert barriers(page) == []
    page.get_by_role("button", name="Write to me again").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("No more mails?")


@pytest.mark.parametrize("language", ["el", "ar"])
def test_all_can_read_the_pages_of_people(go: Any, ana: Person, right_to_left: str, language: str) -> None:
    """No barrier, nothing wider than a small phone: before and after signing in, with a history to show."""
    mill = Organisation.objects.create(kind="OPERATOR", name={"en": "La Filature, atelier coopératif"})
    role(ana, mill, "OWNER")
    for number in range(3):
        services.invite(by=ana, organisation=mill, email=f"somebody.with.a.long.name{number}@example.org", role="TEAM")
    page: Page = go(f"/{language}/account/login/")
    faults = look(page, language != right_to_left)
    page = sign_in_by_letter(go, language)
    for path in ("account/", "account/2fa/", "account/2fa/webauthn/add/", "account/2fa/totp/activate/",
                 f"organisations/{mill.pk}/", "account/sessions/", "account/email/"):  # fmt: skip
        faults += look(go(f"/{language}/{path}"), language != right_to_left)
    page.emulate_media(color_scheme="dark")
    go(f"/{language}/organisations/{mill.pk}/")
    faults += barriers(page, *COLOURS)
    assert faults == []


def look(page: Page, colours: bool) -> list[str]:
    page.set_viewport_size(NARROW)
    unfold(page)
    out = too_wide(page)
    page.set_viewport_size(DESK)
    return [f"{page.url}: {one}" for one in [*barriers(page, colours=colours), *([f"too wide: {out}"] if out else [])]]
