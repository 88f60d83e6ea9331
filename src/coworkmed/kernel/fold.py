"""Folding of text: one spelling for search and matching, whatever the accents, case or script.

Greek becomes its usual Latin spelling (ELOT 743, the same as the United Nations' UNGEGN romanisation); other letters
go through anyascii, one letter at a time.
"""

import re
import unicodedata

from anyascii import anyascii

_WORD = re.compile(r"[a-z0-9]+")
_HAS_GREEK = re.compile("[\u0370-\u03ff\u1f00-\u1fff]")
_GEMINATE = re.compile("l[·•‧∙⋅]l|ŀl")  # Catalan col·lectiu

_MARKS = "[\u0300-\u036f]*+"
_VOICELESS = r"(?=[θκξπσςτφχψ]|\W|$|[a-z0-9])"
_DIPHTHONG = "υ(?![\u0300-\u036f]*\u0308)"  # a diaeresis keeps the two vowels apart; so does an accent on the first
_GREEK = (
    (re.compile(f"ο{_DIPHTHONG}"), "ou"),
    (re.compile(f"([αεη]){_DIPHTHONG}{_MARKS}{_VOICELESS}"), r"\1f"),
    (re.compile(f"([αεη]){_DIPHTHONG}"), r"\1v"),
    (re.compile("(?<![\\w\u0300-\u036f])μπ|μπ(?!\\w)"), "b"),
    (re.compile("γ(?=[γξχ])"), "n"),
)
_ROMAN = re.findall(r"\w+", "a v g d e z i th i k l m n x o p r s s t y f ch ps o")
_LETTERS = {**dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", _ROMAN, strict=True)), "°": " "}


class _Latin(dict[int, str]):
    """Code point → lower-case ASCII, worked out once per letter."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        found = _LETTERS.get(letter) or ("" if unicodedata.combining(letter) else anyascii(letter).lower())
        if len(found) > 2 and found[0] == found[-1] == ":":
            found = " "  # anyascii spells emoji out; a cup is not the word "coffee"
        self[code] = found
        return found


_LATIN = _Latin()


def latin(text: str) -> str:
    """``text`` in plain lower-case Latin letters (ASCII), words and punctuation kept."""
    text = text.lower()
    if text.isascii():
        return text
    if _HAS_GREEK.search(text):
        text = unicodedata.normalize("NFD", text)
        for pattern, roman in _GREEK:
            text = pattern.sub(roman, text)
    return _GEMINATE.sub("ll", unicodedata.normalize("NFC", text)).translate(_LATIN)


def fold(text: str) -> str:
    """``text`` as one line of folded words separated by single spaces: the form to search and to compare."""
    return " ".join(_WORD.findall(latin(text)))


def words(text: str) -> list[str]:
    """The folded words of ``text``, in order."""
    return _WORD.findall(latin(text))


# Spellings that one name takes when it passes from one alphabet or country to another. Longest first.
_SOUNDS = {
    "sch": "s", "sh": "s", "ph": "v", "f": "v", "w": "v", "mp": "b", "nt": "d", "nd": "d", "gk": "g", "gg": "g",
    "ng": "g", "nch": "h", "ch": "h", "kh": "h", "th": "t", "dj": "d", "tz": "s", "ts": "s", "dz": "s", "z": "s",
    "x": "ks", "qu": "k", "q": "k", "ck": "k", "c": "k", "ei": "i", "ey": "i", "oi": "i", "oy": "i", "yi": "i",
    "ij": "i", "y": "i", "j": "i", "ou": "u", "oo": "u", "ai": "e", "ay": "e", "ae": "e", "oe": "e", "au": "av",
    "eu": "ev",
}  # fmt: skip
_SOUND = re.compile("|".join(sorted(_SOUNDS, key=len, reverse=True)))
_DOUBLE = re.compile(r"(.)\1+")


def phonetic(text: str) -> str:
    """``fold(text)`` with the spellings of one sound made alike, for matching only: never shown, not reversible.

    Athina, Αθήνα and Athena stay apart (that is translation), but Evangelistrias, Euangelistrias and Ευαγγελιστρίας
    meet, as do Djakovo and Đakovo, Philippos and Filippos.
    """
    return _DOUBLE.sub(r"\1", _SOUND.sub(lambda found: _SOUNDS[found[0]], fold(text)))
