"""Vouching: who may, what is kept where, what ends when, and what desks are told."""

import json
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.core import mail as outbox
from django.utils import timezone

from coworkmed.hospitality.models import Bearer, Pass, Revocation, SigningKey
from coworkmed.hospitality.passes import bulletin, keys, letters, services, tokens
from coworkmed.hospitality.passes.tokens import Key, Outcome
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people import services as people
from coworkmed.people.models import Operates, Person
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place
from coworkmed.platform import audit, jobs
from tests.people.conftest import organisation, person, role

pytestmark = pytest.mark.django_db


class Home:
    """A place, and who runs it."""

    def __init__(self) -> None:
        self.place = Place.objects.create(public_id="home", name="Le Moulin")
        mill = organisation("Mill", kind="OPERATOR")
        Operates.objects.create(organisation=mill, place="home")
        self.owner, self.team = person("owner@example.org"), person("team@example.org")
        role(self.owner, mill, "OWNER")
        role(self.team, mill, "TEAM")

    def vouch(self, name: str = "Ana Anić", **given: Any) -> Pass:
        today = timezone.localdate()
        return services.vouch(
            **{"by": self.team, "home": self.place, "name": name, "since": today, "until": today + timedelta(days=90)}
            | given
        )


@pytest.fixture
def home() -> Home:
    return Home()


def told() -> dict[str, Any]:
    """What desks are told now, once its signature is checked."""
    one = bulletin.write(timezone.now())
    key = Ed25519PublicKey.from_public_bytes(bytes.fromhex(one.public))
    key.verify(bytes.fromhex(one.signature), bulletin.CONTEXT + one.text.encode())
    with pytest.raises(InvalidSignature):
        key.verify(bytes.fromhex(one.signature), bulletin.CONTEXT + one.text.replace(":", ";", 1).encode())
    said: dict[str, Any] = json.loads(one.text)
    return said


def judged(token: str, on: date | None = None) -> Outcome:
    """By a desk that knows what it was told, and nothing else."""
    said = told()
    known = {one: Key(public, date.fromisoformat(until)) for one, (public, until, _, _) in said["keys"].items()}
    return tokens.judge(token, keys=known, revoked=set(said["revoked"]), today=on or timezone.localdate())[0]


def test_a_member_vouched_for_has_a_pass_that_any_desk_believes(home: Home) -> None:
    held = home.vouch(email="Ana@Example.org", language="en")
    token = services.token(held)
    assert judged(token) == Outcome.VALID
    assert tokens.read(token).until == timezone.localdate() + timedelta(days=services.SHOWN_FOR - 1)
    assert services.token(held) == token  # asked for twice, it is the same
    jobs.run_due()
    letter = outbox.outbox[-1]
    assert letter.to == ["ana@example.org"]
    assert letters.link(held.bearer, language="en") in letter.body


def test_who_it_is_stands_with_the_home_alone(home: Home) -> None:
    held = home.vouch(email="ana@example.org")
    text = json.dumps(told()) + services.token(held) + str(list(audit.trail().values()))
    assert "Ana" not in text
    assert "ana@" not in text.lower()


def test_only_those_who_run_the_place_vouch(home: Home) -> None:
    with pytest.raises(NotAllowedError):
        home.vouch(by=person("stranger@example.org"))
    held = home.vouch()
    for act in (services.end, services.new_link):
        with pytest.raises(NotAllowedError):
            act(by=Person.objects.get(email="stranger@example.org"), held=held)
    with pytest.raises(NotAllowedError):
        services.replace_key(by=home.team, home=home.place)  # the owner's


@pytest.mark.parametrize(("since", "until"), [(0, -1), (3, 2), (0, 400)])
def test_days_that_make_no_sense(home: Home, since: int, until: int) -> None:
    today = timezone.localdate()
    with pytest.raises(CoworkmedError):
        home.vouch(since=today + timedelta(days=since), until=today + timedelta(days=until))


def test_a_pass_that_ended_is_refused_and_can_not_be_shown_again(home: Home) -> None:
    held, before = home.vouch(), told()["number"]
    token = services.token(held)
    services.end(by=home.team, held=held)
    assert judged(token) == Outcome.REVOKED
    assert told()["number"] > before
    assert services.token(Pass.objects.get()) == ""
    with pytest.raises(CoworkmedError):
        services.end(by=home.team, held=held)
    with pytest.raises(CoworkmedError):
        services.renew(by=home.team, held=held, until=timezone.localdate())


def test_a_journey_takes_a_longer_pass_from_its_first_day(home: Home) -> None:
    held, today = home.vouch(), timezone.localdate()
    begins = today + timedelta(days=20)
    token = services.token(held, begins=begins)
    assert [judged(token, today), judged(token, begins), judged(token, begins + timedelta(days=13))] == [
        Outcome.NOT_YET,
        Outcome.VALID,
        Outcome.VALID,
    ]
    assert judged(token, begins + timedelta(days=14)) == Outcome.EXPIRED
    for wrong in (today - timedelta(days=1), today + timedelta(days=keys.AHEAD + 1)):
        with pytest.raises(CoworkmedError):
            services.token(held, begins=wrong)


def test_no_pass_outlasts_what_was_vouched_for(home: Home) -> None:
    today = timezone.localdate()
    held = home.vouch(until=today + timedelta(days=2))
    assert tokens.read(services.token(held)).until == held.until
    services.renew(by=home.team, held=held, until=today)
    assert judged(services.token(Pass.objects.get()), today + timedelta(days=1)) == Outcome.EXPIRED


def test_after_a_rotation_old_passes_hold_until_they_run_out(home: Home) -> None:
    held = home.vouch()
    old = services.token(held)
    SigningKey.objects.filter(place=home.place).update(made=timezone.now() - keys.RENEWED)
    assert services.rotate() == 1
    assert services.rotate() == 0
    new = services.token(held)
    assert tokens.read(new).key != tokens.read(old).key
    assert judged(old) == judged(new) == Outcome.VALID


def test_of_a_lost_key_nothing_is_believed(home: Home) -> None:
    held = home.vouch()
    old = services.token(held)
    services.replace_key(by=home.owner, home=home.place, lost=True)
    assert judged(old) in (Outcome.UNKNOWN_KEY, Outcome.EXPIRED)
    assert judged(services.token(held)) == Outcome.VALID


def test_of_a_lost_key_nothing_is_believed_nor_of_those_before_it_and_of_places_that_joined(home: Home) -> None:
    held, mill = home.vouch(), Place.objects.create(public_id="mill", name="Mill")
    before = services.token(held)
    services.replace_key(by=home.owner, home=home.place)
    keys.signing(mill)
    Place.objects.filter(pk="mill").update(merged_into=home.place)
    assert judged(before) == Outcome.VALID
    services.replace_key(by=home.owner, home=home.place, lost=True)
    assert judged(before) in (Outcome.UNKNOWN_KEY, Outcome.EXPIRED)
    yesterday = timezone.now().date() - timedelta(days=1)
    assert set(SigningKey.objects.exclude(retired=None).values_list("believed_until", flat=True)) == {yesterday}
    assert SigningKey.objects.filter(retired=None, place=home.place).count() == 1


def test_the_passes_of_a_place_that_joined_another_are_ended_by_that_ones_team(home: Home) -> None:
    old = Place.objects.create(public_id="old", name="Old Mill", merged_into=home.place)
    held = Pass.objects.create(
        pseudonym="0" * 14, code="0" * 10, home=old, since=timezone.localdate(), until=timezone.localdate()
    )
    assert list(Pass.objects.visible_to(home.team)) == list(Pass.objects.of(home.place)) == [held]
    services.end(by=home.team, held=held)
    assert Pass.objects.get().ended is not None


def test_private_keys_are_sealed_and_open_with_former_keys_of_the_site(home: Home, settings: Any) -> None:
    services.token(home.vouch())
    kept = SigningKey.objects.get(place=home.place)
    _, private = keys.signing(home.place)
    assert private.private_bytes_raw().hex() not in kept.private
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another"
    assert keys.signing(home.place)[0] == kept.key_id
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(keys.SealedError):
        keys.signing(home.place)
    assert services.rotate() == 0


def test_a_new_link_makes_the_old_one_dead(home: Home) -> None:
    held = home.vouch()
    old, code = letters.seal(held.bearer), held.code
    new = services.new_link(by=home.team, held=held)
    assert letters.unseal(old) is None
    assert letters.unseal(letters.seal(new)) == new
    assert Pass.objects.get().code != code
    assert letters.unseal(old[:-1]) is letters.unseal("") is letters.unseal("x" * 999) is None


def test_names_go_when_a_pass_is_long_over_and_nothing_leads_back(home: Home) -> None:
    over, stands, today = home.vouch("Ana"), home.vouch("Ben"), timezone.localdate()
    services.end(by=home.team, held=over)
    last = today + services.BEARER_KEPT
    assert services.forget_old(last) == 0
    assert services.forget_old(last + timedelta(days=1)) == 1
    assert list(Bearer.objects.values_list("name", flat=True)) == ["Ben"]
    with pytest.raises(CoworkmedError):
        services.renew(by=home.team, held=over, until=today)
    assert services.token(stands)


def test_the_list_of_ended_passes_forgets_and_never_counts_backwards(home: Home) -> None:
    for name in ("Ana", "Ben"):
        services.end(by=home.team, held=home.vouch(name))
    number = told()["number"]
    services.forget_old(timezone.localdate() + services.LISTED + timedelta(days=1))
    assert told()["number"] == number
    assert Revocation.objects.count() == 1


def test_who_deletes_their_account_takes_their_passes_along(home: Home) -> None:
    ana = person("ana@example.org")
    held = home.vouch(email="ana@example.org")
    token = services.token(held)
    people.forget(ana)
    assert not Bearer.objects.exists()
    assert judged(token) == Outcome.REVOKED
