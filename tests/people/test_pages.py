"""The pages at work: what is filled in is kept, what is refused is said, and only one's own click changes anything."""

import json
import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from coworkmed.people import services
from coworkmed.people.models import Membership, Operates, Organisation, Person
from coworkmed.places.models import Place

from .conftest import letters, organisation, person, role


@pytest.fixture
def browser(client: Client, ana: Person) -> Client:
    client.force_login(ana)
    return client


def test_a_name_and_a_language_are_kept(browser: Client, ana: Person) -> None:
    browser.post("/en/account/", {"name": "  Ana <b>Ivić</b> ", "language": "hr"})
    ana.refresh_from_db()
    assert (ana.name, ana.language) == ("Ana <b>Ivić</b>", "hr")
    page = browser.get("/en/account/").content.decode()
    assert "<b>Ivić" not in page
    assert "Kept." in page
    assert browser.post("/en/account/", {"name": "x" * 500, "language": "xx"}).status_code == 422


def test_places_are_called_by_their_names(browser: Client, ana: Person, places: dict[str, Place]) -> None:
    mill = organisation("Mill", kind="OPERATOR")
    role(ana, mill, "OWNER")
    for place in (places["mill"].pk, "nowhere"):
        Operates.objects.create(organisation=mill, place=place)
    page = browser.get(f"/en/organisations/{mill.pk}/").content.decode()
    assert f"<bdi>{places['mill'].name}</bdi>" in page
    assert f"<bdi>{places['mill'].pk}</bdi>" not in page
    assert "<bdi>nowhere</bdi>" in page


def test_an_invitation_travels_by_letter_and_is_taken_by_a_click(browser: Client, ana: Person) -> None:
    browser.post("/fr/organisations/new/", {"name": "La Filature"})
    mill = Organisation.objects.get()
    assert mill.name == {"fr": "La Filature"}
    browser.post(f"/fr/organisations/{mill.pk}/invite/", {"email": "Ben@Example.org", "role": "TEAM"})
    (letter,) = letters()
    assert letter.to == ["ben@example.org"]
    assert "La Filature" in letter.subject
    link = re.search(r"http://localhost:8000(/fr/invitations/\S+)", str(letter.body))
    assert link
    scanner = Client()
    begins = {"next": link[1]}
    assert scanner.get(link[1]).headers["Location"] == f"/fr/account/signup/?{urlencode(begins)}"  # a newcomer
    theirs = Client()
    theirs.force_login(person("ben@example.org"))
    assert scanner.get(link[1]).headers["Location"] == f"/fr/account/login/?{urlencode(begins, safe='/')}"
    assert "La Filature" in theirs.get(link[1]).content.decode()
    theirs.head(link[1])
    assert Membership.objects.count() == 1, "who only looks has accepted nothing"
    assert theirs.post(link[1]).headers["Location"] == f"/fr/organisations/{mill.pk}/"
    assert Membership.objects.filter(person__email="ben@example.org", role="TEAM").exists()
    assert theirs.post(link[1]).status_code == 403, "once only"


def test_another_address_is_told_nothing_of_the_offer(browser: Client, ben: Person) -> None:
    secret = organisation("Secret club")
    role(ben, secret, "OWNER")
    token = services.invite(by=ben, organisation=secret, email="other@example.org", role="TEAM")
    assert "Secret club" not in browser.get(f"/en/invitations/{token}/").content.decode()


def test_what_can_not_be_is_said_and_changes_nothing(browser: Client, ana: Person) -> None:
    services.found(by=ana, name={"en": "Mill"})
    mine = Membership.objects.get()
    page = browser.post(f"/en/roles/{mine.pk}/end/", follow=True).content.decode()
    assert "An organisation needs an owner." in page
    assert Membership.objects.current().filter(pk=mine.pk).exists()


def test_a_role_is_lent_and_handed_over_on_its_page(browser: Client, ana: Person, ben: Person) -> None:
    mill = services.found(by=ana, name={"en": "Mill"})
    theirs, mine = role(ben, mill, "TEAM"), Membership.objects.get(person=ana)
    page = f"/en/roles/{mine.pk}/give/"
    assert browser.post(page, {"to": theirs.pk, "until": "2001-01-01"}, follow=True).status_code == 200
    assert not Membership.objects.filter(lent_from=mine).exists()
    assert browser.post(page, {"to": "999999", "until": ""}).status_code == 422
    browser.post(page, {"to": theirs.pk, "until": ""})
    assert Membership.objects.current().get(role="OWNER").person == ben


def test_names_are_seen_by_colleagues_only_where_agreed(browser: Client, ana: Person, ben: Person) -> None:
    mill = organisation("Mill")
    role(ana, mill, "TEAM")
    role(ben, mill, "OWNER")
    page = f"/en/organisations/{mill.pk}/"
    assert "Ben" not in browser.get(page).content.decode()
    services.consent(person=ben, purpose="NAME_SHOWN", given=True)
    text = browser.get(page).content.decode()
    assert "Ben" in text
    assert "ben@example.org" not in text
    services.consent(person=ben, purpose="NAME_SHOWN", given=False)
    assert "Ben" not in browser.get(page).content.decode()


def test_a_copy_is_taken_and_the_account_deleted(browser: Client, ana: Person) -> None:
    file = browser.get("/en/account/export/")
    assert json.loads(file.content)["people.person"][0]["email"] == ana.email
    assert "no-store" in file.headers["Cache-Control"]
    assert browser.post("/en/account/delete/", {"email": "someone@example.org"}).status_code == 422
    assert Person.objects.filter(pk=ana.pk).exists()
    assert "Your account is gone" in browser.post("/en/account/delete/", {"email": "ANA@example.org"}).content.decode()
    assert not Person.objects.filter(pk=ana.pk).exists()
    assert browser.get("/en/account/").status_code == 302


def test_forms_from_elsewhere_are_refused(ana: Person) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    for path in ("/en/account/", "/en/account/delete/", "/en/account/consent/ASKED/", "/en/organisations/new/"):
        assert strict.post(path, {"email": ana.email, "name": "x"}).status_code == 403


def test_operators_found_any_kind_and_others_one(browser: Client, operator: Person) -> None:
    given = {"name": "Région", "kind": "AUTHORITY", "territory": "fr-pac", "parent": ""}
    browser.post("/en/organisations/new/", given)
    assert (Organisation.objects.get().kind, Organisation.objects.get().territory) == ("OPERATOR", "")
    other = Client()
    other.force_login(operator)
    assert other.post("/en/organisations/new/", given | {"territory": "Atlantis"}).status_code == 422
    other.post("/en/organisations/new/", given)
    assert Organisation.objects.get(kind="AUTHORITY").territory == "FR-PAC"
    assert Membership.objects.get(organisation__kind="AUTHORITY").person == operator


def test_operators_shut_out_and_let_in_on_the_administrators_page(operator: Person, ana: Person) -> None:
    other = Client()
    other.force_login(operator)
    for action, active in (("block", False), ("admit", True)):
        other.post("/admin/people/person/", {"action": action, "_selected_action": [ana.pk]})
        ana.refresh_from_db()
        assert ana.is_active is active


@pytest.mark.parametrize("number", ["0", "99999999999999999999999", "-1", "%00", "7%27"])
def test_numbers_of_nothing(browser: Client, number: str) -> None:
    for path in ("organisations/{}/", "organisations/{}/invite/", "roles/{}/end/", "roles/{}/give/"):
        for method in ("GET", "POST"):
            assert browser.generic(method, "/en/" + path.format(number)).status_code in (404, 405)


@pytest.mark.parametrize("name", ["", " ", "x" * 500, "\x00", "<script>alert(1)</script>", "\u202eא", "🦀" * 100])
def test_names_of_any_kind(browser: Client, name: str) -> None:
    answer = browser.post("/en/organisations/new/", {"name": name}, follow=True)
    assert answer.status_code in (200, 422)
    assert "<script>alert" not in answer.content.decode()
    assert Organisation.objects.exists() == (answer.status_code == 200)
