"""What is taken and given back, and by whom one at a time.

What can't be, the database refuses: counts that exceed their limit, claims that overlap, a second desk on one day. That
alone would be right, and slow: people who want the same would wait crosswise. So whoever changes something about a
thing first takes its lock: they come one after the other, and what is read under it (how much there is, when it is
open, who waits) stays true until they are done. In every transaction the order is: locks by number, bookings, pools by
slot, quotas, claims, the ledger, the trail.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import F

from ..models import Booking, Claim, PoolClaim, PoolDay, Quota
from ..rules import Charge

_LOCKS = 0x48_4F_53_54  # our own among all advisory locks of the database
_WITHIN = (
    "WITH RECURSIVE within AS (SELECT id FROM hospitality_resource WHERE id = ANY(%s) UNION "
    "SELECT inner_.id FROM hospitality_resource inner_ JOIN within ON inner_.parent_id = within.id) "
    "SELECT pg_advisory_xact_lock(%s, id::int) FROM (SELECT id FROM within ORDER BY id) AS ordered"
)


class PoolUse(NamedTuple):
    """So many desks of a pool in a slot of a service day."""

    pool: int
    day: date
    slot: int
    units: int


class Use(NamedTuple):
    """A room or a seat from one instant to another."""

    resource: int
    starts: datetime
    ends: datetime


def lock(resources: Iterable[int]) -> None:
    """Be alone with these and all within them until the transaction ends. Call it first, and once.

    SQLite has one writer from the beginning of its transaction.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(_WITHIN, [sorted(resources), _LOCKS])


def take(booking: Booking, pools: Sequence[PoolUse], uses: Sequence[Use]) -> None:
    """Write ``booking`` and what it takes. Raises IntegrityError for what is taken already or exceeds a limit
    (`errors.explained`)."""
    if pools:
        _count_pools(pools)
    if booking.charges:
        _count_quotas([Charge(*one) for one in booking.charges], booking.units)
    booking.counted = True
    booking.save(force_insert=booking._state.adding)
    if pools:
        PoolClaim.objects.bulk_create(
            PoolClaim(booking=booking, pool_id=one.pool, day=one.day, slot=one.slot, units=one.units) for one in pools
        )
    if uses:
        Claim.objects.bulk_create(
            Claim(booking=booking, resource_id=one.resource, starts=one.starts, ends=one.ends) for one in uses
        )


def give_back(booking: Booking, *, spent: bool = False) -> None:
    """Free what ``booking`` holds. ``spent``: its days stay used up."""
    for pool, day, slot, units in booking.pool_claims.values_list("pool", "day", "slot", "units"):
        PoolDay.objects.filter(pool=pool, day=day, slot=slot).update(used=F("used") - units)
    if booking.counted and not spent:
        for scope, visitor, window, _ in booking.charges:
            Quota.objects.filter(scope=scope, visitor=visitor, window=window).update(used=F("used") - booking.units)
        booking.counted = False
    booking.pool_claims.all().delete()
    booking.claims.all().delete()


def lend(lease_key: UUID, uses: Sequence[PoolUse]) -> None:
    """Take more desks of a pool for a desk that may lose its network. Raises IntegrityError as `take` does."""
    _count_pools(uses)
    for one in uses:
        lent = PoolClaim.objects.filter(lease=lease_key, pool=one.pool, day=one.day, slot=one.slot)
        if not lent.update(units=F("units") + one.units):
            PoolClaim.objects.create(lease=lease_key, pool_id=one.pool, day=one.day, slot=one.slot, units=one.units)


def _count_pools(uses: Sequence[PoolUse]) -> None:
    # The capacity is read by the statement itself, under the lock: whoever asks may have read an older one.
    row = "(%s, %s, %s, %s, (SELECT capacity FROM hospitality_resource WHERE id = %s))"
    values = [value for one in sorted(uses) for value in (one.pool, one.day, one.slot, one.units, one.pool)]
    with connection.cursor() as cursor:
        cursor.execute(
            " ".join((
                "INSERT INTO hospitality_poolday (pool_id, day, slot, used, capacity) VALUES",
                ", ".join([row] * len(uses)),
                "ON CONFLICT (pool_id, day, slot) DO UPDATE SET used = hospitality_poolday.used + EXCLUDED.used",
            )),
            values,
        )  # fmt: skip


def _count_quotas(charges: Sequence[Charge], units: int) -> None:
    values = [
        value
        for one in sorted(charges, key=lambda one: one.key)
        for value in (one.scope, one.visitor, one.window, units, one.allowance)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            " ".join((
                "INSERT INTO hospitality_quota (scope, visitor, \"window\", used, allowance) VALUES",
                ", ".join(["(%s, %s, %s, %s, %s)"] * len(charges)),
                "ON CONFLICT (scope, visitor, \"window\") DO UPDATE SET used = hospitality_quota.used + EXCLUDED.used,",
                "allowance = EXCLUDED.allowance",
            )),
            values,
        )  # fmt: skip
