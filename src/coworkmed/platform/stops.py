"""Addresses at which mails that nobody asked for end, by one request (RFC 8058).

Such an address works as long as the mail that holds it, and as often as one likes: who stops by mistake starts again at
the same page. So its token has no date and no single use, unlike those of `tokens`. It names the digest of the reader's
address and nothing else: whoever has it learns nothing, and can do no more than keep our mail away from them.
"""

import re

from django.conf import settings
from django.core import signing
from django.urls import reverse

from . import mail
from .models import Quiet
from .tokens import InvalidTokenError, address_digest

_DIGEST = re.compile(r"[0-9a-f]{32}")


def stop_address(to: str) -> str:
    """The address that ends mails to ``to``, for ``mail.send(stop=…)``: the same in each."""
    return settings.ENV.site_url.rstrip("/") + reverse("mail-stop", args=[_signer().sign(address_digest(to))])


def read(token: str) -> str:
    """The digest of the address that ``token`` speaks for. Raises InvalidTokenError."""
    try:
        digest = _signer().unsign(token)
    except signing.BadSignature:
        raise InvalidTokenError from None
    if not _DIGEST.fullmatch(digest):
        raise InvalidTokenError
    return digest


def is_stopped(digest: str) -> bool:
    """Whether mails that nobody asked for are withheld from the address of ``digest``."""
    return Quiet.objects.filter(pk=digest).exists()


def stop(digest: str) -> None:
    """No more mails that nobody asked for to the address of ``digest``."""
    mail.quiet(digest, Quiet.Reason.STOPPED)


def resume(digest: str) -> None:
    """The address of ``digest`` takes them again: who reads its mail says so."""
    Quiet.objects.filter(pk=digest).delete()


def _signer() -> signing.Signer:
    return signing.Signer(sep=".", salt="coworkmed.mail.stop")
