"""True places without end, in real towns: what generated lists speak of.

Towns are 1,624 of France, Italy, Spain, Greece and Croatia (``towns.csv``; positions, populations and names from
GeoNames, geonames.org, CC BY 4.0, changed here: every town of 50,000 but city districts, a sample of the smaller,
positions to about 100 m, Greek names in both scripts). A town gets places by its population, so that a few cities are
crowded and most towns have a handful. Streets run through a town, thicker near its middle; houses stand along them.
Postcodes, telephones and web domains are invented (the domains end in ``.example``).

Names are partly words nobody ever said, partly words that many say ("La Fabrique", "Work Hub", "Coworking Gap"), so
that some names are met again in other towns. No town has two unrelated places of one name.
"""

import csv
import math
import re
import tomllib
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from math import cos, log, pi, radians, sin
from pathlib import Path
from random import Random
from string import capwords
from typing import Any

from coworkmed.demo.gazetteer import TERRITORIES, Text, slug
from coworkmed.demo.houses import siret
from coworkmed.kernel.fold import latin

HERE = Path(__file__).parent

#: Shares of places. Branches belong to a chain; tenants share another place's address; a second site shares the web
#: domain of another place of its town; a service shares the address and domain of another place and does another thing;
#: a successor stands where another place was before; moved and renamed ones were elsewhere, or called otherwise, when
#: the older lists were made; the web page of a hosted one is on the site of its town's community. Of all, some stand
#: on a corner, some have a second telephone or web domain.
CHAINS, TENANTS, SECOND_SITES, SERVICES, SUCCESSORS = 0.10, 0.045, 0.007, 0.003, 0.01
MOVED, RENAMED, HOSTED, WITHOUT_WEB = 0.02, 0.015, 0.07, 0.10
CORNERS, SECOND_PHONES, SECOND_WEBS = 0.20, 0.5, 0.3
BRANCHES = 12  # of one chain, on average
FAVOURED = {"GR": 3.0, "HR": 5.0}  # small countries get more than their share, so that every language is heard
SUCCEEDED = 2023  # when successors opened

_KINDS = ("COWORK",) * 6 + ("FAB", "CULTURE", "INCUBATOR", "LIBRARY_CAFE")
_METRES_PER_DEGREE = 111_195.0
_CODES = {"FR": (1000, 95999), "ES": (1000, 52999), "IT": (10, 98168), "HR": (10000, 53299), "GR": (10000, 85999)}
_DIALS = {
    "FR": ("331", "332", "333", "334", "335"),
    "ES": ("3491", "3493", "3495", "3496", "3498"),
    "IT": ("3902", "3906", "39055", "39081", "39091"),
    "GR": ("30210", "30231", "30241", "30261", "30281"),
    "HR": ("3851", "38521", "38551", "38552", "38523"),
}
_DIGITS = {"FR": 11, "ES": 11, "IT": 12, "GR": 12, "HR": 11}  # of a number with its country's prefix
_PER_EXCHANGE = 2500
_GREEK_LETTER = re.compile("[\u0370-\u03ff]")
_GREEK = "β γ δ ζ κ λ μ ν π ρ σ τ φ ξ".split()
_CONSONANTS = {"fr": "bcdfglmnprstv", "es": "bcdfglmnprstv", "ca": "bcdfglmnprstx", "it": "bcdfglmnprstv"}
_CONSONANTS["hr"] = "bdgklmnprstvčšž"


def text(own: str) -> Text:
    """Text in both scripts; Greek in its usual Latin spelling."""
    return Text(own, own if own.isascii() or not _GREEK_LETTER.search(own) else capwords(latin(own)))


def joined(*parts: Text, by: str = " ") -> Text:
    return Text(by.join(part.own for part in parts), by.join(part.latin for part in parts))


@dataclass(frozen=True, slots=True)
class Speech:
    """A language: see ``vocabulary.toml``. ``heads``: kind code → what such a place is called."""

    language: str
    heads: dict[str, tuple[Text, ...]]
    own_names: tuple[Text, ...]
    plain: tuple[Text, ...]
    first: tuple[Text, ...]
    last: tuple[Text, ...]
    types: tuple[Text, ...]
    cores: tuple[Text, ...]
    also: tuple[str, ...]
    institutions: tuple[Text, ...]
    legal: tuple[Text, ...]
    abbreviated: dict[str, str]
    number_first: bool
    syllables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Street:
    """``core``: its name without its type. A point it starts from, and where it goes from there, in degrees a house."""

    name: Text
    core: Text
    lat: float
    lon: float
    north: float
    east: float
    district: int


@dataclass(slots=True, eq=False)
class Town:
    """``codes``: its first postcode as a number, what lies between two, and how many there are, one a district.
    ``neighbour``: another town of the region, named by mistake."""

    country: str
    speech: Speech
    name: Text
    english: str
    lat: float
    lon: float
    population: int
    codes: tuple[float, float, int] = (0, 0, 1)
    dial: str = ""
    neighbour: Text | None = None
    streets: dict[int, Street] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)

    def postcode(self, district: int) -> str:
        first, step, _ = self.codes
        return f"{int(first + step * district):05d}"

    @property
    def radius_m(self) -> float:
        """About two houses in three stand nearer the middle."""
        return 30 * math.pow(self.population, 0.38)


@dataclass(slots=True)
class Place:
    """One true place. ``own_name`` is ``name`` without what kind it is.

    ``street``, ``number``, ``lat``, ``lon``  where it is; ``former``: the same before it moved
    ``former_name``                           before it was renamed
    ``alias``                                 who runs it, or what people call it
    ``acronym``                               initials of a long name
    ``brand``, ``branch``                     of a chain: its name, and the quarter that tells its branches apart
    ``phone``, ``web``, ``path``              digits; host; path of its page there ("" for the whole site)
    ``other_phone``, ``other_web``            what some lists give instead
    ``corner``                                another street, park or building some lists name
    ``since``                                 first year in which lists can know it
    """

    number: int
    town: Town
    kind: str
    name: Text
    own_name: Text
    street: Street
    house: int
    lat: float
    lon: float
    phone: str
    web: str
    path: str
    other_phone: str
    other_web: str
    alias: Text
    siret: str
    opened: int
    corner: Street | None = None
    brand: Text | None = None
    branch: Text | None = None
    acronym: str = ""
    former: "tuple[Street, int, float, float] | None" = None
    former_name: Text | None = None
    since: int = 0


@cache
def vocabulary() -> dict[str, Any]:
    return tomllib.loads((HERE / "vocabulary.toml").read_text("utf-8"))


@cache
def speeches() -> dict[str, Speech]:
    """Language → how it speaks."""
    territories = {territory.language: territory for territory in TERRITORIES.values()}
    found = {}
    for language, words in vocabulary().items():
        if language == "english":
            continue
        if language in territories:
            known = territories[language]
            heads, own_names, legal = known.heads, known.own_names, known.legal
            abbreviated, number_first = known.abbreviated, known.number_first
        else:
            heads = {kind: tuple(map(text, several)) for kind, several in words["heads"].items()}
            own_names = tuple(_agreed(words["nouns"], words["words"]["adjectives"]))
            legal, abbreviated, number_first = tuple(map(text, words["legal"])), words["abbreviated"], False
        lists = {part: tuple(map(text, words[part])) for part in ("plain", "first", "last", "types", "cores")}
        found[language] = Speech(
            language,
            heads,
            own_names,
            also=tuple(words["also"]),
            institutions=tuple(map(text, words["institutions"])),
            legal=legal,
            abbreviated=abbreviated,
            number_first=number_first,
            syllables=_syllables(language),
            **lists,
        )
    return found


def _agreed(nouns: dict[str, list[str]], adjectives: list[str]) -> Iterator[Text]:
    for gender, of_gender in enumerate(nouns.values()):
        for noun in of_gender:
            for adjective in adjectives:
                yield text(f"{noun} {adjective.split()[gender]}")


def _syllables(language: str) -> tuple[str, ...]:
    if language == "el":
        return tuple(c + v for c in _GREEK for v in "αεοιη")
    return tuple(c + v for c in _CONSONANTS[language] for v in "aeiou")


def towns() -> list[Town]:
    """The towns of ``towns.csv`` in its order, with invented postcodes that follow that order."""
    with (HERE / "towns.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = [
        Town(
            row["country"],
            speeches()[row["language"]],
            Text(row["name"], row["latin"]),
            row["english"],
            float(row["lat"]),
            float(row["lon"]),
            int(row["population"]),
        )
        for row in rows
    ]
    for country, (low, high) in _CODES.items():
        own = [town for town in found if town.country == country]
        districts = [max(1, min(20, town.population // 80_000)) for town in own]
        step = (high - low) / sum(districts)
        for town, other in zip(own, own[1:] + own[:1], strict=True):
            town.neighbour = other.name
        for town, first, several in zip(own, accumulate(districts, initial=0), districts, strict=False):
            town.codes = (low + first * step, step, several)
            town.dial = _DIALS[country][int(len(_DIALS[country]) * (first / sum(districts)))]
    return found


class World:
    """Hands out places, and what must be unique: numbers, telephones, domains, names within a town."""

    def __init__(self, rng: Random, places: int) -> None:
        self.rng = rng
        self.towns = towns()
        self.weights = list(accumulate(town.population * FAVOURED.get(town.country, 1) for town in self.towns))
        self.number = 0
        self.dialled: dict[str, int] = {}
        self.domains: set[str] = set()
        self.communities: dict[int, str] = {}
        english = vocabulary()["english"]
        self.english = [text(f"{first} {last}") for first in english["first"] for last in english["last"]]
        self.brands = {
            language: [self._brand(speech) for _ in range(max(3, round(places * CHAINS / BRANCHES / len(speeches()))))]
            for language, speech in speeches().items()
        }
        self.before: Place | None = None
        self._beside = (
            (TENANTS, self._tenant),
            (SUCCESSORS, self._successor),
            (SERVICES, self._service),
            (SECOND_SITES, self._second_site),
        )

    def __iter__(self) -> Iterator[Place]:
        while True:
            yield self.place()

    def place(self) -> Place:
        self.number += 1
        made = self._drawn()
        turn = self.rng.random()
        if turn < MOVED:
            street, house = self._street(made.town), self._house()
            made.former = (street, house, *_along(street, house))
        elif turn < MOVED + RENAMED:
            made.former_name = self._name(made.town, made.kind)[0]
        self.before = made
        return made

    def _drawn(self) -> Place:
        """A place of its own, or one that has to do with the place before."""
        turn = self.rng.random()
        if self.before:
            for share, beside in self._beside:
                if turn < share:
                    return beside(self.before)
                turn -= share
        return self._any(self._town())

    def _any(self, town: Town) -> Place:
        return self._branch(town) if self.rng.random() < CHAINS else self._alone(town)

    def _alone(self, town: Town) -> Place:
        rng = self.rng
        kind = rng.choice(_KINDS)
        name, own_name, acronym = self._name(town, kind)
        place = self._placed(town, kind, name, own_name)
        place.acronym = acronym
        turn = rng.random()
        if turn < HOSTED:
            place.web = self.communities.get(id(town), "")
            if not place.web:
                place.web = self.communities[id(town)] = self._domain(town.name)
            place.path = slug(own_name.latin)
        elif turn >= HOSTED + WITHOUT_WEB:
            place.web = self._domain(own_name if rng.random() < 0.85 else self._word(town.speech))
        return place

    def _branch(self, town: Town) -> Place:
        rng = self.rng
        brands = self.brands[town.speech.language]
        brand, web, phone = brands[int(len(brands) * rng.random() ** 2)]
        branch = self._street(town).core if rng.random() < 0.6 else self._word(town.speech)
        place = self._placed(town, "COWORK", joined(brand, branch), brand)
        place.brand, place.branch, place.web = brand, branch, web
        place.path = slug(branch.latin) if rng.random() < 0.4 else ""
        if rng.random() < 0.2:
            place.phone = phone
        return place

    def _tenant(self, other: Place) -> Place:
        place = self._any(other.town)
        place.street, place.house, place.lat, place.lon = other.street, other.house, other.lat, other.lon
        return place

    def _successor(self, other: Place) -> Place:
        place = self._tenant(other)
        place.since = place.opened = SUCCEEDED
        return place

    def _service(self, other: Place) -> Place:
        place = self._tenant(other)
        place.kind = "FAB" if other.kind != "FAB" else "COWORK"
        place.own_name, place.brand, place.branch, place.acronym = other.own_name, None, None, ""
        place.name = self.rng.choice(other.town.speech.heads[place.kind]).format(other.own_name)
        place.web, place.path = other.web, ""
        return place

    def _second_site(self, other: Place) -> Place:
        rng = self.rng
        place = self._placed(other.town, other.kind, other.name, other.own_name)
        told_by = text(rng.choice(("2", "II", "Annex"))) if rng.random() < 0.5 else place.street.core
        place.name = joined(other.name, told_by)
        place.web, place.path = other.web, slug(told_by.latin) if rng.random() < 0.5 else ""
        if rng.random() < 0.5:
            place.phone = other.phone
        return place

    def _placed(self, town: Town, kind: str, name: Text, own_name: Text) -> Place:
        rng, number = self.rng, self.number
        street, house = self._street(town), self._house()
        lat, lon = _along(street, house)
        return Place(
            number,
            town,
            kind,
            name,
            own_name,
            street,
            house,
            lat,
            lon,
            phone=self._phone(town),
            web="",
            path="",
            other_phone=self._phone(town) if rng.random() < SECOND_PHONES else "",
            other_web=f"{slug(own_name.latin)}-{slug(town.name.latin)}.example" if rng.random() < SECOND_WEBS else "",
            alias=self._alias(town),
            corner=self._street(town) if rng.random() < CORNERS else None,
            siret=siret(number % 100_000) if town.country == "FR" and number < 100_000 else "",
            opened=2006 + int(18 * rng.random()),
        )

    def _town(self) -> Town:
        return self.towns[bisect(self.weights, self.rng.random() * self.weights[-1])]

    def _house(self) -> int:
        return 1 + int(140 * self.rng.random() ** 1.6)

    def _street(self, town: Town) -> Street:
        index = int((8 + 0.4 * town.population**0.6) * self.rng.random() ** 1.5)
        street = town.streets.get(index)
        if street is None:
            street = town.streets[index] = self._new_street(town)
        return street

    def _new_street(self, town: Town) -> Street:
        rng, speech = self.rng, town.speech
        turn = rng.random()
        if turn < 0.45:
            core = speech.cores[int(len(speech.cores) * rng.random() ** 1.5)]
        elif turn < 0.75:
            core = joined(rng.choice(speech.first), rng.choice(speech.last))
        else:
            core = self._word(speech)
        away = town.radius_m * min(3.0, -log(1 - rng.random())) * 0.8
        angle, course = rng.random() * 2 * pi, rng.random() * 2 * pi
        wide = _METRES_PER_DEGREE * cos(radians(town.lat))
        return Street(
            name=rng.choice(speech.types).format(core),
            core=core,
            lat=town.lat + away * sin(angle) / _METRES_PER_DEGREE,
            lon=town.lon + away * cos(angle) / wide,
            north=8 * sin(course) / _METRES_PER_DEGREE,
            east=8 * cos(course) / wide,
            district=int(town.codes[2] * angle / (2 * pi)),
        )

    def _word(self, speech: Speech) -> Text:
        """A word nobody ever said."""
        syllables, chance = speech.syllables, self.rng.random
        spoken = "".join([syllables[int(len(syllables) * chance())] for _ in range(2 + int(2.6 * chance()))])
        return text(spoken.capitalize())

    def _name(self, town: Town, kind: str) -> tuple[Text, Text, str]:
        """(name, name without its kind, initials or "") of a new place of the town."""
        rng, speech = self.rng, town.speech
        for turn in range(3):
            if rng.random() < 0.05 and town.population < 60_000:
                name = rng.choice(speech.institutions).format(town.name)
                own_name = name
                acronym = initials(name.latin.rsplit(town.name.latin, 1)[0])
            else:
                own_name, acronym = self._own_name(town) if turn < 2 else self._word(speech), ""
                heads = speech.heads[kind]
                name = heads[int(len(heads) * rng.random())].format(own_name)
            if own_name.own not in town.names:
                break
        town.names.add(own_name.own)
        return name, own_name, acronym

    def _own_name(self, town: Town) -> Text:
        rng, speech = self.rng, town.speech
        turn = rng.random()
        if turn < 0.30:
            return self._word(speech)
        if turn < 0.42:
            return joined(self._word(speech), self._word(speech))
        if turn < 0.62:
            return rng.choice(speech.own_names)
        if turn < 0.74:
            return rng.choice(speech.plain)
        if turn < 0.84:
            return rng.choice(self.english)
        if turn < 0.91:
            return rng.choice(speech.last) if turn < 0.88 else joined(rng.choice(speech.first), rng.choice(speech.last))
        if turn < 0.96:
            return town.name if town.population < 40_000 else self._street(town).core
        return joined(text(str(1 + int(99 * rng.random()))), self._street(town).core)

    def _alias(self, town: Town) -> Text:
        speech, turn = town.speech, self.rng.random()
        if turn < 0.4:
            return joined(self._word(speech), speech.legal[int(len(speech.legal) * self.rng.random())])
        return self.rng.choice(speech.plain) if turn < 0.6 else self._word(speech)

    def _brand(self, speech: Speech) -> tuple[Text, str, str]:
        """(name, domain, telephone) of a chain."""
        rng = self.rng
        name = self._word(speech) if rng.random() < 0.6 else rng.choice(self.english)
        if rng.random() < 0.3:
            name = joined(name, text(rng.choice(("Work", "Coworking", "Offices"))))
        capital = max((town for town in self.towns if town.speech is speech), key=lambda town: town.population)
        return name, self._domain(name), self._phone(capital)

    def _domain(self, name: Text) -> str:
        stem = slug(name.latin) or "place"
        if stem in self.domains:
            stem = f"{stem}-{self.number}"
        self.domains.add(stem)
        return f"{stem}.example"

    def _phone(self, town: Town) -> str:
        """The next number of the town's area: its exchanges fill one after the other."""
        several = self.dialled[town.dial] = self.dialled.get(town.dial, 0) + 1
        exchange, line = divmod(several, _PER_EXCHANGE)
        digits = _DIGITS[town.country] - len(town.dial) - 4
        return f"+{town.dial}{exchange + 2 * 10 ** (digits - 1):0{digits}d}{line * 7919 % 10_000:04d}"


def initials(name: str) -> str:
    """First letters of the words of four letters and more: "Maison des Jeunes et de la Culture de" is "MJC"."""
    return "".join(word[0] for word in name.replace("'", " ").split() if len(word) > 3).upper()


def _along(street: Street, house: int) -> tuple[float, float]:
    return street.lat + street.north * house, street.lon + street.east * house
