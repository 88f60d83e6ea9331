"""What the engine reads in texts: names, towns, streets, numbers and addresses as folded words and keys."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from coworkmed.kernel.fold import latin, phonetic, words

from .records import Record
from .words import (
    BRANDS,
    CONCEPTS,
    EXONYMS,
    FLOOR_NAMES,
    GROUND_FLOORS,
    KINDS,
    LEGAL_FORMS,
    PHRASES,
    SHORT_FORMS,
    STOPWORDS,
    STREET_TYPES,
    TOWNS,
    UNIT_WORDS,
    bare_town,
)

# A record may hold anything; what goes beyond these is left aside, so that nothing takes long and all fits its column.
MAX_LETTERS = 500  # of a text
MAX_WORDS = 10  # of a name; what follows is description
MAX_STREET_WORDS = 20
MAX_NAMES = 4  # of a record
MAX_NUMBERS = 4  # of an address
MAX_ITEMS = 40  # of telephones, web addresses, identifiers and the like, each

PHONE_TAIL = 8  # digits that tell a telephone: lists write country and trunk codes in too many ways
SHORTEST_PHONE = 6  # letters: what is shorter is no telephone of a place

#: Types of street written onto the name ("Hauptstr."), and the endings of numbers ("125th").
_WRITTEN_ON = re.compile(r"(?<=\w{3})(?:strasse|str|straat|gatan|vagen)$")
_ORDINAL = re.compile(r"^(\d+)(?:st|nd|rd|th|er|e|eme|a|o|ta|da|ra|na)$")
_DIGIT = re.compile(r"\d")
_MONTH = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2]))?(?![0-9])")
_UP_TO_SIX = re.compile(r"\d{1,6}")
_LANGUAGE = re.compile("(?:fr|it|es|ca|hr|el|gr|de|en|pt|tr|ar)(?:[-_][a-z]{2})?")
_LETTER = r"[^\W\d_]"
_DOTTED = re.compile(
    rf"(?<!\w)(?:{_LETTER}(?:\.{_LETTER})+(?!\w)\.?|(?:{_LETTER}\.[ ]?){{2,}})"
)  # S.A.R.L., S.r.l, d. o. o.
_DOTS = str.maketrans("", "", ". ")
_BRACKETED = re.compile(r"\([^)]*\)|\[[^]]*\]")
_INSIDE = re.compile(r"\s(?:in|at|inside|chez|dans|presso|dentro|kod|unutar|sto|stin|mesa)\s|\s?@\s?")
_INSIDE_WORDS = frozenset("in at inside chez dans presso dentro kod unutar sto stin mesa".split())
_POSSESSIVE = re.compile(r"(?<=\w)['’](?=s\b)")
_SAINTS = frozenset({"st", "ste"})
_REWRITTEN = PHRASES.keys() | _SAINTS
_ROMANS = "i ii iii iv v vi vii viii ix x xi xii xiii xiv xv xvi xvii xviii xix xx".split()
_DISTRICTS = frozenset(number + ending for number in _ROMANS for ending in ("", "e", "er", "eme"))
_TOWN_NOISE = frozenset(("cedex", "arrondissement", "arr", "bp", "cs"))
_BRAND_STARTS = frozenset(brand.partition(" ")[0] for brand in BRANDS)
_LONGEST_BRAND = max(brand.count(" ") + 1 for brand in BRANDS)


@lru_cache(maxsize=10_000)
def written_words(text: str) -> tuple[str, ...]:
    """The folded words of a text as they are written."""
    return tuple(words(text[:MAX_LETTERS]))


@lru_cache(maxsize=200_000)
def name_words(name: str) -> tuple[str, ...]:
    """The folded words of a name, with what is written apart, dotted or in full brought together: "co-working" is
    "coworking", "S.A.R.L." is "sarl", "maison des jeunes et de la culture" is "mjc"."""
    name = name[:MAX_LETTERS]
    if "." in name:
        name = _DOTTED.sub(lambda found: found[0].translate(_DOTS) + " ", name)
    if "'" in name or "’" in name:
        name = _POSSESSIVE.sub("", name)
    found = written_words(name)
    return found if _REWRITTEN.isdisjoint(found) else tuple(_together(found))


def _together(found: Sequence[str]) -> list[str]:
    """Words with every phrase of `PHRASES` as one, and "st" before another word as "saint"."""
    result = []
    at = 0
    while at < len(found):
        word, after = found[at], at + 1
        if word in _SAINTS and after < len(found):
            word = SHORT_FORMS[word]
        for rest, one in PHRASES.get(word, ()):
            if end := _end_of_phrase(found, after, rest):
                word, after = one, end
                break
        result.append(word)
        at = after
    return result


def _end_of_phrase(found: Sequence[str], at: int, rest: Sequence[str]) -> int:
    """Where a phrase whose other words are ``rest`` ends, small words in between left out; 0 if it isn't one."""
    for wanted in rest:
        while at < len(found) and found[at] != wanted and found[at] in STOPWORDS:
            at += 1
        if at == len(found) or found[at] != wanted:
            return 0
        at += 1
    return at


@lru_cache(maxsize=50_000)
def town_words(town: str) -> tuple[str, ...]:
    """The words of a town's name in one spelling, without articles and district numbers: "Marseille 8e" and "MARSIGLIA"
    agree, and so do "Le Caire" and "القاهرة"."""
    found = bare_town(
        [
            word
            for at, word in enumerate(words(town[:MAX_LETTERS])[:MAX_WORDS])
            if not (word[0].isdigit() or word in _TOWN_NOISE or (at and word in _DISTRICTS))
        ]
    )
    if whole := TOWNS.get(" ".join(found)):
        return tuple(whole.split())
    return tuple(dict.fromkeys(EXONYMS.get(word, word) for word in found))


@lru_cache(maxsize=200_000)
def host_of(name: str) -> str:
    """What a name says it is inside of, run together: "mama" for "Hacklab in MAMA" or "Lab @ Mama"; "" if none."""
    name = name[:MAX_LETTERS]
    if "@" not in name and _INSIDE_WORDS.isdisjoint(name_words(name)):
        return ""
    head, *tail = _INSIDE.split(latin(name), maxsplit=1)
    return "".join(words(tail[0])) if tail and words(head) else ""


@lru_cache(maxsize=200_000)
def street_words(street: str) -> tuple[str, ...]:
    """The words a street is known by, in full, without its type, small words, floors and doors."""
    every = [*map(_bare, words(street[:MAX_LETTERS])[:MAX_STREET_WORDS])]
    found = every if UNIT_WORDS.isdisjoint(every) else _without_units(every)
    known = []
    for word, following in zip(found, [*found, ""][1:], strict=True):
        if word in _SAINTS and following and not following.isdigit() and following not in STREET_TYPES:
            known.append(SHORT_FORMS[word])  # "rue St Paul"; but "Main St" and "Ste 4"
        elif word not in STREET_TYPES and word not in STOPWORDS:
            known.append(SHORT_FORMS.get(word, word))
    return tuple(known or found or every)


@lru_cache(maxsize=50_000)
def _bare(word: str) -> str:
    """A word of a street without a type written onto it or the ending of a number."""
    return _ORDINAL.sub(r"\1", _WRITTEN_ON.sub("", word))


def _without_units(every: Sequence[str]) -> list[str]:
    """A street's words without "bat B", "3e étage", "planta baja" and the like. A word such as "porte" goes only with
    its number or letter: the rue de la Porte keeps its name."""
    result: list[str] = []
    at = 0
    while at < len(every):
        word, following = every[at], every[at + 1] if at + 1 < len(every) else ""
        at += 1
        if word not in UNIT_WORDS:
            result.append(word)
        elif following and (_short(following) or following in FLOOR_NAMES):
            at += 1
        elif result and result[-1][0].isdigit() and _short(result[-1]):
            result.pop()
        elif not (result and word in GROUND_FLOORS):
            result.append(word)
    return result


def _short(word: str) -> bool:
    return len(word) == 1 or (word[0].isdigit() and len(word) < 5)


sound = lru_cache(maxsize=200_000)(phonetic)

_CLASSES = (
    dict.fromkeys(KINDS, "kind") | dict.fromkeys(LEGAL_FORMS, "legal form") | dict.fromkeys(STOPWORDS, "stopword")
)


def word_class(word: str, towns: Iterable[str] = ()) -> str:
    """The key of `CLASS_WEIGHT` a word of a name belongs to, or "" for a proper word."""
    found = _CLASSES.get(word, "")
    if found and found != "kind":
        return found
    if word.isdigit():
        return "number"
    if len(word) == 1:
        return "stopword"
    if EXONYMS.get(word, word) in towns:
        return "town"
    return found or ("kind" if word.endswith("s") and word.rstrip("s") in KINDS else "")


def concept_of(word: str) -> str:
    """What a folded word of a kind of place means, the same in every language ("library" for "biblioteca" and
    "vivliothiki"); "" if it is none."""
    return CONCEPTS.get(word) or (CONCEPTS.get(word.rstrip("s"), "") if word.endswith("s") else "")


def known_by(record: Record) -> list[tuple[str, ...]]:
    """The record's names as words, each once: its own, others, and its own without brackets and what is in them, where
    that is a name too (two words or more)."""
    own = record.name[:MAX_LETTERS]
    if not (record.other_names or "(" in own or "[" in own):
        return [found[:MAX_WORDS]] if (found := name_words(own)) else []
    texts = [own, *record.other_names[:MAX_ITEMS]]
    if ("(" in own or "[" in own) and (bracketed := _BRACKETED.findall(own)):
        inside = [text.strip("()[]") for text in bracketed]
        texts += [_BRACKETED.sub(" ", own), *(text for text in inside if len(text.split()) > 1)]
    every = dict.fromkeys(found[:MAX_WORDS] for text in texts if (found := name_words(text)))
    return list(every)[:MAX_NAMES]


_SUFFIX = r"(?:\s?(?:bis|ter|quater|quinquies|[a-z])\b)?"
_FIRST_AND_LAST = re.compile(
    rf"(\d{{1,6}}){_SUFFIX}\s*(-|/|,|\+|&|\b(?:a|au|to|et|e|y|i|kai|do)\b)\s*(\d{{1,6}})(?![\d\w])"
)
_KILOMETRE = re.compile(r"\b(?:km|pk|p\.k\.?|klm|chlm)\.?\s*(\d{1,4})(?:[.,+](\d{1,3}))?")
#: "s/n", "snc", "bb", "χ.α.", "sans numéro" run together.
_NO_NUMBER = ("sn", "bb", "cha", "sansnum", "senzanum", "sinnum", "sensenum", "bezbr", "chorisarith")
_WORD = re.compile(r"[a-z]+")
_FLOOR = re.compile(r"[,;\s]\s*\d{1,2}[a-z]{0,4}[\s.]*$")
_WIDEST = {"-": 100, "a": 100, "au": 100, "to": 100, "do": 100}  # "12-14" is a range; "12/101" and "12, 40" hardly


@lru_cache(maxsize=50_000)
def house_numbers(number: str) -> tuple[int, int]:
    """First and last house number of "12", "12 bis", "nº 5", "26-29" or "12 to 14"; (−1, −1) of "s/n" and of none.

    "km 3.5" is 3500: along a road without house numbers, metres from its start. A last one below the first, or far
    above it (a door: "12/101"), is none, nor is a floor ("12, 3° piano").
    """
    if number.isascii() and number.isdigit() and len(number) < 7:
        return int(number), int(number)
    text = latin(number[:MAX_LETTERS])
    if along := _KILOMETRE.search(text):
        metres = 1000 * int(along[1]) + int((along[2] or "0").ljust(3, "0"))
        return metres, metres
    if "".join(words(text)).startswith(_NO_NUMBER):
        return -1, -1
    text = _before_unit(text)
    if not (found := re.search(r"\d{1,6}", text)):
        return -1, -1
    first = int(found[0])
    span = _FIRST_AND_LAST.match(text, found.start())
    if span and first < (last := int(span[3])) <= first + _WIDEST.get(span[2], 12):
        return first, last
    return first, first


def _before_unit(text: str) -> str:
    """What stands before the first word for a floor, door or staircase and its ordinal, if a number does."""
    for found in _WORD.finditer(text):
        before = text[: found.start()]
        if found[0] in UNIT_WORDS and re.search(r"\d", before):
            shorter = _FLOOR.sub("", before)
            return shorter if re.search(r"\d", shorter) else before
    return text


def brand_of(record: Record, names: Sequence[tuple[str, ...]]) -> str:
    """The chain a record says it belongs to, or one of the known chains its name begins with; "" if none."""
    if record.brand:
        return "".join(name_words(record.brand))
    for name in names[:1]:
        if name and name[0] in _BRAND_STARTS:
            for length in range(min(_LONGEST_BRAND, len(name)), 0, -1):
                if " ".join(name[:length]) in BRANDS:
                    return "".join(name[:length])
    return ""


@lru_cache(maxsize=100_000)
def postcode(text: str) -> str:
    """A postcode without dress; "" for what is too short to be one ("0")."""
    text = text[:MAX_LETTERS]
    bare = text if text.isalnum() and text.isascii() else re.sub(r"[^A-Za-z0-9]", "", text)
    return bare.upper() if len(bare) > 2 else ""


def address_numbers(number: str, street: str) -> list[str]:
    """The distinct numbers of a house and its street, the smallest `MAX_NUMBERS` first."""
    if number.isascii() and number.isdigit() and len(number) < 7 and _DIGIT.search(street) is None:
        return [str(int(number))]
    digits = _UP_TO_SIX.findall(latin(f"{number[:MAX_LETTERS]} {street[:MAX_LETTERS]}"))
    return [str(one) for one in sorted({int(found) for found in digits})[:MAX_NUMBERS]]


def few(values: Iterable[str]) -> list[str]:
    """The values that say something, each once, the first `MAX_ITEMS`."""
    return [*dict.fromkeys(filter(None, values))][:MAX_ITEMS] if values else []


def telephones(phones: Sequence[str]) -> dict[str, str]:
    """Telephones by the digits that tell them (`PHONE_TAIL`)."""
    if not phones:
        return {}
    return {phone[-PHONE_TAIL:]: phone for phone in reversed(few(phones)) if len(phone) >= SHORTEST_PHONE}


def identifiers(ids: Sequence[str]) -> list[tuple[str, str]]:
    """(scheme in capitals, value) of what is written "SCHEME:value"."""
    if not ids:
        return []
    found = [(scheme.upper(), value) for scheme, _, value in (one.partition(":") for one in few(ids))]
    return [(scheme, value) for scheme, value in dict.fromkeys(found) if scheme and value]


def site_names(domains: Sequence[str]) -> list[str]:
    """What domains call themselves, run together: "lafabrique" of "la-fabrique.org"."""
    return few([domain[:MAX_LETTERS].partition(".")[0].replace("-", "") for domain in domains])


def deep(page: str) -> bool:
    """Whether a page ("host/path") lies two levels down or more ("x.com/stores/lyon"): the site is that of something
    larger than a place, a chain, an institution or a directory. A language in front counts for nothing."""
    steps = [step for step in page.split("/")[1:] if step]
    return len(steps) > (2 if steps and _LANGUAGE.fullmatch(steps[0]) else 1)


def paths(urls: Sequence[str]) -> list[tuple[str, str]]:
    """(address, its host and path in one spelling) of the canonical addresses that say more than their host."""
    found = []
    for url in few(urls):
        host, _, path = url.partition("://")[2].partition("?")[0].partition("/")
        if host and (path := path.strip("/").lower()):
            found.append((url, f"{host.partition(':')[0].removeprefix('www.')}/{path}"))
    return found


def months(date: str) -> int:
    """Months since the year 0 of "2019" (its middle), "2019-05" or "2019-05-12"; −1 of none."""
    if not (found := _MONTH.match(date)) or found[1] == "0000":
        return -1
    return int(found[1]) * 12 + (int(found[2]) - 1 if found[2] else 6)
