"""Folding of text: one spelling for search and matching, whatever the accents, case or script.

Greek is romanised by UNGEGN / ELOT 743 (its usual Latin spelling); other scripts by anyascii.
"""

import re
import unicodedata

from anyascii import anyascii

_DIGRAPHS = (("ου", "ou"), ("αυ", "av"), ("ευ", "ev"), ("μπ", "b"), ("ντ", "nt"), ("γκ", "gk"), ("γγ", "ng"))
_GREEK = str.maketrans(dict(zip("αβγδεζηθικλμνξοπρσςτυφχψω", "a v g d e z i th i k l m n x o p r s s t y f ch ps o".split())))
_WORD = re.compile(r"[a-z0-9]+")


def latin(text: str) -> str:
    """``text`` in plain lower-case Latin letters (ASCII), words and punctuation kept."""
    text = "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))
    for greek, roman in _DIGRAPHS:
        text = text.replace(greek, roman)
    return anyascii(text.translate(_GREEK)).lower()


def fold(text: str) -> str:
    """``text`` as one line of folded words separated by single spaces: the form to search and to compare."""
    return " ".join(words(text))


def words(text: str) -> list[str]:
    """The folded words of ``text``, in order."""
    return _WORD.findall(latin(text))
