"""Promised, given, given up, corrected: each written once under its key, in at most four statements.

Everything here runs inside the caller's transaction and is undone with it. Balances are always held in the order of
their keys, so that no two wait for each other; of a transfer that is repeated the first answer is given again.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.db import connection, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place
from coworkmed.platform import audit

from .. import rules
from ..models import Balance, Entry, Transfer
from ..rules import CLOSING, CORRECTABLE, ClosedError, Kind, LedgerError, LimitError, TakenError, Unit, counted
from ..vat import Supply

By = Person | audit.Who

ITSELF = N_("A place owes itself nothing.")


def hold(
    *, key: UUID, giver: Place | str, taker: Place | str, unit: Unit | str, amount: int, about: str, by: By
) -> Transfer:
    """Promise: ``giver`` is to give ``taker`` so much. It counts against the limits until it is posted or voided.

    Raises LimitError where there is no room for it, AmountError, TakenError for a key that says something else.
    """
    made = _between(Kind.HOLD, key, giver, taker, unit, amount, about, by)
    return _opened(made, pending=made.amount)


def record(
    *,
    key: UUID,
    giver: Place | str,
    taker: Place | str,
    unit: Unit | str,
    amount: int,
    about: str,
    by: By,
    supply: Supply | None = None,
) -> Transfer:
    """Given, without a promise before. Raises as `hold` does."""
    made = _between(Kind.RECORD, key, giver, taker, unit, amount, about, by, supply)
    return _opened(made, posted=made.amount)


def post(
    hold_key: UUID, *, amount: int | None = None, overage_why: str = "", by: By, supply: Supply | None = None
) -> Transfer:
    """What was promised was given: all of it, or ``amount``; more than was promised only for a reason, and within the
    limits.

    Raises ClosedError where it was given up before, LimitError, AmountError; LedgerError without such a promise.
    """
    held = _hold(hold_key)
    given = counted(held.amount if amount is None else amount)
    over = given - held.amount
    if over > 0 and not overage_why.strip():
        raise LedgerError(N_("More than was agreed beforehand needs a reason."))
    made = _closing(Kind.POST, held, given, by, why=overage_why.strip(), supply=supply)
    if over > 0 and (known := _unless_room(made, over)):
        return _same(known, made)
    if not _written_once(made):
        return _same(_closed_by(held), made)
    _move(made, posted=given, pending=-held.amount)
    _enter(made)
    return made


def void(hold_key: UUID, *, by: By) -> Transfer:
    """What was promised came to nothing. Raises ClosedError where it was counted, LedgerError without a promise."""
    held = _hold(hold_key)
    made = _closing(Kind.VOID, held, held.amount, by)
    if not _written_once(made):
        return _same(_closed_by(held), made)
    _move(made, pending=-held.amount)
    return made


@transaction.atomic
def correct(transfer_key: UUID, *, why: str, by: By) -> Transfer:
    """Take back what was given by mistake: its exact inverse, once.

    The one who gave it loses by it, so it is theirs to correct. Raises LedgerError without a reason or for what can't
    be taken back, LimitError, NotAllowedError.
    """
    found = Transfer.objects.select_related("giver").filter(pk=transfer_key, kind__in=CORRECTABLE).first()
    if found is None or found.giver is None:
        raise LedgerError(N_("There is nothing here that can be taken back."))
    if not why.strip():
        raise LedgerError(N_("Say why it is taken back: both places read it."))
    if isinstance(by, Person):
        by = require(by, Action.PLACE_BIND, found.giver)
    made = Transfer(
        key=uuid5(found.key, Kind.CORRECTION), kind=Kind.CORRECTION, giver_id=found.giver_id, taker_id=found.taker_id,
        unit=found.unit, amount=found.amount, about=found.about, why=why.strip()[:500], refers_to_id=found.key,
        supply=found.supply, role=by.role, person=by.person,
    )  # fmt: skip
    if known := _unless_room(made, found.amount):
        return known
    if not _written_once(made):
        return Transfer.objects.get(pk=made.key)
    _move(made, posted=found.amount)
    _enter(made)
    audit.record(
        who=by,
        verb="ledger.corrected",
        thing=audit.Thing("transfer", str(found.key)),
        before={"amount": found.amount, "unit": found.unit},
        after=None,
        why=why,
    )
    return made


# -- what is written --------------------------------------------------------------------------------------------------


def _between(
    kind: Kind,
    key: UUID,
    giver: Place | str,
    taker: Place | str,
    unit: Unit | str,
    amount: int,
    about: str,
    by: By,
    supply: Supply | None = None,
) -> Transfer:
    one, other = (place.pk if isinstance(place, Place) else place for place in (giver, taker))
    if one == other:
        raise LedgerError(ITSELF)
    who = by if isinstance(by, audit.Who) else require(by, Action.PLACE_HOST, _place(one))
    return Transfer(
        key=key, kind=kind, giver_id=one, taker_id=other, unit=Unit(unit).value, amount=counted(amount),
        about=about[:200], supply=supply.as_json() if supply else {}, role=who.role, person=who.person,
    )  # fmt: skip


def _place(public_id: str) -> Place:
    found = Place.objects.filter(pk=public_id).first()
    if found is None:
        raise LedgerError(N_("There is no such place in the registry."))
    return found


def _closing(kind: Kind, held: Transfer, amount: int, by: By, why: str = "", supply: Supply | None = None) -> Transfer:
    who = by if isinstance(by, audit.Who) else require(by, Action.PLACE_HOST, _place(str(held.giver_id)))
    return Transfer(
        key=uuid5(held.key, kind), kind=kind, giver_id=held.giver_id, taker_id=held.taker_id, unit=held.unit,
        amount=amount, about=held.about, why=why[:500], refers_to_id=held.key,
        supply=supply.as_json() if supply else {}, role=who.role, person=who.person,
    )  # fmt: skip


def _opened(made: Transfer, *, posted: int = 0, pending: int = 0) -> Transfer:
    """Write down what begins: where there is room for it, and nobody wrote it before."""
    if known := _unless_room(made, made.amount):
        return _same(known, made)
    if not _written_once(made):
        return _same(Transfer.objects.get(pk=made.key), made)
    _move(made, posted=posted, pending=pending)
    if posted:
        _enter(made)
    return made


def _sides(made: Transfer) -> tuple[str, str]:
    """Who is owed more by it, and who owes more."""
    giver, taker = str(made.giver_id), str(made.taker_id)
    return (taker, giver) if made.kind == Kind.CORRECTION else (giver, taker)


def _unless_room(made: Transfer, amount: int) -> Transfer | None:
    """None where all balances have room for ``amount``; they are held from now on. Where they have not, the transfer
    that already stands under the key, or else LimitError."""
    held = _held(made)
    if len(held) < 3 or (made.refers_to_id is None and any(one.moved for one in held)):
        if known := Transfer.objects.filter(pk=made.key).first():  # written before one joined the other
            return known
        _name_standing(made)
        make_balances(made.unit, _sides(made), [_sides(made)])
        held = _held(made)
    if (found := rules.refused(held, rules.signs(made.unit, *_sides(made)), amount)) is None:
        return None
    if known := Transfer.objects.filter(pk=made.key).first():
        return known
    raise _limit_error(*found, made)


def _held(made: Transfer) -> list[Any]:
    """The three balances of a transfer as far as there are any, each with the place that its place joined."""
    rows = Balance.objects.select_for_update(of=("self",)).order_by("pk")
    return list(rows.filter(pk__in=list(rules.signs(made.unit, *_sides(made)))).annotate(moved=F("place__merged_into")))


def _name_standing(made: Transfer) -> None:
    """Let ``made`` name the places that now answer for those it names."""
    found = Place.objects.in_bulk([made.giver_id, made.taker_id])
    for name in ("giver_id", "taker_id"):
        if (place := found.get(getattr(made, name))) is None:
            raise LedgerError(N_("There is no such place in the registry."))
        setattr(made, name, place.merged_into_id or place.pk)
    if made.giver_id == made.taker_id:
        raise LedgerError(ITSELF)


def make_balances(unit: str, places: Iterable[str], pairs: Iterable[tuple[str, str]] = ()) -> None:
    """Balances for ``places`` and ``pairs`` where there are none, in the order of their keys."""
    made = [Balance(key=rules.key(unit, one), place_id=one, unit=unit) for one in places]
    for low, high in map(sorted, pairs):
        made.append(Balance(key=rules.key(unit, low, high), place_id=low, partner_id=high, unit=unit))
    Balance.objects.bulk_create(sorted(made, key=lambda one: one.key), ignore_conflicts=True)


def _limit_error(one: Balance, left: int, made: Transfer) -> LimitError:
    left = max(left, 0)
    names = dict(Place.objects.filter(pk__in=[made.giver_id, made.taker_id]).values_list("pk", "name"))
    place = names.get(one.place_id) or one.place_id
    if one.partner_id is None:
        message = N_("{place} has reached its limit with all others together: {left} is left.")
        return LimitError(message, place=place, room=left, left=rules.shown(made.unit, left))
    return LimitError(
        N_("{place} and {partner} have reached the limit between them: {left} is left."),
        place=place,
        partner=names.get(one.partner_id) or str(one.partner_id),
        room=left,
        left=rules.shown(made.unit, left),
    )


def _written_once(made: Transfer) -> bool:
    """Write it down, unless its key, or what it would follow once, is taken: whether it was written now."""
    fields = Transfer._meta.concrete_fields
    quoted = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    table, marks = connection.ops.quote_name(Transfer._meta.db_table), ", ".join(["%s"] * len(fields))
    values = [field.get_db_prep_save(field.pre_save(made, True), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(" ".join(("INSERT INTO", table, f"({quoted}) VALUES ({marks}) ON CONFLICT DO NOTHING")), values)
        return bool(cursor.rowcount == 1)


def _move(made: Transfer, *, posted: int = 0, pending: int = 0) -> None:
    """Change the three balances, held in the order of their keys before any is changed."""
    touched = rules.signs(made.unit, *_sides(made))
    held = Balance.objects.select_for_update().filter(pk__in=list(touched)).order_by("pk")[: len(touched)]
    rising, falling = (
        Case(When(pk__in=[key for key, sign in touched.items() if sign == way], then=Value(1)), default=Value(0))
        for way in (1, -1)
    )
    changed = Balance.objects.filter(pk__in=held.values("pk")).update(
        posted=F("posted") + (rising - falling) * posted,
        rising=F("rising") + rising * pending,
        falling=F("falling") + falling * pending,
    )
    if changed != len(touched):
        raise RuntimeError("a transfer without its three balances")


def _enter(made: Transfer) -> None:
    """Both sides of a transfer, now that its balances are held."""
    at, (one, other) = timezone.now(), _sides(made)
    enter(made, [(one, other, made.amount)], at)


def enter(made: Transfer, lines: Iterable[tuple[str, str, int]], at: datetime) -> None:
    """Write down that ``one`` is owed so much more by ``other``, and the other side of each."""
    sides = (side for one, other, amount in lines for side in ((one, other, amount), (other, one, -amount)))
    Entry.objects.bulk_create(
        (
            Entry(transfer=made, place_id=one, partner_id=other, unit=made.unit, amount=amount, at=at)
            for one, other, amount in sides
        ),
        batch_size=1000,
    )


def _hold(key: UUID) -> Transfer:
    found = Transfer.objects.filter(pk=key, kind=Kind.HOLD).first()
    if found is None:
        raise LedgerError(N_("Nothing was agreed beforehand under this key."))
    return found


def _closed_by(held: Transfer) -> Transfer:
    return Transfer.objects.get(refers_to=held, kind__in=CLOSING)


def _same(known: Transfer, made: Transfer) -> Transfer:
    """``known``, which stands already, where it says what ``made`` would."""
    if known.kind != made.kind and known.kind in CLOSING:
        raise ClosedError(known.kind)
    compared = ("kind", "unit", "amount", "refers_to_id")
    if any(getattr(known, name) != getattr(made, name) for name in compared) or not _same_places(known, made):
        raise TakenError
    return known


def _same_places(known: Transfer, made: Transfer) -> bool:
    """Whether both are between the same two, one of which may have joined another between them."""
    before, now = ({str(one.giver_id), str(one.taker_id)} for one in (known, made))
    if before == now:
        return True
    standing = {one.pk: one.merged_into_id or one.pk for one in Place.objects.filter(pk__in=before | now)}
    return {standing.get(one, one) for one in before} == {standing.get(one, one) for one in now}
