"""Secrets of second factors as they are kept: encrypted under a key made of the site's secret, which is not in the
database. A stolen copy of it makes nobody's codes.

Recovery codes are encrypted too, not digested: they are all made of one seed, and their owner may look at them again.
"""

import base64

from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_


class LostKeyError(CoworkmedError):
    """The site has another secret than when this was kept."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "This site changed its keys, and codes from apps and recovery codes of before no longer work. Sign in "
                "with a passkey, or ask those who run the site to take these codes away: then a code by mail is enough."
            )
        )


class Adapter(DefaultMFAAdapter):
    def encrypt(self, text: str) -> str:
        return _keys().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Raises LostKeyError for what was kept under another secret, or altered."""
        try:
            return _keys().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            raise LostKeyError from None


def _keys() -> MultiFernet:
    """The key of today, then those of before (``SECRET_KEY_FALLBACKS``)."""
    made = (
        salted_hmac("coworkmed.second-factors", "", secret=secret, algorithm="sha256").digest()
        for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    )
    return MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in made])
