"""Records in columns: every text folded, cut into words and given a number once, so that pairs compare as numbers.

A number is a hash of the text (64 bits), the same in every run and on every machine: so parts prepared apart, by other
processes or on another day, fit together. What depends on all records (how rare a word is, how many premises share a
telephone) is worked out when the parts are put together.

Rarity of a word is judged by how many records hold it, not by what share of them: what counts against chance agreement
is how many others nearby could have agreed. So a record that shares no word with a pair changes nothing for it.
"""

import re
from array import array
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from math import nan
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.fold import fold
from coworkmed.kernel.web_addresses import own_domain

from .compiled import compiled, hashed, hashes, packed
from .departments import departments
from .records import Record
from .texts import (
    MAX_ITEMS,
    MAX_LETTERS,
    address_numbers,
    brand_of,
    concept_of,
    deep,
    few,
    host_of,
    house_numbers,
    identifiers,
    known_by,
    months,
    paths,
    postcode,
    site_names,
    sound,
    street_words,
    telephones,
    town_words,
    word_class,
)
from .words import EXONYMS, STOPWORDS

#: A word in this many records or fewer is as rare as can be; in `COMMON` or more it says next to nothing.
RARE, COMMON = 8, 20_000
#: What a word of the class weighs beside a proper word of the same rarity.
CLASS_WEIGHT = {"stopword": 0.05, "legal form": 0.05, "town": 0.25, "kind": 0.3, "number": 0.7}
#: Of a position, metres: where it is not said how far off it may be, and at most.
UNKNOWN_RADIUS_M, MAX_RADIUS_M = 150.0, 50_000.0
SHARED_BY_MANY = 4  # a domain or telephone at this many addresses belongs to a chain or a centre
#: Where a domain or telephone is met: in one town at most, in several, at many premises.
SPREAD = ONE_TOWN, SEVERAL_TOWNS, MANY_PREMISES = 0, 1, 2

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
    opened="i4",  # months since the year 0, −1 where unknown
    closed="i4",
    town_length="u2",
    postcode_length="u2",
    street_length="u2",
    street_words="u2",
    sites="u2",  # what its web domains call themselves, in words behind those of the street
    names="u2",
    town_words="u2",
    domains="u2",
    phones="u2",
    pages="u2",
    profiles="u2",
    ids="u2",
    kinds="u2",
    numbers="u2",
    larger="?",  # its web site is that of something larger than a place
)
NAME = _shape(
    joined="i8",  # all words run together
    initials="i8",
    core="i8",
    departments="i8",  # what parts of a house the name speaks of, as bits
    words_begin="i8",  # in words
    core_begin="i8",  # the proper words run together
    sorted_begin="i8",  # all words, in alphabetical order
    words="u2",
    core_length="u2",
    sorted_length="u2",
)
WORD = _shape(
    word="i8",
    sound="i8",
    word_begin="i8",  # in chars
    word_length="u2",
    head="u2",  # its first two letters
    tail="u2",  # its last two
    with_next="i8",  # run together with the word after it in the name, 0 for the last
    digits="?",  # whether it is a number
    share="f4",  # what the word's class leaves of its weight
    weight="f4",  # what the word says: class and rarity
)
ITEM = _shape(
    value="i8",
    of="i8",  # of an identifier its scheme, of a page on a platform its host, of a word of a kind the kind's place
    company="i8",  # of an identifier the company's number, where one is in it
    spread="u1",  # of a domain or telephone, how many share it: see `SPREAD`
    single="?",  # of an identifier, whether a place has but one; of a kind, whether it is of our own dictionary
    of_company="?",  # whether the identifier is a company's
)
#: What the items of a record are, in their order: words of the town in all spellings, web domains, telephones,
#: addresses with a path on the place's own domain, addresses on shared platforms, identifiers, words of its kinds, the
#: numbers of its house and street.
ITEMS = ("town_words", "domains", "phones", "pages", "profiles", "ids", "kinds", "numbers")


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


class _Texts(dict[str, int]):
    """Text → its position in a table of distinct texts; the first is empty."""

    def __missing__(self, text: str) -> int:
        self[text] = position = len(self)
        return position


class _Rows:
    """Rows of a table in the making, all whole numbers, flat: ``texts`` hold positions in the table of texts."""

    def __init__(self, texts: str, numbers: str) -> None:
        self.texts, self.numbers = texts.split(), numbers.split()
        self.width = len(self.texts) + len(self.numbers)
        self.cells: list[int] = []

    def __len__(self) -> int:
        return len(self.cells) // self.width

    def table(self, shape: np.dtype[np.void], hashes_: Longs, first: Longs) -> Table:
        """The rows in ``shape``: of a text its hash and, where the shape asks for them, its beginning and length."""
        cells = np.array(self.cells, np.int64).reshape(-1, self.width)
        made = np.zeros(len(cells), shape)
        names = shape.names or ()
        for place, field in enumerate((*self.texts, *self.numbers)):
            if field in self.texts:
                at = cells[:, place]
                if field in names:
                    made[field] = hashes_[at]
                if f"{field}_begin" in names:
                    made[f"{field}_begin"], made[f"{field}_length"] = first[at], first[at + 1] - first[at]
            else:
                made[field] = cells[:, place]
        return made


class _Reading:
    """The tables in the making."""

    def __init__(self) -> None:
        self.text = _Texts({"": 0})
        self.records = _Rows(
            "called host brand country town postcode street street_number unit premises exchange",
            "name_begin street_word_begin item_begin house house_last opened closed street_words sites names "
            f"{' '.join(ITEMS)} larger",
        )
        self.positions = array("d")  # latitude, longitude, radius
        self.names = _Rows("joined initials core sorted", "words_begin words departments")
        self.words = _Rows("word with_next", "")
        self.shares = array("f")  # of words
        self.items = _Rows("value of company", "single of_company")

    def record(self, record: Record) -> None:
        text = self.text
        known, towns = known_by(record), town_words(record.locality)
        street = street_words(record.street) if record.street else ()
        name_begin, item_begin = len(self.names), len(self.items)
        for name in known:
            self.name(name, towns)
        street_word_begin = len(self.words)
        sites = site_names(record.domains)
        words = self.words.cells
        for word in (*street, *sites):
            words += (text[word], 0)
        self.shares.extend([0.0] * (len(street) + len(sites)))
        phones = telephones(record.phones)
        counts = self.contents(record, towns, phones)
        town, one_line, code = "".join(map(sound, towns)), "".join(street), postcode(record.postcode)
        self.positions.extend(position(record))
        self.records.cells += (
            text[fold(record.name[:MAX_LETTERS]).replace(" ", "")],
            text[host_of(record.name)],
            text[brand_of(record, known)],
            text[record.country.upper()],
            text[town],
            text[code],
            text[one_line],
            text[" ".join(_DIGITS.findall(one_line))],
            text[fold(record.unit[:MAX_LETTERS]).replace(" ", "")] if record.unit else 0,
            text[f"{record.country}|{code or town}|{one_line}|{record.number}"] if street else 0,
            text[next(iter(phones.values()))[:-4]] if phones else 0,
            name_begin,
            street_word_begin,
            item_begin,
            *house_numbers(record.number),
            months(record.opened),
            months(record.closed),
            len(street),
            len(sites),
            len(known),
            *counts,
        )

    def name(self, name: Sequence[str], towns: Sequence[str]) -> None:
        text = self.text
        classes = [word_class(word, towns) for word in name]
        said = [word for word in name if word not in STOPWORDS]
        proper = [word for word, kind in zip(name, classes, strict=True) if not kind or kind == "number"]
        initials = "".join(word[0] for word in said if len(word) > 1)
        self.names.cells += (
            text["".join(name)],
            text[initials] if len(initials) > 2 else 0,
            text["".join(proper or said or name)],
            text[" ".join(sorted(name))],
            len(self.words),
            len(name),
            departments(name),
        )
        words = self.words.cells
        for word, after in zip(name, (*name[1:], ""), strict=True):
            words += (text[word], text[word + after] if after else 0)
        self.shares.extend([CLASS_WEIGHT.get(kind, 1.0) for kind in classes])

    def contents(self, record: Record, towns: Sequence[str], phones: Iterable[str]) -> tuple[int, ...]:
        """Adds the items of a record; returns how many of each of `ITEMS`, and whether its site is that of something
        larger."""
        text, cells = self.text, self.items.cells
        spellings = [spelling for town in towns for spelling in (town, *_SPELLINGS.get(town, ()))]
        domains, tails = few(record.domains), list(phones)
        for value in (*spellings, *domains, *tails):
            cells += (text[value], 0, 0, 0, 0)
        pages = profiles = larger = 0
        shared = []
        for url, page in paths(record.urls):
            if own_domain(url):
                cells += (text[page], 0, 0, 0, 0)
                pages += 1
                larger |= deep(page)
            else:
                shared.append(page)
        for page in shared:
            cells += (text[page], text[page.partition("/")[0]], 0, 0, 0)
            profiles += 1
        ids = identifiers(record.ids)
        for scheme, value in ids:
            company = value[:9] if scheme in ("SIRET", "SIREN") else ""
            cells += (text[f"{scheme}:{value}"], text[scheme], text[company], scheme in SINGLE, scheme in OF_COMPANY)
        kinds = [(word, kind) for kind in few(record.kinds) for word in _kind_words(kind)][:MAX_ITEMS]
        for word, kind in kinds:
            cells += (text[word], text[kind], 0, kind in KINDS, 0)
        numbers = address_numbers(record.number, record.street)
        for number in numbers:
            cells += (text[number], 0, 0, 0, 0)
        return len(spellings), len(domains), len(tails), pages, profiles, len(ids), len(kinds), len(numbers), larger

    def columns(self) -> Columns:
        listed = list(self.text)
        chars, first = packed(listed)
        number = hashes(chars, first)
        records = self.records.table(RECORD, number, first)
        records["lat"], records["lon"], records["radius"] = np.frombuffer(self.positions).reshape(-1, 3).T
        words = self.words.table(WORD, number, first)
        words["share"] = np.frombuffer(self.shares, np.float32)
        at = np.array(self.words.cells[:: self.words.width], np.intp)
        distinct, which = np.unique(at, return_inverse=True)
        said = [listed[position] for position in distinct.tolist()]
        words["sound"] = hashed([meaning(one) for one in said])[which]
        words["digits"] = np.array([one.isdigit() for one in said], bool)[which]
        words["head"] = np.array([_two(one[:2]) for one in said], np.uint16)[which]
        words["tail"] = np.array([_two(one[-2:]) for one in said], np.uint16)[which]
        return Columns(
            records,
            self.names.table(NAME, number, first),
            words,
            self.items.table(ITEM, number, first),
            chars,
        )


@lru_cache(maxsize=200_000)
def meaning(word: str) -> str:
    """What two words have in common that mean or sound the same: the concept in capitals, else the sound."""
    return concept_of(word).upper() or sound(word)


def _two(letters: str) -> int:
    return int.from_bytes(letters.encode(errors="surrogatepass")[:2].ljust(2))


@lru_cache(maxsize=10_000)
def _kind_words(kind: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind[:MAX_LETTERS].lower().replace("_", " ").split()))


def position(record: Record) -> tuple[float, float, float]:
    """Latitude, longitude (degrees, NaN where they are none) and how far off they may be (metres, of a kind of place
    that a position can stand for)."""
    lat, lon, radius = record.lat, record.lon, record.radius_m
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        lat = lon = nan
    return lat, lon, min(max(radius, 0.0), MAX_RADIUS_M) if radius == radius else UNKNOWN_RADIUS_M


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
    behind = {"name_begin": "names", "street_word_begin": "words", "words_begin": "words", "item_begin": "items"}
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
                start = names[name]["words_begin"]
            end = names[name]["words_begin"] + names[name]["words"]
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
    """The same columns with what depends on all records: the weight of words by ``counts``, how widely
    telephones and domains are shared, and which initials spell a word that is met."""
    names, words, items = columns.names.copy(), columns.words.copy(), columns.items.copy()
    names["initials"][counts(names["initials"]) == 0] = 0
    words["weight"] = words["share"] * rarity(counts(words["word"]).astype(np.float64))
    items["spread"] = spread(columns, np.ones(columns.size, bool))
    return columns._replace(names=names, words=words, items=items)


def owners(columns: Columns) -> tuple[Longs, NDArray[np.int8]]:
    """Of each item the record it belongs to, and its place in `ITEMS`."""
    counts = np.stack([columns.records[kind] for kind in ITEMS], axis=1).astype(np.int64)
    owner = np.repeat(np.arange(columns.size), counts.sum(axis=1))
    kind = np.repeat(np.tile(np.arange(len(ITEMS), dtype=np.int8), columns.size), counts.ravel())
    return owner, kind


def spread(columns: Columns, alive: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """How widely each domain and telephone among the items is shared (`SPREAD`; 0 for other items), by the records that
    are ``alive``."""
    owner, kind = owners(columns)
    found = np.zeros(len(columns.items), np.uint8)
    for contact in ("domains", "phones"):
        of = (kind == ITEMS.index(contact)) & alive[owner]
        values, records = columns.items["value"][of], columns.records[owner[of]]
        towns, premises = _distinct(values, records["town"]), _distinct(values, records["premises"])
        found[of] = np.where(premises >= SHARED_BY_MANY, MANY_PREMISES, np.where(towns > 1, SEVERAL_TOWNS, ONE_TOWN))
    return found


def _distinct(values: Longs, where: Longs) -> Longs:
    """With how many known places each value is met."""
    known = where != 0
    order = np.lexsort((where[known], values[known]))
    value, at = values[known][order], where[known][order]
    first = np.ones(len(value), bool)
    first[1:] = (value[1:] != value[:-1]) | (at[1:] != at[:-1])
    met, times = np.unique(value[first], return_counts=True)
    return Counts(met, times.astype(np.int64))(values)


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
