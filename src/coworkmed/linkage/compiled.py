"""Loops over pairs and texts as machine code, and the few primitives on text they share.

Texts are bytes in one long array, named by where they begin and how long they are. Where numba can't be had the same
functions run interpreted: the same results, far slower.
"""

from collections.abc import Callable, Sequence
from typing import ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

P = ParamSpec("P")
R = TypeVar("R")


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """``function`` compiled at its first call, and kept on disk where there is a place to write; it runs outside the
    interpreter's lock. Interpreted where there is no compiler, or it is switched off."""
    made = _compiled(function)
    if made is function:
        made = np.errstate(over="ignore")(function)  # hashes are meant to run over
    return made


def _compiled(function: Callable[P, R]) -> Callable[P, R]:
    try:
        from numba import njit
    except ImportError:  # a platform it has no wheel for
        return function
    made: Callable[P, R]
    try:
        made = njit(nogil=True, cache=True)(function)
    except RuntimeError:  # nowhere to write
        made = njit(nogil=True)(function)
    return made


MAX_TEXT = 64  # letters of a text that are compared: as many as a machine word has bits

_ONE, _ZERO = np.uint64(1), np.uint64(0)
_ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)
#: FNV-1a, 64 bits (Fowler, Noll, Vo)
_BASIS, _PRIME = np.uint64(0xCBF2_9CE4_8422_2325), np.uint64(0x0000_0100_0000_01B3)


@compiled
def hashes(chars: NDArray[np.uint8], first: NDArray[np.int64]) -> NDArray[np.int64]:
    """(texts,) a number for each text, the same for the same text on every machine; 0 for the empty text."""
    result = np.zeros(len(first) - 1, np.int64)
    for text in range(len(first) - 1):
        if first[text] < first[text + 1]:
            value = _BASIS
            for at in range(first[text], first[text + 1]):
                value = (value ^ np.uint64(chars[at])) * _PRIME
            result[text] = np.int64(value | _ONE)
    return result


@compiled
def _bits(word: np.uint64) -> np.uint64:
    """How many bits are set (Warren, Hacker's Delight, 5-1)."""
    word = word - ((word >> np.uint64(1)) & np.uint64(0x5555_5555_5555_5555))
    word = (word & np.uint64(0x3333_3333_3333_3333)) + ((word >> np.uint64(2)) & np.uint64(0x3333_3333_3333_3333))
    word = (word + (word >> np.uint64(4))) & np.uint64(0x0F0F_0F0F_0F0F_0F0F)
    return (word * np.uint64(0x0101_0101_0101_0101)) >> np.uint64(56)


@compiled
def ratio(
    chars: NDArray[np.uint8], one: int, one_length: int, other: int, other_length: int, masks: NDArray[np.uint64]
) -> float:
    """Likeness of two texts, 0 to 1: twice the longest common subsequence over both lengths (Indel similarity), found
    bit-parallel after Hyyrö (2004). ``masks`` is room for 256 numbers, all 0, and is left so."""
    n, m = min(one_length, MAX_TEXT), min(other_length, MAX_TEXT)
    if one == other or n == 0 or m == 0:
        return 1.0 if n == m else 0.0
    for at in range(n):
        masks[chars[one + at]] |= _ONE << np.uint64(at)
    state = _ALL
    for at in range(m):
        hit = state & masks[chars[other + at]]
        state = (state + hit) | (state - hit)
    for at in range(n):
        masks[chars[one + at]] = _ZERO
    return 2.0 * float(_bits(~state & (_ALL >> np.uint64(64 - n)))) / (n + m)


@compiled
def begins(chars: NDArray[np.uint8], one: int, one_length: int, other: int, other_length: int) -> bool:
    """Whether one text is the beginning of the other."""
    for at in range(min(one_length, other_length)):
        if chars[one + at] != chars[other + at]:
            return False
    return True


@compiled
def contains(chars: NDArray[np.uint8], one: int, one_length: int, other: int, other_length: int) -> bool:
    """Whether the first text stands somewhere in the other."""
    for start in range(other_length - one_length + 1):
        at = 0
        while at < one_length and chars[one + at] == chars[other + start + at]:
            at += 1
        if at == one_length:
            return True
    return False


@compiled
def together(
    chars: NDArray[np.uint8],
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    of: NDArray[np.int64],
    size: int,
    space: bool = False,
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """``size`` texts put together from pieces of ``chars`` (each from ``start`` to ``end``), in the form of `packed`;
    ``of``, ascending, says to which text a piece belongs, ``space`` whether pieces are set apart."""
    made = np.empty((end - start).sum() + len(of), np.uint8)
    first = np.zeros(size + 1, np.int64)
    at = piece = 0
    for text in range(size):
        first[text] = at
        while piece < len(of) and of[piece] == text:
            if space and at > first[text]:
                made[at] = 32
                at += 1
            for letter in range(start[piece], end[piece]):
                made[at] = chars[letter]
                at += 1
            piece += 1
    first[size] = at
    return made[:at].copy(), first


def packed(texts: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Texts as one array of bytes (UTF-8), and where each begins (one more entry than texts). Halves of characters,
    which UTF-8 doesn't know, are taken as they are."""
    encoded = [text.encode(errors="surrogatepass") for text in texts]
    first = np.zeros(len(encoded) + 1, np.int64)
    np.cumsum([len(text) for text in encoded], out=first[1:])
    return np.frombuffer(b"".join(encoded), np.uint8), first


def hashed(texts: Sequence[str]) -> NDArray[np.int64]:
    """`hashes` of a sequence of texts."""
    return hashes(*packed(texts))


def distinct(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """The numbers that are met, each once, sorted. Where most differ, sorting is many times faster than the table of
    hashes that `numpy.unique` puts them in."""
    in_order = np.sort(numbers)
    once = np.ones(len(in_order), bool)
    once[1:] = in_order[1:] != in_order[:-1]
    return in_order[once]


def mixed(*keys: NDArray[np.int64]) -> NDArray[np.int64]:
    """One key for several, 0 where one of them is 0 (unknown). After the mixing step of SplitMix64 (Steele, 2014)."""
    known = np.ones(len(keys[0]), bool)
    total = np.zeros(len(keys[0]), np.uint64)
    for key in keys:
        known &= key != 0
        total += key.view(np.uint64) if key.flags.c_contiguous else np.ascontiguousarray(key).view(np.uint64)
        total += np.uint64(0x9E37_79B9_7F4A_7C15)
        total = (total ^ (total >> np.uint64(30))) * np.uint64(0xBF58_476D_1CE4_E5B9)
        total = (total ^ (total >> np.uint64(27))) * np.uint64(0x94D0_49BB_1331_11EB)
        total ^= total >> np.uint64(31)
    return np.where(known, (total | _ONE).view(np.int64), 0)
