"""Getting in: by a code from a letter, for operators by a password; never by guessing, never telling who is here."""

import re
import statistics
import time
from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.people import sign_in
from coworkmed.people.models import Person
from tests.web.html import Reader

from .conftest import letters

LOGIN, CODE, SIGNUP = "/en/account/login/", "/en/account/login/code/confirm/", "/en/account/signup/"
CONFIRM = "/en/account/confirm-email/"


@pytest.fixture(autouse=True)
def attempts_forgotten(db: None) -> None:
    cache.clear()


def code_in(letter: Any) -> str:
    found = re.search(r"^([A-Z0-9-]{6,})$", letter.body, re.MULTILINE)
    assert found, letter.body
    return found[1]


def bare(page: bytes, address: str) -> str:
    """A page without what differs from one request to the next."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page.decode())
    return text.replace(address, "ADDRESS")


def test_a_code_from_a_letter_lets_in(client: Client, ana: Person) -> None:
    asked = client.post(LOGIN, {"login": "Ana@Example.org"}, follow=True)
    assert asked.redirect_chain == [(CODE, 302)]
    page = client.post(CODE, {"code": code_in(letters()[0])}, follow=True)
    assert page.redirect_chain == [("/en/account/", 302)]
    assert "ana@example.org" in page.content.decode()
    assert page.headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")


def test_a_wrong_code_ends_after_three(client: Client, ana: Person) -> None:
    client.post(LOGIN, {"login": ana.email})
    for _ in range(4):
        client.post(CODE, {"code": "AAAA-AAAA"})
    client.post(CODE, {"code": code_in(letters()[0])})
    assert client.get("/en/account/").status_code == 302


def test_signing_up_needs_an_address_and_the_letter_to_it(client: Client, db: None) -> None:
    begun = client.post("/fr/account/signup/", {"email": "New@Example.org"}, follow=True)
    assert "/confirm-email/" in begun.redirect_chain[-1][0]
    assert client.get("/en/account/").status_code == 302
    client.post("/fr/account/confirm-email/", {"code": code_in(letters()[0])})
    assert client.get("/fr/account/").status_code == 200
    made = Person.objects.get()
    assert (made.email, made.language, made.has_usable_password()) == ("new@example.org", "fr", False)


@pytest.mark.parametrize(("page", "field", "then"), [(LOGIN, "login", CODE), (SIGNUP, "email", CONFIRM)])
def test_nobody_learns_who_has_an_account(ana: Person, page: str, field: str, then: str) -> None:
    """Same status, same way, same page, a letter each: whether the address is known or not."""
    seen = []
    for address in (ana.email, "nobody@example.net"):
        browser, before = Client(), len(letters())
        answer = browser.post(page, {field: address})
        shown = browser.get(answer.headers["Location"])
        cookies = sorted(browser.cookies)
        seen.append((answer.status_code, answer.headers["Location"], bare(shown.content, address), cookies))
        assert len(letters()) == before + 1
        assert letters()[-1].to == [address]
    assert seen[0] == seen[1]
    assert seen[0][1] == then


def test_nor_by_how_long_it_takes(ana: Person, settings: Any) -> None:
    """Medians of the same order: what differs is less than the letter takes, which both get."""
    settings.ACCOUNT_RATE_LIMITS = False
    took: dict[str, list[float]] = {ana.email: [], "nobody@example.net": []}
    for _ in range(12):
        for address, times in took.items():
            began = time.perf_counter()
            Client().post(LOGIN, {"login": address})
            times.append(time.perf_counter() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert 1 / 3 < known / unknown < 3


def test_a_password_is_for_operators_on_their_way(client: Client, operator: Person) -> None:
    operator.set_password("a long enough password")
    operator.save()
    assert b'type="password"' not in client.get(LOGIN).content
    sent = client.get("/admin/", follow=True)
    assert sent.redirect_chain[-1][0].startswith("/en/account/login/?next=%2Fadmin%2F")
    assert b'type="password"' in sent.content
    given = {"login": operator.email, "password": "a long enough password", "next": "/admin/"}
    assert client.post(LOGIN, given).headers["Location"] == "/admin/"
    assert client.get("/admin/").status_code == 200


def test_guessing_passwords_ends_soon(operator: Person) -> None:
    operator.set_password("a long enough password")
    operator.save()
    given = {"login": operator.email, "next": "/admin/"}
    for number in range(8):
        Client().post(LOGIN, given | {"password": f"guess {number}"})
    Client().post(LOGIN, given | {"password": "a long enough password"})
    right = Client()
    right.post(LOGIN, given | {"password": "a long enough password"})
    assert right.get("/admin/").status_code == 302, "the right one comes too late"


def test_letters_can_not_be_sent_without_end(ana: Person) -> None:
    answers = {Client().post(LOGIN, {"login": ana.email}).status_code for _ in range(40)}
    assert 429 in answers
    assert len(letters()) < 30


def test_a_person_has_no_way_to_a_password(client: Client, ana: Person) -> None:
    client.force_login(ana)
    for path in ("password/change/", "password/set/", "password/reset/"):
        assert client.get(f"/en/account/{path}").status_code == 404


def test_other_ways_in_are_set_up_and_left(client: Client, ana: Person) -> None:
    """An app's codes, then recovery codes; then in again, which asks for both."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    client.post(LOGIN, {"login": ana.email})
    client.post(CODE, {"code": code_in(letters()[-1])})
    page = client.get("/en/account/2fa/totp/activate/")
    assert page.status_code == 200
    secret = page.context["form"].secret

    def number() -> str:
        return str(format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time())))))

    client.post("/en/account/2fa/totp/activate/", {"code": number()})
    assert set(Authenticator.objects.values_list("type", flat=True)) == {"totp", "recovery_codes"}
    codes = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    again = Client()
    again.post(LOGIN, {"login": ana.email})
    again.post(CODE, {"code": code_in(letters()[-1])})
    assert again.get("/en/account/").status_code == 302
    again.post("/en/account/2fa/authenticate/", {"code": codes[-1]})
    assert again.get("/en/account/").status_code == 200


PAGES = ("login/", "signup/", "login/code/")
OWN = ("", "delete/", "email/", "2fa/", "2fa/totp/activate/", "2fa/webauthn/add/", "sessions/", "logout/", "3rdparty/")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_reads_well(client: Client, ana: Person, language: str) -> None:
    """In our layout, every tag closed, nothing inline; in the reader's language."""
    for path in PAGES:
        look(client, f"/{language}/account/{path}", language)
    client.post(f"/{language}/account/login/", {"login": ana.email})
    look(client, f"/{language}/account/login/code/confirm/", language)
    client.post(f"/{language}/account/login/code/confirm/", {"code": code_in(letters()[-1])})
    for path in OWN:
        look(client, f"/{language}/account/{path}", language)
    look(client, f"/{language}/organisations/new/", language)


def look(client: Client, path: str, language: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = Reader(answer.content.decode())
    assert (page.faults, page.language) == ([], language), path
    assert "noindex" in answer.content.decode()


def test_another_site_learns_who_it_is_and_no_more(client: Client, ana: Person) -> None:
    """As a provider (OpenID Connect): asked, agreed, exchanged, verified with the key that is published."""
    import base64
    import hashlib

    import jwt
    from allauth.idp.oidc.models import Client as Site

    site = Site.objects.create(name="Tool", scopes="openid", default_scopes="openid", type=Site.Type.PUBLIC)
    site.set_redirect_uris(["https://tool.example/back"])
    site.save()
    verifier = "v" * 50
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
    asked = {
        "client_id": site.id, "redirect_uri": "https://tool.example/back", "response_type": "code", "state": "s",
        "scope": "openid", "code_challenge": challenge, "code_challenge_method": "S256", "nonce": "n",
    }  # fmt: skip
    assert "/account/login/" in client.get("/identity/o/authorize", asked).headers["Location"]
    client.force_login(ana)
    page = client.get("/identity/o/authorize", asked)
    assert "form-action 'self' https://tool.example;" in page.headers["Content-Security-Policy"]
    assert Reader(page.content.decode()).faults == []
    other = client.get("/identity/o/authorize", asked | {"redirect_uri": "https://evil.example/"})
    assert "evil.example" not in other.headers["Content-Security-Policy"]
    hidden = re.search(r'name="request" value="([^"]+)"', page.content.decode())
    assert hidden
    agreed = client.post("/identity/o/authorize", {"request": hidden[1], "scopes": "openid", "action": "grant"})
    code = re.search(r"code=([^&]+)", agreed.headers["Location"])
    assert code, agreed.headers["Location"]
    told = client.post(
        "/identity/o/api/token",
        {"grant_type": "authorization_code", "code": code[1], "code_verifier": verifier, "client_id": site.id,
         "redirect_uri": "https://tool.example/back"},
    ).json()  # fmt: skip
    where = client.get("/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(client.get(where["jwks_uri"].removeprefix("http://testserver")).json())
    claims = jwt.decode(told["id_token"], keys.keys[0].key, algorithms=["RS256"], audience=site.id)
    assert claims["sub"] == str(ana.pk)
    assert ana.email not in str(claims)
    assert ana.name not in str(claims)


def test_other_sites_come_from_a_file(tmp_path: Any) -> None:
    file = tmp_path / "sites.toml"
    file.write_text('[[site]]\nid="sea"\nname="Sea"\nserver="https://id.sea.example/x"\nclient_id="c"\nsecret="s"\n')
    found = sign_in.read(str(file))
    assert found[0]["provider_id"] == "sea"
    assert sign_in.hosts(found) == "https://id.sea.example"
    assert sign_in.read("") == []
    file.write_text('[[site]]\nid="sea"\n')
    with pytest.raises(ImproperlyConfigured, match="client_id"):
        sign_in.read(str(file))
    with pytest.raises(ImproperlyConfigured):
        sign_in.read(str(tmp_path / "none.toml"))
