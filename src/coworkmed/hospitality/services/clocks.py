"""The rules of time zones change, sometimes at two days' notice. What was agreed on is the time on the wall: it stays,
and the instants are worked out anew. Nobody is moved to another hour in silence."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from coworkmed.platform import audit

from .. import clock
from ..models import OCCUPYING, Booking, Claim, Host, State
from . import claims


@dataclass(frozen=True, slots=True)
class Reworked:
    """What came of it: bookings whose instants are others now, and those that need a person: they overlap another, or
    their hour does not exist any more. These keep the instants they had."""

    moved: list[UUID]
    conflicts: list[UUID]


def rework(*, host: Host, zone: tzinfo, now: datetime | None = None) -> Reworked:
    """Work out the instants of all bookings to come at ``host`` by ``zone`` as it is now. Again, it does nothing."""
    moment = now or timezone.now()
    with transaction.atomic():
        claims.lock(host.resources.values_list("pk", flat=True))
        ahead = Booking.objects.filter(host=host, ends__gt=moment, state__in=(*OCCUPYING, State.WAITING))
        found = {one.pk: one for one in ahead.select_for_update().order_by("starts", "pk")}
        things: dict[UUID, list[int]] = {}
        for booking, resource in Claim.objects.filter(booking__in=found).values_list("booking", "resource"):
            things.setdefault(booking, []).append(resource)
        changed, stuck = clock.rework({key: _kept(one, things.get(key, ())) for key, one in found.items()}, zone)
        Claim.objects.filter(booking__in=changed).delete()  # all first: what moves must not meet what has not yet moved
        for key, range_ in changed.items():
            one = found[key]
            one.starts, one.ends, one.changed = range_.starts, range_.ends, moment
            if one.hold_until is not None:
                one.hold_until = min(one.hold_until, range_.starts)
            one.save(update_fields=["starts", "ends", "hold_until", "changed"])
            Claim.objects.bulk_create(
                Claim(booking=one, resource_id=thing, starts=range_.starts, ends=range_.ends)
                for thing in things.get(key, ())
            )
        if changed or stuck:
            thing = audit.Thing("host", host.pk)
            after = {"moved": len(changed), "conflicts": sorted(map(str, stuck))}
            audit.record(who=audit.MACHINE, verb="host.clock_reworked", thing=thing, before=None, after=after)
    return Reworked(list(changed), sorted(stuck))


def _kept(booking: Booking, things: Iterable[int]) -> clock.Kept:
    starts, ends = datetime.fromisoformat(booking.local_start), datetime.fromisoformat(booking.local_end)
    instants = clock.Range(booking.starts.astimezone(UTC), booking.ends.astimezone(UTC))
    return clock.Kept(starts, ends, instants, frozenset(things))
