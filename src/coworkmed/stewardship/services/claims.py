"""Claims: an organisation says that it runs a place, proves it, and speaks for the place from then on.

Where another organisation runs it, the proof takes nothing away yet: both sides are told, the other one is heard, and a
steward decides. Nobody else learns that there is a claim: its trail is its own and not the place's.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone, translation

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people import services as people
from coworkmed.people.models import Organisation, Person
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require
from coworkmed.places.models import Place
from coworkmed.platform import audit, mail

from .. import letters, proofs
from ..models import Claim
from ..queries import claims as queries
from ..queries.words import standing
from ..questions import language_for

LASTS = timedelta(days=30)  # to prove it in
ANSWERED_IN = timedelta(days=7)  # by the steward who is asked
HEARING = timedelta(days=14)  # for the other side to be heard
CLAIMS_A_DAY = 10  # of one person
CODES_A_DAY = 3  # by mail, for one place
LONGEST = 2000  # characters of a note

NOT_YOURS = N_("You belong to one of the sides: another steward, or those who run this site, decide on it.")


class DecidedError(CoworkmedError):
    """Someone was faster."""

    def __init__(self) -> None:
        super().__init__(N_("This claim has been decided already, or was taken back."))


class WrongCodeError(CoworkmedError):
    """Not the code that was sent."""

    def __init__(self, left: int) -> None:
        if left:
            super().__init__(N_("This is not the code. Tries left: {left}."), left=left)
        else:
            super().__init__(N_("This is not the code, and it can’t be tried again: ask for a new one."))


# -- by who claims ----------------------------------------------------------------------------------------------------


@transaction.atomic
def claim(
    *,
    by: Person,
    place: Place,
    organisation: Organisation | Mapping[str, str],
    proof: str,
    address: str = "",
    note: str = "",
) -> Claim:
    """Say that an organisation of one's own runs ``place``, or a new one of this name (by language).

    ``proof`` of `words.PROOFS`; ``address``: where the code goes, for a proof by mail. Raises CoworkmedError where
    there is no such way for this place, or too much was claimed today; NotAllowedError.
    """
    by = Person.objects.select_for_update().get(pk=by.pk)  # what someone claims at once is counted one by one
    place = standing(place.pk) or place
    if isinstance(organisation, Organisation):
        organisation = Organisation.objects.select_for_update().get(pk=organisation.pk)
    else:
        organisation = people.found(by=by, name=organisation)
    who = require(by, Action.PLACE_CLAIM, organisation)
    if queries.runners(place.pk).contains(organisation):
        raise CoworkmedError(N_("Your organisation runs this place already."))
    if Claim.objects.open().filter(place=place, organisation=organisation).exists():
        raise CoworkmedError(N_("Your organisation has claimed this place already: go on where you were."))
    now = timezone.now()
    if Claim.objects.filter(person=by, created__gt=now - timedelta(days=1)).count() >= CLAIMS_A_DAY:
        raise CoworkmedError(N_("That is a lot of places for one day. Claim the others tomorrow."))
    if proof not in queries.known(place).ways:
        raise CoworkmedError(N_("This can’t be proved in this way: choose another."))
    made = Claim.objects.create(
        place=place,
        person=by,
        organisation=organisation,
        proof=proof,
        note=_text(note),
        language=translation.get_language() or "en",
        due=now + (LASTS if proof == "DOMAIN" else ANSWERED_IN),
    )
    _tell(who, "claim.made", made, after={"organisation": organisation.pk, "proof": proof})
    if proof == "DOMAIN":
        _mail_code(who, made, address)
    return made


@transaction.atomic
def send_code(*, by: Person, claim: Claim, address: str) -> None:
    """Another code by mail; the one before holds no more. Raises CoworkmedError for an address that proves nothing, or
    one that wants no mail."""
    who = require(by, Action.PLACE_CLAIM, claim.organisation)
    held = _held(claim)
    if held.proof != "DOMAIN" or held.disputed:
        raise CoworkmedError(N_("This can’t be proved in this way: choose another."))
    _mail_code(who, held, address)


def _mail_code(who: audit.Who, claim: Claim, address: str) -> None:
    address = address.strip().lower()
    if not queries.known(claim.place).reads(address):
        raise CoworkmedError(N_("Mail to this address proves nothing: use one of the place’s own, as the form says."))
    if mail.is_quiet(address):
        raise CoworkmedError(N_("Mail to this address comes back, or is not wanted there. Choose another way."))
    Place.objects.select_for_update().get(pk=claim.place_id)
    sent = audit.trail().filter(
        verb="claim.code",
        thing_type="claim",
        thing_id__startswith=f"{claim.place_id}-",
        at__gt=timezone.now() - timedelta(days=1),
    )
    if sent.count() >= CODES_A_DAY:
        raise CoworkmedError(N_("Enough codes were sent to this place for today. Try again tomorrow, or another way."))
    code = _new_code(who, claim)
    language = language_for(address, claim.place)
    letters.claim_code(claim, address, code, language=language, until=timezone.now() + proofs.LASTS["DOMAIN"])


def _new_code(who: audit.Who, claim: Claim) -> str:
    """A code for the claim, of which only the digest is kept; the one before holds no more."""
    code, now = proofs.new_code(), timezone.now()
    until = now + proofs.LASTS[claim.proof]
    Claim.objects.filter(pk=claim.pk).update(
        code=proofs.digest(claim.pk, code), code_until=until, attempts=0, due=max(until, now + ANSWERED_IN)
    )
    _tell(who, "claim.code", claim, after={"proof": claim.proof})
    return proofs.spaced(code)


def prove(*, by: Person, claim: Claim, code: str) -> Claim:
    """Type the code. The organisation then runs the place; or, where another does, there is a dispute.

    Raises WrongCodeError, which counts; CoworkmedError where there is no code, or none any more.
    """
    with transaction.atomic():
        who = require(by, Action.PLACE_CLAIM, claim.organisation)
        held = _held(claim)
        if not held.code or held.code_until is None or held.code_until < timezone.now():
            raise CoworkmedError(N_("There is no code that holds now: it is too old, or none was sent yet."))
        left = proofs.ATTEMPTS - held.attempts
        if left <= 0:
            raise WrongCodeError(0)
        right = proofs.holds(held.pk, code, held.code)
        if right:
            _proven(who, by, held)
        else:
            Claim.objects.filter(pk=held.pk).update(attempts=F("attempts") + 1)
            _tell(who, "claim.wrong", held)
    if not right:  # counted whatever comes
        raise WrongCodeError(left - 1)
    held.refresh_from_db()
    return held


@transaction.atomic
def withdraw(*, by: Person, claim: Claim) -> None:
    """Take a claim back."""
    who = require(by, Action.PLACE_CLAIM, claim.organisation)
    held = _held(claim)
    _close(who, by, held, "WITHDRAWN")
    if held.disputed:
        _tell_runner(held, "kept")


@transaction.atomic
def hand_back(*, by: Person, organisation: Organisation, place: Place) -> None:
    """Say that ``organisation`` runs ``place`` no more."""
    people.detach(by=by, organisation=organisation, place=place)


# -- by who runs the place now ----------------------------------------------------------------------------------------


@transaction.atomic
def answer(*, by: Person, claim: Claim, words: str) -> None:
    """What the organisation that runs the place says to a dispute: the steward reads it, and need not wait longer."""
    who = _as_runner(by, claim)
    held = _held(claim)
    Claim.objects.filter(pk=held.pk).update(answer=_text(words), due=min(held.due, timezone.now() + ANSWERED_IN))
    _tell(who, "claim.answered", held)


@transaction.atomic
def yield_to(*, by: Person, claim: Claim) -> None:
    """Hand the place over to who claims it."""
    who = _as_runner(by, claim)
    _accept(who, by, _held(claim))


def _as_runner(by: Person, claim: Claim) -> audit.Who:
    runs = queries.runner(claim.place_id, of=by)
    if runs is None or not claim.disputed or runs.pk == claim.organisation_id:
        raise NotAllowedError(N_("This is for the organisation that runs the place."))
    return require(by, Action.PLACE_CLAIM, runs)


# -- by stewards ------------------------------------------------------------------------------------------------------


@transaction.atomic
def call(*, by: Person, claim: Claim) -> str:
    """The code to read out to whoever answers the place's telephone. Each call has a code of its own."""
    return _new_code(_as_steward(by, claim), _by(claim, "PHONE"))


@transaction.atomic
def write(*, by: Person, claim: Claim) -> str:
    """The code for a letter to the place's address. A letter made before proves nothing any more."""
    return _new_code(_as_steward(by, claim), _by(claim, "POST"))


def _by(claim: Claim, proof: str) -> Claim:
    held = _held(claim)
    if held.proof != proof or held.disputed:
        raise CoworkmedError(N_("This claim is not to be proved in this way."))
    if proof not in queries.known(_place(held)).ways:
        raise CoworkmedError(N_("The number or the address of the place is no longer known: decide by your own word."))
    return held


@transaction.atomic
def decide(*, by: Person, claim: Claim, accept: bool, reply: str = "") -> bool:
    """A steward's word on a claim; ``reply`` is what they write to who claims. Returns False where another organisation
    runs the place and had not been told: it is now, and is heard first.

    Raises DecidedError for who comes second; CoworkmedError where the other side has still time to answer.
    """
    who = _as_steward(by, claim)
    held = _held(claim)
    if not accept:
        _refuse(who, by, held, _text(reply))
        return True
    if _others(held) and not held.disputed:
        _dispute(who, held)
        return False
    if _others(held) and not held.answer and held.due > timezone.now():
        raise CoworkmedError(N_("The organisation that runs the place has not answered yet, and still may."))
    _accept(who, by, held, _text(reply))
    return True


def _as_steward(by: Person, claim: Claim) -> audit.Who:
    who = require(by, Action.PLACE_ATTACH, _place(claim))
    if queries.is_party(by, claim):
        raise NotAllowedError(NOT_YOURS)
    return who


# -- by time ----------------------------------------------------------------------------------------------------------


def expire() -> int:
    """Close what was never proved in time, each by itself; how many. What waits for a steward goes on waiting."""
    late = Claim.objects.open().filter(due__lt=timezone.now(), disputed=False).exclude(code="")
    closed = 0
    for one in late.select_related("place", "organisation", "person"):
        with transaction.atomic():
            if Claim.objects.filter(pk=one.pk, outcome="", due__lt=timezone.now()).select_for_update().exists():
                _close(audit.MACHINE, None, one, "EXPIRED")
                letters.claim_decision(one, "expired", one.person)
                closed += 1
    return closed


# -- what comes of it -------------------------------------------------------------------------------------------------


def _others(claim: Claim) -> list[Organisation]:
    return list(queries.runners(claim.place_id).exclude(pk=claim.organisation_id))


def _proven(who: audit.Who, by: Person, claim: Claim) -> None:
    if _others(claim):
        _dispute(who, claim)
    else:
        _accept(who, by, claim)


def _dispute(who: audit.Who, claim: Claim) -> None:
    due = timezone.now() + HEARING
    claim.disputed, claim.due = True, due
    Claim.objects.filter(pk=claim.pk).update(disputed=True, code="", code_until=None, due=due)
    _tell(who, "claim.disputed", claim)
    letters.claim_decision(claim, "disputed", claim.person)
    _tell_runner(claim, "contested")


def _accept(who: audit.Who, by: Person, claim: Claim, reply: str = "") -> None:
    _close(who, by, claim, "ACCEPTED", reply)
    _tell_runner(claim, "lost")
    people.take_over(who, claim.organisation, _place(claim).pk)
    letters.claim_decision(claim, "accepted", claim.person, reply)


def _refuse(who: audit.Who, by: Person, claim: Claim, reply: str) -> None:
    _close(who, by, claim, "REFUSED", reply)
    letters.claim_decision(claim, "refused", claim.person, reply)
    if claim.disputed:
        _tell_runner(claim, "kept")


def _close(who: audit.Who, by: Person | None, claim: Claim, outcome: str, reply: str = "") -> None:
    """What becomes of a claim, once; what was written for the decision alone is erased."""
    closed = Claim.objects.filter(pk=claim.pk, outcome="").update(
        outcome=outcome,
        decided=timezone.now(),
        decided_by=by,
        decided_as=who.role,
        reply=reply,
        note="",
        answer="",
        code="",
        code_until=None,
    )
    if not closed:
        raise DecidedError
    _tell(who, f"claim.{outcome.lower()}", claim, after={"organisation": claim.organisation_id})


def _held(claim: Claim) -> Claim:
    """The claim as it is now, and nobody else changes it until this transaction is over. Raises DecidedError."""
    held = Claim.objects.select_for_update(of=("self",)).select_related("place", "organisation", "person")
    found = held.filter(pk=claim.pk, outcome="").first()
    if found is None:
        raise DecidedError
    return found


def _place(claim: Claim) -> Place:
    """The place that answers for the one claimed: it may have been joined to another since."""
    return standing(claim.place_id) or claim.place


def _tell_runner(claim: Claim, what: str) -> None:
    """To those who own what runs the place now, if it is another organisation."""
    for one in dict.fromkeys(owner for runs in _others(claim) for owner in queries.owners(runs)):
        letters.claim_decision(claim, what, one)


def _tell(who: audit.Who, verb: str, claim: Claim, after: Any = None) -> None:
    thing = audit.Thing("claim", f"{claim.place_id}-{claim.pk}")
    audit.record(who=who, verb=verb, thing=thing, before=None, after=after)


def _text(words: str) -> str:
    """What a person wrote, as any database can keep it."""
    return words.replace("\0", "").strip()[:LONGEST]
