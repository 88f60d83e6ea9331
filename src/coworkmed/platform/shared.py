"""What all workers of a site count together: attempts to sign in, codes that were used. Django's cache in the database.

Its keys name network addresses and people. They are kept as keyed digests, and for as long as they count.
"""

from django.utils import timezone
from django.utils.crypto import salted_hmac

from .jobs import job
from .models import Kept


def key(key: str, key_prefix: str, version: int) -> str:
    """Under which name something is kept: the ``KEY_FUNCTION`` of the cache."""
    return salted_hmac("coworkmed.shared", f"{key_prefix}:{version}:{key}", algorithm="sha256").hexdigest()


@job("shared.purge", every="every 1 hour")
def purge() -> None:
    """Forget what does not count any more."""
    Kept.objects.filter(expires__lt=timezone.now()).delete()
