"""People who want more than is theirs, and what goes wrong at the worst moment."""

import re

import pytest
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.values import Value
from coworkmed.people import services as people
from coworkmed.people.models import Invitation, Membership, Operates, Organisation
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place
from coworkmed.platform import jobs, tokens
from coworkmed.platform.audit import Thing
from coworkmed.platform.models import Mail
from coworkmed.stewardship import letters
from coworkmed.stewardship.forms.gone import PausedForm
from coworkmed.stewardship.models import Claim, Report, Suggestion
from coworkmed.stewardship.queries.claims import against, is_party
from coworkmed.stewardship.queries.desk import Desk, scopes
from coworkmed.stewardship.services import claims, reports, suggestions, words
from coworkmed.stewardship.views import words as pages
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry

pytestmark = pytest.mark.django_db


@pytest.fixture
def places(db):
    return registry()


def owner(name, *run, kind="OPERATOR"):
    """Someone who owns an organisation that runs these places."""
    who, where = person(f"{name.lower()}@example.org"), organisation(name, kind=kind)
    role(who, where, "OWNER")
    for place in run:
        Operates.objects.create(organisation=where, place=place.pk)
    return who


def signed_in(who):
    client = Client(raise_request_exception=False)
    client.force_login(who)
    return client


def running(place):
    return sorted(str(one) for one in Organisation.objects.filter(operates__place=place.pk, operates__until=None))


# -- two that run one place -------------------------------------------------------------------------------------------


def test_of_two_that_run_a_place_each_hands_back_its_own(places):
    """So it is once their places were found to be one."""
    mill = places["mill"]
    owner("A", mill)
    b = owner("B", mill)
    assert signed_in(b).post(f"/en/places/{mill.pk}/hand-back/").status_code == 302
    assert running(mill) == ["A"]


def test_nobody_hands_back_for_another(places):
    mill = places["mill"]
    owner("A", mill)
    b = owner("B", mill)
    with pytest.raises(NotAllowedError):
        people.detach(by=b, organisation=Organisation.objects.get(name__en="A"), place=mill)
    assert running(mill) == ["A", "B"]


def test_of_two_that_run_a_place_both_are_sides_of_a_dispute(places):
    mill = places["mill"]
    a, b, c = owner("A", mill), owner("B", mill), owner("C")
    theirs = Organisation.objects.get(name__en="C")
    claim = Claim.objects.create(
        place=mill, person=c, organisation=theirs, proof="STEWARD", disputed=True, due=timezone.now()
    )
    assert is_party(a, claim)
    assert is_party(b, claim)
    for one in (a, b):
        claims.answer(by=one, claim=claim, words="It is ours.")
    claims.withdraw(by=c, claim=claim)
    jobs.run_due()
    told = Mail.objects.filter(template="claim_decision")
    assert told.count() == 2, "each side that runs it hears that it goes on"


# -- judges in their own cause ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["STEWARD", "COORDINATOR"])
def test_who_founds_an_organisation_makes_nobody_a_judge(places, what):
    """Anyone may found one that runs places: it must not give the right to decide what is said of them."""
    ana = person("ana@example.org")
    mine = people.found(by=ana, name={"en": "Mine"})
    with pytest.raises(CoworkmedError):
        people.invite(by=ana, organisation=mine, email="ana@example.org", role=what)
    answer = signed_in(ana).post(f"/en/organisations/{mine.pk}/invite/", {"email": "x@example.org", "role": what})
    assert answer.status_code == 422
    assert not Invitation.objects.exists()
    people.invite(by=ana, organisation=mine, email="x@example.org", role="TEAM")


def test_who_is_shown_the_door_leaves_no_key_behind():
    ana, ben, eve = (person(f"{one}@example.org") for one in ("ana", "ben", "eve"))
    network = organisation("Network")
    role(ana, network, "OWNER")
    his = role(ben, network, "COORDINATOR")
    token = people.invite(by=ben, organisation=network, email="eve@example.org", role="STEWARD")
    other = people.invite(by=ana, organisation=network, email="other@example.org", role="TEAM")
    people.end(by=ana, membership=his)
    with pytest.raises(NotAllowedError):
        people.accept(person=eve, token=token)
    assert people.invitation(other)
    assert not Membership.objects.filter(person=eve).exists()


def test_nor_does_who_is_shut_out():
    ana, operator = person("ana@example.org"), person("operator@example.org", is_staff=True, is_superuser=True)
    network = organisation("Network")
    role(ana, network, "OWNER")
    token = people.invite(by=ana, organisation=network, email="eve@example.org", role="OWNER")
    people.block(by=operator, person=ana, blocked=True)
    assert people.invitation(token) is None


# -- places joined meanwhile ------------------------------------------------------------------------------------------


def test_cases_follow_a_place_that_was_joined_to_another(places):
    """Who answers for the place that stands sees them, and who answered for the former only does not."""
    mill, rome = places["mill"], places["rome"]
    before, now = owner("Before", mill), owner("Now", rome)
    steward, elsewhere = person("steward@example.org"), person("elsewhere@example.org")
    role(steward, organisation("There", kind="AUTHORITY", territory=rome.country), "STEWARD")
    role(elsewhere, organisation("Elsewhere", kind="AUTHORITY", territory=mill.country), "STEWARD")
    suggested = suggestions.suggest(place=mill, fields={"desks": Value(30)})
    reported = reports.report(place=mill, reason="PRIVATE")
    assert rome.country != mill.country
    assert list(Suggestion.objects.visible_to(before)) == [suggested]
    Place.objects.filter(pk=mill.pk).update(merged_into=rome, status="MERGED")
    assert list(Suggestion.objects.visible_to(now)) == [suggested]
    assert not Suggestion.objects.visible_to(before).exists()
    assert list(Report.objects.visible_to(steward)) == [reported]
    assert not Report.objects.visible_to(elsewhere).exists()
    assert signed_in(now).get(f"/en/suggestions/{suggested.pk}/").status_code == 200
    claim = Claim.objects.create(
        place=mill, person=before, organisation=Organisation.objects.get(name__en="Before"), proof="STEWARD",
        disputed=True, due=timezone.now(),
    )  # fmt: skip
    assert list(against(now)) == [claim]


def test_a_part_of_the_desk_holds_the_cases_of_places_that_closed(places):
    steward = person("steward@example.org")
    role(steward, organisation("There", kind="AUTHORITY", territory=places["mill"].country), "STEWARD")
    reported = reports.report(place=places["mill"], reason="OTHER")
    Place.objects.filter(pk=places["mill"].pk).update(status="CLOSED")
    for scope in (None, *scopes(steward)):
        assert list(Desk(steward, scope).reports()) == [reported], scope


# -- links ------------------------------------------------------------------------------------------------------------


def test_a_link_to_object_by_stands_in_no_log_and_is_kept_by_nobody(places, client, caplog):
    made = reports.report(place=places["mill"], reason="PRIVATE", email="x@example.org")
    token = tokens.make(purpose=letters.OBJECT, thing=Thing("report", str(made.pk)), address="x@example.org")
    for answer in (
        client.post(f"/en/reports/object/{token}/", {"note": ""}),
        client.get(f"/en/reports/object/{token}x/"),
    ):
        assert answer.status_code in (422, 410)
        assert "no-store" in answer["Cache-Control"]
        assert answer["Referrer-Policy"] == "no-referrer"
    assert token not in caplog.text


def test_an_address_that_is_none_is_no_mistake_of_ours(places, client):
    Place.objects.filter(pk=places["athens"].pk).update(values=places["athens"].values | {"email": "ask at the bar"})
    assert client.post(f"/en/places/{places['athens'].pk}/ask-link/").status_code == 200
    assert not Mail.objects.exists()


def test_nobody_has_all_places_written_to(places, client):
    most = pages._LINKS[0].most
    for _ in range(most):
        assert client.post(f"/en/places/{places['mill'].pk}/ask-link/").status_code == 200
    late = client.post(f"/en/places/{places['athens'].pk}/ask-link/")
    assert (late.status_code, int(late["Retry-After"]) > 0) == (429, True)
    token = tokens.make(purpose="place.confirm", thing=Thing("place", places["athens"].pk), address="x@example.org")
    assert client.post(f"/en/word-link/confirm/{token}/").status_code == 429
    assert not Mail.objects.exists()
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert other.post(f"/en/places/{places['athens'].pk}/ask-link/").status_code == 200
    assert Mail.objects.count() == 1


# -- at the worst moment ----------------------------------------------------------------------------------------------


def test_while_the_registry_is_busy_what_was_typed_waits_on_the_page(places, monkeypatch):
    """The night's lists hold the database for longer than one waits."""
    ana = owner("A", places["mill"])
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    client.force_login(ana)
    path = f"/en/places/{places['mill'].pk}/gone/"
    begun = client.get(path).content.decode()
    ours = dict(re.findall(r'name="(csrfmiddlewaretoken|seen)" value="([^"]*)"', begun))
    typed = {**ours, "path": "paused", "on": "2027-08", "step": "keep", "note": "\nlines <b>\nand lines"}

    def locked(**_):
        raise OperationalError("database is locked")

    with monkeypatch.context() as busy:
        busy.setattr(words, "tell", locked)
        answer = client.post(path, typed)
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "no-store" in answer["Cache-Control"]
    text = answer.content.decode()
    assert f'action="{path}"' in text
    assert "lines &lt;b&gt;" in text
    again = dict(re.findall(r'<textarea hidden name="([^"]*)">\n([^<]*)</textarea>', text))
    assert {name: again[name] for name in ("path", "on", "step", "seen")} == {
        name: typed[name] for name in ("path", "on", "step", "seen")
    }
    assert client.post(path, again).status_code == 302
    assert Place.objects.get(pk=places["mill"].pk).status == "PAUSED"


def test_who_only_reads_needs_nobody_to_write(places, monkeypatch):
    ana = owner("A")
    client = signed_in(ana)

    def locked(*_, **__):
        raise OperationalError("database is locked")

    monkeypatch.setattr("django.db.models.query.QuerySet.update", locked)
    assert client.get("/en/account/").status_code == 200


@pytest.mark.parametrize("on", ["9999", "9999-12-31", "2028-02-29"])
def test_a_pause_until_the_end_of_days(places, on):
    ana = owner("A", places["mill"])
    words.pause(place=places["mill"], by=words.Speaker(person=ana), until=on)
    assert Place.objects.get(pk=places["mill"].pk).status == "PAUSED"


@pytest.mark.parametrize(("years", "taken"), [(4, True), (6, False), (7000, False)])
def test_nobody_pauses_a_place_so_that_it_is_never_asked_again(places, years, taken):
    form = PausedForm({"on": str(timezone.localdate().year + years)}, place=places["mill"])
    assert form.is_valid() == taken


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Le\u202eMoulin", "LeMoulin"), ("a\u2066b\u2069", "ab"), ("\u200b", ""), ("See http://evil.example", ""),
     ("WWW.evil.example", ""), ("می\u200cخواهم", "می\u200cخواهم"), ("Kypséli\x01 ", "Kypséli")],
)  # fmt: skip
def test_names_that_people_give_are_what_they_look_like(typed, kept):
    answer = signed_in(person("ana@example.org")).post("/en/organisations/new/", {"name": typed})
    assert answer.status_code == (302 if kept else 422)
    assert [one.name.get("en") for one in Organisation.objects.all()] == ([kept] if kept else [])
