"""Who would take a visitor on a day: over all hosts at once."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum

from coworkmed.places.models import SHOWN, Place

from .. import calendar, clock, rules
from ..models import LARGE, Booking, PoolClaim, PoolDay, Resource, State

MOST = 50
_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Free:
    """A pool with room on a day, and the hours of it on the host's clock. ``instant``: a booking stands at once."""

    pool: Resource
    opens: datetime
    closes: datetime
    instant: bool


def free(
    day: date, *, now: datetime, units: int = 1, places: QuerySet[Place] | None = None, most: int = MOST
) -> list[Free]:
    """Pools with room for ``units`` all of that day, at hosts that are open then and whose terms let one ask now: at
    most so many, by the name of their place. ``places`` narrows them.

    What is held no longer counts as free, whether or not anything has put it away yet.
    """
    full = PoolDay.objects.filter(pool=OuterRef("pk"), day=day, used__gt=F("capacity") - units)
    pools = (
        Resource.objects.filter(
            Q(retired_on=None) | Q(retired_on__gt=day),
            kind=Resource.Kind.POOL,
            capacity__gte=units,
            host__suspended_on=None,
            host__current__ahead_days__gte=(day - now.date()).days - 1,
            host__place__status__in=SHOWN,
            host__place__merged_into=None,
        )
        .annotate(full=Exists(full))
        .filter(Q(full=False) | Q(pk__in=_lingering(day, now)))
        .select_related("host__current", "host__place")
        .defer(*(f"host__place__{name}" for name in LARGE))
        .order_by("host__place__name", "pk")
    )
    if places is not None:
        pools = pools.filter(host__place__in=places)
    return list(islice(_open(pools.iterator(chunk_size=64), day, now, units), most))


def _open(pools: Iterable[Any], day: date, now: datetime, units: int) -> Iterator[Free]:
    for pool in pools:
        host, terms = pool.host, pool.host.current
        if terms is None or rules.blacked_out(terms.blackouts, day):
            continue
        slots = rules.slot_times(day, host.day_cutoff, pool.cuts)
        when = calendar.Calendar.from_json(host.calendar)
        around = [
            interval
            for number in (-1, 0, 1)
            for interval in calendar.open_on(when, day + number * _ONE, country=host.place.country, resource=pool.pk)
        ]
        hours = calendar.within(around, slots[0][0], slots[-1][1])
        if not hours or (pool.full and not _room(pool, day, now, units)):
            continue
        starts = clock.instant(hours[0][0], ZoneInfo(host.zone))
        if now + timedelta(hours=terms.notice_hours) <= starts <= now + timedelta(days=terms.ahead_days):
            yield Free(pool, hours[0][0], hours[-1][1], terms.instant)


def _lingering(day: date, now: datetime) -> QuerySet[PoolClaim, int]:
    """Pools on which something is held that ran out."""
    over = Booking.objects.filter(state=State.HELD, hold_until__lte=now)
    return PoolClaim.objects.filter(day=day, booking__in=over).values_list("pool", flat=True)


def _room(pool: Resource, day: date, now: datetime, units: int) -> bool:
    """Whether there is room in every slot, what ran out not counted: asked only of pools on which something did."""
    over = PoolClaim.objects.filter(
        pool=pool, day=day, booking__state=State.HELD, booking__hold_until__lte=now
    )  # fmt: skip
    gone = dict(over.values_list("slot").annotate(units=Sum("units")))
    taken = PoolDay.objects.filter(pool=pool, day=day).values_list("slot", "used", "capacity")
    return all(used - gone.get(slot, 0) + units <= capacity for slot, used, capacity in taken)
