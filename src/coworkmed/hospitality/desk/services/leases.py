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
    """The lease of a device for the service day at hand: the one it has, or a new one; None where nothing is free."""
    host = device.place.host
    give_back(Lease.objects.filter(device__place=device.place, settled=None, expires__lte=now), now)
    day = day_now(host, now)
    held = Lease.objects.filter(device=device, day=day, settled=None).first()
    if held is None and not Lease.objects.filter(device=device, day=day).exists():
        held = _lend(device, host, now)
    return held


def _lend(device: Device, host: Host, now: datetime) -> Lease | None:
    day = day_now(host, now)
    pools = list(Resource.objects.filter(host=host, kind=Resource.Kind.POOL, children=None).order_by("pk"))
    pools = [one for one in pools if one.retired_on is None or one.retired_on > day]
    try:
        with transaction.atomic():
            claims.lock(one.pk for one in pools)
            for pool in pools:
                taken = PoolDay.objects.filter(pool=pool, day=day).aggregate(most=Max("used"))["most"] or 0
                if (places := min(WALK_INS, pool.capacity - taken)) > 0:
                    lease = uuid.uuid4()
                    claims.lend(lease, [claims.PoolUse(pool.pk, day, slot, places) for slot in range(pool.slots)])
                    expires = min(now + LASTS, day_range(day, zone(host), host.day_cutoff).ends)
                    return Lease.objects.create(id=lease, device=device, day=day, places=places, expires=expires)
    except IntegrityError:  # somebody was first: there is nothing to lend
        return None
    return None


@transaction.atomic
def give_back(leases: Iterable[Lease], now: datetime) -> int:
    """Give back what nobody came on; how many places."""
    given = 0
    for lease in leases:
        taken = list(PoolClaim.objects.filter(lease=lease.pk).order_by("pool", "day", "slot"))
        claims.lock({one.pool_id for one in taken})
        if not Lease.objects.filter(pk=lease.pk, settled=None).update(settled=now):
            continue
        used = Scan.objects.filter(lease=lease.pk, kind=Scan.Kind.LET_IN).values("visitor").distinct().count()
        unused = max(lease.places - used, 0)
        Lease.objects.filter(pk=lease.pk).update(places=lease.places - unused)
        for one in taken:
            PoolDay.objects.filter(pool=one.pool_id, day=one.day, slot=one.slot).update(used=F("used") - unused)
            if unused >= one.units:
                one.delete()
            else:
                PoolClaim.objects.filter(pk=one.pk).update(units=F("units") - unused)
        given += unused
    return given
