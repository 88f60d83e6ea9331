"""What the engine reads in texts: names, towns, streets, numbers and addresses as folded words and keys."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

from coworkmed.kernel.fold import fold, latin, phonetic
from coworkmed.kernel.web_addresses import host as host_name

from .records import Record
from .words import BRANDS, EXONYMS, KINDS, LEGAL_FORMS, STOPWORDS, STREET_TYPES

MAX_WORDS = 10  # of a name; what follows is description
MAX_NAMES = 4  # of a record

_DOTTED = re.compile(r"\b(?:\w\.[ ]?){2,}")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^]]*\]")
_INSIDE = re.compile(r"\s(?:in|at|inside|chez|dans|presso|dentro|kod|unutar|sto|stin|mesa)\s|\s?@\s?")
_POSSESSIVE = re.compile(r"(?<=\w)['’](?=s\b)")
_WRITTEN_APART = (
    (re.compile(r"\bco[ -]+work"), "cowork"),
    (re.compile(r"\bfab[ -]+lab"), "fablab"),
    (re.compile(r"\btiers[ -]+lieu"), "tierslieu"),
    (re.compile(r"\b(hacker|maker|work)[ -]+space"), r"\1space"),
    (re.compile(r"\btele[ -]+(centre|travail)"), r"tele\1"),
)
_TOWN_NOISE = re.compile(r"\d+(?:er|e|eme|st|nd|rd|th)?|cedex|arrondissement|bp")


@lru_cache(maxsize=200_000)
def name_words(name: str) -> tuple[str, ...]:
    """The folded words of a name, with what is written apart or dotted brought together."""
    text = latin(_POSSESSIVE.sub("", _DOTTED.sub(lambda found: re.sub(r"[. ]", "", found[0]) + " ", name)))
    for pattern, together in _WRITTEN_APART:
        text = pattern.sub(together, text)
    return tuple(fold(text).split())


@lru_cache(maxsize=50_000)
def town_words(town: str) -> tuple[str, ...]:
    """The words of a town's name in one spelling, without district numbers: "Marseille 8e" and "MARSIGLIA" agree."""
    return tuple(EXONYMS.get(word, word) for word in fold(town).split() if not _TOWN_NOISE.fullmatch(word))


@lru_cache(maxsize=200_000)
def host_of(name: str) -> str:
    """What a name says it is inside of, run together: "mama" for "Hacklab in MAMA" or "Lab @ Mama"; "" if none."""
    head, *tail = _INSIDE.split(latin(name), maxsplit=1)
    return "".join(fold(tail[0]).split()) if tail and fold(head) else ""


@lru_cache(maxsize=200_000)
def street_words(street: str) -> tuple[str, ...]:
    """The words a street is known by, without its type and small words."""
    every = tuple(fold(street).split())
    known = tuple(word for word in every if word not in STREET_TYPES and word not in STOPWORDS)
    return known or every


sound = lru_cache(maxsize=200_000)(phonetic)


def word_class(word: str, towns: Iterable[str] = ()) -> str:
    """The key of `CLASS_WEIGHT` a word of a name belongs to, or "" for a proper word."""
    if word in STOPWORDS or len(word) == 1:
        return "number" if word.isdigit() else "stopword"
    if word in LEGAL_FORMS:
        return "legal form"
    if EXONYMS.get(word, word) in towns:
        return "town"
    if word in KINDS or word.rstrip("s") in KINDS:
        return "kind"
    return "number" if word.isdigit() else ""


def known_by(record: Record) -> list[tuple[str, ...]]:
    """The record's names as words, each once: its own, others, and its own without brackets and what is in them, where
    that is a name too (two words or more)."""
    texts = [record.name, *record.other_names]
    if bracketed := _BRACKETED.findall(record.name):
        inside = [text.strip("()[]") for text in bracketed]
        texts += [_BRACKETED.sub(" ", record.name), *(text for text in inside if len(text.split()) > 1)]
    every = dict.fromkeys(found[:MAX_WORDS] for text in texts if (found := name_words(text)))
    return list(every)[:MAX_NAMES]


def house_numbers(number: str) -> tuple[int, int]:
    """First and last house number of "12", "12bis" or "26-29"; (−1, −1) if none. A last one below the first is none."""
    found = [int(digits) for digits in re.findall(r"\d{1,6}", number)[:2]]
    if not found:
        return -1, -1
    return found[0], found[-1] if found[-1] > found[0] else found[0]


def brand_of(record: Record, names: Sequence[tuple[str, ...]]) -> str:
    """The chain a record says it belongs to, or one of the known chains its name begins with; "" if none."""
    if record.brand:
        return "".join(name_words(record.brand))
    for name in names[:1]:
        for length in (3, 2, 1):
            if len(name) >= length and " ".join(name[:length]) in BRANDS:
                return "".join(name[:length])
    return ""


def postcode(text: str) -> str:
    """A postcode without dress; "" for what is too short to be one ("0")."""
    bare = re.sub(r"[^A-Z0-9]", "", text.upper())
    return bare if len(bare) > 2 else ""


def paths(urls: Sequence[str]) -> list[tuple[str, str]]:
    """(address, its host and path in one spelling) of the addresses that say more than their host."""
    found = [(url, f"{host_name(url)}/{urlsplit(url).path.strip('/').lower()}") for url in urls]
    return [(url, page) for url, page in found if not page.endswith("/")]
