"""What comes free: a booking lets go of what it held, holds run out, and who waited is offered the place.

Holds run out by the clock and not by a job: whoever books sweeps what ran out on what they ask for, under its lock;
whoever looks does not count it; the job only tidies up.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import IntegrityError, transaction

from coworkmed.ledger.services import LimitError
from coworkmed.platform import audit

from .. import books, rules
from ..models import Booking, State
from . import claims
from .asks import House, uses_of

TO_BEGIN = timedelta(hours=1)  # what is offered is taken up so long before it begins
_MOST_OFFERS = 10  # tried at a time


def tell(booking: Booking, who: audit.Who, verb: str, before: str, why: str = "") -> None:
    """Add to the trail what became of a booking; never who the visitor is."""
    thing = audit.Thing("booking", str(booking.pk))
    after = {"host": booking.host_id, "day": booking.day.isoformat(), "state": booking.state}
    audit.record(who=who, verb=verb, thing=thing, before={"state": before} if before else None, after=after, why=why)


def release(
    booking: Booking,
    state: State,
    who: audit.Who,
    now: datetime,
    *,
    spent: bool = False,
    due: int = 0,
    why: str = "",
    verb: str = "",
) -> None:
    """Let a booking go, into ``state``: its claims with it, its days unless ``spent``, what was held in the ledger but
    for ``due`` per cent."""
    before = booking.state
    claims.give_back(booking, spent=spent)
    booking.state, booking.hold_until, booking.changed, booking.reason = state, None, now, why
    booking.save(update_fields=["state", "hold_until", "changed", "reason", "answered", "counted"])
    if before != State.WAITING:
        books.settle(booking, due, who)
    tell(booking, who, verb or f"booking.{state.lower()}", before)


def sweep(held: Iterable[Booking], now: datetime) -> bool:
    """Let run out what is held no longer; whether there was any."""
    over = [one for one in held if one.state == State.HELD and one.hold_until is not None and one.hold_until <= now]
    for one in over:
        release(one, State.EXPIRED, audit.MACHINE, now)
    return bool(over)


def offer(house: House, resource: int, day: date, now: datetime) -> int:
    """Offer what is free of ``resource`` to those who wait for it or something in it, in the order they asked; how many
    were offered something. Who can't have it (their days are used up, they need more than there is) goes on waiting.
    Under the lock of ``resource``."""
    mine = {one.pk for one in house.leaves(resource)}
    within = [one for one in house.things if {leaf.pk for leaf in house.leaves(one)} <= mine]
    waiting = Booking.objects.filter(
        resource__in=within, day=day, state=State.WAITING, starts__gt=now + TO_BEGIN
    ).order_by("asked", "pk")
    return sum(_offered(one, house, now) for one in waiting.select_related("home", "host__place")[:_MOST_OFFERS])


def _offered(waiting: Booking, house: House, now: datetime) -> bool:
    """Keep the place for someone who waited, if they can have it."""
    waiting.state, waiting.offered, waiting.changed = State.HELD, True, now
    waiting.hold_until = min(now + rules.OFFER_LASTS, waiting.starts - TO_BEGIN)
    try:
        with transaction.atomic():  # a savepoint: what is refused to one must not undo what frees it
            claims.take(waiting, *uses_of(waiting, house))
            books.hold(waiting, audit.MACHINE)
    except (IntegrityError, LimitError):
        return False
    tell(waiting, audit.MACHINE, "booking.offered", State.WAITING)
    return True
