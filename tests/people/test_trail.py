"""Every change to people tells the trail, in its transaction, and never by name."""

import inspect
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.test import Client
from django.utils import timezone

from coworkmed.people import history, services
from coworkmed.people.models import Invitation, Membership, Organisation, Person
from coworkmed.people.words import DEEDS, QUALITIES
from coworkmed.places.models import Place
from coworkmed.platform import audit
from coworkmed.platform.models import Event

from .conftest import organisation, person, role

#: Public functions of `people.services` that only read.
READS = {"export", "invitation", "require", "signed", "verified"}
NAMES = ("Ana Anić", "Ben", "example.org", "Mill", "Filature", "Network")


@pytest.fixture
def scene(ana: Person, ben: Person, operator: Person, places: dict[str, Place]) -> dict[str, Any]:
    """Ana's mill under a network, where Ben works too, and what stands around them."""
    network = organisation("Network")
    mill = organisation("Mill", network, kind="OPERATOR")
    mine, his = role(ana, mill, "OWNER"), role(ben, mill, "OWNER")
    token = services.invite(by=ana, organisation=mill, email="eve@example.org", role="TEAM")
    Authenticator.objects.create(user=ben, type="totp", data={})
    old = services.invite(by=ana, organisation=mill, email="old@example.org", role="TEAM")
    pending = services.invitation(old)
    services.attach(by=operator, organisation=mill, place=places["athens"])
    return {
        "ana": ana, "ben": ben, "operator": operator, "eve": person("eve@example.org"), "network": network,
        "mill": mill, "mine": mine, "his": his, "token": token, "pending": pending, "place": places["mill"],
        "held_place": places["athens"],
    }  # fmt: skip


def soon() -> Any:
    return timezone.now() + timedelta(days=3)


def run_out(s: dict[str, Any]) -> None:
    Invitation.objects.update(expires=timezone.now())
    services.forget_expired()


#: How each writing service is called, in which quality, and the verbs it tells.
DEED: dict[str, tuple[Callable[[dict[str, Any]], object], str, set[str]]] = {
    "found": (
        lambda s: services.found(by=s["ana"], name={"fr": "La Filature d’Ana Anić"}),
        "person", {"organisation.found", "membership.begin"},
    ),
    "appoint": (
        lambda s: services.appoint(by=s["operator"], kind="NETWORK", name={"en": "Network"}, territory="FR"),
        "operator", {"organisation.appoint", "membership.begin"},
    ),
    "rename": (
        lambda s: services.rename(by=s["ana"], organisation=s["mill"], name={"fr": "La Filature"}),
        "owner", {"organisation.rename"},
    ),
    "place_under": (
        lambda s: services.place_under(by=s["operator"], organisation=s["mill"], parent=None),
        "operator", {"organisation.place"},
    ),
    "dissolve": (
        lambda s: services.dissolve(by=s["ana"], organisation=s["mill"]), "owner", {"organisation.dissolve"}
    ),
    "attach": (
        lambda s: services.attach(by=s["operator"], organisation=s["mill"], place=s["place"]),
        "operator", {"place.attach"},
    ),
    "detach": (
        lambda s: services.detach(by=s["operator"], organisation=s["mill"], place=s["held_place"]),
        "operator", {"place.detach"},
    ),
    "take_over": (
        lambda s: services.take_over(services.signed(s["ana"], "OWNER"), s["mill"], s["place"].pk),
        "owner", {"place.attach"},
    ),
    "invite": (
        lambda s: services.invite(by=s["ana"], organisation=s["mill"], email="new@example.org", role="TEAM"),
        "owner", {"invitation.send"},
    ),
    "accept": (lambda s: services.accept(person=s["eve"], token=s["token"]), "self", {"membership.begin"}),
    "withdraw": (lambda s: services.withdraw(by=s["ana"], offer=s["pending"]), "owner", {"invitation.withdraw"}),
    "end": (lambda s: services.end(by=s["ana"], membership=s["mine"]), "self", {"membership.end"}),
    "hand_over": (
        lambda s: services.hand_over(by=s["ana"], membership=s["mine"], to=s["ben"]), "owner", {"membership.end"}
    ),
    "lend": (
        lambda s: services.lend(by=s["ana"], membership=s["mine"], to=s["ben"], until=soon()),
        "owner", {"membership.lend"},
    ),
    "change": (lambda s: services.change(person=s["ana"], name="Ana Ivić", language="hr"), "self", {"person.change"}),
    "consent": (
        lambda s: services.consent(person=s["ana"], purpose="NAME_SHOWN", given=True), "self", {"person.consent"}
    ),
    "follow": (
        lambda s: services.follow(place=s["held_place"].pk, kept=s["place"].pk),
        "machine", {"place.attach", "place.detach"},
    ),
    "block": (
        lambda s: services.block(by=s["operator"], person=s["ana"], blocked=True),
        "operator", {"person.block", "invitation.withdraw"},
    ),
    "empower": (
        lambda s: services.empower(by=s["operator"], person=s["ana"], operator=True), "operator", {"person.empower"}
    ),
    "rescue": (lambda s: services.rescue(by=s["operator"], person=s["ben"]), "operator", {"person.rescue"}),
    "forget": (lambda s: services.forget(s["ana"]), "self", {"person.forget"}),
    "forget_expired": (run_out, "machine", {"people.forget-expired"}),
}  # fmt: skip


def writing() -> set[str]:
    """Every function that `people.services` offers, but those that only read."""
    offered = {name for name in services.__all__ if inspect.isfunction(getattr(services, name))}
    assert offered >= READS
    return offered - READS


def test_every_service_that_writes_is_tried() -> None:
    assert set(DEED) == writing()


@pytest.mark.parametrize("name", DEED)
def test_each_is_told_by_number_only(scene: dict[str, Any], name: str) -> None:
    do, quality, verbs = DEED[name]
    before = audit.trail().count()
    do(scene)
    told = list(audit.trail()[: audit.trail().count() - before])
    assert {one.verb for one in told} == verbs
    assert {one.role for one in told} == {quality}
    text = "\n".join(repr(row) for row in Event.objects.values_list())
    assert [one for one in (*NAMES, "Ivić") if one in text] == []
    assert audit.verify().broken is None


@pytest.mark.parametrize("name", DEED)
def test_what_is_undone_was_never_told(scene: dict[str, Any], name: str) -> None:
    before = audit.trail().count()
    with transaction.atomic():
        DEED[name][0](scene)
        transaction.set_rollback(True)
    assert audit.trail().count() == before


def test_what_changes_nothing_tells_nothing(ana: Person, operator: Person, scene: dict[str, Any]) -> None:
    before = audit.trail().count()
    services.change(person=ana, name=ana.name, language=ana.language)
    services.consent(person=ana, purpose="ASKED", given=False)
    services.rename(by=ana, organisation=scene["mill"], name=scene["mill"].name)
    services.block(by=operator, person=ana, blocked=False)
    services.empower(by=operator, person=operator, operator=True)
    assert audit.trail().count() == before


def test_whoever_is_gone_is_a_number_that_leads_nowhere(ana: Person, scene: dict[str, Any]) -> None:
    number = str(ana.pk)
    services.change(person=ana, name="Ana Ivić", language="hr")
    services.forget(ana)
    assert audit.verify().broken is None
    assert Event.objects.filter(person=number).count() >= 3
    assert not Person.objects.filter(pk=number).exists()
    later = person("later@example.org")
    assert str(later.pk) != number, "a number is never given again"


def test_those_who_run_it_read_what_was_done(scene: dict[str, Any]) -> None:
    mill, eve = scene["mill"], scene["eve"]
    services.accept(person=eve, token=scene["token"])
    services.rename(by=scene["ana"], organisation=mill, name={"en": "Mill", "fr": "La Filature"})
    services.attach(by=scene["operator"], organisation=mill, place=scene["place"])
    services.attach(by=scene["operator"], organisation=scene["network"], place=scene["place"])
    deeds = history.of(mill)
    assert [one.words for one in deeds[:4]] == [
        DEEDS[verb] for verb in ("place.detach", "place.attach", "organisation.rename", "membership.begin")
    ]
    assert (deeds[2].by, deeds[3].by, deeds[3].role) == ("Ana Anić", "eve@example.org", "TEAM")
    page = f"/en/organisations/{mill.pk}/"
    seen = {}
    for who in ("ana", "eve", "operator"):
        client = Client()
        client.force_login(scene[who])
        seen[who] = client.get(page).content.decode()
    assert {who for who, text in seen.items() if "What was done here" in text} == {"ana", "operator"}
    assert "A role began: Team" in seen["ana"]
    services.forget(eve)
    client = Client()
    client.force_login(scene["ana"])
    text = client.get(page).content.decode()
    assert "A role began: Team" in text
    assert "eve@" not in text


def test_an_organisation_whose_number_begins_alike_tells_nothing_here(ana: Person) -> None:
    one = organisation("One")
    other = Organisation.objects.create(pk=int(f"{one.pk}1"), kind="NETWORK", name={"en": "Other"})
    role(ana, other, "OWNER")
    services.invite(by=ana, organisation=other, email="x@example.org", role="TEAM")
    assert history.of(one) == []
    assert len(history.of(other)) == 1


def test_every_word_of_the_trail_can_be_said() -> None:
    verbs = {verb for _, _, verbs in DEED.values() for verb in verbs}
    own = {verb for verb in verbs if verb.startswith(("organisation.", "membership.", "invitation.", "place."))}
    assert own - {"organisation.dissolve"} <= set(DEEDS)
    assert {quality for _, quality, _ in DEED.values()} - {"machine"} <= set(QUALITIES)


def test_the_export_tells_what_one_did(ana: Person, scene: dict[str, Any]) -> None:
    told = json.loads(json.dumps(services.export(ana)))["platform.event by me"]
    assert [one["verb"] for one in told] == ["invitation.send", "invitation.send"]


def test_an_operator_taken_away_loses_the_pages_at_once(operator: Person, ana: Person) -> None:
    services.empower(by=operator, person=ana, operator=True)
    client = Client()
    client.force_login(ana)
    assert client.get("/admin/people/person/").status_code == 200
    services.empower(by=operator, person=ana, operator=False)
    assert client.get("/admin/people/person/").status_code == 302


def test_a_role_that_was_ended_is_gone_in_the_session_at_hand(scene: dict[str, Any]) -> None:
    client, mill = Client(), scene["mill"]
    client.force_login(scene["ben"])
    assert client.get(f"/en/organisations/{mill.pk}/").status_code == 200
    services.end(by=scene["ana"], membership=Membership.objects.get(person=scene["ben"]))
    assert client.get(f"/en/organisations/{mill.pk}/").status_code == 404
