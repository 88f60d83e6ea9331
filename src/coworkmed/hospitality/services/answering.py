"""What becomes of a booking: it is answered, taken up, cancelled, missed, begun and over.

Each happens once. Whoever comes second finds it as it is: the same again is no error, anything else is a StateError.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.people.models import Person
from coworkmed.people.queries import quality
from coworkmed.people.rules import Action
from coworkmed.people.services import NotAllowedError, require, signed
from coworkmed.platform import audit

from .. import books, rules
from ..errors import StateError, explained
from ..models import Booking, State
from . import claims
from .asks import house
from .releasing import offer, release, tell


@dataclass(slots=True)
class Held:
    """A booking in the hands of one transaction; ``freed`` asks for what it left to be offered."""

    booking: Booking
    freed: bool = False


def accept(*, by: Person | None, booking: uuid.UUID, now: datetime | None = None) -> Booking:
    """The host says yes; by letting them in, too (``by`` None, for a scan). Raises NotAllowedError; StateError where
    the time to answer ran out, or it is decided."""
    with _held(booking, now) as (held, moment):
        who = require(by, Action.PLACE_HOST, held.booking.host.place) if by else audit.MACHINE
        if held.booking.offered and by:
            raise StateError  # it is the visitor's turn
        _confirm(held.booking, who, "booking.accepted", moment)
    return held.booking


def take_up(*, by: Person, booking: uuid.UUID, now: datetime | None = None) -> Booking:
    """Who waited takes what they are offered. Raises NotAllowedError, StateError."""
    with _held(booking, now) as (held, moment):
        who, hosting = _side(by, held.booking)
        if hosting:
            raise NotAllowedError(N_("This is for the visitor to decide."))
        if held.booking.state == State.HELD and not held.booking.offered:
            raise StateError
        _confirm(held.booking, who, "booking.taken_up", moment)
    return held.booking


def decline(*, by: Person, booking: uuid.UUID, reason: str, now: datetime | None = None) -> Booking:
    """The host says no, and why. Raises NotAllowedError, StateError; CoworkmedError without a reason."""
    if not reason.strip():
        raise CoworkmedError(N_("Say why: whoever asked would like to know."))
    with _held(booking, now) as (held, moment):
        who = require(by, Action.PLACE_HOST, held.booking.host.place)
        if _leaves(held, State.DECLINED, moment):
            held.booking.answered = moment
            release(held.booking, State.DECLINED, who, moment, why=reason)
    return held.booking


def cancel(*, by: Person, booking: uuid.UUID, reason: str = "", now: datetime | None = None) -> Booking:
    """The visitor, their home or the host calls it off. Of a confirmed one late by its snapshot, part is owed, and the
    day stays used up; but never where it is the host who does.

    Raises NotAllowedError, StateError.
    """
    with _held(booking, now) as (held, moment):
        who, hosting = _side(by, held.booking)
        policy = rules.Policy.from_json(held.booking.snapshot)
        late = (
            held.booking.state == State.CONFIRMED
            and not hosting
            and rules.late(policy, held.booking.starts, moment)
        )  # fmt: skip
        state = State.LATE_CANCELLED if late else State.CANCELLED
        if held.booking.state != State.LATE_CANCELLED and _leaves(held, state, moment):
            due = policy.late_share if late else 0
            release(held.booking, state, who, moment, spent=due > 0, due=due, why=reason)
    return held.booking


def no_show(*, by: Person | None, booking: uuid.UUID, now: datetime | None = None) -> Booking:
    """Nobody came: the place is free for others, the day used up, and what the snapshot says is owed. ``by`` is None
    for the job. Raises NotAllowedError; StateError before it is certain."""
    with _held(booking, now) as (held, moment):
        who = require(by, Action.PLACE_HOST, held.booking.host.place) if by else audit.MACHINE
        policy = rules.Policy.from_json(held.booking.snapshot)
        if _leaves(held, State.NO_SHOW, moment):
            if not rules.missed(policy, held.booking.starts, moment):
                raise CoworkmedError(N_("They may still come: wait until they are not expected any more."))
            release(held.booking, State.NO_SHOW, who, moment, spent=True, due=policy.no_show_share)
    return held.booking


def check_in(*, by: Person | None, booking: uuid.UUID, now: datetime | None = None) -> Booking:
    """They are here: what was held is owed. Asked for by a scan (``by`` None) or by the host's team; the same again
    changes nothing. Raises NotAllowedError; StateError for a booking that isn't confirmed."""
    with _held(booking, now) as (held, moment):
        who = require(by, Action.PLACE_HOST, held.booking.host.place) if by else audit.MACHINE
        if held.booking.state != State.DONE and _leaves(held, State.CHECKED_IN, moment):
            held.freed = False
            held.booking.state, held.booking.changed = State.CHECKED_IN, moment
            held.booking.save(update_fields=["state", "changed"])
            books.settle(held.booking, 100, who)
            tell(held.booking, who, "booking.checked_in", State.CONFIRMED)
    return held.booking


def finish(*, by: Person | None, booking: uuid.UUID, now: datetime | None = None) -> Booking:
    """They have left: the place is free for others. ``by`` is None for the job, after the end. Raises NotAllowedError,
    StateError."""
    with _held(booking, now) as (held, moment):
        who = require(by, Action.PLACE_HOST, held.booking.host.place) if by else audit.MACHINE
        if _leaves(held, State.DONE, moment):
            before = held.booking.state
            claims.give_back(held.booking, spent=True)
            held.booking.state, held.booking.changed = State.DONE, moment
            held.booking.save(update_fields=["state", "changed"])
            tell(held.booking, who, "booking.done", before)
    return held.booking


def expire(*, booking: uuid.UUID, now: datetime | None = None) -> Booking:
    """Let a hold run out whose time is over, and a wait that came to nothing. Others are left as they are."""
    with _held(booking, now) as (held, moment):
        over = held.booking.hold_until if held.booking.state == State.HELD else held.booking.starts
        if held.booking.state in (State.HELD, State.WAITING) and over is not None and over <= moment:
            held.freed = held.booking.state == State.HELD
            release(held.booking, State.EXPIRED, audit.MACHINE, moment)
    return held.booking


@contextmanager
def _held(booking: uuid.UUID, now: datetime | None) -> Iterator[tuple[Held, datetime]]:
    """A booking, under the locks of what it is for; what it leaves is offered at the end to who waits."""
    moment = now or timezone.now()
    resource = Booking.objects.values_list("resource", flat=True).get(pk=booking)
    with explained(), transaction.atomic():
        claims.lock([resource])
        one = Booking.objects.select_for_update(of=("self",)).select_related("home", "host__place").get(pk=booking)
        held = Held(one)
        yield held, moment
        if held.freed:
            offer(house(one.host_id), one.resource_id, one.day, moment)


def _confirm(booking: Booking, who: audit.Who, verb: str, now: datetime) -> None:
    if booking.state == State.CONFIRMED:
        return
    over = booking.hold_until is not None and booking.hold_until <= now
    if over or not rules.may_become(booking.state, State.CONFIRMED):
        raise StateError
    booking.state, booking.hold_until, booking.changed = State.CONFIRMED, None, now
    booking.answered = booking.answered or now
    booking.save(update_fields=["state", "hold_until", "changed", "answered"])
    tell(booking, who, verb, State.HELD)


def _leaves(held: Held, state: State, now: datetime) -> bool:
    """Whether it is now that the booking comes into ``state``: False where it is there already. Raises StateError where
    it can't."""
    booking = held.booking
    if booking.state == state:
        return False
    ran_out = booking.state == State.HELD and booking.hold_until is not None and booking.hold_until <= now
    if not rules.may_become(booking.state, state) or (ran_out and state == State.DECLINED):
        raise StateError
    held.freed = booking.state != State.WAITING
    return True


def _side(by: Person, booking: Booking) -> tuple[audit.Who, bool]:
    """As whom someone speaks of a booking, and whether it is for the host: then neither the visitor nor their home.
    Raises NotAllowedError."""
    if booking.person_id is not None and booking.person_id == by.pk:
        return signed(by, "visitor"), False
    if booking.home is not None and (role := quality(by, Action.PLACE_HOST, booking.home)):
        return signed(by, role), False
    return require(by, Action.PLACE_HOST, booking.host.place), True
