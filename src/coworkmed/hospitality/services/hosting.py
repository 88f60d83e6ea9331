"""What a place promises and what it has: it opens its house, sets terms, says when it is open, changes how much there
is. Who was told that they can come is never dropped in silence: a change that leaves no room for them is refused until
someone says which of them are cancelled."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.rules import Action
from coworkmed.people.services import require
from coworkmed.places import hours
from coworkmed.places.models import Place
from coworkmed.platform import audit

from .. import calendar, clock, rules
from ..errors import DisplacedError, StateError
from ..models import Booking, Host, PoolDay, Resource, State, Terms
from . import claims
from .asks import house
from .releasing import offer, release

#: What the charter asks of every place that signs it. A place may promise more, and not less.
FLOOR_DAYS, FLOOR_DESKS, FLOOR_NOTICE_HOURS, FLOOR_ANSWER_HOURS = 3, 1, 72, 120
_MOST = 366
_STANDING = (State.HELD, State.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Promise:
    """Terms as a host sets them; the meaning of each is that of the field of `Terms` with its name."""

    days_per_visitor: int
    desks_per_day: int
    instant: bool = False
    notice_hours: int = 0
    ahead_days: int = 180
    answer_hours: int = 48
    late_hours: int = 24
    late_share: int = 0
    no_show_share: int = 100
    no_show_minutes: int = 120
    beyond: str = "NOTHING"
    beyond_amount: int | None = None
    beyond_currency: str = ""
    blackouts: Sequence[tuple[date, date]] = ()
    rules: dict[str, str] = field(default_factory=dict)

    def kept(self) -> dict[str, Any]:
        """The fields of `Terms`. Raises CoworkmedError for less than the charter asks, or what can't be."""
        if self.days_per_visitor < FLOOR_DAYS or self.desks_per_day < FLOOR_DESKS:
            raise CoworkmedError(
                N_("The charter asks for at least {days} days for each visitor in a year, and {desks} desk a day."),
                days=FLOOR_DAYS,
                desks=FLOOR_DESKS,
            )
        if self.notice_hours > FLOOR_NOTICE_HOURS or not 1 <= self.answer_hours <= FLOOR_ANSWER_HOURS:
            raise CoworkmedError(
                N_(
                    "The charter asks for no more than {notice} hours of notice, "
                    "and for an answer within {answer} hours."
                ),
                notice=FLOOR_NOTICE_HOURS,
                answer=FLOOR_ANSWER_HOURS,
            )
        shares = range(101)
        counts = (self.days_per_visitor, self.ahead_days)
        if (
            self.late_share not in shares
            or self.no_show_share not in shares
            or not all(1 <= one <= _MOST for one in counts)
        ):
            raise CoworkmedError(N_("Shares go from 0 to 100 per cent, and days from 1 to a year."))
        if (self.beyond in ("PAID", "HOURS")) != bool(self.beyond_amount) or (self.beyond == "PAID") != bool(
            self.beyond_currency
        ):
            raise CoworkmedError(N_("Say what a day costs beyond those that are free, or that there are none."))
        if any(last < first for first, last in self.blackouts):
            raise CoworkmedError(N_("Days without visitors can't end before they begin."))
        names = (one for one in self.__dataclass_fields__ if one != "blackouts")
        spans = [[first.isoformat(), last.isoformat()] for first, last in sorted(self.blackouts)]
        return {name: getattr(self, name) for name in names} | {"blackouts": spans}


@transaction.atomic
def open_house(
    *, by: Person, place: Place, promise: Promise, when: calendar.Calendar, zone: str = "", cutoff: time = time()
) -> Host:
    """A place begins to receive visitors, with one pool of as many desks as it promises.

    ``zone``  of the IANA database; "": by the place's country and position

    Raises NotAllowedError; CoworkmedError for terms below the charter, and where the zone isn't known.
    """
    who = require(by, Action.PLACE_BIND, place)
    if Host.objects.filter(pk=place.pk).exists():
        raise StateError
    made = Host.objects.create(
        place=place,
        zone=_zone(place, zone),
        day_cutoff=cutoff,
        calendar=when.as_json(),
        reconfirmed_on=timezone.localdate(),
    )
    _promise(made, promise, by)
    Resource.objects.create(host=made, kind=Resource.Kind.POOL, capacity=promise.desks_per_day)
    _tell(who, "host.opened", made, None, _shown(made))
    return made


@transaction.atomic
def set_terms(*, by: Person, host: Host, promise: Promise) -> Terms:
    """New terms, for those who ask from now on; bookings made go on by the old ones. Raises NotAllowedError,
    CoworkmedError for terms below the charter."""
    who, held = _held(by, host)
    before = _shown(held)
    made = _promise(held, promise, by)
    held.reconfirmed_on, held.suspended_on, held.suspended_why = timezone.localdate(), None, ""
    held.save(update_fields=["reconfirmed_on", "suspended_on", "suspended_why"])
    _tell(who, "host.terms", held, before, _shown(held))
    return made


@transaction.atomic
def reconfirm(*, by: Person, host: Host) -> None:
    """The terms still hold; a host that was suspended receives again. Raises NotAllowedError."""
    who, held = _held(by, host)
    before = _shown(held)
    held.reconfirmed_on, held.suspended_on, held.suspended_why = timezone.localdate(), None, ""
    held.save(update_fields=["reconfirmed_on", "suspended_on", "suspended_why"])
    _tell(who, "host.reconfirmed", held, before, _shown(held))


@transaction.atomic
def pause(*, by: Person, host: Host) -> None:
    """Take nobody new for a while; who has a booking comes. Raises NotAllowedError."""
    who, held = _held(by, host)
    _suspend(held, "PAUSE", who)


@transaction.atomic
def suspend_unconfirmed(today: date) -> int:
    """Suspend hosts whose terms nobody confirmed for a year; how many."""
    due = Host.objects.filter(suspended_on=None, reconfirmed_on__lte=today - rules.RECONFIRM_AFTER)
    found = list(due.select_for_update().order_by("pk"))
    for one in found:
        _suspend(one, "UNCONFIRMED", audit.MACHINE)
    return len(found)


@transaction.atomic
def add_resource(
    *,
    by: Person,
    host: Host,
    kind: Resource.Kind,
    name: dict[str, str],
    capacity: int = 1,
    cuts: Iterable[str] = (),
    parent: Resource | None = None,
) -> Resource:
    """Something more that can be booked. Raises NotAllowedError; CoworkmedError for what can't be, or if ``parent`` is
    booked as a whole already: what is within would not have been taken."""
    who, held = _held(by, host)
    if parent is not None:
        claims.lock([parent.pk])
        taken = Booking.objects.filter(resource=parent, state__in=("HELD", "CONFIRMED", "CHECKED_IN"))
        if parent.host_id != held.pk or parent.kind == Resource.Kind.POOL or taken.exists():
            raise CoworkmedError(N_("Nothing can be put into this: it is a pool, another host's, or booked already."))
    if not 1 <= capacity <= 500 or (kind != Resource.Kind.POOL and capacity != 1):
        raise CoworkmedError(N_("A pool has from 1 to 500 desks; a room or a seat is one."))
    made = Resource.objects.create(
        host=held,
        kind=kind,
        parent=parent,
        name=name,
        capacity=capacity,
        cuts=rules.cuts_of(cuts, held.day_cutoff) if kind == Resource.Kind.POOL else [],
    )
    _tell(who, "host.resource_added", held, None, {"resource": made.pk, "kind": kind, "capacity": capacity})
    return made


def resize(
    *, by: Person, pool: Resource, capacity: int, cancelling: Collection[uuid.UUID] = (), now: datetime | None = None
) -> None:
    """Change how many desks a pool has, from today on. Fewer than are taken on some day is refused (DisplacedError,
    with the bookings of those days), unless enough of them are named to be cancelled.

    Raises NotAllowedError, CoworkmedError.
    """
    moment = now or timezone.now()
    if not 0 <= capacity <= 500:
        raise CoworkmedError(N_("A pool has from 1 to 500 desks; a room or a seat is one."))
    with transaction.atomic():
        claims.lock([pool.pk])
        who, held = _held(by, pool.host)
        today = clock.service_day(moment, ZoneInfo(held.zone), held.day_cutoff)
        _cancel(Booking.objects.filter(resource=pool), cancelling, who, moment)
        days = PoolDay.objects.filter(pool=pool, day__gte=today)
        if over := _over(days, capacity):
            raise _displaced(Booking.objects.filter(pool_claims__pool=pool, day__in=over).distinct())
        before = Resource.objects.values_list("capacity", flat=True).get(pk=pool.pk)
        days.update(capacity=capacity)
        Resource.objects.filter(pk=pool.pk).update(capacity=capacity)
        _tell(who, "host.resized", held, {"resource": pool.pk, "capacity": before}, {"capacity": capacity})
        if capacity > before:
            found = house(held.pk)
            waiting = Booking.objects.filter(resource=pool, state=State.WAITING, day__gte=today)
            for day in sorted(set(waiting.values_list("day", flat=True))):
                offer(found, pool.pk, day, moment)


def set_calendar(
    *,
    by: Person,
    host: Host,
    when: calendar.Calendar,
    cancelling: Collection[uuid.UUID] = (),
    now: datetime | None = None,
) -> None:
    """Say when the house is open from now on. Hours that leave out people who were told that they can come are refused
    (DisplacedError), unless these are named to be cancelled. Raises NotAllowedError."""
    moment = now or timezone.now()
    with transaction.atomic():
        claims.lock(Resource.objects.filter(host=host).values_list("pk", flat=True))
        who, held = _held(by, host)
        ahead = Booking.objects.filter(host=held, ends__gt=moment)
        _cancel(ahead, cancelling, who, moment)
        standing = ahead.filter(state__in=_STANDING).exclude(state=State.HELD, hold_until__lte=moment)
        shut = [one.pk for one in standing if not _covered(one, when, held.place.country)]
        if shut:
            raise _displaced(Booking.objects.filter(pk__in=shut))
        before = held.calendar
        held.calendar = when.as_json()
        held.save(update_fields=["calendar"])
        _tell(who, "host.calendar", held, before, held.calendar)


def _over(days: QuerySet[PoolDay], capacity: int) -> list[date]:
    """Those of ``days`` on which more is taken."""
    return list(days.filter(used__gt=capacity).values_list("day", flat=True).distinct())


def _covered(booking: Booking, when: calendar.Calendar, country: str) -> bool:
    """Whether the house is open for what is booked. Of a pool, from the first hour to the last: a pause in between is
    nobody's eviction."""
    starts, ends = datetime.fromisoformat(booking.local_start), datetime.fromisoformat(booking.local_end)
    if booking.resource.kind != Resource.Kind.POOL:
        return calendar.covers(when, starts, ends, country=country, resource=booking.resource_id)
    around = [
        interval
        for number in (-1, 0, 1)
        for interval in calendar.open_on(
            when, date.fromordinal(booking.day.toordinal() + number), country=country, resource=booking.resource_id
        )
    ]
    return bool(calendar.within(around, starts, ends))


def _cancel(among: QuerySet[Booking], named: Collection[uuid.UUID], who: audit.Who, now: datetime) -> None:
    """Cancel the bookings that are named; the host does it, so nothing is owed."""
    found = among.filter(pk__in=named, state__in=_STANDING)
    for one in found.select_for_update(of=("self",)).select_related("home", "host__place").order_by("pk"):
        release(one, State.CANCELLED, who, now, why="")


def _displaced(bookings: QuerySet[Booking]) -> DisplacedError:
    standing = bookings.filter(state__in=("HELD", "CONFIRMED", "CHECKED_IN")).order_by("starts", "pk")
    return DisplacedError([str(one) for one in standing.values_list("pk", flat=True)])


def _promise(host: Host, promise: Promise, by: Person) -> Terms:
    last = host.terms.aggregate(last=Max("version"))["last"] or 0
    made = Terms.objects.create(host=host, version=last + 1, by=by, **promise.kept())
    Host.objects.filter(pk=host.pk).update(current=made)
    host.current = made
    return made


def _held(by: Person, host: Host) -> tuple[audit.Who, Host]:
    """The host, nobody else changing it meanwhile. Raises NotAllowedError."""
    held = Host.objects.select_for_update(of=("self",)).select_related("place", "current").get(pk=host.pk)
    return require(by, Action.PLACE_BIND, held.place), held


def _suspend(host: Host, why: str, who: audit.Who) -> None:
    before = _shown(host)
    host.suspended_on, host.suspended_why = timezone.localdate(), why
    host.save(update_fields=["suspended_on", "suspended_why"])
    _tell(who, "host.suspended", host, before, _shown(host))


def _zone(place: Place, zone: str) -> str:
    position = (place.lat, place.lon) if place.lat is not None and place.lon is not None else None
    if not zone:
        found = hours.zone(place.country, position)
        if found is None:
            raise CoworkmedError(N_("Say in which time zone this place is: it can't be told from where it lies."))
        return found.key
    try:
        return ZoneInfo(zone).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise CoworkmedError(N_("“{zone}” is no time zone. Write one like Europe/Athens."), zone=zone) from None


def _shown(host: Host) -> dict[str, Any]:
    return {
        "terms": host.current.version if host.current else None,
        "zone": host.zone,
        "suspended": host.suspended_why,
        "reconfirmed": host.reconfirmed_on.isoformat(),
    }


def _tell(who: audit.Who, verb: str, host: Host, before: Any, after: Any) -> None:
    audit.record(who=who, verb=verb, thing=audit.Thing("host", host.pk), before=before, after=after)
