"""A place that proved to be another: what it was owed and owes goes on with the one that is kept."""

from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from coworkmed.places.models import Place
from coworkmed.platform import audit

from .. import rules
from ..models import Balance, Transfer
from ..rules import Kind
from .transfers import enter, make_balances


def follow_joined() -> int:
    """Move what is still in the books of places that joined others; how many transfers it took. What is promised
    stays where it was promised, and follows once it was given."""
    waiting = Balance.objects.positions().exclude(place__merged_into=None).filter(_has_debts())
    moved = 0
    for place, unit in sorted(waiting.values_list("place", "unit")):
        with transaction.atomic():
            moved += _follow(place, unit)
    return moved


def _has_debts() -> Q:
    """Of the position of a place: one may be owed as much as it owes."""
    pairs = Balance.objects.pairs().exclude(posted=0).filter(unit=OuterRef("unit"))
    return Q(Exists(pairs.filter(Q(place=OuterRef("place")) | Q(partner=OuterRef("place")))))


def _follow(old: str, unit: str) -> bool:
    kept = Place.objects.values_list("merged_into", flat=True).get(pk=old)
    if kept is None:
        return False
    pairs = Balance.objects.pairs().of(old).filter(unit=unit).exclude(posted=0)
    partners = [str(one.partner_id if one.place_id == old else one.place_id) for one in pairs]
    others = [one for one in partners if one != kept]
    make_balances(unit, [kept], [(kept, one) for one in others])
    keys = {rules.key(unit, one) for one in (old, kept, *others)}
    keys |= {rules.key(unit, one, other) for other in partners for one in {old, kept} - {other}}
    held = {one.key: one for one in Balance.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    lines: list[tuple[str, str, int]] = []
    for other in partners:
        pair = held[rules.key(unit, old, other)]
        owed = pair.posted if pair.place_id == old else -pair.posted
        lines += [(old, other, -owed)] if owed else []
        lines += [(kept, other, owed)] if owed and other != kept else []
    if not lines:
        return False
    made = Transfer.objects.create(
        key=uuid4(), kind=Kind.JOINED, unit=unit, amount=sum(abs(amount) for one, _, amount in lines if one == old),
        about=f"{old} → {kept}", role=audit.MACHINE.role,
    )  # fmt: skip
    for one, other, amount in lines:
        for touched, sign in rules.signs(unit, one, other).items():
            held[touched].posted += sign * amount
    for balance in held.values():  # nobody agreed to less because two places are one: limits give way
        balance.ceiling = max(balance.ceiling, balance.posted + balance.rising)
        balance.floor = min(balance.floor, balance.posted - balance.falling)
    Balance.objects.bulk_update(held.values(), ["posted", "ceiling", "floor"])
    enter(made, lines, timezone.now())
    audit.record(
        who=audit.MACHINE,
        verb="ledger.joined",
        thing=audit.Thing("place", kept),
        before=None,
        after={"joined": old, "unit": unit, "amount": made.amount},
    )
    return True
