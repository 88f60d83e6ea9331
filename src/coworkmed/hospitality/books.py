"""The door to the ledger: a day at a host is owed by the visitor's home. All other modules here know no more of it.

A booking holds what it may cost; the hold is posted once, whole or in part, or voided.
"""

from coworkmed.ledger import services as ledger
from coworkmed.ledger.services import Unit
from coworkmed.platform import audit

from . import rules
from .models import Booking


def hold(booking: Booking, by: audit.Who) -> None:
    """Reserve what a stay may cost the visitor's home. Raises ledger.LimitError."""
    if (amount := _amount(booking)) and booking.home is not None:
        ledger.hold(
            key=rules.charge_key(booking.pk),
            giver=booking.host.place,
            taker=booking.home,
            unit=Unit.DAY,
            amount=amount,
            about=f"booking {booking.pk}",
            by=by,
        )


def settle(booking: Booking, per_cent: int, by: audit.Who) -> None:
    """Charge so much of what was held, and let go of the rest."""
    if not (amount := _amount(booking)):
        return
    if due := rules.share(amount, per_cent):
        ledger.post(rules.charge_key(booking.pk), amount=due, by=by)
    else:
        ledger.void(rules.charge_key(booking.pk), by=by)


def _amount(booking: Booking) -> int:
    """In parts of a day, as the ledger counts them; 0 where nobody's home owes any. A visitor at home owes nothing."""
    if booking.home_id is None or booking.home_id == booking.host_id:
        return 0
    return rules.Policy.from_json(booking.snapshot).credit * booking.units * Unit.DAY.parts
