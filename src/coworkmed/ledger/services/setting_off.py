"""Set-off among many: proposed to all it concerns, agreed to by each of them, then posted in one transfer.

Nobody's net position changes, no debt grows and nobody gets a new debtor. A place that stays out is left out, and the
rest is reckoned anew: who had agreed to at least as much on each debt need not be asked again.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid4, uuid5

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.batches import batched
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place
from coworkmed.platform import audit

from .. import netting, queries, rules
from ..models import Answer, Balance, Notice, SetOff, Transfer
from ..rules import Kind, LedgerError, Unit
from .joining import follow_joined
from .transfers import enter

log = logging.getLogger(__name__)

ANSWERED_IN = timedelta(days=14)
_SEVERAL = 500  # balances held or changed by one statement

State = SetOff.State


@transaction.atomic
def propose(*, unit: Unit | str, by: Person | audit.Who) -> SetOff:
    """Reckon the largest set-off among all debts and put it before all it concerns.

    Raises LedgerError where one waits already, or where there is no circle of debts; NotAllowedError.
    """
    who = by if isinstance(by, audit.Who) else require(by, Action.SITE_OPERATE)
    code = Unit(unit).value
    if SetOff.objects.filter(unit=code, state=State.PROPOSED).exists():
        raise LedgerError(N_("A set-off waits for answers already: it comes first."))
    follow_joined()
    made = _reckoned(code, left_out=())
    if made is None:
        raise LedgerError(N_("No debts go around a circle now: there is nothing to set off."))
    _tell(who, "proposed", made)
    return made


@transaction.atomic
def answer(*, run: SetOff, place: Place, agrees: bool, by: Person) -> SetOff:
    """A place's word, which it may change until the set-off is posted. Returns the proposal that stands then: posted
    if all have agreed, or another in its place.

    Raises LedgerError for a proposal that is over or does not concern the place; NotAllowedError.
    """
    who = require(by, Action.PLACE_BIND, place)
    held = _held(run.pk)
    if place.pk not in held.concerned():
        raise LedgerError(N_("This set-off does not concern your place."))
    Answer.objects.update_or_create(
        run=held,
        place=place,
        defaults={"agrees": agrees, "at": timezone.now(), "role": who.role, "person": who.person},
    )
    _tell(who, "agreed" if agrees else "refused", held)
    return _post_if_agreed(held) if agrees else _again(held, left_out=[*held.left_out, place.pk])


@transaction.atomic
def withdraw(*, run: SetOff, by: Person) -> None:
    """End a proposal before it is posted. Raises LedgerError where it is over; NotAllowedError."""
    who = require(by, Action.SITE_OPERATE)
    held = _held(run.pk)
    _end(held, State.WITHDRAWN)
    _tell(who, "withdrawn", held)


def lapse(now: datetime) -> int:
    """Leave out who did not answer in time; how many proposals it concerned."""
    late = SetOff.objects.filter(state=State.PROPOSED, answer_by__lt=now).values_list("pk", flat=True)
    return sum(_lapsed(key) for key in late)


def _lapsed(key: UUID) -> bool:
    try:
        with transaction.atomic():
            held = _held(key)
            silent = held.concerned() - held.agreed()
            _again(held, left_out=[*held.left_out, *sorted(silent)])
    except CoworkmedError as refusal:  # the last of them has just answered, or it can't be reckoned: the others can
        log.warning("set-off %s was left as it is: %s", key, refusal)
        return False
    return True


def _held(key: UUID) -> SetOff:
    held = SetOff.objects.select_for_update().get(pk=key)
    if held.state != State.PROPOSED:
        raise LedgerError(N_("This proposal is over: look at the one that stands now."))
    return held


def _reckoned(unit: str, *, left_out: Iterable[str], replaces: SetOff | None = None) -> SetOff | None:
    """A new proposal, or None where nothing is to be set off. Who agreed to the one before to as much, agrees."""
    staying = set(left_out)
    debts = {pair: debt for pair, debt in queries.debts(unit).items() if staying.isdisjoint(pair)}
    found = netting.cleared(debts)
    if replaces is not None:
        _end(replaces, State.REPLACED if found else State.WITHDRAWN)
    if not found:
        return None
    made = SetOff.objects.create(
        key=uuid4(), unit=unit, inputs=netting.fingerprint(debts), left_out=sorted(staying), replaces=replaces,
        answer_by=timezone.now() + ANSWERED_IN,
    )  # fmt: skip
    Notice.objects.bulk_create(
        (Notice(run=made, debtor_id=one, creditor_id=other, amount=amount, debt=debts[one, other])
         for (one, other), amount in found.items()),
        batch_size=_SEVERAL,
    )  # fmt: skip
    if replaces is not None:
        before = {(one.debtor_id, one.creditor_id): one.amount for one in replaces.notices.all()}
        grown = {place for pair, amount in found.items() if amount > before.get(pair, 0) for place in pair}
        kept = replaces.answers.filter(agrees=True, place__in=made.concerned() - grown)
        Answer.objects.bulk_create(
            Answer(run=made, place_id=one.place_id, agrees=True, at=one.at, role=one.role, person=one.person)
            for one in kept
        )
    return made


def _again(held: SetOff, *, left_out: Sequence[str]) -> SetOff:
    """The proposal without some, or as the debts are now; posted at once where all that stay have agreed to as much."""
    made = _reckoned(held.unit, left_out=left_out, replaces=held)
    if made is None:
        held.refresh_from_db()
        _tell(audit.MACHINE, "withdrawn", held)
        return held
    _tell(audit.MACHINE, "proposed", made)
    return _post_if_agreed(made)


def _post_if_agreed(held: SetOff) -> SetOff:
    """Post it, if all it concerns have agreed. Where a debt is no longer what it was, it is reckoned anew instead."""
    if held.concerned() != held.agreed():
        return held
    notices = list(held.notices.order_by("debtor", "creditor"))
    keys = {rules.key(held.unit, one.debtor_id, one.creditor_id) for one in notices}
    keys |= {rules.key(held.unit, place) for place in held.concerned()}
    balances = {one.key: one for several in _locked(sorted(keys)) for one in several}
    now_owed = queries.debts_in(one for one in balances.values() if one.partner_id is not None)
    if any(now_owed.get((one.debtor_id, one.creditor_id), 0) < one.amount for one in notices):
        return _again(held, left_out=held.left_out)
    made = Transfer.objects.create(
        key=uuid5(held.key, Kind.SET_OFF), kind=Kind.SET_OFF, unit=held.unit,
        amount=sum(one.amount for one in notices), about=str(held.key), role=audit.MACHINE.role,
    )  # fmt: skip
    for one in notices:
        pair = balances[rules.key(held.unit, one.debtor_id, one.creditor_id)]
        pair.posted += one.amount if pair.place_id == one.debtor_id else -one.amount
    changed = [one for one in balances.values() if one.partner_id is not None]
    Balance.objects.bulk_update(changed, ["posted"], batch_size=_SEVERAL)
    enter(made, [(one.debtor_id, one.creditor_id, one.amount) for one in notices], timezone.now())
    _end(held, State.POSTED)
    _tell(audit.MACHINE, "posted", held)
    return held


def _locked(keys: Sequence[str]) -> Iterator[list[Balance]]:
    for several in batched(keys, _SEVERAL):
        yield list(Balance.objects.select_for_update().filter(pk__in=list(several)).order_by("pk"))


def _end(held: SetOff, state: State) -> None:
    held.state, held.ended_at = state.value, timezone.now()
    held.save(update_fields=["state", "ended_at"])


def _tell(who: audit.Who, what: str, run: SetOff) -> None:
    audit.record(
        who=who,
        verb=f"setoff.{what}",
        thing=audit.Thing("setoff", str(run.key)),
        before=None,
        after={"unit": run.unit, "inputs": run.inputs},
    )
