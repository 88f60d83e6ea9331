"""What hospitality does at its hours. Nothing waits for it: holds run out by the clock, for whoever looks."""

import logging

from django.utils import timezone

from coworkmed.platform import jobs

from .desk.services import leases
from .models import Lease
from .passes import services as passes
from .services import hosting, tidying

log = logging.getLogger(__name__)


@jobs.job("hospitality.tidy", every="every 10 minutes", atomic=False)
def tidy() -> None:
    """Put away holds that ran out, stays that are over, and those who never came; offer what came free."""
    log.info("%d bookings were put away", tidying.tidy(timezone.now()))


@jobs.job("hospitality.clocks", every="every day at 03:25 UTC", atomic=False, slow=True)
def clocks() -> None:
    """Work out again when bookings begin, should the rules of a zone have changed."""
    for host, done in tidying.rework_all(timezone.now()).items():
        log.warning("%s: %d bookings are at other instants now, %d need a person", host, *done)


@jobs.job("hospitality.reconfirm", every="every day at 03:55 UTC")
def reconfirm() -> None:
    """Suspend hosts whose terms nobody confirmed for a year."""
    log.info("%d hosts are suspended", hosting.suspend_unconfirmed(timezone.now().date()))


@jobs.job("desk.leases", every="every 30 minutes", atomic=False)
def leases_over() -> None:
    """Give back places for walk-ins that desks had and did not use in time."""
    now = timezone.now()
    over = Lease.objects.filter(settled=None, expires__lte=now)  # one at a time: no two locks are held together
    log.info("%d places came back from desks", sum(leases.give_back([one], now) for one in over))


@jobs.job("passes.forget", every="every day at 04:15 UTC")
def forget_bearers() -> None:
    """Forget whose passes those were that are long over."""
    log.info("%d bearers of passes are forgotten", passes.forget_old(timezone.localdate()))


@jobs.job("passes.rotate", every="every day at 04:05 UTC", atomic=False)
def rotate_keys() -> None:
    """Replace keys of places that signed for long enough."""
    log.info("%d keys of places are replaced", passes.rotate())
