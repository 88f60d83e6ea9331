"""The pages of the census, as a browser asks for them: answered, interrupted, put right, keyed in, refused."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pypdfium2 import PdfDocument

from coworkmed.observatory.census.questionnaire import current
from coworkmed.observatory.models import Answer, Invitation, Wave
from coworkmed.people.models import Operates, Person
from coworkmed.places.models import Place
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry

from .waves import answer, invited, path, wave

pytestmark = pytest.mark.django_db
TO = "geia@kypseli.example"


@pytest.fixture
def places(db: None) -> dict[str, Place]:
    return registry()


@pytest.fixture
def asked(places: dict[str, Place]) -> Invitation:
    return invited(places["mill"], wave(), TO)


@pytest.fixture
def operator(db: None) -> Person:
    return Person.objects.create_superuser("operator@example.org")


def begun(client: Client, address: str) -> dict[str, Any]:
    """What the form at an address begins with, as a browser would send it back."""
    page = client.get(address).content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    found: dict[str, Any] = {}
    choosing = ""
    for tag in re.findall(r"<(?:input|textarea|select|option)\b[^>]*>(?:[^<]*</textarea>)?", main):
        told = dict(re.findall(r'([a-z-]+)="([^"]*)"', tag))
        if tag.startswith("<select"):
            choosing = told["name"]
        elif tag.startswith("<option"):
            if " selected" in tag:
                found[choosing] = told["value"]
        elif told.get("type") in ("checkbox", "radio"):
            if " checked" in tag:
                found.setdefault(told["name"], []).append(unescape(told["value"]))
        elif tag.startswith("<textarea"):
            found[told["name"]] = unescape(tag[tag.index(">") + 1 : -len("</textarea>")].strip("\n"))
        else:
            found[told["name"]] = unescape(told.get("value", ""))
    return found


def values() -> Any:
    return Answer.objects.get().values


def test_looking_changes_nothing(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    for page in ("", *(f"{one.code}/" for one in current().sections if one.code != "stories"), "check/"):
        answer = client.get(base + page)
        assert answer.status_code == 200, page
        assert "no-store" in answer.headers["Cache-Control"]
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "noindex" in answer.headers["X-Robots-Tag"]
    assert not Answer.objects.exists()
    assert Invitation.objects.get().opened_on is None


def test_one_tap_says_that_all_of_a_part_is_right(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    client.post(base)
    assert Invitation.objects.get().opened_on == timezone.localdate()
    page = client.get(base + "basics/").content.decode()
    assert "All of this is right" in page
    assert "Coopérative" not in page and "Multi-stakeholder cooperative" in page
    answer = client.post(base + "basics/", begun(client, base + "basics/") | {"step": "right"})
    assert answer.status_code == 302 and answer.headers["Location"].endswith("/life/")
    assert values()["desks"] == {"value": 24, "how": "confirmed"}
    assert values()["price_day"]["how"] == "confirmed"
    assert "members_now" not in values()


def test_going_on_without_that_vouches_for_nothing(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    client.post(base + "basics/", begun(client, base + "basics/") | {"step": "save", "members_now": "40"})
    assert values() == {"members_now": {"value": 40, "how": "given"}}


def test_a_correction_beside_what_is_right(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    client.post(
        base + "basics/", begun(client, base + "basics/") | {"step": "right", "desks": "30", "price_day": "18 €"}
    )
    assert values()["desks"] == {"value": 30, "how": "corrected"}
    assert values()["price_day"] == {"value": {"amount": 18.0, "currency": "EUR"}, "how": "corrected"}
    assert values()["legal_form"]["how"] == "confirmed"


def test_not_knowing_differs_from_refusing_and_from_silence(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    sent = {"none-result": "REFUSED", "none-jobs_fte": "UNKNOWN", "volunteers": ""}
    client.post(base + "economy/", begun(client, base + "economy/") | sent)
    assert values() == {"result": {"none": "REFUSED"}, "jobs_fte": {"none": "UNKNOWN"}}
    again = begun(client, base + "economy/")
    assert again["none-result"] == "REFUSED"


def test_it_resumes_where_it_was_left_on_another_device(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    client.post(base + "place/", begun(client, base + "place/") | {"step": "right"})
    client.post(base + "basics/", begun(client, base + "basics/") | {"step": "later", "members_now": "7"})
    other = Client()
    assert "Go on" in other.get(base).content.decode()
    assert other.post(base).headers["Location"].endswith("/life/")
    assert begun(other, base + "basics/")["members_now"] == "7"


def test_an_answer_that_opens_another_question_leads_there(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    answer = client.post(base + "life/", begun(client, base + "life/") | {"facilitator_fte": "0,5"})
    assert answer.headers["Location"].endswith("/life/?more=1#q-facilitator_paid")
    assert "facilitator_paid" in begun(client, base + "life/") | {"facilitator_paid": ""}
    answer = client.post(base + "life/", begun(client, base + "life/") | {"facilitator_paid": "yes"})
    assert answer.headers["Location"].endswith("/governance/")
    assert values()["facilitator_fte"]["value"] == 0.5


@pytest.mark.parametrize(
    ("section", "typed", "fault"),
    [
        ("basics", {"desks": "many"}, "Write a number"),
        ("basics", {"desks": "-3"}, "from 0 to 5000"),
        ("basics", {"desks": "1e9"}, "from 0 to 5000"),
        ("basics", {"desks": "nan"}, "from 0 to 5000"),
        ("basics", {"desks": "2.5"}, "whole number"),
        ("basics", {"price_day": "cheap"}, "amount and its currency"),
        ("basics", {"legal_form": "GMBH"}, "valid choice"),
        ("basics", {"networks": "x" * 200}, "too many, or one is too long"),
        ("life", {"desks_occupied": "9999"}, "from 0 to 5000"),
        ("life", {"desks_occupied": "25"}, "more than the 24"),
        ("economy", {"income_share-DESKS": "50"}, "should make 100"),
        ("economy", {"income_share-DESKS": "150"}, "from 0 to 100"),
        ("economy", {"income_share-DESKS": "٣"}, "from 0 to 100"),
        ("economy", {"non_money_payment": ["NONE", "SKILLS"]}, "can’t go with the others"),
        ("place", {"email": "jeanne.dupont@gmail.com"}, "e-mail"),
        ("place", {"opened": "the other day"}, "no date"),
        ("stories", {"story": "a" * 3001}, "longer than 3000"),
    ],
)
def test_bad_answers_are_explained_and_nothing_typed_is_lost(
    client: Client, asked: Invitation, section: str, typed: dict[str, Any], fault: str
) -> None:
    base = path(asked, TO)
    sent = begun(client, f"{base}{section}/") | typed
    answer = client.post(f"{base}{section}/", sent)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert fault in page
    name, text = next(iter(typed.items()))
    if isinstance(text, str) and name != "legal_form":
        assert text in page
    assert not Answer.objects.exists()


def test_hostile_words_are_shown_as_words(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    bad = '<script>alert("x")</script>'
    client.post(base + "stories/", {"story": bad, "step": "save"})
    for page in ("stories/", "check/"):
        text = client.get(base + page).content.decode()
        assert bad not in text and "&lt;script&gt;" in text


def test_a_story_is_sent_with_what_may_be_done_with_it(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    answer = client.post(base + "stories/", {"story": "The mill hums again.", "step": "save"})
    assert "#q-story_consent" in answer.headers["Location"]
    client.post(base + "stories/", {"story": "The mill hums again.", "story_consent": "UNNAMED", "step": "save"})
    client.post(base + "check/")
    assert Answer.objects.get().state == "SUBMITTED"
    assert "story" not in Place.objects.get(pk=asked.place_id).values


def test_sending_leads_to_the_portrait_which_stays(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    assert client.get(base + "portrait/").headers["Location"] == base
    client.post(base + "basics/", begun(client, base + "basics/") | {"step": "right", "members_now": "40"})
    answer = client.post(base + "check/")
    assert answer.headers["Location"] == base + "portrait/"
    assert client.get(base + "portrait/").status_code == 200
    Wave.objects.update(state=Wave.State.CLOSED)
    assert client.get(base + "portrait/").status_code == 200
    door = client.get(base).content.decode()
    assert "takes no answers now" in door and "Your portrait" in door


def test_a_portrait_is_public_only_if_its_place_says_so(client: Client, asked: Invitation) -> None:
    base, public = path(asked, TO), f"/en/census/portrait/{asked.wave.number}/{asked.place_id}/"
    client.post(base + "economy/", {"jobs_fte": "7", "step": "save"})
    client.post(base + "check/")
    assert client.get(public).status_code == 404
    client.post(base + "portrait/", {"public": "yes"})
    assert client.get(public).status_code == 200
    client.post(base + "portrait/", {"public": "no"})
    assert client.get(public).status_code == 404


def test_too_late_is_said_and_what_was_kept_stays(client: Client, asked: Invitation) -> None:
    base = path(asked, TO)
    client.post(base + "basics/", {"members_now": "40", "step": "save"})
    Wave.objects.update(closes=timezone.localdate() - timedelta(1), opens=timezone.localdate() - timedelta(9))
    page = client.post(base + "basics/", {"members_now": "41", "step": "save"}).content.decode()
    assert "takes no answers now" in page
    assert values()["members_now"]["value"] == 40
    assert client.post(base + "check/").status_code == 409


@pytest.mark.parametrize("token", ["x", "a.b.c", "x" * 3000, "%00"])
def test_links_that_are_none(client: Client, asked: Invitation, token: str) -> None:
    assert client.get(f"/en/census/answer/{token}/").status_code == 404
    assert client.post(f"/en/census/answer/{token}/basics/", {"desks": 1}).status_code == 404


def test_a_section_that_is_none(client: Client, asked: Invitation) -> None:
    assert client.get(path(asked, TO) + "nothing/").status_code == 404


def test_paper_is_printed_and_keyed_in(client: Client, asked: Invitation, operator: Person) -> None:
    client.force_login(operator)
    home = f"/en/census/waves/{asked.wave.number}/"
    sheet = client.get(f"{home}print/{asked.code}/")
    assert sheet.headers["Content-Type"] == "application/pdf" and "no-store" in sheet.headers["Cache-Control"]
    with PdfDocument(sheet.content) as file:
        assert f"{asked.code[:4]}-{asked.code[4:]}" in file[0].get_textpage().get_text_range()
    answer = client.post(home, {"step": "paper", "code": f" {asked.code[:4].lower()}-{asked.code[4:].lower()} "})
    base = answer.headers["Location"]
    assert base == f"{home}paper/{asked.code}/"
    client.post(base + "economy/", begun(client, base + "economy/") | {"jobs_fte": "3", "step": "save"})
    client.post(base + "check/", begun(client, base + "check/"))
    answered = Answer.objects.get()
    assert (answered.channel, answered.state) == ("PAPER", "SUBMITTED")
    assert client.get(base + "portrait/").status_code == 200
    assert client.get(base + "portrait.pdf").content.startswith(b"%PDF-")
    page = client.post(home, {"step": "paper", "code": "NOSUCH22"}, follow=True).content.decode()
    assert "has this code" in page


def test_what_a_place_answers_by_its_link_is_not_keyed_in(client: Client, asked: Invitation, operator: Person) -> None:
    """Whoever keys in papers would read what it tells in confidence."""
    told = {"jobs_fte": "1391", "step": "save"}
    assert client.post(path(asked, TO) + "economy/", told).status_code == 302
    client.force_login(operator)
    home = f"/en/census/waves/{asked.wave.number}/"
    for page in ("", "economy/", "check/", "portrait/", "portrait.pdf", "withdraw/"):
        answer = client.get(f"{home}paper/{asked.code}/{page}")
        assert (answer.status_code, answer.headers.get("Location")) == (302, home), page
    assert client.post(f"{home}paper/{asked.code}/economy/", told | {"jobs_fte": "1"}).status_code == 302
    assert values()["jobs_fte"]["value"] == 1391
    shown = client.post(home, {"step": "paper", "code": asked.code}, follow=True).content.decode()
    assert "answers by its link" in shown


def test_what_was_told_in_confidence_before_is_filled_in_by_link_only(
    client: Client, asked: Invitation, operator: Person
) -> None:
    answer(asked, {"jobs_fte": 7391})
    now = invited(asked.place, wave(), TO)
    assert begun(client, path(now, TO) + "economy/")["jobs_fte"] == "7391"
    client.force_login(operator)
    assert begun(client, f"/en/census/waves/{now.wave.number}/paper/{now.code}/economy/")["jobs_fte"] == ""


def test_keying_in_needs_its_token(asked: Invitation, operator: Person) -> None:
    """Who is signed in can be made to send a form from elsewhere; who has a link can't."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(operator)
    page = f"/en/census/waves/{asked.wave.number}/paper/{asked.code}/economy/"
    assert client.post(page, {"jobs_fte": "3", "step": "save"}).status_code == 403
    assert client.post(path(asked, TO) + "economy/", {"jobs_fte": "3", "step": "save"}).status_code == 302


@pytest.mark.usefixtures("sends")
def test_a_wave_from_preparing_to_closing(client: Client, places: dict[str, Place], operator: Person) -> None:
    client.force_login(operator)
    today = timezone.localdate()
    told = {"title": "Census 2026", "opens": str(today), "closes": str(today + timedelta(30)), "territories": "gr, HR"}
    assert client.post("/en/census/waves/", told | {"territories": "XQ"}).status_code == 422
    assert client.post("/en/census/waves/", told | {"closes": str(today - timedelta(1))}).status_code == 422
    home = client.post("/en/census/waves/", told | {"title-el": " Απογραφή "}).headers["Location"]
    assert Wave.objects.get().title == {"en": "Census 2026", "el": "Απογραφή"}
    page = client.get(home).content.decode()
    assert "Whom it would ask" in page and "Greece" in page and "Ελλάδα" not in page
    page = client.post(home, {"step": "open"}, follow=True).content.decode()
    assert "The wave is open" in page
    assert places["athens"].name in unescape(page)
    page = client.post(home, {"step": "remind"}, follow=True).content.decode()
    assert "0 places are reminded" in page
    assert "The wave is closed" in client.post(home, {"step": "close"}, follow=True).content.decode()
    assert "This wave is not open" in client.post(home, {"step": "close"}, follow=True).content.decode()
    assert "Census 2026" in client.get("/en/census/").content.decode()


def test_peers_are_not_told_who_is_silent(client: Client, asked: Invitation, places: dict[str, Place]) -> None:
    invited(places["athens"], asked.wave, "a@place.example")
    network = organisation("Network")
    Operates.objects.create(organisation=network, place=places["mill"].pk)
    steward = person("steward@example.org")
    role(steward, network, "STEWARD")
    client.force_login(steward)
    page = unescape(client.get(f"/en/census/waves/{asked.wave.number}/").content.decode())
    assert places["mill"].name in page and places["athens"].name not in page
    assert "Remind" not in page
    assert "All others together" in page  # two of two places: no territory is told by itself
    client.logout()
    page = unescape(client.get("/en/census/").content.decode())
    assert places["mill"].name not in page


def test_pages_in_every_language(client: Client, asked: Invitation) -> None:
    for language in ("fr", "el", "it", "hr", "es", "ca"):
        base = path(asked, TO, language=language)
        for page in ("", "place/", "economy/", "users/", "check/"):
            assert client.get(base + page).status_code == 200, (language, page)
