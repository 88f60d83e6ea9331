"""What a desk is told, and what a host reads of its desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from ..clock import day_range, service_day
from ..models import Bearer, Booking, Device, Host, Lease, Pass, Scan, State, Visit
from ..passes import bulletin, codes

DAYS = 4  # a device that loses its network knows whom to expect: yesterday, today and two days more
EXPECTED = (State.CONFIRMED, State.CHECKED_IN)
SHOWN = 200  # visits on a page


def zone(host: Host) -> ZoneInfo:
    """Where the clock on the host's wall stands."""
    return ZoneInfo(host.zone)


def day_now(host: Host, now: datetime) -> date:
    """The service day at a moment."""
    return service_day(now, zone(host), host.day_cutoff)


def days(host: Host, now: datetime) -> list[date]:
    """The service days a device is told of."""
    first = day_now(host, now) - timedelta(days=1)
    return [first + timedelta(days=n) for n in range(DAYS)]


@dataclass(frozen=True, slots=True)
class Expected:
    """Someone who booked: by pseudonym, with the first name they let hosts read, or ""."""

    visitor: str
    name: str
    code: str  # digest, "" where they have no pass
    day: date
    hours: str  # "09:00–18:00" on the host's clock, "" for all of the day


def expected(host: Host, on: Iterable[date]) -> list[Expected]:
    """Who is to come to a host on these days, in the order they come."""
    booked = list(Booking.objects.filter(host=host, day__in=list(on), state__in=EXPECTED).order_by("starts", "pk"))
    visitors = {one.visitor for one in booked}
    known = dict(Pass.objects.filter(pseudonym__in=visitors).values_list("pseudonym", "code"))
    shown = Bearer.objects.filter(pass_held__pseudonym__in=visitors, shows_name=True)
    names = {one: name.split()[0] for one, name in shown.values_list("pass_held__pseudonym", "name") if name.split()}
    return [
        Expected(
            one.visitor,
            names.get(one.visitor, ""),
            codes.digest(known[one.visitor], host.pk) if one.visitor in known else "",
            one.day,
            _hours(one),
        )
        for one in booked
    ]


def _hours(booking: Booking) -> str:
    starts, ends = booking.local_start[11:16], booking.local_end[11:16]
    return "" if starts == ends else f"{starts}–{ends}"


def briefing(device: Device, lease: Lease | None, now: datetime) -> dict[str, Any]:
    """All that a device needs to receive people for some days without a network, as JSON."""
    host, place = device.place.host, device.place
    told = bulletin.write(now)
    ranges = [(day, day_range(day, zone(host), host.day_cutoff)) for day in days(host, now)]
    here = visits(place.pk).filter(day__in=days(host, now))
    return {
        "place": place.pk,
        "now": now.isoformat(timespec="milliseconds"),
        "bulletin": {"text": told.text, "signature": told.signature, "public": told.public},
        "days": [[day.isoformat(), one.starts.isoformat(), one.ends.isoformat()] for day, one in ranges],
        "expected": [
            {
                "visitor": one.visitor,
                "name": one.name,
                "code": one.code,
                "day": one.day.isoformat(),
                "hours": one.hours,
            }
            for one in expected(host, [day for day, _ in ranges])
        ],
        "here": [[visitor, day.isoformat()] for visitor, day in here.values_list("visitor", "day")],
        "lease": _leased(lease) if lease else None,
    }  # fmt: skip


def _leased(lease: Lease) -> dict[str, Any]:
    ends = lease.expires.isoformat()
    return {"id": str(lease.pk), "day": lease.day.isoformat(), "places": lease.places, "expires": ends}


def visits(place: str) -> QuerySet[Visit]:
    """Who was at a place, the latest first."""
    return Visit.objects.filter(place=place).select_related("home", "first").order_by("-day", "-first__at")


def turned_away(place: str) -> QuerySet[Scan]:
    """Who was not let in, the latest first."""
    return Scan.objects.filter(place=place, kind=Scan.Kind.TURNED_AWAY).order_by("-at")
