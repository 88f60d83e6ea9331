"""A pass as it is shown at a door: 80 octets that anyone with the home place's public key can check, without a network.

```
 1  version
 4  id of the key that signed it, which tells the home place
 7  pseudonym of the member
 2  first day it holds, counted from 1 January 2020
 1  how many days it holds
 1  what the home place vouches for (`RIGHTS`)
64  Ed25519 signature of the 16 octets before, after `CONTEXT`
```

No name is in it, nor anything that tells who it is. Written in base 32: letters and digits only, so that a QR code
holds it in its alphanumeric mode and a hand-held scanner types it on any keyboard. `web/static/js/pass-token.js` reads
the same; both are held to the same examples.
"""

import base64
import binascii
import re
import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

VERSION = 1
EPOCH = date(2020, 1, 1)
CONTEXT = b"coworkmed pass\0"  # so that a signature for something else is never one for a pass
HEAD = struct.Struct(">B4s7sHBB")
SIZE = HEAD.size + 64
LONGEST = 14  # days: a pass is renewed rather than long
_LAST = (1 << 16) - 1
_SPACE = re.compile(r"[\s-]+")


class Right(StrEnum):
    """What a home place vouches for; the place of each in the octet is its order here."""

    DESK = "DESK"
    ROOM = "ROOM"


RIGHTS = {1 << n: one for n, one in enumerate(Right)}


class Outcome(StrEnum):
    """What a desk is told of a pass. `judge` gives the first seven; a desk adds the rest by what it has seen."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    NOT_YET = "NOT_YET"
    ALTERED = "ALTERED"
    REVOKED = "REVOKED"
    UNKNOWN_KEY = "UNKNOWN_KEY"
    UNREADABLE = "UNREADABLE"
    HERE_ALREADY = "HERE_ALREADY"
    OVER_LEASE = "OVER_LEASE"
    UNKNOWN_CODE = "UNKNOWN_CODE"
    WALK_IN = "WALK_IN"  # nobody vouches for them


class UnreadableError(CoworkmedError):
    """Not a pass of ours."""

    def __init__(self) -> None:
        super().__init__(N_("This is not a pass."))


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says. ``key`` and ``pseudonym`` are hexadecimal; ``until`` is the last day it holds."""

    key: str
    pseudonym: str
    since: date
    until: date
    rights: frozenset[Right]


@dataclass(frozen=True, slots=True)
class Key:
    """A public key of a home place, 32 octets in hexadecimal, and the last day on which it is believed."""

    public: str
    until: date


def issue(private: Ed25519PrivateKey, said: Pass) -> str:
    """The token: 128 letters and digits. ValueError for days that don't fit (at most `LONGEST`, 2020 to 2199)."""
    first, days = (said.since - EPOCH).days, (said.until - said.since).days + 1
    if not (0 <= first <= _LAST and 1 <= days <= LONGEST):
        raise ValueError(f"no pass holds from {said.since} to {said.until}")
    rights = sum(bit for bit, one in RIGHTS.items() if one in said.rights)
    head = HEAD.pack(VERSION, bytes.fromhex(said.key), bytes.fromhex(said.pseudonym), first, days, rights)
    return base64.b32encode(head + private.sign(CONTEXT + head)).decode()


def octets(text: str) -> bytes:
    """The octets of a token, however it was typed. Raises UnreadableError."""
    try:
        raw = base64.b32decode(_SPACE.sub("", text).upper().encode("ascii"))
    except (binascii.Error, ValueError):
        raise UnreadableError from None
    if len(raw) != SIZE or raw[0] != VERSION:
        raise UnreadableError
    return raw


def read(text: str) -> Pass:
    """What a token says, believed or not. Raises UnreadableError."""
    _, key, pseudonym, first, days, rights = HEAD.unpack(octets(text)[: HEAD.size])
    if not 1 <= days <= LONGEST:
        raise UnreadableError
    since = EPOCH + timedelta(days=first)
    said = frozenset(one for bit, one in RIGHTS.items() if rights & bit)
    return Pass(key.hex(), pseudonym.hex(), since, since + timedelta(days=days - 1), said)


def signed(text: str, public: str) -> bool:
    """Whether a token was signed by that key. Raises UnreadableError."""
    raw = octets(text)
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public)).verify(raw[HEAD.size :], CONTEXT + raw[: HEAD.size])
    except InvalidSignature:
        return False
    return True


def judge(text: str, *, keys: Mapping[str, Key], revoked: Collection[str], today: date) -> tuple[Outcome, Pass | None]:
    """What a desk that knows these keys and revoked pseudonyms makes of a token on a service day, and what it says.

    What can't be trusted is told before what it says: unreadable, unknown key, altered, then revoked and the days.
    """
    try:
        said = read(text)
    except UnreadableError:
        return Outcome.UNREADABLE, None
    if (key := keys.get(said.key)) is None:
        return Outcome.UNKNOWN_KEY, said
    if not signed(text, key.public):
        return Outcome.ALTERED, said
    if said.pseudonym in revoked:
        return Outcome.REVOKED, said
    if today > min(said.until, key.until):
        return Outcome.EXPIRED, said
    return (Outcome.NOT_YET if today < said.since else Outcome.VALID), said
