"""What the observatory does at its hours."""

import logging
from datetime import timedelta

from django.utils import timezone

from coworkmed.platform import jobs

from .census import services as census

log = logging.getLogger(__name__)


@jobs.job("census.write", retries=3, lease=timedelta(hours=1), every="every day at 05:40 UTC", slow=True)
def write() -> None:
    """Write the letters of open waves. Its effects and the word that it is done are one transaction."""
    if written := census.write(today=timezone.localdate()):
        log.info("%d letters of the census", written)


@jobs.job("census.forget", retries=3, every="every day at 03:50 UTC")
def forget() -> None:
    """Delete confidential answers whose time is over."""
    if found := census.forget(today=timezone.localdate()):
        log.info("confidential answers of %d places to the census deleted", found)
