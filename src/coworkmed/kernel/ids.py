"""Public identifiers: short, stable, readable aloud, derived from where a place was first seen and nothing else."""

import hashlib
from base64 import b32encode

#: The signs of an identifier, in order: Crockford's base 32, which has no i, l, o, u to misread.
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_CROCKFORD = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", ALPHABET.encode())


def digest(*parts: str) -> str:
    """A short stable fingerprint (26 characters, 128 bits) of some texts; the separator can't occur in them unseen."""
    text = "\x1f".join([part.replace("\x1f", "\x1f\x1f") for part in parts])
    found = hashlib.sha256(text.encode(errors="surrogatepass")).digest()[:16]
    return b32encode(found).rstrip(b"=").translate(_CROCKFORD).decode()


def place_id(source: str, external_id: str, turn: int = 0) -> str:
    """The id minted for a place first seen as ``external_id`` in ``source``: 12 characters, 60 bits.

    ``turn`` above 0 gives the next id, for the rare entry that already gave its own to a place it has since left.
    """
    parts = (source, external_id) if not turn else (source, external_id, str(turn))
    return digest("place", *parts)[:12]
