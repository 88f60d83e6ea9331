"""What a visit does beyond the desk: the booking it was made for is taken up, or the books hear of a day without one.
Once: a booking is checked in once, and a day's transfer has the id of the visit."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.ledger import services as ledger
from coworkmed.ledger.services import Unit
from coworkmed.platform import audit

from .. import services
from ..models import Booking, State, Visit
from . import rules

log = logging.getLogger(__name__)

#: A booking that somebody may have come for. One held for a no-show stands as it was charged.
COME_FOR = (State.CONFIRMED, State.CHECKED_IN, State.DONE, State.NO_SHOW)


def arrived(visit: Visit, found: rules.Visit) -> None:
    """Somebody of a home place came, in the transaction that notes it. What the books refuse is not undone by refusing
    the fact: it is logged, and the visit stands."""
    booking = visit.booking or _booking(visit, found.at)
    try:
        with transaction.atomic():
            if booking is not None:
                Visit.objects.filter(pk=visit.pk).update(booking=booking)
                if booking.state == State.HELD:  # whoever lets them in has said yes: they are not asked again
                    booking = services.accept(by=None, booking=booking.pk, now=found.at)
                if booking.state == State.CONFIRMED:
                    services.check_in(by=None, booking=booking.pk, now=found.at)
            elif found.owed and visit.home is not None and visit.home_id != visit.place_id:
                ledger.record(
                    key=rules.transfer_id(visit.place_id, visit.visitor, visit.day, "day"),
                    giver=visit.place,
                    taker=visit.home,
                    unit=Unit.DAY,
                    amount=Unit.DAY.parts,
                    about=f"visit {visit.pk}",
                    by=audit.MACHINE,
                )
    except CoworkmedError as error:
        log.warning("visit %d is not in the books: %s", visit.pk, error.message)


def _booking(visit: Visit, at: datetime) -> Booking | None:
    may = Q(state__in=COME_FOR) | Q(state=State.HELD, hold_until__gt=at)
    booked = Booking.objects.filter(may, host=visit.place_id, visitor=visit.visitor, day=visit.day, stay=True)
    return booked.order_by("starts", "pk").first()
