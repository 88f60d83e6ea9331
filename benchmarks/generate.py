"""Generated lists of any size, with the truth beside them.

    python -m benchmarks.generate --assertions 100000 --seed 1 --out DIR

About 1.4 assertions a place, four lists, five countries and languages, in the towns of the demonstration. The rates of
errors are those of the linkage study (docs/decisions): the first list is clean, the others have 20 % typos, 12 % town
appended, 10 % head word dropped, 10 % word order, 8 % legal form, half of the Greek in Latin letters, 30 % of marks
lost, 40 % abbreviated street types, positions 40 m off (80 %) or ten times that, 15 % without street, 12 % without
postcode, 35 % without telephone, 45 % without web, 4 % without position; 10 % of places are branches of chains, 5 %
tenants of a building another place is in, 2 % moved after the first list was made.

Places are drawn one after the other and written at once: memory stays constant whatever the size.
"""

import argparse
import csv
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from math import sqrt
from pathlib import Path
from random import Random
from typing import Any

from coworkmed.demo import noise
from coworkmed.demo.gazetteer import TERRITORIES, Territory, Text, Town, slug
from coworkmed.demo.houses import HOURS, House, siret
from coworkmed.demo.listing import Habits, Heard, hear

LISTS = ("generated-a", "generated-b", "generated-c", "generated-d")
COLUMNS = (
    "id name kind address postcode locality country lat lon phone web siret opened checked_on opening_hours".split()
)
CHAINS, TENANTS, MOVED = 0.10, 0.05, 0.02
NO_POSITION = 0.04
LISTED_TIMES = {1: 0.68, 2: 0.24, 3: 0.08}  # times → share of places; 1.4 on average

CLEAN = Habits(former=True, metres=15)
DIRTY = Habits(
    typo=0.20,
    town_appended=0.12,
    head_dropped=0.10,
    reordered=0.10,
    legal_form=0.08,
    marks_lost=0.30,
    abbreviated=0.40,
    no_street=0.15,
    no_postcode=0.12,
    no_phone=0.35,
    no_web=0.45,
    metres=40,
    far=0.20,
)
DIRTY_LATIN = replace(DIRTY, latin=True)

_KINDS = ("COWORK",) * 7 + ("FAB", "CULTURE", "INCUBATOR")
_STREET_TYPES = {"FR": "rue", "ES": "Carrer", "IT": "Via", "GR": "Οδός/Odos", "HR": "Ulica"}
_STREETS = 400
_BRANCHES = 12  # of one chain, on average
_GREEK = "βv γg δd ζz κk λl μm νn πp ρr σs τt φf ξx".split()
_LATIN = {"FR": "bcdfglmnprstv", "ES": "bcdfglmnprstv", "IT": "bcdfglmnprstv", "HR": "bdgklmnprstvčšž"}


def places(rng: Random, assertions: int) -> Iterator[tuple[House, int]]:
    """True places without end, each with how many lists know it; spread wider the more ``assertions`` there will be."""
    spread = sqrt(max(1.0, assertions / 20_000))
    brands = max(3, round(assertions / 1.4 / len(TERRITORIES) * CHAINS / _BRANCHES))
    speakers = [_Speaker(rng, territory, spread, brands) for territory in TERRITORIES.values()]
    number = 0
    while True:
        number += 1
        yield rng.choice(speakers).place(number), rng.choices(list(LISTED_TIMES), list(LISTED_TIMES.values()))[0]


class _Speaker:
    """Draws places of one territory, in its language."""

    def __init__(self, rng: Random, territory: Territory, spread: float, brands: int) -> None:
        self.rng = rng
        self.territory = territory
        self.spread = spread
        self.syllables = _syllables(territory.country)
        kind = _text(_STREET_TYPES[territory.country])
        self.streets = [*territory.streets, *(_joined(kind, self.word()) for _ in range(_STREETS))]
        self.brands = [self.word() for _ in range(brands)]
        self.heads = territory.heads
        self.before: House | None = None

    def word(self) -> Text:
        """A word nobody ever said, in both scripts."""
        drawn = self.rng.choices(self.syllables, k=self.rng.choice((2, 3, 3, 4)))
        own, latin = "".join(one.own for one in drawn), "".join(one.latin for one in drawn)
        return Text(own.capitalize(), latin.capitalize())

    def place(self, number: int) -> House:
        rng, territory = self.rng, self.territory
        town = rng.choice(territory.towns)
        street = rng.randrange(len(self.streets))
        lat, lon = self.point(town)
        kind = rng.choice(_KINDS)
        brand = rng.choice(self.brands) if rng.random() < CHAINS else None
        own_name = self.own_name(brand)
        house = House(
            key=f"p{number}",
            territory=territory,
            town=replace(town, postcode=f"{town.postcode[:-2]}{street % 20:02d}"),
            kind=kind,
            name=own_name if brand else rng.choice(self.heads[kind]).format(own_name),
            own_name=own_name,
            street=self.streets[street],
            number=str(rng.randrange(1, 120)),
            lat=lat,
            lon=lon,
            phone=f"+{town.dial[:-3]}{number * 7919 % 10_000_000:07d}",
            web=f"https://{slug(brand.latin)}.example/"
            if brand
            else f"https://{slug(own_name.latin)}-{number}.example/",
            hours=rng.randrange(len(HOURS)),
            opened=rng.randrange(2006, 2024),
            desks=rng.randrange(6, 90),
            siret=siret(number % 100_000) if territory.country == "FR" and number < 100_000 else "",
        )
        if self.before and rng.random() < TENANTS:
            house = _in_the_building_of(self.before, house)
        elif rng.random() < MOVED:
            house = replace(house, former_address=(rng.choice(self.streets), "7", *self.point(town)))
        self.before = house
        return house

    def own_name(self, brand: Text | None) -> Text:
        rng = self.rng
        if brand:
            return _joined(brand, self.word())
        if rng.random() < 0.05:
            return rng.choice(self.territory.own_names)
        return self.word() if rng.random() < 0.6 else _joined(self.word(), self.word())

    def point(self, town: Town) -> tuple[float, float]:
        metres = min(5000.0, town.radius_m * self.spread) * sqrt(self.rng.random())
        return noise.near(self.rng, town.lat, town.lon, metres)


def _in_the_building_of(other: House, house: House) -> House:
    return replace(
        house,
        town=other.town,
        street=other.street,
        number=other.number,
        lat=other.lat,
        lon=other.lon,
        former_address=None,
    )


def _syllables(country: str) -> list[Text]:
    if country == "GR":
        return [Text(c[0] + v[0], c[1] + v[1]) for c in _GREEK for v in ("αa", "εe", "ιi", "οo", "ηi")]
    return [Text(c + v, c + v) for c in _LATIN[country] for v in "aeiou"]


def _text(written: str) -> Text:
    own, _, latin = written.partition("/")
    return Text(own, latin or own)


def _joined(first: Text, second: Text) -> Text:
    return Text(f"{first.own} {second.own}", f"{first.latin} {second.latin}")


def row(rng: Random, number: int, house: House, heard: Heard) -> list[Any]:
    """One line of a list, in the order of `COLUMNS`."""
    located = rng.random() >= NO_POSITION
    parts = (heard.number, heard.street) if house.territory.number_first else (heard.street, heard.number)
    return [
        number,
        heard.name,
        house.kind,
        " ".join(part for part in parts if part),
        heard.postcode,
        heard.town,
        house.town.country,
        heard.lat if located else "",
        heard.lon if located else "",
        heard.phone,
        heard.web,
        house.siret if rng.random() < 0.5 else "",
        house.opened if rng.random() < 0.3 else "",
        f"{rng.randrange(2022, 2026)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}",
        HOURS[house.hours][1] if rng.random() < 0.3 else "",
    ]


def generate(assertions: int, seed: int, out: Path) -> Path:
    """Write four lists of ``assertions`` lines in all, ``truth.csv`` and the catalogue; return the catalogue's path."""
    out.mkdir(parents=True, exist_ok=True)
    rng = Random(seed)
    with ExitStack() as stack:

        def table(name: str, header: list[str]) -> Any:
            writer = csv.writer(stack.enter_context((out / f"{name}.csv").open("w", encoding="utf-8", newline="")))
            writer.writerow(header)
            return writer

        tables = [table(name, list(COLUMNS)) for name in LISTS]
        truth = table("truth", ["source", "external_id", "true_place", "note"])
        written = 0
        for house, times in places(rng, assertions):
            for turn in sorted(rng.sample(range(len(LISTS)), min(times, assertions - written))):
                written += 1
                habits = CLEAN if turn == 0 else DIRTY_LATIN if rng.random() < 0.5 else DIRTY
                tables[turn].writerow(row(rng, written, house, hear(rng, house, habits)))
                truth.writerow((LISTS[turn], written, house.key, ""))
            if written >= assertions:
                break
    catalogue = out / "catalogue.toml"
    catalogue.write_text("\n".join(_entry(name, year) for name, year in zip(LISTS, range(2022, 2026), strict=True)))
    return catalogue


def _entry(name: str, year: int) -> str:
    columns = "\n".join(f'{"kinds" if column == "kind" else column} = "{column}"' for column in COLUMNS)
    return f"""[[source]]
key = "{name}"
title = "Generated list {name[-1].upper()}"
keeper = "Generator"
licence = "CC0-1.0"
attribution = "Generated for measuring"
observed_on = "{year}"
cadence = "frozen"
territory = ["FR", "ES", "IT", "GR", "HR"]
trust = 0.5
connector = "csv"
location = "{name}.csv"

[source.columns]
{columns}

[source.kinds]
COWORK = "COWORK"
FAB = "FAB"
CULTURE = "CULTURE"
INCUBATOR = "INCUBATOR"

[source.options]
delimiter = ","
encoding = "utf-8"
"""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.generate", description="Write generated lists.")
    parser.add_argument("--assertions", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    print(generate(options.assertions, options.seed, options.out))


if __name__ == "__main__":
    main()
