"""What someone asks for, and where and when that is on the host's clock."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from coworkmed.kernel.i18n import N_
from coworkmed.places.models import Place

from .. import calendar, clock, rules
from ..errors import ClosedError, RefusedError, TermsError
from ..models import LARGE, Booking, Host, Resource, Terms
from ..rules import Slots
from .claims import PoolUse, Use

_ONE = timedelta(days=1)
Kind = Resource.Kind


@dataclass(frozen=True, slots=True)
class Ask:
    """Someone wants to come.

    ``id``  made by whoever asks; the same again is the same request
    ``visitor``  their pseudonym: of their pass, or of the host's for someone who has none
    ``home``  the place that vouches for them; None: nobody
    ``day``  the host's service day; of a pool ``slots`` (none: all), of anything else from ``starts`` to ``ends`` on
    the host's clock (neither: as long as it is open)
    ``beyond``  they know that the free days are used up, and take what is asked for more
    """

    id: uuid.UUID
    resource: Resource
    visitor: str
    day: date
    home: Place | None = None
    slots: Slots = ()
    starts: datetime | None = None
    ends: datetime | None = None
    units: int = 1
    beyond: bool = False
    message: str = ""


@dataclass(frozen=True, slots=True)
class House:
    """A host and all there is in it, as read under the lock."""

    host: Host
    terms: Terms
    things: Mapping[int, Resource]

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.host.zone)

    @property
    def calendar(self) -> calendar.Calendar:
        return calendar.Calendar.from_json(self.host.calendar)

    def leaves(self, root: int) -> list[Resource]:
        return [self.things[one] for one in rules.leaves(root, {one.pk: one.parent_id for one in self.things.values()})]

    def rivals(self, root: int) -> list[int]:
        """All that can't be taken together with ``root``: what shares a leaf with it."""
        mine = {one.pk for one in self.leaves(root)}
        return [one for one in self.things if mine & {leaf.pk for leaf in self.leaves(one)}]


def house(host: str) -> House:
    """A host as it is now, in one statement. Raises TermsError where it takes nobody (yet)."""
    all_there = Resource.objects.filter(host=host).select_related("host__current", "host__place").order_by("pk")
    things = {one.pk: one for one in all_there.defer(*(f"host__place__{name}" for name in LARGE))}
    found = next(iter(things.values()), None)
    if found is None or found.host.current is None:
        raise TermsError(N_("This place does not receive visitors through this site."))
    return House(found.host, found.host.current, things)


def when(ask: Ask, house: House) -> tuple[datetime, datetime, clock.Range]:
    """From when to when it is, on the host's clock and in instants. Raises RefusedError where that can't be,
    ClosedError where the host is not open for all of it."""
    thing, zone = house.things[ask.resource.pk], house.zone
    if ask.starts is None or ask.ends is None:
        starts, ends = _open_hours(ask, house, thing)
    else:
        starts, ends = ask.starts, ask.ends
        if not starts < ends <= starts + _ONE:
            raise RefusedError(N_("A booking ends after it begins, and within a day."))
        if not calendar.covers(house.calendar, starts, ends, country=house.host.place.country, resource=thing.pk):
            raise ClosedError
    found = clock.between(starts, ends, zone)
    if found is None:
        raise RefusedError(N_("This hour does not exist on that day: the clocks are put forward."))
    if clock.service_day(found.starts, zone, house.host.day_cutoff) != ask.day:
        raise RefusedError(N_("This time does not belong to that day."))
    return starts, ends, found


def _open_hours(ask: Ask, house: House, thing: Resource) -> tuple[datetime, datetime]:
    """From the first opening to the last closing in the slots asked for, each of which must have some."""
    slots = rules.slot_times(ask.day, house.host.day_cutoff, thing.cuts)
    asked = ask.slots or tuple(range(len(slots)))
    if not set(asked) <= set(range(len(slots))):
        raise RefusedError(N_("There is no such part of the day."))
    around = [
        interval
        for number in (-1, 0, 1)
        for interval in calendar.open_on(
            house.calendar, ask.day + number * _ONE, country=house.host.place.country, resource=thing.pk
        )
    ]  # fmt: skip
    parts = {slot: calendar.within(around, *slots[slot]) for slot in asked}
    found = [interval for part in parts.values() for interval in part]
    if not found or (ask.slots and not all(parts.values())):
        raise ClosedError
    return min(opens for opens, _ in found), max(closes for _, closes in found)


def uses(
    resource: int,
    units: int,
    slots: Slots,
    starts: datetime,
    ends: datetime,
    day: date,
    house: House,
    found: clock.Range,
) -> tuple[list[PoolUse], list[Use]]:
    """What a booking takes of each leaf: desks of a pool by slot, anything else by instants. Of what has others within,
    all, and of a pool in it all desks."""
    pools: list[PoolUse] = []
    rest: list[Use] = []
    for leaf in house.leaves(resource):
        if leaf.kind != Kind.POOL:
            rest.append(Use(leaf.pk, found.starts, found.ends))
            continue
        times = rules.slot_times(day, house.host.day_cutoff, leaf.cuts)
        if leaf.pk == resource:
            taken: Iterable[int] = slots or range(len(times))
            pools.extend(PoolUse(leaf.pk, day, slot, units) for slot in sorted(taken))
        else:
            touched = [slot for slot, (opens, closes) in enumerate(times) if opens < ends and starts < closes]
            pools.extend(PoolUse(leaf.pk, day, slot, max(leaf.capacity, 1)) for slot in touched)
    return pools, rest


def uses_of(booking: Booking, house: House) -> tuple[list[PoolUse], list[Use]]:
    """What a booking takes that is already known."""
    starts, ends = datetime.fromisoformat(booking.local_start), datetime.fromisoformat(booking.local_end)
    found = clock.Range(booking.starts, booking.ends)
    slots: Sequence[int] = booking.slots
    return uses(booking.resource_id, booking.units, tuple(slots), starts, ends, booking.day, house, found)
