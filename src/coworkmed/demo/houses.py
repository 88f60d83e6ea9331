"""The true places of the fictional network: what is really there, before any list speaks of it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import chain, count
from math import pi
from random import Random

from . import noise
from .gazetteer import TERRITORIES, Territory, Text, Town, slug

ORDINARY_PER_TERRITORY = 66
_KINDS = {
    "COWORK": 62,
    "FAB": 10,
    "CULTURE": 9,
    "LIBRARY_CAFE": 7,
    "INCUBATOR": 5,
    "CRAFT": 4,
    "SMART_WORK_CENTRE": 3,
}

#: The same hours as a French federation, the map's syntax and a travel guide write them.
HOURS = (
    ("Lundi au vendredi 9h-18h", "Mo-Fr 09:00-18:00", "Mon-Fri 9:00-18:00"),
    ("Lundi au vendredi 8h30-12h / 13h30-17h", "Mo-Fr 08:30-12:00,13:30-17:00", "Mon-Fri 8:30-12:00, 13:30-17:00"),
    ("Du lundi au samedi : 9h-20h", "Mo-Sa 09:00-20:00", "Mon-Sat 9:00-20:00"),
    ("Les mardi, mercredi et jeudi : 10h00-19h00", "Tu-Th 10:00-19:00", "Tue-Thu 10:00-19:00"),
    ("24h/24 7j/7", "24/7", "24/7"),
)

_CHAINS = {
    "FR": ("La Ruche Ocre", ("Joliette", "Castellane", "Belsunce", "Longchamp")),
    "ES": ("Portolà Work", ("Gràcia", "Poblenou", "Sants", "Sant Antoni")),
    "IT": ("Bottega Condivisa", ("Oltrarno", "Novoli", "Campo di Marte")),
    "GR": ("Πελαγία Hub/Pelagia Hub", ("Κουκάκι/Koukaki", "Εξάρχεια/Exarcheia", "Κυψέλη/Kypseli")),
    "HR": ("Lanterna Desk", ("Trešnjevka", "Maksimir", "Črnomerec")),
}
_CHAIN_TOWNS = {"FR": "Marseille", "ES": "Barcelona", "IT": "Firenze", "GR": "Αθήνα", "HR": "Zagreb"}


@dataclass(frozen=True, slots=True)
class House:
    """One true place.

    ``own_name``        ``name`` without the word for its kind
    ``phone``, ``web``  fictional; ``hours`` a row of `HOURS`; ``status`` a code of the data dictionary
    ``group``           what it is planted for (a key of `network.KNOWN_TO`), "" for an ordinary place
    ``knot``            places of one knot resemble each other and are never one
    ``former_name``, ``former_address``  (street, number, lat, lon): what the oldest list still says
    """

    key: str
    territory: Territory
    town: Town
    kind: str
    name: Text
    own_name: Text
    street: Text
    number: str
    lat: float
    lon: float
    phone: str
    web: str
    hours: int
    opened: int
    desks: int
    siret: str = ""
    brand: str = ""
    status: str = "OPEN"
    group: str = ""
    knot: str = ""
    former_name: Text | None = None
    former_address: tuple[Text, str, float, float] | None = None


def luhn_digit(digits: str) -> str:
    """The check digit that makes ``digits`` pass the Luhn test (ISO/IEC 7812-1)."""
    doubled = [int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits))]
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)


def siret(number: int) -> str:
    """The SIRET of fictional establishment ``number``: check digits right, its SIREN in a range given to nobody."""
    siren = f"000{number:05d}"
    siren += luhn_digit(siren)
    return f"{siren}0001" + luhn_digit(f"{siren}0001")


def build(rng: Random) -> list[House]:
    """All true places, in a fixed order for a fixed ``rng``."""
    builder = _Builder(rng)
    return [house for territory in TERRITORIES.values() for house in builder.territory(territory)]


class _Builder:
    """Hands out what must be unique: keys, names, telephone numbers, domains, identifiers."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.numbers = count(1)
        self.domains: set[str] = set()

    def territory(self, territory: Territory) -> list[House]:
        names = list(territory.own_names)
        self.rng.shuffle(names)
        own = iter(names)
        houses = [self.house(territory, self._kind(), next(own)) for _ in range(ORDINARY_PER_TERRITORY)]
        houses += self._chain(territory)
        houses += self._tenants(territory, own)
        houses += self._twins(territory, next(own))
        houses += self._successor(territory, own)
        houses += [self._renamed(territory, own, group) for group in ("renamed", "renamed openly")]
        houses.append(self._moved(territory, next(own)))
        for group in ("closed", "repeated", "hours"):
            house = self.house(territory, "COWORK", next(own), group=group)
            houses.append(replace(house, status="CLOSED" if group == "closed" else "OPEN"))
        return houses

    def house(
        self,
        territory: Territory,
        kind: str,
        own_name: Text,
        *,
        town: Town | None = None,
        group: str = "",
        knot: str = "",
    ) -> House:
        rng, number = self.rng, next(self.numbers)
        town = town or self._town(territory)
        lat, lon = noise.near(rng, town.lat, town.lon, town.radius_m * 0.6)
        return House(
            key=f"{territory.country.lower()}-{number:03d}",
            territory=territory,
            town=town,
            kind=kind,
            name=rng.choice(territory.heads[kind]).format(own_name),
            own_name=own_name,
            street=rng.choice(territory.streets),
            number=str(rng.randrange(1, 120)),
            lat=lat,
            lon=lon,
            phone=f"+{town.dial}{1000 + number * 7 % 8999:04d}",
            web=f"https://{self._domain(own_name)}/",
            hours=rng.randrange(len(HOURS)),
            opened=rng.randrange(2008, 2023),
            desks=rng.randrange(6, 90),
            siret=siret(number) if territory.country == "FR" else "",
            group=group,
            knot=knot,
        )

    def _kind(self) -> str:
        return self.rng.choices(list(_KINDS), list(_KINDS.values()))[0]

    def _town(self, territory: Territory) -> Town:
        weights = [3 if town.radius_m > 1000 else 2 if town.radius_m > 500 else 1 for town in territory.towns]
        return self.rng.choices(territory.towns, weights)[0]

    def _domain(self, own_name: Text) -> str:
        stem = slug(own_name.latin)
        names = chain([stem], (f"{stem}-{turn}" for turn in count(2)))
        name = next(one for one in names if one not in self.domains)
        self.domains.add(name)
        return f"{name}.example"

    def _chain(self, territory: Territory) -> Iterator[House]:
        """Branches of one brand in one town, about a kilometre apart, behind one web domain."""
        brand_text, quarters = _CHAINS[territory.country]
        brand = _spelt(brand_text)
        town = next(town for town in territory.towns if town.name.own == _CHAIN_TOWNS[territory.country])
        streets = self.rng.sample(territory.streets, len(quarters))
        site = f"https://{self._domain(brand)}/"
        for index, quarter in enumerate(map(_spelt, quarters)):
            house = self.house(territory, "COWORK", quarter, town=town, group="chain", knot=f"chain {site}")
            lat, lon = noise.towards(town.lat, town.lon, 900, 2 * pi * index / len(quarters) + 0.3)
            yield replace(
                house,
                name=(name := Text("{} {}", "{} {}").format(brand, quarter)),
                own_name=name,
                brand=brand.own,
                street=streets[index],
                lat=lat,
                lon=lon,
                web=f"{site}{slug(quarter.latin)}",
            )

    def _tenants(self, territory: Territory, own: Iterator[Text]) -> Iterator[House]:
        """Three places in one building: one address, one entrance, nothing else in common."""
        first = self.house(territory, "COWORK", next(own), group="tenant", knot=f"building {territory.country}")
        yield first
        for kind in ("FAB", "INCUBATOR"):
            house = self.house(territory, kind, next(own), town=first.town, group="tenant", knot=first.knot)
            yield replace(house, street=first.street, number=first.number, lat=first.lat, lon=first.lon)

    def _twins(self, territory: Territory, own_name: Text) -> Iterator[House]:
        """Two places of one name in two towns."""
        for town in self.rng.sample(territory.towns[3:], 2):
            house = self.house(
                territory, "LIBRARY_CAFE", own_name, town=town, group="twin", knot=f"twins {territory.country}"
            )
            yield replace(house, name=territory.heads["LIBRARY_CAFE"][0].format(own_name))

    def _successor(self, territory: Territory, own: Iterator[Text]) -> Iterator[House]:
        """A place that closed, and another that opened in its premises."""
        old = self.house(territory, "COWORK", next(own), knot=f"premises {territory.country}")
        new = self.house(territory, "COWORK", next(own), town=old.town, knot=old.knot)
        yield replace(old, opened=2012, status="CLOSED", group="premises left")
        yield replace(
            new, group="premises taken", street=old.street, number=old.number, lat=old.lat, lon=old.lon, opened=2024
        )

    def _renamed(self, territory: Territory, own: Iterator[Text], group: str) -> House:
        house = self.house(territory, "COWORK", next(own), group=group)
        return replace(house, former_name=territory.heads["COWORK"][1].format(next(own)))

    def _moved(self, territory: Territory, own_name: Text) -> House:
        house = self.house(territory, "COWORK", own_name, group="moved")
        lat, lon = noise.near(self.rng, house.town.lat, house.town.lon, house.town.radius_m * 0.6)
        return replace(house, former_address=(self.rng.choice(territory.streets), "7", lat, lon))


def _spelt(written: str) -> Text:
    own, _, latin = written.partition("/")
    return Text(own, latin or own)
