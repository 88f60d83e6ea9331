"""Links that do one thing, once, within thirty days: signed, bound to a purpose, a thing and an address.

`make` one for a mail; `read` it where its page is shown (GET), which changes nothing, for scanners of mail follow every
link; `use` it where the page acts (POST), in the transaction of the act.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.core import signing
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from .audit import Thing
from .jobs import job
from .models import UsedToken

LIFE = timedelta(days=30)
_LONGEST = 600  # characters: no token of ours is longer


class TokenError(CoworkmedError):
    """A link that can't be used (any more)."""


class InvalidTokenError(TokenError):
    """Not a link of ours, or one for something else."""

    def __init__(self) -> None:
        super().__init__(N_("This link is not complete, or is not for this page. Copy the whole link from the mail."))


class ExpiredTokenError(TokenError):
    """Its time has passed."""

    def __init__(self) -> None:
        super().__init__(N_("This link has expired: links in our mails work for {days} days."), days=LIFE.days)


class UsedTokenError(TokenError):
    """It has done what it was for."""

    def __init__(self) -> None:
        super().__init__(N_("This link has been used already. Each link in our mails works once."))


@dataclass(frozen=True, slots=True)
class Token:
    """What a link says: the thing it is about, the digest of the address it was sent to (`address_digest`), its last
    moment, and the digest by which it is known to have been used."""

    thing: Thing
    address: str
    expires: datetime
    digest: str


def address_digest(address: str) -> str:
    """A digest of a mail address that tells nothing of it to who has not the site's key; capitals make no
    difference."""
    return salted_hmac("coworkmed.address", address.strip().casefold(), algorithm="sha256").hexdigest()[:32]


def make(*, purpose: str, thing: Thing, address: str) -> str:
    """A link's token: letters, digits and ``. - _``, about 200 characters for the usual ids."""
    payload = [thing.type, thing.id, address_digest(address), secrets.token_urlsafe(9)]
    return _signer(purpose).sign_object(payload)


def read(token: str, *, purpose: str, thing: Thing | None = None, address: str = "") -> Token:
    """What ``token`` says, if it is ours, in time, unused, for this purpose and, where they are given, for this thing
    and this address. Raises TokenError; changes nothing."""
    found = _open(token, purpose)
    for said, wanted in (
        (":".join(found.thing), ":".join(thing or found.thing)),
        (found.address, address_digest(address) if address else found.address),
    ):
        if not secrets.compare_digest(said.encode(), wanted.encode()):
            raise InvalidTokenError
    if UsedToken.objects.filter(pk=found.digest).exists():
        raise UsedTokenError
    return found


def glance(token: str, *, purpose: str) -> Token:
    """What ``token`` says if it is ours and for this purpose, however old and though it was used: enough to offer a new
    one, and to act on nothing. Raises InvalidTokenError."""
    return _open(token, purpose, max_age=None)


def release(digest: str) -> None:
    """Let a token be used again: what it did has been undone, in the same transaction."""
    UsedToken.objects.filter(pk=digest).delete()


def use(token: str, *, purpose: str, thing: Thing | None = None, address: str = "") -> Token:
    """As `read`, and the token has been used as soon as the transaction of the act commits. Of several at once one is
    first; the others raise UsedTokenError."""
    found = read(token, purpose=purpose, thing=thing, address=address)
    try:
        with transaction.atomic():
            UsedToken.objects.bulk_create([UsedToken(digest=found.digest, expires=found.expires)])
    except IntegrityError:
        raise UsedTokenError from None
    return found


def _signer(purpose: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(sep=".", salt=f"coworkmed.token.{purpose}")


def _open(token: str, purpose: str, max_age: timedelta | None = LIFE) -> Token:
    if len(token) > _LONGEST:
        raise InvalidTokenError
    signer = _signer(purpose)
    try:
        kind, key, address, _ = signer.unsign_object(token, max_age=max_age)
        moment = signing.b62_decode(token.split(".")[-2])
    except signing.SignatureExpired:
        raise ExpiredTokenError from None
    except (signing.BadSignature, ValueError, TypeError):
        raise InvalidTokenError from None
    expires = datetime.fromtimestamp(moment, UTC) + LIFE
    return Token(Thing(kind, key), address, expires, hashlib.sha256(token.encode()).hexdigest())


@job("tokens.purge", every="every day at 03:20 UTC")
def purge() -> None:
    """Forget used links that would have expired by now."""
    UsedToken.objects.filter(expires__lt=timezone.now()).delete()
