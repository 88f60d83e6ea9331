"""Public identifiers: short, stable, readable aloud, derived from where a place was first seen and nothing else."""

import hashlib

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u to misread


def digest(*parts: str) -> str:
    """A short stable fingerprint (26 characters, 128 bits) of some texts; the separator can't occur in them unseen."""
    return _encode(
        hashlib.sha256(
            "\x1f".join(part.replace("\x1f", "\x1f\x1f") for part in parts).encode(errors="surrogatepass")
        ).digest()[:16]
    )


def place_id(source: str, external_id: str, turn: int = 0) -> str:
    """The id minted for a place first seen as ``external_id`` in ``source``: 12 characters, 60 bits.

    ``turn`` above 0 gives the next id, for the rare entry that already gave its own to a place it has since left.
    """
    parts = (source, external_id) if not turn else (source, external_id, str(turn))
    return digest("place", *parts)[:12]


def _encode(data: bytes) -> str:
    number = int.from_bytes(data, "big") << (-len(data) * 8 % 5)
    length = -(-len(data) * 8 // 5)
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in reversed(range(length)))
