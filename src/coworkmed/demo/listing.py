"""What a list makes of a true place: its habits, and one line as it would be typed."""

from dataclasses import dataclass
from random import Random

from . import noise
from .gazetteer import without_marks
from .houses import House


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a list does what to a line, as shares from 0 to 1.

    ``latin``          writes in Latin letters whatever the country
    ``metres``         usual error of its positions; ``far`` the share that is ten times as far off
    ``former``         made before places moved or changed their name
    """

    latin: bool = False
    english_towns: bool = False
    former: bool = False
    typo: float = 0.0
    head_dropped: float = 0.0
    reordered: float = 0.0
    legal_form: float = 0.0
    town_appended: float = 0.0
    marks_lost: float = 0.0
    abbreviated: float = 0.0
    no_street: float = 0.0
    no_postcode: float = 0.0
    no_phone: float = 0.0
    no_web: float = 0.0
    metres: float = 15.0
    far: float = 0.0


@dataclass(slots=True)
class Heard:
    """A place as one list has it. Empty where the list is silent; positions in degrees; ``phone`` in E.164."""

    name: str
    street: str
    number: str
    postcode: str
    town: str
    lat: float
    lon: float
    phone: str
    web: str


def hear(rng: Random, house: House, habits: Habits) -> Heard:
    """``house`` as a list with these ``habits`` would have it."""
    chance = rng.random
    script = "latin" if habits.latin else "own"
    street, number, lat, lon = house.street, house.number, house.lat, house.lon
    if habits.former and house.former_address:
        street, number, lat, lon = house.former_address
    lat, lon = noise.near(rng, lat, lon, habits.metres * (10 if chance() < habits.far else 1))
    town = house.town.english if habits.english_towns else getattr(house.town.name, script)
    heard = Heard(
        name=_name(rng, house, habits, script, town),
        street="" if chance() < habits.no_street else getattr(street, script),
        number=number,
        postcode="" if chance() < habits.no_postcode else house.town.postcode,
        town=town,
        lat=lat,
        lon=lon,
        phone="" if chance() < habits.no_phone else house.phone,
        web="" if chance() < habits.no_web else house.web,
    )
    if chance() < habits.abbreviated:
        heard.street = noise.abbreviated(heard.street, house.territory.abbreviated)
    if chance() < habits.marks_lost:
        heard.name, heard.street, heard.town = map(without_marks, (heard.name, heard.street, heard.town))
    if not heard.street:
        heard.number = ""
    return heard


def _name(rng: Random, house: House, habits: Habits, script: str, town: str) -> str:
    chance = rng.random
    spelling = house.former_name if habits.former and house.former_name else house.name
    if chance() < habits.head_dropped and spelling is house.name:
        spelling = house.own_name
    name: str = getattr(spelling, script)
    if chance() < habits.reordered:
        name = noise.reordered(name)
    if chance() < habits.typo:
        name = noise.typo(rng, name)
    if chance() < habits.legal_form:
        name = f"{name} {getattr(rng.choice(house.territory.legal), script)}"
    if chance() < habits.town_appended:
        name = f"{name} {town}"
    return name
