"""Real towns, plausible streets and the parts of fictional names, from ``gazetteer.toml``."""

import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coworkmed.kernel.fold import words


@dataclass(frozen=True, slots=True)
class Text:
    """One text in its own script and in Latin letters."""

    own: str
    latin: str

    def format(self, *parts: "Text") -> "Text":
        return Text(self.own.format(*(part.own for part in parts)), self.latin.format(*(part.latin for part in parts)))


@dataclass(frozen=True, slots=True)
class Town:
    """``english``   as a travel guide writes it
    ``lat``, ``lon`` degrees, a point on land in the town; houses stand within ``radius_m`` metres of it
    ``dial``         the first digits of its fictional telephone numbers, in international form without "+"
    """

    country: str
    region: str
    name: Text
    english: str
    postcode: str
    lat: float
    lon: float
    radius_m: float
    dial: str


@dataclass(frozen=True, slots=True)
class Territory:
    """A country of the network: its towns and how it speaks.

    ``heads``        kind code → what such a place is called, with ``{}`` where its own name goes
    ``own_names``    every noun with every adjective, in agreement
    ``abbreviated``  street type → its usual abbreviation
    ``legal``        legal forms a list may append to a name
    ``number_first`` whether the house number stands before the street
    """

    country: str
    language: str
    towns: tuple[Town, ...]
    streets: tuple[Text, ...]
    heads: dict[str, tuple[Text, ...]]
    own_names: tuple[Text, ...]
    abbreviated: dict[str, str]
    legal: tuple[Text, ...]
    number_first: bool


def without_marks(text: str) -> str:
    """``text`` as a keyboard without accents types it; the script stays."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D").replace("l·l", "ll")


def slug(text: str) -> str:
    """``text`` (Latin script) as a label of a web domain."""
    return "-".join(words(without_marks(text)))


def _text(written: str) -> Text:
    own, _, latin = written.partition("/")
    return Text(own, latin or own)


def _town(country: str, row: list[Any]) -> Town:
    region, names, postcode, lat, lon, radius_m, dial = row
    spellings = names.split("/")
    name = Text(spellings[0], spellings[min(1, len(spellings) - 1)])
    return Town(country, region, name, spellings[-1], postcode, lat, lon, radius_m, dial)


def _own_names(nouns: dict[str, list[str]], adjectives: list[str], *, adjective_first: bool) -> tuple[Text, ...]:
    pattern = "{1} {0}" if adjective_first else "{0} {1}"
    return tuple(
        Text(pattern, pattern).format(_text(noun), _text(adjective.split()[gender]))
        for gender, of_gender in enumerate(nouns.values())
        for noun in of_gender
        for adjective in adjectives
    )


def _territory(country: str, data: dict[str, Any]) -> Territory:
    return Territory(
        country,
        data["language"],
        tuple(_town(country, row) for row in data["towns"]),
        tuple(map(_text, data["streets"])),
        {kind: tuple(map(_text, heads)) for kind, heads in data["heads"].items()},
        _own_names(data["nouns"], data["adjectives"], adjective_first=data["adjective_first"]),
        data["abbreviated"],
        tuple(map(_text, data["legal"])),
        data["number_first"],
    )


def load() -> dict[str, Territory]:
    """Country → territory, in the order of the file."""
    data = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
    return {country: _territory(country, one) for country, one in data.items()}


TERRITORIES = load()
