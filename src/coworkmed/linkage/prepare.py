"""Records in columns: every text folded, cut into words and numbered once, so that pairs compare as numbers.

Rarity of a word is judged by how many records hold it, not by what share of them: what counts against chance agreement
is how many others nearby could have agreed. So a record that shares no word with a pair changes nothing for it.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.fold import fold
from coworkmed.kernel.web_addresses import host as host_name
from coworkmed.kernel.web_addresses import own_domain

from .records import Record
from .texts import (
    MAX_WORDS,
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

Ints = NDArray[np.int32]
Floats = NDArray[np.float32]

#: A word in this many records or fewer is as rare as can be; in `COMMON` or more it says next to nothing.
RARE, COMMON = 8, 20_000
#: What a word of the class weighs beside a proper word of the same rarity.
CLASS_WEIGHT = {"stopword": 0.05, "legal form": 0.05, "town": 0.25, "kind": 0.3, "number": 0.7}


def rarity(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a word says by the number of records that hold it: 1 (rare) down to 0.05 (common)."""
    share: NDArray[np.float64] = np.log(COMMON / np.clip(count, RARE, COMMON)) / np.log(COMMON / RARE)
    return np.maximum(share, 0.05)


@dataclass(frozen=True, slots=True)
class Names:
    """The names of all records, one row each; those of record i are rows ``first[i]`` to ``first[i + 1]`` (excluded).

    ``words``, ``sounds``  (rows, MAX_WORDS) numbers of the words and of their phonetic spellings, −1 where none
    ``weights``            (rows, MAX_WORDS) what each word says, 0 where none
    ``initials``           number of the word the initials spell, −1 if none
    ``core``               the proper words run together
    ``whole``              all words
    """

    first: NDArray[np.int64]
    words: Ints
    sounds: Ints
    weights: Floats
    initials: Ints
    core: NDArray[np.object_]
    whole: NDArray[np.object_]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of all names by number, and what is asked of them again and again. One entry more than there are
    words, so that −1 finds the empty word."""

    words: NDArray[np.object_]
    heads: NDArray[np.object_]  # first two letters
    tails: NDArray[np.object_]  # last two
    ends: NDArray[np.object_]  # the first and the last
    lengths: Ints
    digits: NDArray[np.bool_]

    @classmethod
    def of(cls, words: Iterable[str]) -> "Vocabulary":
        listed = [*words, ""]
        return cls(
            _objects(listed),
            _objects(word[:2] for word in listed),
            _objects(word[-2:] for word in listed),
            _objects(word[:1] + word[-1:] for word in listed),
            np.array([len(word) for word in listed], np.int32),
            np.array([word.isdigit() for word in listed]),
        )


@dataclass(frozen=True, slots=True)
class Sets:
    """A small set of numbers per record, in one array: those of record i are ``items[first[i]:first[i + 1]]``."""

    first: NDArray[np.int64]
    items: Ints
    labels: Sequence[str]
    holders: Ints  # per number: how many records hold it
    premises: Ints  # per number: at how many distinct addresses

    def padded(self, width: int) -> Ints:
        """(records, width) numbers, −1 where none; what exceeds the width is cut."""
        sizes = np.diff(self.first)
        table = np.full((len(sizes), width), -1, np.int32)
        for place in range(width):
            has = sizes > place
            table[has, place] = self.items[self.first[:-1][has] + place]
        return table


@dataclass(frozen=True, slots=True)
class Columns:
    """All that is compared. Text columns hold "" and number columns −1 (positions NaN) where nothing is known."""

    records: Sequence[Record]
    order: NDArray[np.int64]  # rank of each record by its key: what makes the order of input irrelevant
    vocabulary: Vocabulary
    names: Names
    towns: Ints  # (records, 4) words of the locality, numbered with the words of names
    town: NDArray[np.object_]
    country: Ints
    postcode: NDArray[np.object_]
    street: NDArray[np.object_]
    house: Ints  # (records, 2) first and last number
    unit: Ints
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    radius: Floats
    domains: Sets
    phones: Sets
    exchanges: Ints  # number of the first telephone without its last four digits
    pages: Sets  # addresses with a path of their own, on the place's domain
    profiles: Sets  # addresses on shared platforms
    platforms: Sets  # the hosts of these
    ids: Sets
    kinds: Sets
    brand: Ints  # number of the brand's words run together, −1 if none known
    called: Ints  # number of the name's words run together
    host: Ints  # the same for what the name says it is inside of


class _Numbering(dict[str, int]):
    """Text → number in order of first arrival."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


def _column(values: Iterable[str]) -> Ints:
    numbers = _Numbering()
    return np.array([numbers[value] if value else -1 for value in values], np.int32)


def _sets(values: Sequence[Sequence[str]], premises: Sequence[str]) -> Sets:
    numbers = _Numbering()
    rows = [[numbers[text] for text in dict.fromkeys(texts)] for texts in values]
    at: dict[int, set[str]] = {}
    holders: Counter[int] = Counter()
    for row, where in zip(rows, premises, strict=True):
        for number in row:
            holders[number] += 1
            if where:
                at.setdefault(number, set()).add(where)
    return Sets(
        first=np.cumsum([0, *map(len, rows)], dtype=np.int64),
        items=np.array([number for row in rows for number in row], np.int32),
        labels=list(numbers),
        holders=np.array([holders[number] for number in range(len(numbers))], np.int32),
        premises=np.array([len(at.get(number, ())) for number in range(len(numbers))], np.int32),
    )


def _objects(values: Iterable[str]) -> NDArray[np.object_]:
    listed = list(values)
    column = np.empty(len(listed), object)
    column[:] = listed
    return column


def _names(
    known: Sequence[list[tuple[str, ...]]],
    towns: Sequence[tuple[str, ...]],
    seen: Mapping[str, int],
    numbers: _Numbering,
) -> Names:
    rows = [(index, name) for index, names in enumerate(known) for name in names]
    holders = Counter(word for names in known for word in {word for name in names for word in name})
    words = np.full((len(rows), MAX_WORDS), -1, np.int32)
    classes = np.zeros((len(rows), MAX_WORDS), np.float32)
    initials = np.full(len(rows), -1, np.int32)
    cores: list[str] = []
    for row, (index, name) in enumerate(rows):
        kept = []
        for place, word in enumerate(name):
            words[row, place] = numbers[word]
            kind = word_class(word, towns[index])
            classes[row, place] = CLASS_WEIGHT.get(kind, 1.0)
            if not kind or kind == "number":
                kept.append(word)
        cores.append("".join(kept or [word for word in name if word not in STOPWORDS] or name))
        letters = "".join(word[0] for word in name if word not in STOPWORDS and len(word) > 1)
        initials[row] = numbers[letters] if len(letters) > 2 and letters in holders else -1
    counts = np.array([holders[word] + seen.get(word, 0) for word in numbers], np.float64)
    sound_numbers = _Numbering()
    sounds = np.array([sound_numbers[sound(word)] for word in numbers], np.int32)
    present = words >= 0
    return Names(
        first=np.cumsum([0, *map(len, known)], dtype=np.int64),
        words=words,
        sounds=np.where(present, sounds[words], -1) if len(sounds) else words,
        weights=np.where(present, classes * rarity(counts)[words], 0).astype(np.float32) if len(counts) else classes,
        initials=initials,
        core=_objects(cores),
        whole=_objects(" ".join(name) for _, name in rows),
    )


def prepare(records: Sequence[Record], seen: Mapping[str, int] | None = None) -> Columns:
    """Records as columns. ``seen`` counts words met elsewhere (the model's), so that short input knows common words."""
    known = [known_by(record) for record in records]
    towns = [town_words(record.locality) for record in records]
    streets = ["".join(street_words(record.street)) if record.street else "" for record in records]
    numbers = _Numbering()
    names = _names(known, towns, seen or {}, numbers)
    town_table = np.full((len(records), 4), -1, np.int32)
    inverse: dict[str, list[str]] = {}
    for other, one in EXONYMS.items():
        inverse.setdefault(one, []).append(other)
    for index, words in enumerate(towns):
        spellings = [spelling for word in words for spelling in (word, *inverse.get(word, ())) if spelling in numbers]
        for place, word in enumerate(spellings[:4]):
            town_table[index, place] = numbers[word]
    postcodes = [postcode(record.postcode) for record in records]
    premises = [
        f"{record.country}|{postcode or ' '.join(town)}|{street}|{record.number}" if street else ""
        for record, postcode, town, street in zip(records, postcodes, towns, streets, strict=True)
    ]
    position = np.array([_position(record) for record in records], np.float64).reshape(-1, 2)
    run_together = ["".join(fold(record.name).split()) for record in records]
    called, host = np.split(_column([*run_together, *(host_of(record.name) for record in records)]), 2)
    pages_of = [paths(record.urls) for record in records]
    order = np.empty(len(records), np.int64)
    order[sorted(range(len(records)), key=lambda index: records[index].key)] = np.arange(len(records))
    return Columns(
        records=records,
        order=order,
        vocabulary=Vocabulary.of(numbers),
        names=names,
        towns=town_table,
        town=_objects("".join(map(sound, words)) for words in towns),
        country=_column(record.country.upper() for record in records),
        postcode=_objects(postcodes),
        street=_objects(" ".join(street_words(record.street)) if record.street else "" for record in records),
        house=np.array([house_numbers(record.number) for record in records], np.int32).reshape(-1, 2),
        unit=_column("".join(fold(record.unit).split()) for record in records),
        lat=position[:, 0],
        lon=position[:, 1],
        radius=np.array([record.radius_m for record in records], np.float32),
        domains=_sets([record.domains for record in records], premises),
        phones=_sets([record.phones for record in records], premises),
        exchanges=_column(record.phones[0][:-4] if record.phones else "" for record in records),
        pages=_sets([[page for url, page in pages if own_domain(url)] for pages in pages_of], premises),
        profiles=_sets([[page for url, page in pages if not own_domain(url)] for pages in pages_of], premises),
        platforms=_sets([[host_name(url) for url, _ in pages if not own_domain(url)] for pages in pages_of], premises),
        ids=_sets([record.ids for record in records], premises),
        kinds=_sets([record.kinds for record in records], premises),
        called=called,
        host=host,
        brand=_column(brand_of(record, names) for record, names in zip(records, known, strict=True)),
    )


def _position(record: Record) -> tuple[float, float]:
    if record.lat is None or record.lon is None:
        return np.nan, np.nan
    return record.lat, record.lon
