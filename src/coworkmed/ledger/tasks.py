"""What the books do at their hours."""

import logging

from django.utils import timezone

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.platform import audit, jobs

from .rules import Unit
from .services import closing, follow_joined, setting_off

log = logging.getLogger(__name__)


@jobs.job("ledger.joined", every="every 10 minutes")
def joined() -> None:
    """Carry over what places that joined others were owed and owe."""
    if moved := follow_joined():
        log.info("%d accounts of places that joined others were carried over", moved)


@jobs.job("ledger.close", every="every day at 02:20 UTC", slow=True, atomic=False)
def close() -> None:
    """Close the month that is over. Done every day, it makes each statement once."""
    log.info("%d statements are made", closing.close(now=timezone.now()))


@jobs.job("ledger.set-off", every="every day at 04:40 UTC", slow=True, atomic=False)
def set_off() -> None:
    """Leave out who did not answer in time and, on the third of the month, propose anew to set days and hours off.
    Money is only proposed by whoever runs the site: in some countries it needs a word from elsewhere first."""
    now = timezone.now()
    setting_off.lapse(now)
    if now.day == 3:
        for unit in (Unit.DAY, Unit.HOUR):
            try:
                setting_off.propose(unit=unit, by=audit.MACHINE)
            except CoworkmedError as error:
                log.info("no set-off of %s: %s", unit.value, error)
