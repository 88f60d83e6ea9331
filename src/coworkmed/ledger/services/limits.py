"""How much a place lets others owe it, and owes them, at most."""

from django.db import transaction

from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places.models import Place
from coworkmed.platform import audit

from .. import rules
from ..models import Balance
from ..rules import MOST, LedgerError, Unit
from .transfers import make_balances

#: What a limit of `limit` may be left as it is by.
KEEP = -1


@transaction.atomic
def limit(
    *,
    place: Place,
    unit: Unit | str,
    partner: Place | None = None,
    owed: int | None = KEEP,
    owing: int | None = KEEP,
    why: str = "",
    by: Person | audit.Who,
) -> Balance:
    """Say how much ``place`` is owed and owes at most, in parts of the unit; None: as much as there is.

    With a ``partner`` only ``owed`` is its own to say: what it owes the partner is the partner's to limit. Raises
    LedgerError for a limit that is passed already, NotAllowedError.
    """
    who = by if isinstance(by, audit.Who) else require(by, Action.PLACE_BIND, place)
    if partner is not None and (owing != KEEP or partner.pk == place.pk):
        raise LedgerError(N_("How much you may owe a partner is theirs to say."))
    code = Unit(unit).value
    make_balances(code, [place.pk], [(place.pk, partner.pk)] if partner else [])
    held = Balance.objects.select_for_update().get(pk=rules.key(code, place.pk, partner.pk if partner else ""))
    before = [held.floor, held.ceiling]
    if held.place_id == place.pk:
        held.ceiling = _value(owed, held.ceiling)
        held.floor = -_value(owing, -held.floor)
    else:  # the pair is told from the partner's side
        held.floor = -_value(owed, -held.floor)
    for reached, most in ((held.posted + held.rising, held.ceiling), (held.falling - held.posted, -held.floor)):
        if reached > most:
            raise LedgerError(
                N_("It stands at {amount} already: a limit can’t be below that."), amount=rules.shown(code, reached)
            )
    Balance.objects.filter(pk=held.pk).update(floor=held.floor, ceiling=held.ceiling)
    audit.record(
        who=who,
        verb="ledger.limit",
        thing=audit.Thing("balance", held.pk),
        before=before,
        after=[held.floor, held.ceiling],
        why=why,
    )
    return held


def _value(said: int | None, now: int) -> int:
    if said == KEEP:
        return now
    return MOST if said is None else min(max(said, 0), MOST)
