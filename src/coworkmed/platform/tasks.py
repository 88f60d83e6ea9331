"""What the ground does for itself at its hours."""

import logging
from datetime import timedelta

from django.db import transaction

from . import audit
from .jobs import job

log = logging.getLogger(__name__)

VERIFIED = "audit.verified"
TRAIL = audit.Thing("audit", "trail")


@job("audit.verify", retries=2, lease=timedelta(hours=2), every="every 7 days", atomic=False, slow=True)
def verify() -> None:
    """Read the whole trail and add to it whether it holds. Long work: only its end is a transaction."""
    found = audit.verify()
    if found.broken is not None:
        log.error("the trail does not hold: event %d was altered, removed or put in", found.broken)
    after = {"rows": found.rows, "digest": found.digest, "broken": found.broken}
    with transaction.atomic():
        audit.record(who=audit.MACHINE, verb=VERIFIED, thing=TRAIL, before=None, after=after)
