"""Reads records into the tables that are compared: every text folded, cut into words and given a number once.

Column by column, each distinct text looked at once; what names make of their words is worked out in compiled code.
"""

import re
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence, Sized
from functools import cache, lru_cache
from itertools import chain
from math import nan
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.memory import uncollected
from coworkmed.kernel.web_addresses import own_domain

from .columns import ITEM, ITEMS, NAME, RECORD, WORD, Bytes, Columns, Longs, Table, shape
from .compiled import hashed, hashes, mixed, packed, together
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
    written_words,
)
from .words import EXONYMS, STOPWORDS

H = TypeVar("H", bound=Hashable)
R = TypeVar("R")

#: What a word of the class weighs beside a proper word of the same rarity.
CLASS_WEIGHT = {"stopword": 0.05, "legal form": 0.05, "town": 0.25, "kind": 0.3, "number": 0.7}
#: Of a position, metres: where it is not said how far off it may be, and at most.
UNKNOWN_RADIUS_M, MAX_RADIUS_M = 150.0, 50_000.0

#: Identifiers of which an establishment has one, so that two that differ are two establishments.
SINGLE = frozenset({"SIRET", "WIKIDATA", "RNA", "OIB", "AFM", "NIF", "PIVA", "SIREN", "VAT"})
#: Identifiers of a company, whatever the number of its establishments.
OF_COMPANY = frozenset({"SIREN", "VAT", "RNA"})

_DIGITS = re.compile(r"\d+")
_SPELLINGS: dict[str, list[str]] = {}
for _other, _one in EXONYMS.items():
    _SPELLINGS.setdefault(_one, []).append(_other)

_CLASSES = ("", *CLASS_WEIGHT)
_PROPER, _TOWN, _NUMBER = (_CLASSES.index(one) for one in ("", "town", "number"))
_SHARES = np.array([CLASS_WEIGHT.get(one, 1.0) for one in _CLASSES], np.float32)
#: What is known of a word by itself.
_LEXEME = shape(
    rank="i8",  # in alphabetical order
    town="i8",  # the number of the town it may name, −1 where it can't
    departments="i8",
    kind="i8",  # its place in `_CLASSES`, towns apart
    small="?",  # left out of initials
)

_flat = chain.from_iterable


class _Numbered(dict[H, int]):
    """Thing → its position among the distinct things asked for."""

    def __missing__(self, thing: H) -> int:
        self[thing] = position = len(self)
        return position

    def all_of(self, things: Iterable[H]) -> Longs:
        """Their positions."""
        return np.fromiter(map(self.__getitem__, things), np.int64)


def _each(of: Callable[[H], R], things: Iterable[H]) -> list[R]:
    """What ``of`` makes of each thing, worked out once for all that are the same."""
    return [*map(cache(of), things)]


def _lengths(things: Iterable[Sized]) -> Longs:
    return np.array([*map(len, things)], np.int64)


def _any(which: NDArray[np.bool_], of: Longs) -> NDArray[np.bool_]:
    """Whether something of the same group is ``which``; ``of`` groups, ascending from 0."""
    return np.bincount(of[which], minlength=of[-1] + 1 if len(of) else 0)[of] > 0


def _begins(lengths: Longs) -> Longs:
    """Where each begins when they stand one behind the other."""
    return np.cumsum(lengths) - lengths


def read(records: Sequence[Record]) -> Columns:
    """Records as columns, all but what depends on other records (see `prepare.finish`)."""
    with uncollected():
        return _Reading(records).columns()


class _Reading:
    """What is read off each record, and the texts that are in it: words first, then all others."""

    def __init__(self, records: Sequence[Record]) -> None:
        self.records = records
        self.names = [known_by(one) for one in records]
        self.towns = _each(town_words, (one.locality for one in records))
        self.streets = _each(street_words, (one.street for one in records))
        self.sites = [site_names(one.domains) for one in records]
        self.phones = _each(telephones, (one.phones for one in records))
        self.webs = _each(_web, (one.urls for one in records))
        self.text = _Numbered[str]({"": 0})
        every_name = _flat(_flat(self.names))
        self.said = self.text.all_of(chain(every_name, _flat(_flat(zip(self.streets, self.sites, strict=True)))))
        self.in_towns = self.text.all_of(_flat(self.towns))
        self.words = [*self.text]

    def columns(self) -> Columns:
        fields, door = self._texts()
        lengths, items = self._items()
        self.chars, self.first = packed([*self.text])
        self.number = hashes(self.chars, self.first)
        records = self._records(fields, door)
        records["item_begin"] = _begins(lengths.sum(axis=1))
        for kind, length in zip(ITEMS, lengths.T, strict=True):
            records[kind] = length
        names, words, spelt = self._names()
        in_streets, in_sites = _lengths(self.streets), _lengths(self.sites)
        records["street_words"], records["sites"] = in_streets, in_sites
        records["street_word_begin"] = len(words) - in_streets.sum() - in_sites.sum() + _begins(in_streets + in_sites)
        return Columns(records, names, words, items(), np.concatenate([self.chars, spelt]))

    def _texts(self) -> tuple[Mapping[str, Longs], Longs]:
        """The texts of the table of records, and the number of the house, by their numbers."""
        records, every = self.records, self.text.all_of
        fields = {
            "called": every("".join(written_words(one.name)) for one in records),
            "host": every(host_of(one.name) for one in records),
            "brand": every(map(brand_of, records, self.names)),
            "country": every(one.country.upper() for one in records),
            "town": every(_each(_sounds, self.towns)),
            "postcode": every(_each(postcode, (one.postcode for one in records))),
            "street": every(_each("".join, self.streets)),
            "street_number": every(_each(_digits, self.streets)),
            "unit": every("".join(written_words(one.unit)) if one.unit else "" for one in records),
            "exchange": every(next(iter(tails.values()), "")[:-4] for tails in self.phones),
        }
        return fields, every(one.number for one in records)

    def _records(self, fields: Mapping[str, Longs], door: Longs) -> Table:
        """All but what counts and names rows of other tables."""
        made = np.zeros(len(self.records), RECORD)
        for field, at in fields.items():
            made[field] = self.number[at]
            if f"{field}_begin" in (RECORD.names or ()):
                made[f"{field}_begin"], made[f"{field}_length"] = self.first[at], np.diff(self.first)[at]
        # a house whose number, town or country is not known has premises all the same
        where = np.where(made["postcode"] != 0, made["postcode"], made["town"])
        made["premises"] = mixed(made["country"] | 1, where | 1, made["street"], self.number[door] | 1)
        houses = _each(house_numbers, (one.number for one in self.records))
        made["house"], made["house_last"] = np.array(houses, np.int64).reshape(-1, 2).T
        made["opened"] = _each(months, (one.opened for one in self.records))
        made["closed"] = _each(months, (one.closed for one in self.records))
        made["lat"], made["lon"], made["radius"] = np.array([*map(position, self.records)]).reshape(-1, 3).T
        made["larger"] = [larger for _, _, larger in self.webs]
        made["names"] = _lengths(self.names)
        made["name_begin"] = _begins(_lengths(self.names))
        return made

    def _items(self) -> tuple[Longs, Callable[[], Table]]:
        """(records, `ITEMS`) how many of each kind; and how to make them, once texts have their numbers."""
        records, every = self.records, self.text.all_of
        ids = _each(_identifiers, (one.ids for one in records))
        kinds = _each(_kinds, (one.kinds for one in records))
        columns: Sequence[Sequence[Collection[str]]] = (  # in the order of `ITEMS`
            _each(_spellings, self.towns),
            [few(one.domains) for one in records],
            self.phones,
            [pages for pages, _, _ in self.webs],
            [profiles for _, profiles, _ in self.webs],
            [found for found, _, _ in ids],
            [found for found, _ in kinds],
            [address_numbers(one.number, one.street) for one in records],
        )
        values = every(_flat(_flat(zip(*columns, strict=True))))
        of = {
            "profiles": every(profile.partition("/")[0] for _, profiles, _ in self.webs for profile in profiles),
            "ids": every(scheme for _, schemes, _ in ids for scheme in schemes),
            "kinds": every(kind for _, found in kinds for kind in found),
        }
        companies = every(company for _, _, found in ids for company in found)
        lengths = np.stack([_lengths(column) for column in columns], axis=1)

        def table() -> Table:
            made = np.zeros(len(values), ITEM)
            made["value"] = self.number[values]
            kind = np.repeat(np.tile(np.arange(len(ITEMS)), len(records)), lengths.ravel())
            at = {name: kind == ITEMS.index(name) for name in of}
            for name, numbers in of.items():
                made["of"][at[name]] = self.number[numbers]
            made["company"][at["ids"]] = self.number[companies]
            made["single"][at["ids"]] = [scheme in SINGLE for _, schemes, _ in ids for scheme in schemes]
            made["of_company"][at["ids"]] = [scheme in OF_COMPANY for _, schemes, _ in ids for scheme in schemes]
            made["single"][at["kinds"]] = [kind in KINDS for _, found in kinds for kind in found]
            return made

        return lengths, table

    def _names(self) -> tuple[Table, Table, Bytes]:
        """Names; their words, then those of streets and sites; and the characters of what names make of their words."""
        every = [*_flat(self.names)]
        length = _lengths(every)
        names = np.zeros(len(every), NAME)
        names["words"], names["words_begin"] = length, _begins(length)
        name, said = np.repeat(np.arange(len(every)), length), self.said[: length.sum()]  # of each word
        every_word, known = self._lexicon()
        words, known = every_word[self.said], known[said]
        kind = np.where(self._in_town(known["town"], name), _TOWN, known["kind"])
        words["share"][: len(said)] = _SHARES[kind]
        proper, large = (kind == _PROPER) | (kind == _NUMBER), ~known["small"]
        core = np.where(_any(proper, name), proper, large | ~_any(large, name))
        by_letter = np.argsort(name * len(self.words) + known["rank"])
        lettered = large & (np.diff(self.first)[said] > 1)
        follows = name[1:] == name[:-1]
        pairs = np.stack([said[:-1][follows], said[1:][follows]], axis=1)

        start, end = self.first[said], self.first[said + 1]
        size = len(every)
        names["joined"] = hashes(*together(self.chars, start, end, name, size))
        initials = hashes(*together(self.chars, start[lettered], start[lettered] + 1, name[lettered], size))
        names["initials"] = np.where(np.bincount(name[lettered], minlength=size) > 2, initials, 0)
        proper_chars, proper_first = together(self.chars, start[core], end[core], name[core], size)
        names["core"] = hashes(proper_chars, proper_first)
        names["core_begin"], names["core_length"] = len(self.chars) + proper_first[:-1], np.diff(proper_first)
        in_order, order_first = together(self.chars, start[by_letter], end[by_letter], name, size, space=True)
        names["sorted_length"] = np.diff(order_first)
        names["sorted_begin"] = len(self.chars) + len(proper_chars) + order_first[:-1]
        names["departments"] = np.bitwise_or.reduceat(known["departments"], names["words_begin"]) if size else 0
        twos = np.repeat(np.arange(len(pairs)), 2)
        both = together(self.chars, self.first[pairs].ravel(), self.first[pairs + 1].ravel(), twos, len(pairs))
        words["with_next"][: len(said) - 1][follows] = hashes(*both)
        return names, words, np.concatenate([proper_chars, in_order])

    def _in_town(self, town: Longs, name: Longs) -> NDArray[np.bool_]:
        """Which words of names, that may mean a ``town``, mean the one their record stands in."""
        record = np.repeat(np.arange(len(self.records)), _lengths(self.names))[name]
        stands = np.repeat(np.arange(len(self.records)), _lengths(self.towns))
        size = len(self.words)
        return (town >= 0) & np.isin(record * size + town, stands * size + self.in_towns)

    def _lexicon(self) -> tuple[Table, Table]:
        """Of each distinct word what is said of it, and what names need to know of it."""
        words, size = self.words, len(self.words)
        said, known = np.zeros(size, WORD), np.zeros(size, _LEXEME)
        said["word"], said["word_begin"] = self.number[:size], self.first[:size]
        said["word_length"] = np.diff(self.first[: size + 1])
        said["sound"] = hashed([meaning(one) for one in words])
        facts = [*zip(*map(_facts, words), strict=True)]
        said["digits"], said["head"], said["tail"], known["kind"], known["departments"], known["small"], towns = facts
        known["town"] = [self.text.get(town, -1) for town in towns]
        known["rank"][sorted(range(size), key=words.__getitem__)] = np.arange(size)
        return said, known


@lru_cache(maxsize=200_000)
def _facts(word: str) -> tuple[bool, int, int, int, int, bool, str | None]:
    """Of a word: whether it is a number, its first two letters and its last two, its place in `_CLASSES`, departments,
    whether initials leave it out, and the town it may mean."""
    kind = word_class(word)
    town = EXONYMS.get(word, word) if kind in ("", "kind") else None
    place, small = _CLASSES.index(kind), word in STOPWORDS
    return word.isdigit(), _two(word[:2]), _two(word[-2:]), place, departments((word,)), small, town


def _web(urls: Sequence[str]) -> tuple[list[str], list[str], bool]:
    """Pages, profiles, and whether the site is that of something larger than a place."""
    found = [(own_domain(url), page) for url, page in paths(urls)]
    pages = [page for own, page in found if own]
    return pages, [page for own, page in found if not own], any(map(deep, pages))


def _spellings(towns: Sequence[str]) -> list[str]:
    return [spelling for town in towns for spelling in (town, *_SPELLINGS.get(town, ()))]


def _identifiers(ids: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """Identifiers, their schemes, and the companies that are named in them ("" where none is)."""
    found = identifiers(ids)
    companies = [value[:9] if scheme in ("SIRET", "SIREN") else "" for scheme, value in found]
    return [f"{scheme}:{value}" for scheme, value in found], [scheme for scheme, _ in found], companies


def _kinds(kinds: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words of kinds, and beside each its kind."""
    found = [
        (word, kind)
        for kind in few(kinds)
        for word in dict.fromkeys(kind[:MAX_LETTERS].lower().replace("_", " ").split())
    ][:MAX_ITEMS]
    return [word for word, _ in found], [kind for _, kind in found]


def _sounds(words: Sequence[str]) -> str:
    return "".join(map(sound, words))


def _digits(words: Sequence[str]) -> str:
    return " ".join(_DIGITS.findall("".join(words)))


@lru_cache(maxsize=200_000)
def meaning(word: str) -> str:
    """What two words have in common that mean or sound the same: the concept in capitals, else the sound."""
    return concept_of(word).upper() or sound(word)


def _two(letters: str) -> int:
    return int.from_bytes(letters.encode(errors="surrogatepass")[:2].ljust(2))


def position(record: Record) -> tuple[float, float, float]:
    """Latitude, longitude (degrees, NaN where they are none) and how far off they may be (metres, of a kind of place
    that a position can stand for)."""
    lat, lon, radius = record.lat, record.lon, record.radius_m
    if lat is None or lon is None or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        lat = lon = nan
    return lat, lon, min(max(radius, 0.0), MAX_RADIUS_M) if radius == radius else UNKNOWN_RADIUS_M
