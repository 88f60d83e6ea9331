"""Closing a month: a statement for each place and unit, that nothing comes into afterwards.

An entry takes its moment while the position of its place is held, and a statement is made while holding it too: once a
month is over, whatever belongs into it is there.
"""

import json
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import Min

from coworkmed.kernel.i18n import N_
from coworkmed.places.models import Place
from coworkmed.platform.audit import canonical

from ..models import Balance, Entry, Statement
from ..rules import LedgerError, Unit
from ..statements import Line, body, digest

#: How far the clocks of two machines may differ.
MARGIN = timedelta(hours=1)


def month_of(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m")


def bounds(month: str) -> tuple[datetime, datetime]:
    """First moment of a month "2026-10" of UTC, and of the next."""
    first = datetime.strptime(month, "%Y-%m").replace(tzinfo=UTC)
    return first, (first + timedelta(days=32)).replace(day=1)


def following(month: str) -> str:
    return month_of(bounds(month)[1])


def close(*, now: datetime, until: str = "") -> int:
    """Make every statement that is missing up to the month ``until``, by default the last that is over; how many.

    Raises LedgerError for a month that is not over.
    """
    last = until or month_of(bounds(month_of(now - MARGIN))[0] - timedelta(days=1))
    if bounds(last)[1] > now - MARGIN:
        raise LedgerError(N_("The month is not over yet."))
    made = 0
    for key in Balance.objects.positions().order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            held = Balance.objects.select_for_update().get(pk=key)
            made += _close(held, last)
    return made


def _close(held: Balance, last: str) -> int:
    """The missing statements of one account, which is held."""
    before = Statement.objects.filter(place=held.place_id, unit=held.unit).order_by("-month").first()
    entries = Entry.objects.filter(place=held.place_id, unit=held.unit)
    if before is None and (first := entries.aggregate(first=Min("at"))["first"]) is None:
        return 0
    month = following(before.month) if before else month_of(first)
    made = 0
    while month <= last:
        if one := _statement(held, month, before):
            before = one
            made += 1
        month = following(month)
    return made


def _statement(held: Balance, month: str, before: Statement | None) -> Statement | None:
    """The statement of a month; None where there is nothing to tell."""
    start, end = bounds(month)
    entries = Entry.objects.filter(place=held.place_id, unit=held.unit, at__gte=start, at__lt=end)
    lines = [
        Line(
            partner=one.partner_id, transfer=str(one.transfer_id), kind=one.transfer.kind, at=one.at,
            about=one.transfer.about, why=one.transfer.why, amount=one.amount,
            refers_to=str(one.transfer.refers_to_id or ""), supply=one.transfer.supply,
        )
        for one in entries.select_related("transfer")
    ]  # fmt: skip
    known = json.loads(before.body) if before else None
    if not lines and not (known and any(one["closing"] for one in known["partners"])):
        return None
    ids = {held.place_id, *(one.partner for one in lines), *(one["place"] for one in (known or {}).get("partners", ()))}
    names = {pk: name or pk for pk, name in Place.objects.filter(pk__in=ids).values_list("pk", "name")}
    said = body(
        place=held.place_id, unit=held.unit, parts=Unit(held.unit).parts, month=month, names=names, lines=lines,
        before=known, previous=before.digest if before else "",
    )  # fmt: skip
    text = canonical(said)
    return Statement.objects.create(
        place_id=held.place_id, unit=held.unit, month=month, opening=said["opening"], closing=said["closing"],
        lines=len(lines), body=text, digest=digest(text),
    )  # fmt: skip
