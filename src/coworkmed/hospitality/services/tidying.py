"""What time alone does to bookings, put down. Each in a transaction of its own: one that fails keeps no other back."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from coworkmed.kernel.errors import CoworkmedError

from .. import rules
from ..models import Booking, Host, State
from . import claims
from .answering import expire, finish, no_show
from .asks import house
from .clocks import rework
from .releasing import offer

log = logging.getLogger(__name__)


def tidy(now: datetime) -> int:
    """Put away what ran out, was missed or is over, and offer what is free to who waits; how many bookings changed."""
    over = Booking.objects.filter(Q(state=State.HELD, hold_until__lte=now) | Q(state=State.WAITING, starts__lte=now))
    acts = [(expire, one) for one in over.order_by("pk")]
    gone = Booking.objects.filter(state=State.CHECKED_IN, ends__lte=now)
    acts += [(partial(finish, by=None), one) for one in gone.order_by("pk")]
    begun = Booking.objects.filter(state=State.CONFIRMED, starts__lte=now).order_by("pk")
    missed = (one for one in begun if rules.missed(rules.Policy.from_json(one.snapshot), one.starts, now))
    acts += [(partial(no_show, by=None), one) for one in missed]
    done = sum(_done(act, one, now) for act, one in acts)
    return done + _offer(now)


def rework_all(now: datetime) -> Mapping[str, tuple[int, int]]:
    """Work out all instants again; for each host where that changed something, how many bookings are at others and how
    many need a person."""
    found: dict[str, tuple[int, int]] = {}
    for host in Host.objects.filter(bookings__ends__gt=now).distinct().order_by("pk"):
        done = rework(host=host, zone=ZoneInfo(host.zone), now=now)
        if done.moved or done.conflicts:
            found[host.pk] = len(done.moved), len(done.conflicts)
    return found


def _done(act: Callable[..., Booking], booking: Booking, now: datetime) -> bool:
    """Whether it could be done: someone may have been faster."""
    try:
        return act(booking=booking.pk, now=now).state != booking.state
    except CoworkmedError as refusal:
        log.warning("%s was left as it is: %s", booking.pk, refusal)
        return False


def _offer(now: datetime) -> int:
    """Offer what came free in some other way than that someone let go of it: a room, when the floor around it was."""
    waiting = Booking.objects.filter(state=State.WAITING, starts__gt=now).order_by("host", "resource", "day")
    offered = 0
    for host, resource, day in waiting.values_list("host", "resource", "day").distinct():
        with transaction.atomic():
            claims.lock([resource])
            offered += offer(house(host), resource, day, now)
    return offered
