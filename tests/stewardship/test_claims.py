"""Who runs a place: claimed, proved, disputed, decided, handed back."""

import re
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, models, transaction
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.people import services as people
from coworkmed.people.models import Operates, Organisation, Person
from coworkmed.people.queries import can
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError
from coworkmed.places.models import Place
from coworkmed.platform import audit, mail
from coworkmed.platform.models import Event, Mail, Quiet
from coworkmed.platform.tokens import address_digest
from coworkmed.stewardship import proofs
from coworkmed.stewardship.models import Claim
from coworkmed.stewardship.queries import claims as queries
from coworkmed.stewardship.services import claims
from tests.people.conftest import organisation, person, role
from tests.web.factories import registry

pytestmark = pytest.mark.django_db

KNOWN = proofs.Known("La Filature", "Saint-Rémy", "https://www.filature.example/fr", "lafilature@gmail.example")


# -- codes and addresses ----------------------------------------------------------------------------------------------


@given(st.integers(1, 10**9), st.randoms())
def test_a_code_is_taken_however_it_is_typed_and_for_its_own_claim_only(claim: int, chance: Any) -> None:
    code = proofs.new_code()
    kept = proofs.digest(claim, code)
    typed = "".join(chance.choice(("", " ", "-", "\u2013")) + chance.choice((sign, sign.lower())) for sign in code)
    assert proofs.holds(claim, typed, kept)
    assert proofs.holds(claim, proofs.spaced(code), kept)
    assert not proofs.holds(claim + 1, code, kept)
    assert not proofs.holds(claim, proofs.new_code(), kept)
    assert not proofs.holds(claim, code, "")
    assert code not in kept


def test_no_sign_of_a_code_is_taken_for_another() -> None:
    assert not set(proofs.ALPHABET) & set("O0I1S5B8Z2GU")
    assert len(proofs.ALPHABET) == len(set(proofs.ALPHABET))
    assert len(proofs.ALPHABET) ** proofs.LENGTH > 10**11


@pytest.mark.parametrize(
    ("address", "reads"),
    [
        ("contact@filature.example", True),
        (" Contact@Filature.example ", True),
        ("lafilature@filature.example", True),  # the place's own name
        ("lafilature@gmail.example", True),  # the one that is known
        ("marie.dupont@filature.example", False),  # a person's
        ("contact@mail.filature.example", False),
        ("contact@filature.example.evil.example", False),
        ("contact@evil.example", False),
        ("contact@gmail.example", False),
        ("contact@", False),
        ("", False),
    ],
)
def test_which_addresses_prove_something(address: str, reads: bool) -> None:
    assert KNOWN.reads(address) is reads


@pytest.mark.parametrize(
    ("web", "domain"),
    [
        ("https://filature.example", "filature.example"),
        ("https://www.tiers-lieu.asso.fr/x", "tiers-lieu.asso.fr"),
        ("https://lelab.wixsite.com", ""),
        ("https://facebook.com/lelab", ""),
        ("https://www.gmail.com", ""),
        ("https://perso.laposte.net/lelab", ""),
        ("", ""),
    ],
)
def test_a_platform_or_free_mail_is_nobodys_own_domain(web: str, domain: str) -> None:
    assert proofs.Known("x", web=web).domain == domain


# -- with a registry --------------------------------------------------------------------------------------------------


class World:
    """A place with a domain of its own, who claims it, and who looks after it."""

    def __init__(self) -> None:
        self.places = registry()
        self.mill = self.places["mill"]
        self.ana, self.steward, self.rival = (person(f"{one}@example.org") for one in ("ana", "steward", "rival"))
        self.mine = organisation("Moulin", kind="OPERATOR")
        self.theirs = organisation("Filature SAS", kind="OPERATOR")
        role(self.ana, self.mine, "OWNER")
        role(self.rival, self.theirs, "OWNER")
        role(self.steward, organisation("Région", kind="AUTHORITY", territory="FR"), "STEWARD")

    def claim(self, proof: str = "DOMAIN", by: Person | None = None, **more: Any) -> Claim:
        mine = self.theirs if by == self.rival else self.mine
        given = {"address": "contact@filature.example"} if proof == "DOMAIN" else {}
        return claims.claim(by=by or self.ana, place=self.mill, organisation=mine, proof=proof, **given | more)

    def runs(self) -> Organisation | None:
        return queries.runner(self.mill.pk)


@pytest.fixture
def world(db: None) -> World:
    return World()


def code_of(claim: Claim) -> str:
    """As it stands in the letter to the place."""
    letter = Mail.objects.filter(key__startswith=f"claim-code:{claim.pk}:").latest("pk")
    text = mail.render(language=letter.language, template=letter.template, context=letter.context).text
    found = re.search(r"^([A-Z0-9]{4}-[A-Z0-9]{4})$", text, re.MULTILINE)
    assert found, text
    return found[1]


def letters(to: Person) -> list[str]:
    """What ``to`` was told of claims, oldest first."""
    rows = Mail.objects.filter(template="claim_decision", to=to.email).order_by("pk")
    for one in rows:
        read = mail.render(language=one.language, template=one.template, context=one.context)
        assert one.context["place"] in read.subject
        assert read.subject in read.text
    return [one.context["what"] for one in rows]


def test_a_code_by_mail_proves_it(world: World) -> None:
    claim = world.claim()
    assert world.runs() is None
    letter = Mail.objects.get(key__startswith="claim-code:")
    assert letter.to == "contact@filature.example"
    assert letter.expires and letter.expires < timezone.now() + timedelta(minutes=61)
    assert letter.stop
    proved = claims.prove(by=world.ana, claim=claim, code=code_of(claim).lower())
    assert (proved.outcome, proved.decided_as, proved.code) == ("ACCEPTED", "owner", "")
    assert world.runs() == world.mine
    assert can(world.ana, Action.PLACE_SPEAK, world.mill)
    assert letters(world.ana) == ["accepted"]


def test_what_a_stranger_wrote_stands_in_no_letter_to_the_place(world: World) -> None:
    spam = organisation("Buy cheap pills at http://evil.example", kind="OPERATOR")
    role(world.ana, spam, "OWNER")
    claims.claim(by=world.ana, place=world.mill, organisation=spam, proof="DOMAIN",
                 address="contact@filature.example", note="http://evil.example")  # fmt: skip
    letter = Mail.objects.get(key__startswith="claim-code:")
    read = mail.render(language="en", template=letter.template, context=letter.context, stop=letter.stop)
    assert "evil" not in read.html + read.subject


def test_five_wrong_codes_and_the_right_one_comes_too_late(world: World) -> None:
    claim = world.claim()
    right = code_of(claim)
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(claims.WrongCodeError) as error:
            claims.prove(by=world.ana, claim=claim, code="AAAA-AAAA")
        assert error.value.params.get("left", 0) == left
    with pytest.raises(claims.WrongCodeError):
        claims.prove(by=world.ana, claim=claim, code=right)
    assert world.runs() is None
    claims.send_code(by=world.ana, claim=claim, address="contact@filature.example")
    with pytest.raises(claims.WrongCodeError):
        claims.prove(by=world.ana, claim=claim, code=right)
    claims.prove(by=world.ana, claim=claim, code=code_of(claim))
    assert world.runs() == world.mine


def test_a_code_is_good_for_its_time_and_for_who_claimed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    claim = world.claim()
    right = code_of(claim)
    with pytest.raises(NotAllowedError):
        claims.prove(by=world.rival, claim=claim, code=right)
    Claim.objects.update(code_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(CoworkmedError, match="too old"):
        claims.prove(by=world.ana, claim=claim, code=right)
    assert world.runs() is None


@pytest.mark.parametrize("address", ["ana@example.org", "jean.petit@filature.example", "contact@evil.example", "", "x"])
def test_a_code_goes_to_the_place_only(world: World, address: str) -> None:
    with pytest.raises(CoworkmedError, match="proves nothing"):
        world.claim(address=address)
    assert not Claim.objects.exists()
    assert not Mail.objects.exists()


def test_nobody_is_written_to_who_wants_no_mail(world: World) -> None:
    Quiet.objects.create(pk=address_digest("contact@filature.example"), reason=Quiet.Reason.STOPPED)
    with pytest.raises(CoworkmedError, match="not wanted"):
        world.claim()


def test_three_codes_a_day_for_a_place_whoever_asks(world: World) -> None:
    first = world.claim()
    second = world.claim(by=world.rival)
    claims.send_code(by=world.ana, claim=first, address="info@filature.example")
    with pytest.raises(CoworkmedError, match="for today"):
        claims.send_code(by=world.rival, claim=second, address="info@filature.example")
    assert Mail.objects.filter(template="claim_code").count() == 3


def test_ten_claims_a_day(world: World) -> None:
    for number in range(claims.CLAIMS_A_DAY):
        made = organisation(f"O{number}", kind="OPERATOR")
        role(world.ana, made, "OWNER")
        claims.claim(by=world.ana, place=world.mill, organisation=made, proof="STEWARD")
    with pytest.raises(CoworkmedError, match="tomorrow"):
        world.claim("STEWARD")


def test_a_suggested_address_is_no_ones_word_yet(world: World) -> None:
    """Else one would suggest one's own address, and prove that one reads it."""
    from coworkmed.kernel.values import Value
    from coworkmed.places import services as places

    told = {"place": world.places["rome"], "who": audit.Who("reader"), "verb": "place.suggested",
            "as_of": timezone.localdate()}  # fmt: skip
    places.tell(**told, kind="LISTED", fields={"email": Value("me@evil.example"), "phone": Value("+33490000009")})
    rome = Place.objects.get(pk=world.places["rome"].pk)
    assert rome.values["email"] == "me@evil.example"
    assert queries.known(rome).ways == ("STEWARD",)
    places.tell(**told, kind="AUTHORITY", fields={"phone": Value("+39490000009")})
    assert queries.known(Place.objects.get(pk=rome.pk)).ways == ("PHONE", "STEWARD")


def test_one_open_claim_of_an_organisation_and_none_where_it_runs_the_place(world: World) -> None:
    claim = world.claim()
    with pytest.raises(CoworkmedError, match="already"):
        world.claim()
    claims.prove(by=world.ana, claim=claim, code=code_of(claim))
    with pytest.raises(CoworkmedError, match="already"):
        world.claim()


def test_an_organisation_is_founded_on_the_way_or_not_at_all(world: World) -> None:
    with pytest.raises(CoworkmedError):
        claims.claim(
            by=world.rival, place=world.mill, organisation={"en": "New"}, proof="DOMAIN", address="x@y.example"
        )
    assert not Organisation.objects.filter(name__en="New").exists()
    made = claims.claim(by=world.rival, place=world.mill, organisation={"en": "New"}, proof="STEWARD", note="Ask Jo")
    assert str(made.organisation) == "New"
    assert can(world.rival, Action.PLACE_CLAIM, made.organisation)


def test_for_an_organisation_one_does_not_own_nothing_is_claimed(world: World) -> None:
    with pytest.raises(NotAllowedError):
        claims.claim(by=world.ana, place=world.mill, organisation=world.theirs, proof="STEWARD")


def test_a_place_that_was_joined_to_another_is_claimed_as_that(world: World) -> None:
    made = claims.claim(by=world.ana, place=world.places["gone"], organisation=world.mine, proof="STEWARD")
    assert made.place == world.mill


def test_a_place_joined_to_another_meanwhile_is_run_under_the_id_that_stands(world: World) -> None:
    claim = world.claim()
    code = code_of(claim)
    Place.objects.filter(pk=world.mill.pk).update(merged_into=world.places["rome"])
    claims.prove(by=world.ana, claim=claim, code=code)
    assert world.runs() == world.mine
    assert Operates.objects.get().place == world.places["rome"].pk


def test_no_code_for_a_number_that_is_known_no_more(world: World) -> None:
    claim = world.claim("PHONE")
    Place.objects.filter(pk=world.mill.pk).update(values={"name": "La Filature"})
    with pytest.raises(CoworkmedError, match="no longer known"):
        claims.call(by=world.steward, claim=claim)


# -- stewards ---------------------------------------------------------------------------------------------------------


def test_by_telephone_the_steward_reads_the_code_out(world: World) -> None:
    claim = world.claim("PHONE")
    with pytest.raises(CoworkmedError):
        claims.prove(by=world.ana, claim=claim, code="AAAAAAAA")
    with pytest.raises(NotAllowedError):
        claims.call(by=world.ana, claim=claim)
    before = claims.call(by=world.steward, claim=claim)
    code = claims.call(by=world.steward, claim=claim)
    with pytest.raises(claims.WrongCodeError):
        claims.prove(by=world.ana, claim=claim, code=before)
    claims.prove(by=world.ana, claim=claim, code=code)
    assert world.runs() == world.mine


def test_by_post_the_code_is_good_for_thirty_days(world: World) -> None:
    claim = world.claim("POST")
    code = claims.write(by=world.steward, claim=claim)
    claim.refresh_from_db()
    assert claim.code_until
    assert timedelta(days=29) < claim.code_until - timezone.now() <= timedelta(days=30)
    with pytest.raises(CoworkmedError):
        claims.call(by=world.steward, claim=claim)
    claims.prove(by=world.ana, claim=claim, code=code)
    assert world.runs() == world.mine


def test_a_steward_of_elsewhere_or_of_one_side_decides_nothing(world: World) -> None:
    claim = world.claim("STEWARD", note="Jo knows us")
    elsewhere = person("elsewhere@example.org")
    role(elsewhere, organisation("Attica", territory="GR"), "STEWARD")
    role(world.ana, Organisation.objects.get(territory="FR"), "STEWARD")  # a steward now, but of this claim a side
    for who in (elsewhere, world.rival, world.ana):
        with pytest.raises(NotAllowedError):
            claims.decide(by=who, claim=claim, accept=True)
    world.claim("PHONE", by=world.rival)
    assert claims.decide(by=world.steward, claim=claim, accept=True, reply="I was there.")
    claim.refresh_from_db()
    assert (claim.outcome, claim.decided_by, claim.note, claim.reply) == ("ACCEPTED", world.steward, "", "I was there.")
    assert world.runs() == world.mine


def test_who_is_refused_is_told_why_and_their_note_is_gone(world: World) -> None:
    claim = world.claim("STEWARD", note="My number is 06 00 00 00 00")
    claims.decide(by=world.steward, claim=claim, accept=False, reply="Nobody there knows you.")
    claim.refresh_from_db()
    assert (claim.outcome, claim.note) == ("REFUSED", "")
    letter = Mail.objects.get(template="claim_decision")
    assert letter.context["reply"] == "Nobody there knows you."
    assert world.runs() is None


def test_where_another_runs_it_nobody_loses_silently(world: World) -> None:
    people.attach(by=world.steward, organisation=world.theirs, place=world.mill)
    claim = world.claim()
    assert letters(world.rival) == [], "nobody learns of a claim that is not proved"
    claims.prove(by=world.ana, claim=claim, code=code_of(claim))
    assert world.runs() == world.theirs
    assert letters(world.ana) == ["disputed"]
    assert letters(world.rival) == ["contested"]
    with pytest.raises(CoworkmedError, match="still may"):
        claims.decide(by=world.steward, claim=claim, accept=True)
    with pytest.raises(NotAllowedError):
        claims.answer(by=world.ana, claim=claim, words="It is mine")
    claim.refresh_from_db()
    claims.answer(by=world.rival, claim=claim, words="We sold it in May.")
    assert claims.decide(by=world.steward, claim=claim, accept=True)
    assert world.runs() == world.mine
    assert letters(world.ana) == ["disputed", "accepted"]
    assert letters(world.rival) == ["contested", "lost"]
    claim.refresh_from_db()
    assert claim.answer == ""


def test_a_stewards_word_against_who_runs_it_is_heard_first_and_decided_in_its_time(world: World) -> None:
    people.attach(by=world.steward, organisation=world.theirs, place=world.mill)
    claim = world.claim("STEWARD")
    assert not claims.decide(by=world.steward, claim=claim, accept=True)
    assert world.runs() == world.theirs
    assert letters(world.rival) == ["contested"]
    Claim.objects.update(due=timezone.now() - timedelta(minutes=1))
    assert claims.decide(by=world.steward, claim=claim, accept=False, reply="They run it.")
    assert letters(world.rival) == ["contested", "kept"]
    assert world.runs() == world.theirs


def test_who_runs_it_may_hand_it_over(world: World) -> None:
    people.attach(by=world.steward, organisation=world.theirs, place=world.mill)
    claim = world.claim()
    claims.prove(by=world.ana, claim=claim, code=code_of(claim))
    claim.refresh_from_db()
    with pytest.raises(NotAllowedError):
        claims.yield_to(by=world.ana, claim=claim)
    claims.yield_to(by=world.rival, claim=claim)
    assert world.runs() == world.mine


def test_withdrawn_expired_and_never_twice(world: World) -> None:
    claim = world.claim()
    claims.withdraw(by=world.ana, claim=claim)
    for again in (
        lambda: claims.withdraw(by=world.ana, claim=claim),
        lambda: claims.prove(by=world.ana, claim=claim, code="AAAAAAAA"),
        lambda: claims.decide(by=world.steward, claim=claim, accept=True),
        lambda: claims.send_code(by=world.ana, claim=claim, address="contact@filature.example"),
    ):
        with pytest.raises(claims.DecidedError):
            again()
    late, waits = world.claim(), world.claim("STEWARD", by=world.rival)
    Claim.objects.filter(outcome="").update(due=timezone.now() - timedelta(days=1))
    assert claims.expire() == 1
    assert claims.expire() == 0
    late.refresh_from_db()
    waits.refresh_from_db()
    assert (late.outcome, waits.outcome) == ("EXPIRED", ""), "a steward is late, not who claims"
    assert letters(world.ana) == ["expired"]


def test_handed_back_by_who_owns_or_tends_and_nobody_else(world: World) -> None:
    people.attach(by=world.steward, organisation=world.mine, place=world.mill)
    with pytest.raises(NotAllowedError):
        claims.hand_back(by=world.rival, organisation=world.mine, place=world.mill)
    claims.hand_back(by=world.ana, organisation=world.mine, place=world.mill)
    assert world.runs() is None
    assert not can(world.ana, Action.PLACE_SPEAK, world.mill)
    assert Operates.objects.get().until
    with pytest.raises(CoworkmedError):
        claims.hand_back(by=world.steward, organisation=world.mine, place=world.mill)
    assert Event.objects.filter(verb="place.detach").count() == 1


def test_the_trail_names_nobody_and_the_places_history_tells_of_no_claim(world: World) -> None:
    people.attach(by=world.steward, organisation=world.theirs, place=world.mill)
    claim = world.claim(note="Call me, Ana Anić")
    with pytest.raises(claims.WrongCodeError):
        claims.prove(by=world.ana, claim=claim, code="no")
    claims.prove(by=world.ana, claim=claim, code=code_of(claim))
    verbs = list(Event.objects.filter(thing_type="claim").order_by("number").values_list("verb", flat=True))
    assert verbs == ["claim.made", "claim.code", "claim.wrong", "claim.disputed"]
    text = " ".join(" ".join(map(str, row)) for row in Event.objects.values_list())
    for word in ("ana@", "Anić", "contact@", "Moulin"):
        assert word not in text
    assert not audit.public_history(audit.Thing("place", world.mill.pk))
    assert audit.verify().broken is None


# -- two at once ------------------------------------------------------------------------------------------------------


def decide_at_once(world: World, claim: Claim) -> list[object]:
    """Two stewards decide at the same time, one yes and one no; what came of each."""
    other = person("other@example.org")
    role(other, organisation("Commune", territory="FR"), "STEWARD")
    both = threading.Barrier(2)
    came: list[object] = []

    def decide(who: Person, accept: bool) -> None:
        both.wait(timeout=5)
        try:
            came.append(claims.decide(by=who, claim=claim, accept=accept, reply="No."))
        except claims.DecidedError as error:
            came.append(type(error))
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=pair) for pair in ((world.steward, True), (other, False))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return came


@pytest.mark.django_db(transaction=True)
def test_of_two_who_decide_at_once_the_second_is_told() -> None:
    world = World()
    came = decide_at_once(world, world.claim("STEWARD"))
    assert sorted(map(str, came)) == sorted(map(str, [True, claims.DecidedError]))
    assert len(letters(world.ana)) == 1


@pytest.mark.django_db(transaction=True)
def test_without_the_guard_both_would_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    def unguarded(claim: Claim) -> Claim:
        return Claim.objects.select_related("place", "organisation", "person").get(pk=claim.pk)

    filtered = models.QuerySet.filter
    monkeypatch.setattr(claims, "_held", unguarded)
    monkeypatch.setattr(
        models.QuerySet,
        "filter",
        lambda self, *args, **more: filtered(self, *args, **{k: v for k, v in more.items() if k != "outcome"}),
    )
    world = World()
    assert decide_at_once(world, world.claim("STEWARD")) == [True, True]
    assert len(letters(world.ana)) == 2


@pytest.mark.django_db(transaction=True)
def test_tries_at_once_are_all_counted() -> None:
    world = World()
    claim = world.claim()

    def wrong() -> None:
        try:
            claims.prove(by=world.ana, claim=claim, code="AAAAAAAA")
        except claims.WrongCodeError:
            pass
        finally:
            connection.close()

    threads = [threading.Thread(target=wrong) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    claim.refresh_from_db()
    assert claim.attempts == proofs.ATTEMPTS


# -- pages ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def client_of() -> Callable[[Person], Client]:
    def made(who: Person) -> Client:
        client = Client()
        client.force_login(who)
        return client

    return made


def test_the_whole_way_by_pages(world: World, client_of: Any) -> None:
    client, page = client_of(world.rival), f"/en/places/{world.mill.pk}/claim/"
    shown = client.get(page)
    assert shown.status_code == 200
    assert "no-store" in shown.headers["Cache-Control"]
    posted = {"organisation": "new", "name": "Les Fileuses", "proof": "DOMAIN", "address": "contact@gmail.com"}
    refused = client.post(page, posted)
    assert refused.status_code == 422
    assert "contact@filature.example" in refused.content.decode()
    assert "Les Fileuses" in refused.content.decode(), "what was typed stays"
    answer = client.post(page, posted | {"address": "contact@filature.example"})
    claim = Claim.objects.get()
    assert answer.headers["Location"] == f"/en/claims/{claim.pk}/"
    wrong = client.post(f"/en/claims/{claim.pk}/", {"code": "ACDE-FHJK"})
    assert wrong.status_code == 422
    assert "Tries left: 4" in wrong.content.decode()
    right = client.post(f"/en/claims/{claim.pk}/", {"code": code_of(claim)}, follow=True)
    assert "Your organisation runs this place from now on" in right.content.decode()
    assert str(world.runs()) == "Les Fileuses"
    handed = client.post(f"/en/places/{world.mill.pk}/hand-back/", follow=True)
    assert handed.status_code == 200
    assert world.runs() is None


def test_nothing_tells_a_stranger_who_else_claims(world: World, client_of: Any) -> None:
    claim = world.claim()
    client = client_of(world.rival)
    for path in ("", "code/", "withdraw/", "answer/"):
        for ask in (client.get, client.post):
            assert ask(f"/en/claims/{claim.pk}/{path}").status_code in (404, 405)
    assert "Moulin" not in client.get(f"/en/places/{world.mill.pk}/claim/").content.decode()
    assert "Moulin" not in client.get("/en/claims/").content.decode()
    assert "Moulin" not in Client().get(f"/en/places/{world.mill.pk}/").content.decode()


@pytest.mark.parametrize("code", ["", "\0", "x" * 10_000, "🙂" * 8, "ＡＣＤＥＦＨＪＫ", "'; DROP TABLE claim; --"])
def test_nonsense_for_a_code(world: World, client_of: Any, code: str) -> None:
    claim = world.claim()
    assert client_of(world.ana).post(f"/en/claims/{claim.pk}/", {"code": code}).status_code == 422
    assert world.runs() is None


def test_nonsense_in_the_form(world: World, client_of: Any) -> None:
    client, page = client_of(world.ana), f"/en/places/{world.mill.pk}/claim/"
    for posted in (
        {},
        {"organisation": str(world.theirs.pk), "proof": "DOMAIN", "address": "contact@filature.example"},
        {"organisation": "new", "name": " ", "proof": "STEWARD"},
        {"organisation": str(world.mine.pk), "proof": "MAGIC"},
        {"organisation": str(world.mine.pk), "proof": "STEWARD", "note": "\0" + "x" * 3000},
        {"organisation": str(world.mine.pk), "proof": "DOMAIN", "address": "contact@filature.example\r\nBcc: a@b.c"},
    ):
        assert client.post(page, posted).status_code == 422, posted
    assert not Claim.objects.exists()
    assert client.get("/en/places/none/claim/").status_code == 404
    assert client.get(f"/en/places/{world.places['gone'].pk}/claim/").status_code == 200


def test_the_stewards_pages(world: World, client_of: Any) -> None:
    client = client_of(world.steward)
    phone, post = world.claim("PHONE", note="<b>hello</b>"), world.claim("POST", by=world.rival)
    page = client.get(f"/en/desk/claims/{phone.pk}/")
    assert "&lt;b&gt;hello" in page.content.decode()
    assert client.get(f"/en/desk/claims/{phone.pk}/call/").status_code == 405, (
        "a program that follows links calls nobody"
    )
    shown = client.post(f"/en/desk/claims/{phone.pk}/call/").content.decode()
    code = re.search(r"<strong>(\w{4}-\w{4})</strong>", shown)
    assert code
    claims.prove(by=world.ana, claim=phone, code=code[1])
    letter = client.post(f"/en/desk/claims/{post.pk}/letter/")
    assert "12 bis rue des Filatures" in letter.content.decode()
    assert "no-store" in letter.headers["Cache-Control"]
    refused = client.post(f"/en/desk/claims/{post.pk}/", {"accept": "no", "reply": ""})
    assert refused.status_code == 422
    assert client.post(f"/en/desk/claims/{post.pk}/", {"accept": "no", "reply": "No."}).status_code == 302
    post.refresh_from_db()
    assert post.outcome == "REFUSED"
    assert client.post(f"/en/desk/claims/{post.pk}/call/", follow=True).status_code == 200


def test_who_leaves_takes_their_claims_along(world: World) -> None:
    claim = world.claim(note="Ana’s note")
    exported = people.export(world.ana)
    assert exported["stewardship.claim"][0]["note"] == "Ana’s note"
    people.forget(world.ana)
    assert not Claim.objects.filter(pk=claim.pk).exists()
    with transaction.atomic():
        assert not Mail.objects.filter(to="ana@example.org").exists()
