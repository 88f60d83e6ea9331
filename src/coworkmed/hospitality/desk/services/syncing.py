"""Taking in what a device saw: facts, noted once each however often they are told, and what they come to."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone

from coworkmed.places.models import Place

from ...clock import day_range, service_day
from ...models import Booking, Device, Host, Lease, Pass, Scan, SigningKey, Visit
from ...passes import tokens
from ...passes.tokens import Outcome
from .. import joins, rules
from ..queries import zone
from ..told import Told


class Who(NamedTuple):
    """Who was seen, by what can be proved: a pseudonym, or a guest."""

    visitor: str
    key_id: str
    outcome: Outcome


@transaction.atomic
def take_in(device: Device, told: Sequence[Told], *, now: datetime | None = None) -> Counter[str]:
    """Note what a device saw; how many scans were new ("new") and how many we had ("known").

    The same scan told twice, by whoever, is one. What it comes to is worked out anew from all scans of the visit, so
    that nothing hangs on the order in which devices find the network.
    """
    now = now or timezone.now()
    # Devices of one place tell one after the other. Whoever writes of the place meanwhile is not kept waiting: they may
    # hold what checking in takes next.
    Place.objects.select_for_update(no_key=True).get(pk=device.place_id)
    known = set(Scan.objects.filter(pk__in=[one.scan_id for one in told]).values_list("pk", flat=True))
    fresh = {one.scan_id: one for one in told if one.scan_id not in known}
    made = Scan.objects.bulk_create([_scan(device, one, now) for one in fresh.values()])
    settle(device.place.host, {(one.visitor, one.day) for one in made if one.kind == Scan.Kind.LET_IN})
    return Counter({"new": len(fresh), "known": len(told) - len(fresh)})


def settle(host: Host, keys: Iterable[rules.Key]) -> None:
    """Work out these visits from all their scans, and do once what a new one does in the books."""
    keys = set(keys)
    lets = Scan.objects.filter(place=host.pk, kind=Scan.Kind.LET_IN, day__in={day for _, day in keys})
    ended = Pass.objects.filter(pseudonym__in={who for who, _ in keys}, ended__isnull=False)
    places = Lease.objects.filter(device__place=host.pk, day__in={day for _, day in keys})
    found = rules.fold(
        [_seen(host, one) for one in lets],
        ended={one.pseudonym: one.ended for one in ended if one.ended},
        leases={str(key): number for key, number in places.values_list("pk", "places")},
    )
    leased = {(one.visitor, one.day) for one in lets if one.lease}
    for (visitor, day), visit in sorted(found.items()):
        if (visitor, day) in keys or (visitor, day) in leased:
            _keep(host, visitor, day, visit)


def _keep(host: Host, visitor: str, day: date, visit: rules.Visit) -> None:
    home = Place.objects.filter(passes__pseudonym=visitor).first()
    odd = sorted(visit.anomalies)
    kept, new = Visit.objects.get_or_create(
        place_id=host.pk, visitor=visitor, day=day,
        defaults={"home": home, "first_id": uuid.UUID(visit.first), "anomalies": odd},
    )  # fmt: skip
    if not new:
        Visit.objects.filter(pk=kept.pk).update(first=uuid.UUID(visit.first), anomalies=odd)
    if home is not None:
        joins.arrived(kept, visit)


def _scan(device: Device, told: Told, now: datetime) -> Scan:
    host = device.place.host
    at = rules.corrected(told.at, told.offset)
    day = service_day(at, zone(host), host.day_cutoff)
    who = _who(device, told, at, day)
    return Scan(
        scan_id=told.scan_id, device=device, place=device.place, kind=told.kind, outcome=who.outcome,
        visitor=who.visitor, key_id=who.key_id, lease=_own_lease(device, told), why=told.why, at=told.at,
        offset=told.offset, online=told.online, received=now, day=day,
    )  # fmt: skip


def _who(device: Device, told: Told, at: datetime, day: date) -> Who:
    """A device is believed about what it saw, and not about who it was, nor that their pass held on that service day:
    that a token proves, or a code of ours."""
    guest = f"guest-{told.scan_id.hex}"
    if told.token:
        try:
            said = tokens.read(told.token)
            key = SigningKey.objects.filter(pk=said.key, place__isnull=False).first()
            if key is None or (key.believed_until and key.believed_until < at.date()):
                return Who(guest, said.key, Outcome.UNKNOWN_KEY)
            held = Pass.objects.filter(pseudonym=said.pseudonym, home=key.place_id).first()
            if held is None or not tokens.signed(told.token, key.public):
                return Who(guest, said.key, Outcome.ALTERED)  # a place vouches for its own members only
        except tokens.UnreadableError:
            return Who(guest, "", Outcome.UNREADABLE)
        return Who(said.pseudonym, said.key, _outcome(told, held, said.since <= day <= said.until, day))
    if told.visitor and (held := Pass.objects.filter(pseudonym=told.visitor).first()):
        return Who(told.visitor, "", _outcome(told, held, True, day))
    if told.visitor and Booking.objects.filter(host=device.place_id, visitor=told.visitor).exists():
        return Who(told.visitor, "", told.outcome)
    return Who(guest, "", Outcome.UNKNOWN_CODE if told.visitor else Outcome.WALK_IN)


def _outcome(told: Told, held: Pass, shown: bool, day: date) -> Outcome:
    """What a device said of a pass, unless it took for good one that did not hold on that day: as it was ``shown``, or
    because its home vouches for less long meanwhile."""
    holds = shown and held.since <= day <= held.until
    return told.outcome if holds or told.outcome not in rules.GOOD else Outcome.EXPIRED


def _own_lease(device: Device, told: Told) -> uuid.UUID | None:
    return told.lease if told.lease and Lease.objects.filter(pk=told.lease, device=device).exists() else None


def _seen(host: Host, scan: Scan) -> rules.Seen:
    at = rules.corrected(scan.at, scan.offset)
    day = day_range(scan.day, zone(host), host.day_cutoff)
    return rules.Seen(
        str(scan.pk), scan.device_id, scan.visitor, scan.day, at, scan.received, Outcome(scan.outcome),
        rules.doubtful(at, scan.offset, day.starts, day.ends), str(scan.lease or ""),
    )  # fmt: skip
