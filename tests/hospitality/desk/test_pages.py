"""The desk and passes over HTTP: what a device may, what is refused and in which words, what is kept by nobody."""

import json
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from coworkmed.hospitality.desk import queries
from coworkmed.hospitality.desk.services import devices
from coworkmed.hospitality.desk.views import app
from coworkmed.hospitality.models import Bearer, Device, Lease, Pass, Scan, Visit
from coworkmed.hospitality.passes import codes, letters
from coworkmed.hospitality.passes import services as passes

from ..world import World, pseudonym, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def w(db: None) -> World:
    cache.clear()
    return world()


@pytest.fixture
def tablet(w: World) -> Client:
    """A browser that was made a desk."""
    client = Client(enforce_csrf_checks=True)
    _, token = devices.add(by=w.team, place=w.host.place, name="Tablet")
    page = client.get(path := f"/en/front-desk/set-up/{token}/")
    assert page.status_code == 200
    made = client.post(path, {"csrfmiddlewaretoken": client.cookies["csrftoken"].value})
    assert (made.status_code, made.headers["Location"]) == (302, "/en/front-desk/?new")
    return client


def csrf(client: Client) -> str:
    token: str = client.get("/en/front-desk/briefing.json").json()["csrf"]
    return token


def tell(client: Client, body: Any, token: str | None = None) -> Any:
    text = body if isinstance(body, str) else json.dumps(body)
    headers = {"X-CSRFToken": csrf(client) if token is None else token}
    return client.post("/en/front-desk/scans.json", text, content_type="application/json", headers=headers)


def line(**given: Any) -> dict[str, Any]:
    plain = {"id": str(uuid.uuid4()), "kind": "LET_IN", "outcome": "VALID", "at": timezone.now().isoformat()}
    return plain | {"token": "", "visitor": "", "online": False, "offset": 0} | given


def shown(w: World) -> str:
    return passes.token(Pass.objects.get(pseudonym=pseudonym(w.visitor)))


def test_the_cookie_of_a_device_is_for_this_site_alone_and_no_script(tablet: Client) -> None:
    cookie = tablet.cookies[app.COOKIE]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Strict")
    page = tablet.get("/en/front-desk/")
    assert "no-store" in page.headers["Cache-Control"]
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_what_it_saw_is_taken_once_and_what_can_not_be_read_is_said(tablet: Client, w: World) -> None:
    one, broken = line(token=shown(w)), line(at="yesterday")
    answer = tell(tablet, {"scans": [one, broken]})
    assert answer.json() == {"kept": [one["id"]], "new": 1, "known": 0}
    assert tell(tablet, {"scans": [one, one]}).json() == {"kept": [one["id"]] * 2, "new": 0, "known": 2}
    assert Visit.objects.count() == 1


@pytest.mark.parametrize(
    "body", ["", "null", "7", "[]", "{}", '{"scans": 7}', '{"scans": {}}', "[" * 100_000, "\x00", "x" * 600_000]
)
def test_what_no_desk_sends_is_refused_in_words(tablet: Client, body: str) -> None:
    answer = tell(tablet, body)
    assert answer.status_code == 400
    assert "could not be read" in answer.json()["detail"]


def test_too_many_at_once_are_refused(tablet: Client) -> None:
    assert tell(tablet, {"scans": [line() for _ in range(201)]}).status_code == 400
    assert not Scan.objects.exists()


def test_another_site_can_send_nothing_in_its_name(tablet: Client) -> None:
    assert tell(tablet, {"scans": [line()]}, token="").status_code == 403
    assert tablet.post("/en/front-desk/check/", {"shown": "x"}).status_code == 403
    assert not Scan.objects.exists()


def test_a_device_taken_away_is_told_so(tablet: Client, w: World) -> None:
    token = csrf(tablet)
    devices.revoke(by=w.team, device=Device.objects.get())
    assert tablet.get("/en/front-desk/briefing.json").status_code == 403
    assert tell(tablet, {"scans": [line()]}, token).status_code == 403
    assert b"not a desk" in tablet.get("/en/front-desk/").content


def test_what_it_is_told_names_nobody_who_did_not_allow_it(tablet: Client, w: World) -> None:
    day = queries.day_now(w.host, timezone.now())
    for by in (w.visitor, w.other):
        Bearer.objects.filter(person=by).update(name=f"{by.email.partition('@')[0].title()} Lovelace")
    Bearer.objects.filter(person=w.visitor).update(shows_name=True)
    book(w, w.visitor, day)
    book(w, w.other, day)
    text = tablet.get("/en/front-desk/briefing.json").content.decode()
    assert "Ada" in text
    for secret in ("Lovelace", "Bo", "example.org", Pass.objects.get(bearer__person=w.other).code):
        assert secret not in text
    assert "Ada" not in tablet.get("/en/front-desk/?shell").content.decode()  # nor is it kept on the device's disk


def book(w: World, by: Any, day: Any) -> None:
    """Whatever the hours of today are."""
    made = w.book(by=by)
    type(made).objects.filter(pk=made.pk).update(day=day)


def test_it_can_do_nothing_else(tablet: Client) -> None:
    for path in ("/en/account/", "/en/places/split/front-desk/", "/en/places/split/passes/", "/en/passes/"):
        answer = tablet.get(path)
        assert (answer.status_code, "/account/login/" in answer.headers["Location"]) == (302, True)


def test_checks_are_limited(tablet: Client) -> None:
    token, asked = csrf(tablet), {"shown": "ZZZZZZZZZZ"}
    for _ in range(app.CHECKS.most):
        assert tablet.post("/en/front-desk/check/", asked | {"csrfmiddlewaretoken": token}).status_code == 200
    assert tablet.post("/en/front-desk/check/", asked | {"csrfmiddlewaretoken": token}).status_code == 429


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ({}, "VALID"),  # not booked: on a place for walk-ins
        ({"ended": timezone.now()}, "REVOKED"),
        ({"until": timezone.localdate() - timedelta(days=5)}, "EXPIRED"),
        ({"since": timezone.localdate() + timedelta(days=5)}, "NOT_YET"),
        ({"code": "0000000000"}, "UNKNOWN_CODE"),
    ],
)
def test_a_code_is_looked_up(tablet: Client, w: World, change: dict[str, Any], outcome: str) -> None:
    held = Pass.objects.get(pseudonym=pseudonym(w.visitor))
    code = codes.new()
    Pass.objects.filter(pk=held.pk).update(**{"code": code} | change)
    sent = {"shown": codes.spaced(code).lower(), "csrfmiddlewaretoken": csrf(tablet)}
    said = tablet.post("/en/front-desk/check/", sent, headers={"Accept": "application/json"}).json()
    assert said["outcome"] == outcome
    assert bool(said["lease"]) == (outcome == "VALID")


def test_without_a_place_for_walk_ins_the_desk_is_told_so(tablet: Client, w: World) -> None:
    sent = {"shown": shown(w), "csrfmiddlewaretoken": csrf(tablet)}
    ask = partial(tablet.post, "/en/front-desk/check/", sent, headers={"Accept": "application/json"})
    assert (ask().json()["outcome"], ask().json()["lease"]) == ("VALID", str(Lease.objects.get().pk))
    Lease.objects.update(places=0)
    assert (ask().json()["outcome"], ask().json()["lease"]) == ("OVER_LEASE", "")


def test_a_pass_that_was_shown_before_is_not_good_when_nobody_vouches_any_more(tablet: Client, w: World) -> None:
    sent = {"shown": shown(w), "csrfmiddlewaretoken": csrf(tablet)}
    ask = partial(tablet.post, "/en/front-desk/check/", sent, headers={"Accept": "application/json"})
    held = Pass.objects.filter(pseudonym=pseudonym(w.visitor))
    held.update(until=timezone.localdate() - timedelta(days=3))
    assert ask().json()["outcome"] == "EXPIRED"
    held.update(home=w.host.place)  # a place vouches for its own members only
    assert ask().json()["outcome"] == "ALTERED"
    held.update(home=w.home, ended=timezone.now())
    assert ask().json()["outcome"] == "REVOKED"


def test_a_device_that_is_another_desk_now_keeps_another_page(tablet: Client, w: World) -> None:
    def name() -> str:
        return tablet.get("/en/front-desk/worker.js").content.decode().partition(",")[0]

    before = name()
    assert name() == before
    _, token = devices.add(by=w.team, place=w.host.place, name="Laptop")
    tablet.post(f"/en/front-desk/set-up/{token}/", {"csrfmiddlewaretoken": csrf(tablet)})
    assert name() != before


def test_the_worker_and_the_manifest_keep_to_their_folder(client: Client) -> None:
    script = client.get("/el/front-desk/worker.js")
    assert script.headers["Content-Type"] == "text/javascript"
    assert 'PAGE = "/el/front-desk/"' in script.content.decode()
    manifest = client.get("/el/front-desk/app.webmanifest").json()
    assert (manifest["scope"], manifest["display"]) == ("/el/front-desk/", "standalone")


def test_a_home_vouches_renews_and_ends(client: Client, w: World) -> None:
    client.force_login(w.home_team)
    page, until = "/en/places/marseille/passes/", (timezone.localdate() + timedelta(days=9)).isoformat()
    form = {"name": "Eva <b>", "language": "hr", "until": until, "rights": ["DESK"], "email": "eva@example.org"}
    assert client.post(page, form).status_code == 302
    assert b"Eva &lt;b&gt;" in client.get(page).content
    held = Pass.objects.get(bearer__name="Eva <b>")
    client.post(f"/en/passes/{held.pk}/renew/", {"until": "never"})
    client.post(f"/en/passes/{held.pk}/renew/", {"until": "1999-01-01"})
    assert Pass.objects.get(pk=held.pk).until.isoformat() == until
    client.post(f"/en/passes/{held.pk}/end/")
    client.post(f"/en/passes/{held.pk}/end/")
    said = client.get(page).content.decode()
    assert "This pass has ended already." in said
    for wrong in ({"until": "1999-01-01"}, {"rights": ["ALL"]}, {"name": ""}, {"email": "x"}, {"language": "xx"}):
        assert client.post(page, form | wrong).status_code == 422


def test_the_address_of_a_pass_shows_it_to_whoever_has_it_and_nobody_keeps_it(client: Client, w: World) -> None:
    bearer = Bearer.objects.get(person=w.visitor)
    path = f"/en/pass/{letters.seal(bearer)}/"
    page = client.get(path)
    assert page.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in page.headers["Cache-Control"]
    for asked, status in (("?begins=x", 422), ("?begins=1999-01-01", 422), ("?utm=x", 200), ("?begins=", 422)):
        assert client.get(path + asked).status_code == status
    passes.end(by=w.home_team, held=bearer.pass_held)
    assert b"no longer holds" in client.get(path).content
    passes.forget(["", w.visitor.email])
    assert not Bearer.objects.filter(person=w.visitor).exists()
    client.force_login(w.other)
    assert letters.seal(Bearer.objects.get(person=w.other)) in client.get("/en/passes/").content.decode()
