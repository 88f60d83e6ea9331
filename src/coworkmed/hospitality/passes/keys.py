"""Keys of home places: made when first needed, replaced from time to time, believed until all they signed has run out.

Private keys are kept encrypted under a key made of the site's secret, which is not in the database: a stolen copy of it
signs nothing.
"""

import base64
import hashlib
from datetime import date, timedelta

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.places.models import Place

from ..models import LARGE, SigningKey
from .tokens import LONGEST, Key

AHEAD = 30  # days before it begins that a pass can be taken along
BELIEVED = timedelta(days=AHEAD + LONGEST)  # after it signed for the last time
RENEWED = timedelta(days=90)  # a key signs for so long


class SealedError(CoworkmedError):
    """The site has another secret than when this key was made."""

    def __init__(self) -> None:
        super().__init__(
            N_("This site changed its keys, and can’t sign passes with the ones of before. Replace the place’s key.")
        )


def signing(place: Place | None) -> tuple[str, Ed25519PrivateKey]:
    """The id and the private key that sign for ``place`` now (None: for the site); made where there is none.

    Raises SealedError.
    """
    found = _signs(place)
    if found is None:
        try:
            with transaction.atomic():
                found = _make(place)
        except IntegrityError:  # somebody else made it in between
            found = SigningKey.objects.get(place=place, retired=None)
    return found.key_id, _open(found.private)


def retire(place: Place | None, *, lost: bool = False) -> str:
    """The key of now signs no more; its id, "" where there was none. ``lost``: nothing that it signed is believed, nor
    anything by those before it, or by those of places that joined this one."""
    now = timezone.now()
    until = now.date() - timedelta(days=1) if lost else now.date() + BELIEVED
    held = _signs(place)
    joined = Q(place__merged_into=place) if lost and place is not None else Q(pk=None)
    theirs = SigningKey.objects.filter(Q(place=place) | joined)
    theirs.filter(retired=None).update(retired=now, believed_until=until)
    if lost:
        theirs.filter(believed_until__gt=until).update(believed_until=until)
    return held.key_id if held else ""


def aged() -> list[SigningKey]:
    """Keys of places that have signed for long enough."""
    old = timezone.now() - RENEWED
    return list(SigningKey.objects.filter(retired=None, place__isnull=False, made__lte=old).select_related("place"))


def believed(today: date, only: str = "") -> dict[str, tuple[Key, Place]]:
    """Keys of home places by which a desk may judge, by their ids; of these the one called ``only``."""
    known = SigningKey.objects.filter(Q(believed_until=None) | Q(believed_until__gte=today), place__isnull=False)
    if only:
        known = known.filter(pk=only)
    return {
        one.key_id: (Key(one.public, one.believed_until or date.max), one.place)
        for one in known.select_related("place").defer(*(f"place__{name}" for name in LARGE))
        if one.place is not None
    }


def _signs(place: Place | None) -> SigningKey | None:
    return SigningKey.objects.filter(place=place, retired=None).first()


def _make(place: Place | None) -> SigningKey:
    private = Ed25519PrivateKey.generate()
    public = private.public_key().public_bytes_raw()
    return SigningKey.objects.create(
        key_id=hashlib.sha256(public).hexdigest()[:8],
        place=place,
        public=public.hex(),
        private=_sealing().encrypt(private.private_bytes_raw()).decode(),
    )


def _open(sealed: str) -> Ed25519PrivateKey:
    try:
        return Ed25519PrivateKey.from_private_bytes(_sealing().decrypt(sealed.encode()))
    except InvalidToken:
        raise SealedError from None


def _sealing() -> MultiFernet:
    """The key of today, then those of before (``SECRET_KEY_FALLBACKS``)."""
    made = (
        salted_hmac("coworkmed.signing-keys", "", secret=secret, algorithm="sha256").digest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
