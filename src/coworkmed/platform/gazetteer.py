"""Towns, regions and countries around the Mediterranean, by their names in every language and script, or by position.

Towns: GeoNames (CC BY 4.0), those of 500 inhabitants or more. Regions: ISO 3166-2, named by Unicode CLDR (Unicode-3.0)
where it can. Countries: all of the world, named by CLDR. `tools/gazetteer.py` makes the file. A section of a city
("Marseille 06", "Trastevere") isn't a town of its own, but its name leads to the city.
"""

import gzip
import hashlib
import io
import json
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from math import cos, hypot, pi, radians, sqrt
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from babel import Locale, UnknownLocaleError
from rapidfuzz import process
from rapidfuzz.distance import OSA
from scipy.spatial import cKDTree

from coworkmed.kernel.fold import fold
from coworkmed.kernel.geo import EARTH_RADIUS_M

DATA = Path(__file__).with_name("data") / "gazetteer.npz.gz"
NAMED_KM = 30.0  # a place may call itself after a town this far
GUESSED_KM = 10.0  # and this far, if what it says only begins with the town's name
TOWN_KM = 40.0  # a position further than this from any town is in none
KNOWN = 20_000  # inhabitants from which a town is meant by only the beginning of what was written
WORDS = 6  # a name of a territory is no longer than this
EARTH_KM = EARTH_RADIUS_M / 1000
DEGREE_KM = radians(1) * EARTH_KM  # of latitude
CELL = 0.05  # degrees: towns that a position may lie in are gathered cell by cell

Ints = npt.NDArray[np.int32]


class Town(NamedTuple):
    """A town.

    ``id``          GeoNames' number
    ``name``        as its inhabitants write it in Latin letters, where known
    ``country``     ISO 3166-1 alpha-2; a French overseas department is "FR"
    ``region``      ISO 3166-2, "" where there is none or it isn't known
    ``lat, lon``    WGS84, degrees
    ``population``  inhabitants; 0 where it isn't known
    """

    id: int
    name: str
    country: str
    region: str
    lat: float
    lon: float
    population: int


@dataclass(frozen=True)
class Region:
    """A region: ``code`` is ISO 3166-2, ``names`` language (BCP 47) → name, ``local`` its name where it lies."""

    code: str
    names: dict[str, str] = field(repr=False)
    local: str

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2 code."""
        return self.code[:2]

    def name(self, language: str) -> str:
        """In a language, else in English, else in its own."""
        return self.names.get(language) or self.names.get("en") or self.local


class Named(NamedTuple):
    """What a name may mean.

    ``kind``    "country", "region" or "town"
    ``code``    ISO 3166-1, ISO 3166-2, or GeoNames' number as text
    ``label``   its name in the reader's language
    ``country`` ISO 3166-1 alpha-2
    ``weight``  inhabitants: for a region or country, of its towns listed here
    """

    kind: str
    code: str
    label: str
    country: str
    weight: int


def town(number: int) -> Town | None:
    """The town of a GeoNames number; None where it isn't listed."""
    book = _book()
    index = book.index_of.get(number)
    return None if index is None else book.town(index)


def region(code: str) -> Region | None:
    """The region of an ISO 3166-2 code; None where it isn't listed."""
    return _book().region_of.get(code)


def regions(country: str) -> list[Region]:
    """The regions of a country, by code."""
    return [one for one in _book().regions if one.country == country]


def towns(region: str) -> list[Town]:
    """The towns of a region, the most populous first."""
    book = _book()
    found = book.region_of.get(region)
    if found is None:
        return []
    number = book.regions.index(found) + 1
    return [book.town(int(index)) for index in np.flatnonzero(book.town_regions == number)]


def locate(country: str, locality: str, lat: float | None, lon: float | None) -> Town | None:
    """The town a place lies in, by what it says and where it stands (WGS84, degrees).

    The town of that name (in any language, within 30 km of the position); else the one the position belongs to: within
    40 km, the larger a town, the further it reaches; else the most populous of that name. ``country`` "" means any.
    None where neither says anything.
    """
    book = _book()
    meant, guessed = _candidates(country, locality)
    if lat is not None and lon is not None and abs(lat) <= 90 and abs(lon) <= 180:
        near = [(away, index) for index in meant if (away := book.km_from(index, lat, lon)) <= NAMED_KM]
        near = near or [(away, index) for index in guessed if (away := book.km_from(index, lat, lon)) <= GUESSED_KM]
        at = min(near)[1] if near else _town_at(country, lat, lon)
        if at is not None:
            return book.town(at)
    known = meant or [index for index in guessed if book.populations[index] >= KNOWN]
    return book.town(known[0]) if known else None


def reach_km(population: int) -> float:
    """How far from its centre a town is taken to reach: a disc of 10,000 inhabitants a km², and a little."""
    return 0.8 + sqrt(population / 10_000 / pi)


def remoteness(away: float, reach: float) -> float:
    """How far from belonging to a town a position is, by both in km: below 1 within its reach, from there on by km."""
    return away / reach if away <= reach else 1 + (away - reach)


def named(text: str, *, language: str = "en", prefix: bool = False, typos: bool = False, limit: int = 8) -> list[Named]:
    """What a reader may mean by ``text``: exact names, then, on demand, names it begins; or else names it misspells.

    Of equal ones countries come first, then the most populous; a region named as a town of its own comes after it.
    """
    key = fold(text[:200])
    if not key:
        return []
    book = _book()
    found = dict.fromkeys(_ordered(book.exact(key)))
    if prefix and len(found) < limit:
        for group in book.beginning(key, limit * 4):
            found.update(dict.fromkeys(_ordered(group)))
    if typos and not found:
        for group in book.misspelt(key):
            found.update(dict.fromkeys(_ordered(group)))
    return [book.named(entity, language) for entity in list(found)[:limit]]


def find_in(words: Sequence[str]) -> list[tuple[int, int, Named]]:
    """(start, end, territory) of the longest runs of folded ``words`` that name one exactly, from left to right.

    Many a common word is a village somewhere: take it as a hint.
    """
    book = _book()
    found = []
    start = 0
    while start < len(words):
        for end in range(min(len(words), start + WORDS), start, -1):
            key = " ".join(words[start:end])
            if len(key) > 2 and (entities := _ordered(book.exact(key))):
                found.append((start, end, book.named(entities[0], "en")))
                start = end
                break
        else:
            start += 1
    return found


def label(named: Named | str, language: str) -> str:
    """A territory's name in a reader's language: of what was found, or of its code (see `Named`).

    A town's is the usual one in that language where it is known, else its own. An unknown code is its own label.
    """
    code = named if isinstance(named, str) else named.code
    if code.isdecimal():
        index = _book().index_of.get(int(code))
        return code if index is None else _book().town_label(index, language)
    if "-" in code:
        found = region(code)
        return found.name(language) if found else code
    return _countries_in(language).get(code, code)


# How it is kept


@dataclass(frozen=True)
class _Book:
    """Entities are numbered: towns (by population), regions, countries.

    ``keys`` are the folded names, sorted; those named by key i are ``entities[starts[i]:starts[i + 1]]``, ``~entity``
    where it isn't the usual name.
    """

    ids: Ints
    lats: list[float]
    lons: list[float]
    populations: Ints
    town_countries: npt.NDArray[np.uint8]
    town_regions: npt.NDArray[np.uint16]
    names: list[str]
    keys: list[str]
    starts: Ints
    entities: Ints
    listed: list[str]
    regions: list[Region]
    countries: list[str]
    labels: dict[str, dict[str, str]]
    index_of: dict[int, int]
    region_of: dict[str, Region]
    weights: npt.NDArray[np.int64]

    def town(self, index: int) -> Town:
        number = int(self.town_regions[index])
        return Town(
            int(self.ids[index]), self.names[index], self.listed[self.town_countries[index]],
            self.regions[number - 1].code if number else "",
            self.lats[index], self.lons[index], int(self.populations[index]),
        )  # fmt: skip

    def km_from(self, index: int, lat: float, lon: float) -> float:
        """From a town to a position not far from it (on the plane)."""
        return hypot(self.lats[index] - lat, (self.lons[index] - lon) * cos(radians(lat))) * DEGREE_KM

    def town_label(self, index: int, language: str) -> str:
        return self.labels.get(str(self.ids[index]), {}).get(language) or self.names[index]

    def named(self, entity: int, language: str) -> Named:
        weight = int(self.weights[entity])
        if entity < len(self.ids):
            country = self.listed[self.town_countries[entity]]
            return Named("town", str(self.ids[entity]), self.town_label(entity, language), country, weight)
        entity -= len(self.ids)
        if entity < len(self.regions):
            one = self.regions[entity]
            return Named("region", one.code, one.name(language), one.country, weight)
        code = self.countries[entity - len(self.regions)]
        return Named("country", code, label(code, language), code, weight)

    def exact(self, key: str, *, usual: bool = False) -> list[int]:
        """The entities of a folded name, or only those it is the usual name of."""
        at = bisect_left(self.keys, key)
        if at == len(self.keys) or self.keys[at] != key:
            return []
        return self.of_keys(at, at + 1, usual=usual)

    def of_keys(self, first: int, last: int, *, usual: bool = False) -> list[int]:
        """The entities of consecutive keys, in order."""
        found = self.entities[self.starts[first] : self.starts[last]]
        if usual:
            found = found[found >= 0]
        entities: list[int] = np.unique(np.where(found < 0, ~found, found)).tolist()
        return entities

    def beginning(self, key: str, limit: int) -> Iterator[list[int]]:
        """The weightiest entities with a name beginning so: first a usual name, then any."""
        first, last = bisect_left(self.keys, key), bisect_right(self.keys, f"{key}{{")  # "{" comes after "z"
        found = self.entities[self.starts[first] : self.starts[last]]
        for some in (found[found >= 0], ~found[found < 0]):
            group = np.unique(some)
            if len(group) > limit:
                group = group[np.argpartition(self.weights[group], -limit)[-limit:]]
            yield group.tolist()

    def misspelt(self, key: str) -> Iterator[list[int]]:
        """The entities of names one or two letters away, the nearest first."""
        allowed = 0 if len(key) < 4 else 1 if len(key) < 8 else 2
        near: dict[int, set[int]] = {}
        for length in range(len(key) - allowed, len(key) + allowed + 1):
            positions, spelt = _keys_by_length().get(length, ([], []))
            hits = process.extract(key, spelt, scorer=OSA.distance, processor=None, score_cutoff=allowed, limit=None)
            for _, distance, at in hits:
                position = positions[at]
                near.setdefault(int(distance), set()).update(self.of_keys(position, position + 1))
        for distance in sorted(near):
            yield list(near[distance])


@cache
def edition() -> str:
    """A sum of the names and places it knows: another edition may locate otherwise."""
    return hashlib.sha256(DATA.read_bytes()).hexdigest()


@cache
def _book() -> _Book:
    with np.load(io.BytesIO(gzip.decompress(DATA.read_bytes()))) as packed:
        arrays: dict[str, Any] = dict(packed)
    texts = json.loads(arrays["texts"].tobytes())
    listed: list[str] = texts["towns"]
    countries: list[str] = texts["countries"]
    found = [Region(one["code"], one["names"], one["local"]) for one in texts["regions"]]
    population = arrays["populations"].astype(np.int64)
    of_regions = np.bincount(arrays["regions"], population, len(found) + 1)[1:].astype(np.int64)
    of_listed = np.bincount(arrays["countries"], population, len(listed)).astype(np.int64)
    by_code = dict(zip(listed, of_listed, strict=True))
    of_countries = np.array([by_code.get(code, 0) for code in countries], np.int64)
    return _Book(
        ids=arrays["ids"],
        lats=(arrays["lats"] / 1e5).tolist(),
        lons=(arrays["lons"] / 1e5).tolist(),
        populations=arrays["populations"],
        town_countries=arrays["countries"],
        town_regions=arrays["regions"],
        names=arrays["names"].tobytes().decode().split("\n"),
        keys=arrays["keys"].tobytes().decode().split("\n"),
        starts=arrays["starts"],
        entities=arrays["entities"],
        listed=listed,
        regions=found,
        countries=countries,
        labels=texts["labels"],
        index_of={number: index for index, number in enumerate(arrays["ids"].tolist())},
        region_of={one.code: one for one in found},
        weights=np.concatenate([population, of_regions, of_countries]),
    )


@cache
def _keys_by_length() -> dict[int, tuple[list[int], list[str]]]:
    """Length → positions in ``keys`` and the keys, of what is worth guessing: no village."""
    book = _book()
    entities = np.where(book.entities < 0, ~book.entities, book.entities)
    heaviest = np.maximum.reduceat(book.weights[entities], book.starts[:-1])
    is_country = np.maximum.reduceat(entities, book.starts[:-1]) >= len(book.ids) + len(book.regions)
    found: dict[int, tuple[list[int], list[str]]] = {}
    for position in np.flatnonzero((heaviest >= 2_000) | is_country).tolist():
        key = book.keys[position]
        positions, spelt = found.setdefault(len(key), ([], []))
        positions.append(position)
        spelt.append(key)
    return found


def _ordered(entities: Iterable[int]) -> list[int]:
    """Entities of one name in the order a reader is likely to mean them."""
    book = _book()
    cities, provinces = len(book.ids), len(book.ids) + len(book.regions)
    given = list(entities)
    within = {int(book.town_regions[one]) - 1 for one in given if one < cities}

    def rank(entity: int) -> tuple[bool, bool, int, int]:
        shares_name = cities <= entity < provinces and entity - cities in within
        return entity < provinces, shares_name, -int(book.weights[entity]), entity

    return sorted(given, key=rank)


@lru_cache(maxsize=64)
def _countries_in(language: str) -> dict[str, str]:
    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        locale = Locale("en")
    return dict(locale.territories)


# Which town

_BRACKETED = re.compile(r"\([^)]*\)?|\bcedex\b.*", re.IGNORECASE)
_SHORT_FORMS = {"st": "saint", "ste": "sainte", "sta": "santa", "sto": "santo", "sv": "sveti", "ag": "agios"}


@lru_cache(maxsize=20_000)
def _candidates(country: str, locality: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """(the towns of a country that ``locality`` names, those it begins with), each by population; one is empty."""
    book = _book()
    whole = _BRACKETED.sub(" ", locality[:200])
    for name in dict.fromkeys((locality[:200], whole, *re.split(r"[,;/|]|\s[-–]\s", whole))):
        key = fold(name)
        for one in dict.fromkeys((key, " ".join(_SHORT_FORMS.get(word, word) for word in key.split()))):
            if found := _in_country(country, book.exact(one)):
                return found, ()
    parts = fold(whole).split()
    for end in range(len(parts) - 1, 0, -1):
        if found := _in_country(country, book.exact(" ".join(parts[:end]), usual=True)):
            return (), found
    return (), ()


def _in_country(country: str, entities: Iterable[int]) -> tuple[int, ...]:
    """Towns among entities that lie in the country."""
    book = _book()
    return tuple(
        one
        for one in entities
        if one < len(book.ids) and (not country or book.listed[book.town_countries[one]] == country)
    )


def _town_at(country: str, lat: float, lon: float) -> int | None:
    """The town that a position belongs to: within a town's reach by share of it, else by the distance from its edge."""
    book = _book()
    near = [
        (remoteness(away, reach_km(int(book.populations[index]))), index)
        for index in _in_cell(country, int(lat // CELL), int(lon // CELL))
        if (away := book.km_from(index, lat, lon)) <= TOWN_KM
    ]
    return min(near)[1] if near else None


@lru_cache(maxsize=20_000)
def _in_cell(country: str, row: int, column: int) -> list[int]:
    """The towns that any position in a cell of the grid may belong to."""
    book = _book()
    lat, lon = (row + 0.5) * CELL, (column + 0.5) * CELL
    half = hypot(CELL / 2, CELL / 2) * DEGREE_KM
    tree, positions, reaches = _tree()
    around = np.array(tree.query_ball_point(_on_sphere(lat, lon), (TOWN_KM + half) / EARTH_KM), np.intp)
    if country:
        code = book.listed.index(country) if country in book.listed else len(book.listed)
        around = around[book.town_countries[around] == code]
    if not len(around):
        return []
    north, east = (positions[around] - (lat, lon)).T
    away, reach = np.hypot(north, east * cos(radians(lat))) * DEGREE_KM, reaches[around]
    least, most = np.maximum(0, away - half), away + half
    found: list[int] = around[_all_remote(least, reach) <= _all_remote(most, reach).min()].tolist()
    return found


def _all_remote(away: Any, reach: Any) -> Any:
    """`remoteness` of many."""
    return np.where(away <= reach, away / reach, 1 + away - reach)


@cache
def _tree() -> tuple[Any, Any, Any]:
    """A tree of the towns on the unit sphere, their positions in degrees, and their reach in km."""
    book = _book()
    positions = np.array([book.lats, book.lons]).T
    tree = cKDTree(np.stack(_on_sphere(*positions.T), axis=-1))
    return tree, positions, np.array([reach_km(one) for one in book.populations.tolist()])


def _on_sphere(lat: Any, lon: Any) -> tuple[Any, Any, Any]:
    """Positions in degrees as points of the unit sphere."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)
