"""What lists make of true places: habits of six lists, and lines as they would be typed.

The lists are modelled on those of the French observatory and on the sources of Overture: an older census in full words
without telephones; a regional list that copies much of it; a map drawn by volunteers, precise and full of gaps; a
commercial portal and a directory that love long names and give telephones; an official register in capitals. Their
rates are set so that two lines of one place differ as two entries of real lists do (``python -m benchmarks.noise``).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate, combinations, islice
from math import prod
from random import Random

from coworkmed.demo import noise
from coworkmed.demo.gazetteer import Text, without_marks

from .world import SUCCEEDED, Place, Speech, Street, World, text, vocabulary

#: Lists that know a place → share of places; with those that one list holds twice, about 1.4 lines a place.
TIMES = {1: 0.69, 2: 0.24, 3: 0.06, 4: 0.01}
TWICE = 0.012  # of lines: the list has the place once more
COPIED = 0.55  # of the copying list's lines on places that the copied list has too
DISTRICTS = {"Paris": 20, "Marseille": 16, "Lyon": 9}


@dataclass(frozen=True, slots=True)
class Habits:
    """A list: how many places it knows beside the others (``weight``), its year, and how often it does what to a line,
    as shares from 0 to 1.

    ``latin``, ``english``  writes Greek in Latin letters; writes towns as a travel guide does
    ``other_street``, ``other_phone``, ``other_web``  of the places that have another one
    ``national``            positions as the national address base has them: two such lists agree to the metre
    ``metres``              usual error of its other positions; ``far`` the share that is wrong by hundreds of metres,
                            ``middle`` the share put in the middle of the town
    """

    weight: float
    year: int
    latin: float = 0.0
    english: float = 0.0
    typo: float = 0.03
    head_dropped: float = 0.05
    head_other: float = 0.04
    head_after: float = 0.02
    also: float = 0.03
    legal: float = 0.02
    town_appended: float = 0.04
    shortened: float = 0.06
    run_together: float = 0.02
    alias: float = 0.02
    initials: float = 0.3
    greeklish: float = 0.2
    capitals: float = 0.03
    small: float = 0.02
    marks_lost: float = 0.05
    no_street: float = 0.05
    no_number: float = 0.08
    no_postcode: float = 0.0
    no_phone: float = 1.0
    no_web: float = 0.25
    no_position: float = 0.0
    abbreviated: float = 0.10
    bare_street: float = 0.03
    other_street: float = 0.5
    other_number: float = 0.05
    other_town: float = 0.03
    other_postcode: float = 0.03
    district: float = 0.10
    other_phone: float = 0.5
    other_web: float = 0.32
    other_kind: float = 0.10
    national: float = 0.0
    metres: float = 30.0
    far: float = 0.05
    middle: float = 0.015
    siret: float = 0.0


LISTS = {
    "generated-census": Habits(3.0, 2019, national=0.6, far=0.06, middle=0.02, other_town=0.02),
    "generated-region": Habits(
        2.0, 2022, small=0.10, capitals=0.10, no_web=0.12, no_phone=0.9, abbreviated=0.15, national=0.5, metres=40
    ),
    "generated-map": Habits(
        2.5, 2026, head_dropped=0.10, town_appended=0.02, no_street=0.45, no_number=0.08, no_postcode=0.6, no_phone=0.6,
        no_web=0.4, metres=12, far=0.01, middle=0.0, abbreviated=0.02,
    ),
    "generated-portal": Habits(
        2.5, 2025, latin=0.9, english=0.6, typo=0.02, head_other=0.05, head_after=0.03, also=0.05, town_appended=0.07,
        marks_lost=0.25, no_phone=0.12, no_web=0.1, no_postcode=0.08, metres=25, far=0.06, middle=0.02,
    ),
    "generated-directory": Habits(
        3.0, 2024, latin=0.5, english=0.3, typo=0.05, also=0.04, legal=0.04, town_appended=0.05, shortened=0.08,
        marks_lost=0.20, capitals=0.06, no_phone=0.08, no_web=0.22, no_postcode=0.06, no_position=0.06,
        abbreviated=0.20, national=0.3, metres=60, far=0.08,
    ),
    "generated-register": Habits(
        1.5, 2020, alias=0.07, legal=0.20, initials=0.05, head_dropped=0.02, capitals=0.6, marks_lost=0.5, no_web=1.0,
        no_phone=0.7, abbreviated=0.4, no_street=0.01, no_number=0.05, national=0.8, siret=0.9, no_position=0.1,
    ),
}  # fmt: skip
NAMES = tuple(LISTS)
COPIER, COPIED_FROM = 1, 0
OLD = 2021  # lists before this year have places where they were, and as they were called, before


@dataclass(slots=True)
class Line:
    """A place as one list has it. Empty where the list is silent; positions in degrees, ``precision`` as the data
    dictionary has it (ENTRANCE, STREET, LOCALITY); ``phone`` in E.164; ``web`` a host, ``path`` of the page there."""

    name: str
    kind: str
    street: str
    number: str
    postcode: str
    town: str
    lat: float | None
    lon: float | None
    precision: str
    phone: str
    web: str
    path: str
    siret: str
    brand: str
    opened: int


def lines(assertions: int, seed: int) -> Iterator[tuple[int, Line, Place]]:
    """``assertions`` lines, place after place: (list by its number in `NAMES`, line, what it speaks of). The same for a
    seed; what is held in memory grows with the names of a town, not with the lines."""
    rng = Random(seed)
    return islice(_endless(rng, World(rng, round(assertions / 1.4))), assertions)


def _endless(rng: Random, world: World) -> Iterator[tuple[int, Line, Place]]:
    holders, weights = _holders()
    old = [habits.year < SUCCEEDED for habits in LISTS.values()]
    every = tuple(LISTS.values())
    for place in world:
        copied: Line | None = None
        for which in rng.choices(holders, cum_weights=weights)[0]:
            if place.since and old[which]:
                which = _NEWEST[which % len(_NEWEST)]
            if which == COPIER and copied and rng.random() < COPIED:
                line = _copy(rng, copied)
            else:
                line = hear(rng, place, every[which])
            if which == COPIED_FROM:
                copied = line
            yield which, line, place
            if rng.random() < TWICE:
                yield which, hear(rng, place, every[which]), place


_NEWEST = tuple(which for which, habits in enumerate(LISTS.values()) if habits.year >= SUCCEEDED)


def _holders() -> tuple[Sequence[tuple[int, ...]], Sequence[float]]:
    """Sets of lists that may hold a place, and their weights added up."""
    known = [habits.weight for habits in LISTS.values()]
    holders: list[tuple[int, ...]] = []
    weights: list[float] = []
    for times, share in TIMES.items():
        sets = list(combinations(range(len(known)), times))
        odds = [prod(known[which] for which in one) for one in sets]
        holders += sets
        weights += [share * one / sum(odds) for one in odds]
    return holders, list(accumulate(weights))


def _copy(rng: Random, line: Line) -> Line:
    """What a list takes over from another: all of it, dressed otherwise."""
    copied = replace(line)
    if rng.random() < 0.5:
        copied.street, copied.town = copied.street.lower(), copied.town.upper()
    if rng.random() < 0.15:
        copied.name = copied.name.upper()
    if rng.random() < 0.1:
        copied.web = copied.path = ""
    return copied


def hear(rng: Random, place: Place, habits: Habits) -> Line:
    """``place`` as a list with these ``habits`` would have it."""
    chance = rng.random
    town, speech = place.town, place.town.speech
    latin = speech.language == "el" and chance() < habits.latin
    before = habits.year < OLD
    street, house, lat, lon = place.street, place.house, place.lat, place.lon
    if before and place.former:
        street, house, lat, lon = place.former
    name = _name(rng, place, habits, latin, before)
    said_street, number, district = _address(rng, place, habits, latin, street, house)
    said_town = _town(rng, place, habits, latin, street.district)
    if chance() < habits.marks_lost:
        name, said_street, said_town = _bare(name), _bare(said_street), _bare(said_town)
    turn = chance()
    if turn < habits.capitals:
        name, said_town = name.upper(), said_town.upper()
    elif turn < habits.capitals + habits.small:
        name = name.lower()
    phone = "" if chance() < habits.no_phone else place.phone
    if phone and place.other_phone and chance() < habits.other_phone:
        phone = place.other_phone
    web, path = ("", "") if chance() < habits.no_web else (place.web, place.path)
    if web and place.other_web and chance() < habits.other_web:
        web, path = place.other_web, ""
    position = _position(rng, place, habits, lat, lon)
    return Line(
        name=name,
        kind=place.kind if chance() >= habits.other_kind else "COWORK",
        street=said_street,
        number=number,
        postcode="" if chance() < habits.no_postcode else town.postcode(district),
        town=said_town,
        lat=position[0],
        lon=position[1],
        precision=position[2],
        phone=phone,
        web=web,
        path=path,
        siret=place.siret if place.siret and chance() < habits.siret else "",
        brand=place.brand.own if place.brand and chance() < 0.2 else "",
        opened=place.opened if chance() < 0.3 else 0,
    )


_bare = lru_cache(maxsize=300_000)(without_marks)


def _name(rng: Random, place: Place, habits: Habits, latin: bool, before: bool) -> str:
    if place.acronym and rng.random() >= habits.alias:
        return _institution(rng, place, habits, latin)
    spelling = _spelling(rng, place, habits, before)
    name = spelling.latin if latin else spelling.own
    if latin and rng.random() < habits.greeklish:
        name = greeklish(name)
    return _lengthened(rng, place, habits, latin, _spoilt(rng, habits, name))


def _spelling(rng: Random, place: Place, habits: Habits, before: bool) -> Text:
    """Which of its names the list knows."""
    if before and place.former_name:
        return place.former_name
    if rng.random() < habits.alias:
        return place.alias
    if place.brand and place.branch:
        return _branch(rng, place.brand, place.branch, place)
    return _headed(rng, place, habits, place.town.speech)


def _spoilt(rng: Random, habits: Habits, name: str) -> str:
    chance = rng.random
    if chance() < habits.shortened:
        name = _shortened(name)
    if chance() < habits.head_after:
        name = noise.reordered(name)
    if chance() < habits.typo:
        name = noise.typo(rng, name)
    if chance() < habits.run_together:
        name = name.replace(" ", "", 1) if " " in name else f"{name[:4]} {name[4:]}".strip()
    return name


def _lengthened(rng: Random, place: Place, habits: Habits, latin: bool, name: str) -> str:
    """The name with a legal form, what it offers, or its town behind."""
    speech, chance = place.town.speech, rng.random
    if chance() < habits.legal:
        legal = speech.legal[int(len(speech.legal) * chance())]
        name = f"{name} {legal.latin if latin else legal.own}"
    if chance() < habits.also:
        several = speech.also if chance() < 0.7 and not latin else vocabulary()["english"]["also"]
        name = f"{name}{' - ' if chance() < 0.5 else ' '}{several[int(len(several) * chance())]}"
    if chance() < habits.town_appended:
        town = place.town.english if latin else place.town.name.own
        name = f"{name}{(' ', ' - ', ', ')[int(3 * chance())]}{town}"
    return name


def greeklish(name: str) -> str:
    """Greek in Latin letters as it is typed, where that is not the usual spelling: "Ximera" as "Ksimera"."""
    for usual, typed in (("ch", "h"), ("x", "ks"), ("X", "Ks"), ("ou", "oy"), ("f", "ph"), ("v", "b"), ("y", "u")):
        name = name.replace(usual, typed)
    return name


def _headed(rng: Random, place: Place, habits: Habits, speech: Speech) -> Text:
    """The name, without the word for what it is, or with another one: of its own language or in English."""
    turn = rng.random()
    if turn < habits.head_dropped:
        return place.own_name
    if turn < habits.head_dropped + habits.head_other:
        english = _english_heads().get(place.kind)
        return rng.choice(english or speech.heads[place.kind]).format(place.own_name)
    return place.name


@lru_cache(maxsize=1)
def _english_heads() -> dict[str, tuple[Text, ...]]:
    return {kind: tuple(map(text, heads)) for kind, heads in vocabulary()["english"]["heads"].items()}


def _branch(rng: Random, brand: Text, branch: Text, place: Place) -> Text:
    turn = rng.random()
    if turn < 0.30:
        return brand
    other = branch if turn < 0.75 else place.town.name if turn < 0.92 else place.street.core
    by = " " if turn < 0.6 else " - "
    return Text(f"{brand.own}{by}{other.own}", f"{brand.latin}{by}{other.latin}")


def _institution(rng: Random, place: Place, habits: Habits, latin: bool) -> str:
    """A long name, its initials, or both."""
    name = place.name.latin if latin else place.name.own
    turn = rng.random()
    if turn < habits.initials:
        return place.acronym if turn < habits.initials / 2 else f"{place.acronym} {place.town.name.latin}"
    return f"{place.acronym} - {name}" if turn < 1.3 * habits.initials else name


def _shortened(name: str) -> str:
    """Without its last word, where that leaves three."""
    words = name.split(" ")
    return " ".join(words[:-1]) if len(words) > 3 else name


def _address(
    rng: Random, place: Place, habits: Habits, latin: bool, street: Street, house: int
) -> tuple[str, str, int]:
    """(street, number, district of the postcode) as the list has them."""
    chance = rng.random
    district = street.district
    if chance() < habits.other_postcode:
        district += 1
    if chance() < habits.no_street:
        return "", "", district
    if place.corner and chance() < habits.other_street:
        name = place.corner.name
    else:
        name = street.core if chance() < habits.bare_street else street.name
    said = name.latin if latin else name.own
    if chance() < habits.abbreviated:
        said = _abbreviated(said, place.town.speech)
    if chance() < habits.no_number:
        return said, "", district
    if chance() < habits.other_number:
        house = max(1, house + (2, -2, 4, 1)[int(4 * chance())])
    turn = chance()
    return said, f"{house}{' bis' if turn < 0.02 else f'-{house + 2}' if turn < 0.04 else ''}", district


@lru_cache(maxsize=100_000)
def _initialled(street: str) -> str:
    words = street.split(" ")
    return (
        " ".join([*words[:-2], f"{words[-2][0]}.", words[-1]]) if len(words) == 3 and words[1][0].isupper() else street
    )


def _abbreviated(street: str, speech: Speech) -> str:
    return noise.abbreviated(_initialled(street), speech.abbreviated)


def _town(rng: Random, place: Place, habits: Habits, latin: bool, district: int) -> str:
    town, chance = place.town, rng.random
    if chance() < habits.other_town:  # the town next door, on the list of towns as on the map
        other = town.neighbour or town.name
        return other.latin if latin else other.own
    if chance() < habits.english:
        return town.english
    name = town.name.latin if latin else town.name.own
    if name in DISTRICTS and chance() < habits.district:
        return f"{name} {1 + district % DISTRICTS[name]}e"
    return name


def _position(
    rng: Random, place: Place, habits: Habits, lat: float, lon: float
) -> tuple[float | None, float | None, str]:
    """(latitude, longitude, precision) of the house as the list has it."""
    chance = rng.random
    if chance() < habits.no_position:
        return None, None, ""
    if chance() < habits.middle:
        return place.town.lat, place.town.lon, "LOCALITY" if chance() < 0.7 else ""
    if chance() < habits.far:
        return *noise.near(rng, lat, lon, 10 ** (2.2 + 1.1 * chance())), "STREET"
    if chance() < habits.national:
        return round(lat, 5), round(lon, 5), "STREET"
    return *noise.near(rng, lat, lon, habits.metres * 2 * chance()), "ENTRANCE" if habits.metres < 20 else "STREET"
