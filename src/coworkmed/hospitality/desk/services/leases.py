"""Places for walk-ins that a device may give away without a network: taken from the pools while it has one, given back
once its time is over, as far as nobody came on them. A device that keeps to its lease never oversells a pool."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from ...clock import day_range
from ...models import Device, Host, Lease, PoolClaim, PoolDay, Resource, Scan
from ...services import claims
from ..queries import day_now, zone

WALK_INS = 2  # places of a device at a time
LASTS = timedelta(hours=4)  # then it must have been connected again


def hold(device: Device, now: datetime) -> Lease | None:
    """The lease of a device for the service day at hand. As long as it is connected it lasts on, and there are again
    `WALK_INS` places that nobody came on, as far as there are any; None where nothing is free."""
    host = device.place.host
    give_back(Lease.objects.filter(device__place=device.place, settled=None, expires__lte=now), now)
    try:
        with transaction.atomic():
            return _lend(device, host, now)
    except IntegrityError:  # somebody was first: there is nothing to lend
        return None


def _lend(device: Device, host: Host, now: datetime) -> Lease | None:
    """Add to the lease of a device what it lacks and what is free, in the one pool that it is of."""
    day = day_now(host, now)
    pools = list(Resource.objects.filter(host=host, kind=Resource.Kind.POOL, children=None).order_by("pk"))
    pools = [one for one in pools if one.retired_on is None or one.retired_on > day]
    claims.lock(one.pk for one in pools)
    lease = Lease.objects.filter(device=device, day=day).first()
    lease = lease or Lease(id=uuid.uuid4(), device=device, day=day, places=0, settled=now)
    lacks = WALK_INS - left(lease)
    of = PoolClaim.objects.filter(lease=lease.pk).values_list("pool", flat=True).first()
    for pool in pools:
        taken = PoolDay.objects.filter(pool=pool, day=day).aggregate(most=Max("used"))["most"] or 0
        if of in (None, pool.pk) and (places := min(lacks, pool.capacity - taken)) > 0:
            claims.lend(lease.pk, [claims.PoolUse(pool.pk, day, slot, places) for slot in range(pool.slots)])
            lease.places, lease.settled = lease.places + places, None
            break
    if lease.settled is not None:
        return None
    lease.expires = min(now + LASTS, day_range(day, zone(host), host.day_cutoff).ends)
    lease.save(force_insert=lease._state.adding)
    return lease


def left(lease: Lease) -> int:
    """Places of a lease on which nobody came, as far as we were told; below zero where more came than it has."""
    around = (lease.day - timedelta(days=1), lease.day + timedelta(days=1))  # by a clock set wrong it may be another
    scans = Scan.objects.filter(place=lease.device.place_id, day__range=around, lease=lease.pk, kind=Scan.Kind.LET_IN)
    return lease.places - scans.values("visitor").distinct().count()


@transaction.atomic
def give_back(leases: Iterable[Lease], now: datetime) -> int:
    """Give back what nobody came on; how many places."""
    given = 0
    for lease in leases:
        taken = PoolClaim.objects.filter(lease=lease.pk).order_by("pool", "day", "slot")
        claims.lock(set(taken.values_list("pool", flat=True)))
        if not Lease.objects.filter(pk=lease.pk, settled=None, expires__lte=now).update(settled=now):
            continue
        lease.refresh_from_db()
        unused = max(left(lease), 0)
        Lease.objects.filter(pk=lease.pk).update(places=lease.places - unused)
        for one in taken.all():
            PoolDay.objects.filter(pool=one.pool_id, day=one.day, slot=one.slot).update(used=F("used") - unused)
            if unused >= one.units:
                one.delete()
            else:
                PoolClaim.objects.filter(pk=one.pk).update(units=F("units") - unused)
        given += unused
    return given
