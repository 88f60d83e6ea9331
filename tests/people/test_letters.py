"""Every mail to people goes by the outbox: in their language, at once, once, and nothing of it stays."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import allauth
import pytest
from django.test import Client
from django.utils import timezone, translation

from coworkmed.kernel.i18n import LANGUAGES
from coworkmed.people import adapter, letters, services
from coworkmed.people.models import Invitation, Person
from coworkmed.people.words import NOTICES
from coworkmed.platform import jobs, mail, stops
from coworkmed.platform.models import Job, Mail, Quiet

from .conftest import letters as sent
from .conftest import organisation, person, role

LOGIN, CODE = "/en/account/login/", "/en/account/login/code/confirm/"
#: Mails of allauth's for pages that this site has not: nobody has a password to change.
UNUSED = {"password_changed", "password_reset", "password_reset_code", "password_reset_key", "password_set"}


def everything_kept() -> str:
    rows = [*Mail.objects.values(), *Job.objects.values()]
    return json.dumps(rows, default=str)


def test_every_mail_of_allauth_has_its_own_here() -> None:
    """Those it has templates for, in all its parts; and no more than it has."""
    templates = Path(allauth.__file__).parent.glob("templates/*/email/*_subject.txt")
    known = {one.name.removesuffix("_subject.txt") for one in templates}
    ours = {*adapter.CODES, *adapter.ANSWERS, *adapter.NOTICES}
    assert known - UNUSED == ours
    assert set(adapter.NOTICES.values()) | {"ways-removed"} == set(NOTICES)


def test_a_code_leaves_at_once_and_is_forgotten(client: Client, ana: Person) -> None:
    client.post(LOGIN, {"login": ana.email})
    waiting = Mail.objects.get()
    code = waiting.context["code"]
    assert Job.objects.get(name="mail.deliver").due <= timezone.now()
    (letter,) = sent()
    assert code in letter.body
    assert code in str(letter.alternatives[0][0])
    assert [one for one in (code, "ana@") if one in everything_kept()] == []


def test_a_code_that_is_too_old_is_never_sent(client: Client, ana: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    client.post(LOGIN, {"login": ana.email})
    code = Mail.objects.get().context["code"]
    Mail.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert sent() == []
    assert Mail.objects.get().state == "expired"
    assert [one for one in (code, "ana@") if one in everything_kept()] == []


@pytest.mark.parametrize("state", ["failed", "doubtful", "waiting"])
def test_what_a_code_said_is_forgotten_whatever_became_of_it(client: Client, ana: Person, state: str) -> None:
    client.post(LOGIN, {"login": ana.email})
    Mail.objects.update(state=state, expires=timezone.now(), error="550 <ana@example.org> unknown")
    sent()
    assert (Mail.objects.get().state, Mail.objects.get().context) == ("expired", {})
    assert "ana@" not in everything_kept()


def test_a_code_does_not_wait_behind_others(ana: Person) -> None:
    for number in range(5):
        letters.notice("app-added", to=f"{number}@example.org")
    letters.code("code", ana.email, code="ABCD-1234", lasts=timedelta(minutes=15))
    assert sent()[0].to == [ana.email]


def test_readers_are_written_to_in_their_language(client: Client, ana: Person) -> None:
    Person.objects.filter(pk=ana.pk).update(language="hr")
    client.post("/fr/account/login/", {"login": ana.email})
    Client().post("/el/account/login/", {"login": "nobody@example.net"})
    found = {one.to[0]: one.message()["Content-Language"] for one in sent()}
    assert found == {ana.email: "hr", "nobody@example.net": "el"}


MAILS: dict[str, dict[str, Any]] = {
    "code": {"code": "ABCD-1234", "minutes": 15},
    "confirm": {"code": "ABCD-1234", "minutes": 1},
    "unknown-account": {"address": "<b>ana</b>@example.org", "link": "https://cowork.example/en/"},
    "known-account": {"address": "ana@example.org", "link": "https://cowork.example/en/"},
    "invitation": {
        "names": {"el": "Ο Μύλος <script>"}, "role": "Team", "explained": "Sees what members see, and changes nothing.",
        "link": "https://cowork.example/el/invitations/x/", "until": "2026-12-07",
    },
} | {
    f"notice {what}": {"what": what, "said": said, "day": "2026-11-23", "ip": "192.0.2.7", "browser": "<i>B"}
    for what, said in NOTICES.items()
}  # fmt: skip


@pytest.mark.parametrize("name", MAILS)
def test_every_mail_reads_well_in_every_language(name: str) -> None:
    for language in LANGUAGES:
        read = mail.render(language=language, template=name.split()[0], context=MAILS[name])
        assert "\n" not in read.subject
        assert 5 < len(read.subject) < 90
        assert f'lang="{language}"' in read.html
        assert "<script>" not in read.html
        assert "<i>" not in read.html
        assert "…" not in read.subject
        assert "{" not in read.text
        if "code" in MAILS[name]:
            assert "\nABCD-1234\n" in read.text


@pytest.fixture
def offer(ana: Person) -> Iterator[Invitation]:
    mill = organisation("Mill")
    role(ana, mill, "OWNER")
    services.invite(by=ana, organisation=mill, email="ben@example.org", role="TEAM")
    yield Invitation.objects.get()
    translation.deactivate()


def test_an_invitation_can_be_ended_by_who_gets_it(client: Client, offer: Invitation) -> None:
    (letter,) = sent()
    headers = letter.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    stop = headers["List-Unsubscribe"].strip("<>")
    assert stop == stops.stop_address("BEN@example.org")
    assert stop in letter.body
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(stop.removeprefix("http://localhost:8000"), {"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, mail.is_quiet("ben@example.org")) == (200, True)
    person("carla@example.org")
    by = Person.objects.get(email="ana@example.org")
    services.invite(by=by, organisation=offer.organisation, email="ben@example.org", role="OBSERVER")
    assert len(sent()) == 1
    assert Mail.objects.order_by("-pk")[0].state == "withheld"


def test_an_invitation_undone_sends_nothing(ana: Person, offer: Invitation) -> None:
    """The letter is part of the change: asked for again it is another, and each leaves once."""
    services.invite(by=ana, organisation=offer.organisation, email="ben@example.org", role="TEAM")
    assert len(sent()) == 2
    assert len(sent()) == 2


def test_whoever_goes_is_written_to_no_more(client: Client, ana: Person) -> None:
    client.post(LOGIN, {"login": ana.email})
    letters.notice("app-added", to=ana.email)
    letters.notice("app-added", to="ben@example.org")
    Mail.objects.filter(template="code").update(state="failed", error="550 <ana@example.org> unknown")
    services.forget(ana)
    assert "ana@" not in everything_kept()
    assert [one.to for one in sent()] == [["ben@example.org"]]


# -- where mails end ------------------------------------------------------------------------------------------------


def path_of(address: str) -> str:
    return stops.stop_address(address).removeprefix("http://localhost:8000")


@pytest.mark.django_db
def test_looking_ends_nothing_and_a_slip_is_undone(client: Client) -> None:
    path = path_of("Ana@Example.org")
    for method in (client.get, client.head, client.options):
        method(path)
    assert not Quiet.objects.exists()
    page = client.get(path)
    assert "No more mails?" in page.content.decode()
    assert "no-store" in page.headers["Cache-Control"]
    for _ in range(2):
        assert "Write to me again" in client.post(path).content.decode()
    assert mail.is_quiet("ana@example.org")
    assert "No more mails?" in client.post(path, {"again": "yes"}).content.decode()
    assert not mail.is_quiet("ana@example.org")


@pytest.mark.django_db
def test_the_address_is_not_in_it_and_no_other_comes_of_it(client: Client) -> None:
    path = path_of("ana@example.org")
    assert "ana" not in path.removeprefix("/mail/stop/")
    assert path == path_of("ANA@example.org")
    other = path_of("ben@example.org")
    digest, signature = path.strip("/").split("/")[-1].split(".")
    forged = other.strip("/").split("/")[-1].split(".")[0] + "." + signature
    for wrong in (forged, digest, f"{digest}.", f"{digest}.{signature[:-1]}", "x" * 3000, "%00", "a.b"):
        answer = client.post(f"/mail/stop/{wrong}/")
        assert answer.status_code == 404, wrong
    assert not Quiet.objects.exists()


@pytest.mark.django_db
def test_it_works_for_years(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of("ana@example.org")
    monkeypatch.setattr("time.time", lambda: 2_500_000_000.0)
    client.post(path)
    assert mail.is_quiet("ana@example.org")


@pytest.mark.django_db
def test_what_one_asked_for_still_comes(client: Client, ana: Person) -> None:
    client.post(path_of(ana.email))
    client.post(LOGIN, {"login": ana.email})
    assert [one.to for one in sent()] == [[ana.email]]


@pytest.mark.django_db
def test_what_ran_out_goes_each_night(offer: Invitation) -> None:
    Invitation.objects.update(expires=timezone.now())
    jobs.install(timezone.now() - timedelta(days=2))
    jobs.tick()
    jobs.run_due()
    assert not Invitation.objects.exists()
