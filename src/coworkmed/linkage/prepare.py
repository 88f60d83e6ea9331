"""Records in columns: every text folded, cut into words and given a number once, so that pairs compare as numbers.

A number is a hash of the text (64 bits), the same in every run and on every machine: so parts prepared apart, by other
processes or on another day, fit together. What depends on all records (how rare a word is, how many premises share a
telephone) is worked out when the parts are put together.

Rarity of a word is judged by how many records hold it, not by what share of them: what counts against chance agreement
is how many others nearby could have agreed. So a record that shares no word with a pair changes nothing for it.
"""

import re
from collections.abc import Mapping, Sequence
from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.web_addresses import host as host_name
from coworkmed.kernel.web_addresses import own_domain

from .compiled import compiled, hashed, hashes, packed
from .records import Record
from .texts import (
    brand_of,
    host_of,
    house_numbers,
    known_by,
    paths,
    postcode,
    sound,
    street_words,
    town_words,
    word_class,
)
from .words import EXONYMS, STOPWORDS

#: A word in this many records or fewer is as rare as can be; in `COMMON` or more it says next to nothing.
RARE, COMMON = 8, 20_000
#: What a word of the class weighs beside a proper word of the same rarity.
CLASS_WEIGHT = {"stopword": 0.05, "legal form": 0.05, "town": 0.25, "kind": 0.3, "number": 0.7}
SHARED_BY_MANY = 4  # a domain or telephone at this many addresses belongs to a chain or a centre

#: Identifiers of which an establishment has one, so that two that differ are two establishments.
SINGLE = frozenset({"SIRET", "WIKIDATA", "RNA", "OIB", "AFM", "NIF", "PIVA", "SIREN", "VAT"})
#: Identifiers of a company, whatever the number of its establishments.
OF_COMPANY = frozenset({"SIREN", "VAT", "RNA"})

Longs = NDArray[np.int64]
Bytes = NDArray[np.uint8]
#: An array of one of the shapes below.
Table = NDArray[np.void]


def _shape(**fields: str) -> np.dtype[np.void]:
    return np.dtype(list(fields.items()), align=True)


# Numbers are hashes of texts, 0 where nothing is known. ``…_begin`` and ``…_length`` name a text in the table of
# characters; ``names``, ``domains`` and the like count what stands behind ``…_begin`` in the next table.

RECORD = _shape(
    called="i8",  # its own name run together
    host="i8",  # what that name says it is inside of
    brand="i8",
    country="i8",
    town="i8",
    town_begin="i8",  # by sound
    postcode="i8",
    postcode_begin="i8",
    street="i8",
    street_number="i8",  # the numbers in the street's name
    street_begin="i8",
    unit="i8",
    premises="i8",
    exchange="i8",  # the first telephone without its last four digits
    lat="f8",  # degrees, NaN where unknown
    lon="f8",
    radius="f8",  # metres
    name_begin="i8",  # in names
    street_word_begin="i8",  # in words
    item_begin="i8",  # in items: those of each kind follow each other, in the order of `ITEMS`
    house="i4",  # first house number, −1 where none
    house_last="i4",
    town_length="u2",
    postcode_length="u2",
    street_length="u2",
    street_words="u2",
    names="u2",
    town_words="u2",
    domains="u2",
    phones="u2",
    pages="u2",
    profiles="u2",
    ids="u2",
    kinds="u2",
)
NAME = _shape(
    joined="i8",  # all words run together
    initials="i8",
    core="i8",
    word_begin="i8",  # in words
    core_begin="i8",  # the proper words run together
    sorted_begin="i8",  # all words, in alphabetical order
    words="u2",
    core_length="u2",
    sorted_length="u2",
)
WORD = _shape(
    word="i8",
    sound="i8",
    begin="i8",
    length="u2",
    digits="?",  # whether it is a number
    share="f4",  # what the word's class leaves of its weight
    weight="f4",  # what the word says: class and rarity
)
ITEM = _shape(
    value="i8",
    of="i8",  # of an identifier its scheme, of a page on a platform its host, of a word of a kind the kind's place
    company="i8",  # of an identifier the company's number, where one is in it
    many="?",  # whether many premises share it
    single="?",  # of an identifier, whether a place has but one; of a kind, whether it is of our own dictionary
    of_company="?",  # whether the identifier is a company's
)
#: What the items of a record are, in their order: words of the town in all spellings, web domains, telephones,
#: addresses with a path on the place's own domain, addresses on shared platforms, identifiers, words of its kinds.
ITEMS = ("town_words", "domains", "phones", "pages", "profiles", "ids", "kinds")


class Columns(NamedTuple):
    """All that is compared: tables of `RECORD`, `NAME`, `WORD` and `ITEM`, and the characters of all texts."""

    records: Table
    names: Table
    words: Table
    items: Table
    chars: Bytes

    @property
    def size(self) -> int:
        """How many records."""
        return len(self.records)


_DIGITS = re.compile(r"\d+")
_SPELLINGS: dict[str, list[str]] = {}
for _other, _one in EXONYMS.items():
    _SPELLINGS.setdefault(_one, []).append(_other)

#: Columns that hold a text: as a hash, and those of which the text itself is compared too.
_HASHED = {
    "records": "called host brand country town postcode street street_number unit premises exchange".split(),
    "names": "joined initials core sorted".split(),
    "words": ["word"],
    "items": "value of company".split(),
}
_SPELT = {"records": ("town", "postcode", "street"), "names": ("core", "sorted"), "words": ("word",), "items": ()}


class _Texts:
    """A table of distinct texts in the making; the first is empty."""

    def __init__(self) -> None:
        self.position = {"": 0}

    def __call__(self, text: str) -> int:
        return self.position.setdefault(text, len(self.position))


class _Reading:
    """Tables in the making: rows as tuples, texts as positions in the table of texts."""

    def __init__(self) -> None:
        self.text = _Texts()
        self.records: list[tuple[float, ...]] = []
        self.names: list[tuple[float, ...]] = []
        self.words: list[tuple[float, ...]] = []
        self.items: list[tuple[float, ...]] = []

    def record(self, record: Record) -> None:
        text = self.text
        known, towns = known_by(record), town_words(record.locality)
        street = street_words(record.street) if record.street else ()
        name_begin, item_begin = len(self.names), len(self.items)
        for name in known:
            self.name(name, towns)
        street_word_begin = len(self.words)
        self.words += [(text(word), 0.0) for word in street]
        counts = self.contents(record, towns)
        town, one_line, code = "".join(map(sound, towns)), "".join(street), postcode(record.postcode)
        lat, lon = (nan, nan) if record.lat is None or record.lon is None else (record.lat, record.lon)
        self.records.append(
            (
                text("".join(fold(record.name).split())),
                text(host_of(record.name)),
                text(brand_of(record, known)),
                text(record.country.upper()),
                text(town),
                text(code),
                text(one_line),
                text(" ".join(_DIGITS.findall(one_line))),
                text("".join(fold(record.unit).split())),
                text(f"{record.country}|{code or town}|{one_line}|{record.number}" if street else ""),
                text(record.phones[0][:-4] if record.phones else ""),
                lat,
                lon,
                record.radius_m,
                name_begin,
                street_word_begin,
                item_begin,
                *house_numbers(record.number),
                len(street),
                len(known),
                *counts,
            )
        )

    def name(self, name: Sequence[str], towns: Sequence[str]) -> None:
        text, begin = self.text, len(self.words)
        proper = []
        for word in name:
            kind = word_class(word, towns)
            self.words.append((text(word), CLASS_WEIGHT.get(kind, 1.0)))
            if not kind or kind == "number":
                proper.append(word)
        core = proper or [word for word in name if word not in STOPWORDS] or name
        initials = "".join(word[0] for word in name if word not in STOPWORDS and len(word) > 1)
        self.names.append(
            (
                text("".join(name)),
                text(initials) if len(initials) > 2 else 0,
                text("".join(core)),
                text(" ".join(sorted(name))),
                begin,
                len(name),
            )
        )

    def contents(self, record: Record, towns: Sequence[str]) -> list[int]:
        """Adds the items of a record; returns how many of each of `ITEMS`."""
        text = self.text
        pages = paths(record.urls)
        identifiers = [one.partition(":") for one in dict.fromkeys(record.ids)]
        found: Sequence[Sequence[tuple[float, ...]]] = (
            [(text(word), 0, 0, 0, 0) for town in towns for word in (town, *_SPELLINGS.get(town, ()))],
            [(text(domain), 0, 0, 0, 0) for domain in dict.fromkeys(record.domains)],
            [(text(phone), 0, 0, 0, 0) for phone in dict.fromkeys(record.phones)],
            [(text(page), 0, 0, 0, 0) for url, page in pages if own_domain(url)],
            [(text(page), text(host_name(url)), 0, 0, 0) for url, page in pages if not own_domain(url)],
            [
                (
                    text(f"{scheme.upper()}:{value}"),
                    text(scheme.upper()),
                    text(value[:9] if scheme.upper() in ("SIRET", "SIREN") else ""),
                    scheme.upper() in SINGLE,
                    scheme.upper() in OF_COMPANY,
                )
                for scheme, _, value in identifiers
            ],
            [
                (text(word), text(kind), 0, kind in KINDS, 0)
                for kind in dict.fromkeys(record.kinds)
                for word in dict.fromkeys(kind.lower().replace("_", " ").split())
            ],
        )
        for kind in found:
            self.items += kind
        return [len(kind) for kind in found]

    def columns(self) -> Columns:
        listed = list(self.text.position)
        chars, first = packed(listed)
        number, sounds = hashes(chars, first), hashed([sound(one) for one in listed])
        tables = {}
        for table, shape, fields in (
            ("records", RECORD, _RECORD_NUMBERS),
            ("names", NAME, ["word_begin", "words"]),
            ("words", WORD, ["share"]),
            ("items", ITEM, ["single", "of_company"]),
        ):
            rows = getattr(self, table)
            made = tables[table] = np.zeros(len(rows), shape)
            columns = zip(*rows, strict=True) if rows else iter(())
            for field, values in zip([*_HASHED[table], *fields], columns, strict=False):
                if field not in _HASHED[table]:
                    made[field] = values
                    continue
                at = np.array(values, np.intp)
                if field in (shape.names or ()):
                    made[field] = number[at]
                if field in _SPELT[table]:
                    prefix = "" if field == "word" else f"{field}_"
                    made[f"{prefix}begin"], made[f"{prefix}length"] = first[at], np.diff(first)[at]
                if field == "word":
                    made["sound"] = sounds[at]
                    made["digits"] = np.array([one.isdigit() for one in listed])[at]
        return Columns(**tables, chars=chars)


_RECORD_NUMBERS = [
    *"lat lon radius name_begin street_word_begin item_begin house house_last street_words names".split(),
    *ITEMS,
]


def read(records: Sequence[Record]) -> Columns:
    """Records as columns, all but what depends on other records (see `finish`)."""
    reading = _Reading()
    for record in records:
        reading.record(record)
    return reading.columns()


def joined(parts: Sequence[Columns]) -> Columns:
    """Parts one behind the other: what names a place in another table is moved with it."""
    parts = [_moved(part, before) for part, before in zip(parts, _sizes(parts), strict=False)]
    return Columns(*(np.concatenate(tables) for tables in zip(*parts, strict=True)))


def _sizes(parts: Sequence[Columns]) -> NDArray[np.int64]:
    """(parts + 1, tables) rows before each part."""
    return np.cumsum([[0] * len(Columns._fields), *([len(table) for table in part] for part in parts)], axis=0)


def _moved(part: Columns, before: NDArray[np.int64]) -> Columns:
    if not before.any():
        return part
    tables = dict(zip(Columns._fields, before.tolist(), strict=True))
    behind = {"name_begin": "names", "street_word_begin": "words", "word_begin": "words", "item_begin": "items"}
    moved = {name: table.copy() for name, table in part._asdict().items()}
    for table in moved.values():
        for field in table.dtype.names or ():
            if field.endswith("begin"):
                table[field] += tables[behind.get(field, "chars")]
    return Columns(**moved)


class Counts(NamedTuple):
    """How many records hold each word: ``word`` sorted hashes, ``held`` beside it."""

    word: Longs
    held: Longs

    @classmethod
    def of(cls, seen: Mapping[str, int]) -> "Counts":
        """From words as text."""
        word = hashed(list(seen))
        order = np.argsort(word)
        return cls(word[order], np.array(list(seen.values()), np.int64)[order])

    def __call__(self, word: Longs) -> Longs:
        """The counts of words, 0 for words never met."""
        if not len(self.word):
            return np.zeros(len(word), np.int64)
        at = np.minimum(np.searchsorted(self.word, word), len(self.word) - 1)
        return np.where(self.word[at] == word, self.held[at], 0)


def counted(columns: Columns) -> Counts:
    """How many of the records hold each word in their names."""
    word, held = np.unique(
        columns.words["word"][_once(columns.records, columns.names, columns.words)], return_counts=True
    )
    return Counts(word, held.astype(np.int64))


@compiled
def _once(records: Table, names: Table, words: Table) -> NDArray[np.bool_]:
    """Whether a word stands in a name, and is met for the first time in its record."""
    result = np.zeros(len(words), np.bool_)
    for record in range(len(records)):
        start = end = -1
        for name in range(records[record]["name_begin"], records[record]["name_begin"] + records[record]["names"]):
            if start < 0:
                start = names[name]["word_begin"]
            end = names[name]["word_begin"] + names[name]["words"]
        for at in range(start, end):
            result[at] = True
            for before in range(start, at):
                if words[before]["word"] == words[at]["word"]:
                    result[at] = False
                    break
    return result


def rarity(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a word says by the number of records that hold it: 1 (rare) down to 0.05 (common)."""
    share: NDArray[np.float64] = np.log(COMMON / np.clip(count, RARE, COMMON)) / np.log(COMMON / RARE)
    return np.maximum(share, 0.05)


def finish(columns: Columns, counts: Counts) -> Columns:
    """The same columns with what depends on all records: the weight of words by ``counts``, which telephones and
    domains many premises share, and which initials spell a word that is met."""
    names, words, items = columns.names.copy(), columns.words.copy(), columns.items.copy()
    names["initials"][counts(names["initials"]) == 0] = 0
    words["weight"] = words["share"] * rarity(counts(words["word"]).astype(np.float64))
    owner, kind = owners(columns)
    for contact in ("domains", "phones"):
        of = kind == ITEMS.index(contact)
        items["many"][of] = _many(items["value"][of], columns.records["premises"][owner[of]])
    return columns._replace(names=names, words=words, items=items)


def owners(columns: Columns) -> tuple[Longs, NDArray[np.int8]]:
    """Of each item the record it belongs to, and its place in `ITEMS`."""
    counts = np.stack([columns.records[kind] for kind in ITEMS], axis=1).astype(np.int64)
    owner = np.repeat(np.arange(columns.size), counts.sum(axis=1))
    kind = np.repeat(np.tile(np.arange(len(ITEMS), dtype=np.int8), columns.size), counts.ravel())
    return owner, kind


def _many(values: Longs, premises: Longs) -> NDArray[np.bool_]:
    """Whether each value is held at `SHARED_BY_MANY` premises or more."""
    known = premises != 0
    order = np.lexsort((premises[known], values[known]))
    value, at = values[known][order], premises[known][order]
    distinct = np.ones(len(value), bool)
    distinct[1:] = (value[1:] != value[:-1]) | (at[1:] != at[:-1])
    found, held = np.unique(value[distinct], return_counts=True)
    return np.isin(values, found[held >= SHARED_BY_MANY])


def prepare(records: Sequence[Record], seen: Mapping[str, int] | None = None) -> Columns:
    """Records as columns, ready to compare. ``seen`` counts words met elsewhere (the model's), so that short input
    knows common words."""
    return completed(read(records), seen or {})


def completed(columns: Columns, seen: Mapping[str, int]) -> Columns:
    """`finish` by the words of these records and those ``seen`` elsewhere."""
    return finish(columns, added(counted(columns), Counts.of(seen)))


def added(one: Counts, other: Counts) -> Counts:
    """Both counts together."""
    word = np.union1d(one.word, other.word)
    return Counts(word, one(word) + other(word))
