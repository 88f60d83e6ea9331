"""Guessing ends soon, however many workers one guesses at; and nothing tells who has an account."""

import os
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coworkmed.people import services
from coworkmed.people.models import Person
from coworkmed.people.second_factors import Adapter, LostKeyError
from coworkmed.platform import shared
from coworkmed.platform.models import Kept
from tests.conftest import ROOT

from .conftest import letters

LOGIN, CODE, SIGNUP = "/en/account/login/", "/en/account/login/code/confirm/", "/en/account/signup/"
FACTOR = "/en/account/2fa/authenticate/"
#: A worker: posts so often to the page of sign-in, and says how each was answered.
WORKER = """
import sys
from django.conf import settings
if sys.argv[1] == "each for itself":
    settings.CACHES = {**settings.CACHES, "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
settings.STORAGES = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
import django; django.setup()
from django.test import Client
for _ in range(20):
    print(Client(SERVER_NAME="localhost").post("/en/account/login/", {"login": "ana@example.org"}).status_code)
"""


@pytest.fixture(autouse=True)
def attempts_forgotten(db: None) -> None:
    cache.clear()


# -- several workers ------------------------------------------------------------------------------------------------


@pytest.mark.any_database
def test_a_limit_holds_whichever_worker_is_asked(tmp_path: Path) -> None:
    """Three letters a minute to one address: from two workers together; and, each counting for itself, from each."""
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL")} | {
        "COWORKMED_VAR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "coworkmed.settings", "PYTHONPATH": str(ROOT / "src")
    }  # fmt: skip

    def run(*command: str) -> str:
        done = subprocess.run([sys.executable, *command], env=environment, capture_output=True, text=True, cwd=tmp_path)
        assert done.returncode == 0, done.stderr[-2000:]
        return done.stdout

    run("-c", "import django; django.setup()\nfrom coworkmed.platform.database import prepare; prepare()")
    for counts, most in (("each for itself", 6), ("together", 3)):  # the first leave no trace for the second
        with ThreadPoolExecutor(2) as workers:
            answers = list(workers.map(lambda _, how=counts: run("-c", WORKER, how), range(2)))
        assert Counter(" ".join(answers).split())["302"] == most, counts


def test_neither_addresses_nor_networks_stand_in_what_is_counted(client: Client, ana: Person) -> None:
    client.post(LOGIN, {"login": ana.email}, REMOTE_ADDR="192.0.2.77")
    names = list(Kept.objects.values_list("cache_key", flat=True))
    assert len(names) >= 2
    assert all(len(name) == 64 and set(name) <= set("0123456789abcdef") for name in names)


def test_what_does_not_count_any_more_is_forgotten(client: Client, ana: Person) -> None:
    client.post(LOGIN, {"login": ana.email})
    assert Kept.objects.exists()
    kept = Kept.objects.order_by("pk").first()
    Kept.objects.exclude(pk=kept.pk if kept else "").update(expires=timezone.now() - timedelta(seconds=1))
    shared.purge()
    assert Kept.objects.count() == 1


def test_who_only_reads_is_not_counted(client: Client, db: None) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        client.get(LOGIN)
    assert "platform_kept" not in str(asked.captured_queries)


# -- guessing -------------------------------------------------------------------------------------------------------


def test_numbers_of_an_app_can_not_be_tried_without_end(ana: Person) -> None:
    """From any number of browsers and networks: each was let as far as the second question."""
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    tried = 0
    for number in range(12):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        half_way_in(client, ana)
        for guess in range(3):
            page = client.post(FACTOR, {"code": f"{number}{guess}0000"})
            tried += b"Incorrect code" in page.content
    assert 3 <= tried <= 6


def half_way_in(client: Client, ana: Person) -> None:
    """As after the code of a letter, which was right."""
    from allauth.account.internal.flows.login import perform_login
    from allauth.account.models import Login
    from allauth.core import context

    request = client.get("/en/account/inactive/").wsgi_request
    with context.request_context(request):
        perform_login(request, Login(user=ana, email=ana.email))
    request.session.save()
    client.cookies["sessionid"] = request.session.session_key or ""


def test_a_number_of_an_app_works_once(ana: Person) -> None:
    secret = "JBSWY3DPEHPK3PXP"
    TOTP.activate(ana, secret)
    number = format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
    inside = []
    for _ in range(2):
        client = Client()
        half_way_in(client, ana)
        client.post(FACTOR, {"code": number})
        inside.append(client.get("/en/account/").status_code)
    assert inside == [200, 302]


# -- who has an account ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "field"), [(LOGIN, "login"), ("/en/account/login/code/", "email")])
def test_as_much_is_asked_of_the_database_for_anyone(ana: Person, page: str, field: str) -> None:
    asked = {}
    for address in (ana.email, "nobody@example.net"):
        client = Client()
        with CaptureQueriesContext(connection) as queries:
            client.post(page, {field: address})
        asked[address] = len(queries)
    assert abs(asked[ana.email] - asked["nobody@example.net"]) <= 3, asked


@pytest.mark.parametrize(("page", "field"), [(LOGIN, "login"), (SIGNUP, "email")])
def test_limits_tell_nobody_either(ana: Person, page: str, field: str) -> None:
    """The fortieth time is answered alike for known and unknown addresses."""
    answers = {}
    for number, address in enumerate((ana.email, "nobody@example.net")):
        browsers = [Client(REMOTE_ADDR=f"198.51.100.{number}") for _ in range(40)]
        answers[address] = [one.post(page, {field: address}).status_code for one in browsers]
    assert answers[ana.email] == answers["nobody@example.net"]
    assert 429 in answers[ana.email]


def test_wrong_codes_tell_nobody_either(ana: Person) -> None:
    seen = []
    for address in (ana.email, "nobody@example.net"):
        client = Client()
        client.post(LOGIN, {"login": address})
        answers = [client.post(CODE, {"code": "AAAA-AAAA"}) for _ in range(4)]
        seen.append(
            [(one.status_code, one.headers.get("Location", ""), "Incorrect" in str(one.content)) for one in answers]
        )
    assert seen[0] == seen[1]


# -- secrets at rest ------------------------------------------------------------------------------------------------


def test_secrets_of_second_factors_are_kept_encrypted(ana: Person) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    secret = "JBSWY3DPEHPK3PXP"
    totp, codes = TOTP.activate(ana, secret), RecoveryCodes.activate(ana)
    kept = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in kept
    assert not [one for one in codes.generate_codes() if one in kept]
    assert "gAAAA" in totp.instance.data["secret"], "Fernet"
    assert Adapter().decrypt(totp.instance.data["secret"]) == secret
    assert Adapter().encrypt(secret) != Adapter().encrypt(secret)


@pytest.mark.parametrize("altered", ["", "plain", "gAAAAABm", "é", "x" * 5000])
def test_what_is_no_secret_of_ours(altered: str) -> None:
    with pytest.raises(LostKeyError):
        Adapter().decrypt(altered)


def test_a_new_key_of_the_site_is_said_in_words(ana: Person, operator: Person, settings: Any) -> None:
    from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes

    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(ana)
    before, settings.SECRET_KEY = settings.SECRET_KEY, "another key, long enough to be one"
    client = Client()
    half_way_in(client, ana)
    page = client.post(FACTOR, {"code": "123456"})
    assert (page.status_code, "no longer work" in page.content.decode()) == (409, True)
    client.force_login(ana)
    assert client.get("/en/account/2fa/").status_code == 409
    services.rescue(by=operator, person=ana)
    assert "taken away" in letters()[-1].subject
    assert not Authenticator.objects.filter(user=ana).exists()
    in_again = Client()
    half_way_in(in_again, ana)
    assert in_again.get("/en/account/").status_code == 200
    settings.SECRET_KEY_FALLBACKS = [before]
    settings.SECRET_KEY = before
    kept = Adapter().encrypt("x")
    settings.SECRET_KEY = "another key, long enough to be one"
    assert Adapter().decrypt(kept) == "x", "a key of before still reads"


def test_an_operator_rescues_on_the_administrators_page(operator: Person, ana: Person) -> None:
    TOTP.activate(ana, "JBSWY3DPEHPK3PXP")
    client = Client()
    client.force_login(operator)
    page = "/admin/people/person/"
    client.post(page, {"action": "rescue", "_selected_action": [ana.pk]})
    assert not Authenticator.objects.exists()
    again = client.post(page, {"action": "rescue", "_selected_action": [ana.pk]}, follow=True)
    assert "nothing to take away" in again.content.decode()
