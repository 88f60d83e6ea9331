"""What stewardship does at its hours."""

import logging
from datetime import timedelta

from django.utils import timezone

from coworkmed.platform import jobs

from .models import Asked
from .services import asking, claims, reports, suggestions
from .services.desk import digest as write_digest

log = logging.getLogger(__name__)

#: How long it is remembered whom we asked: longer than anything waits to be asked again.
ASKED_KEPT = timedelta(days=3 * 365)


@jobs.job(
    asking.ASK,
    retries=3,
    lease=timedelta(hours=1),
    every="every day at 05:10 UTC",
    atomic=False,
    slow=True,
    resting=True,
)
def ask() -> None:
    """Ask about the places that are due. Done twice a day, it writes to nobody twice."""
    if not jobs.rests(asking.ASK):
        log.info("%d letters ask about places", asking.ask(today=timezone.now().date()))


@jobs.job("stewardship.forget", every="every day at 03:40 UTC")
def forget() -> None:
    """Forget whom we asked long ago."""
    Asked.objects.filter(on__lt=timezone.now().date() - ASKED_KEPT).delete()


@jobs.job("stewardship.claims", every="every day at 03:50 UTC", atomic=False)
def expire_claims() -> None:
    """Close claims that were never proved."""
    claims.expire()


@jobs.job("stewardship.digest", every="every day at 06:10 UTC", slow=True)
def digest() -> None:
    """Tell stewards, once a week, what waits for them."""
    log.info("%d stewards are told what waits", write_digest(today=timezone.now().date()))


@jobs.job("stewardship.lapse", every="every day at 04:30 UTC", atomic=False)
def lapse() -> None:
    """Show, as not confirmed, what readers suggested and nobody answered for."""
    log.info("%d suggestions were left unanswered", suggestions.lapse(timezone.now()))


@jobs.job("stewardship.erase", every="every day at 03:45 UTC")
def erase() -> None:
    """Erase what readers wrote once nobody needs it any more."""
    suggestions.forget(timezone.now())
    reports.forget(timezone.now())
