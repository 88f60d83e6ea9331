"""The short code of a pass, for who can't scan: ten characters after Crockford, read aloud and typed at the desk."""

import hashlib
import re
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # without I, L, O, U
LENGTH = 10
_MISREAD = str.maketrans("ILO", "110")
_SPACE = re.compile(r"[\s-]+")


def new() -> str:
    """Fifty bits by chance."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def typed(text: str) -> str:
    """A code as it is kept, whatever way it was typed; "" where it can't be one."""
    code = _SPACE.sub("", text).upper().translate(_MISREAD)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else ""


def spaced(code: str) -> str:
    """As it is shown: two groups of five."""
    return f"{code[:5]}-{code[5:]}"


def digest(code: str, place: str) -> str:
    """By what a desk of ``place`` that is offline knows the code of someone it expects, without having the code."""
    return hashlib.sha256(f"{place}:{code}".encode()).hexdigest()
