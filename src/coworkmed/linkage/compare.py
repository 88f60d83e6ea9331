"""Comparisons of two records as places: each gives a level, from clear disagreement (1) up to full agreement.

Level 0 always means "nothing to compare". Every comparison is symmetric: who stands left makes no difference. One pair
is one compiled pass over the columns of `prepare`; nothing is allocated for it but its row of the result.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import asin, cos, isnan, radians, sin, sqrt

import numpy as np
from numpy.typing import NDArray

from coworkmed.kernel.geo import EARTH_RADIUS_M

from .columns import Bytes, Columns, Table
from .compiled import begins, compiled, contains, hashed, ratio
from .texts import MAX_WORDS

Positions = NDArray[np.int64]
Levels = NDArray[np.uint8]
Doubles = NDArray[np.float64]
Row = np.void  # a row of one of the tables of `prepare`
Room = NDArray[np.uint64]  # for `ratio`

ABOUT_THE_SAME_TIME = 18  # months: lists give years, and the opening as planned or as held
SHORTEST_SITE = 4  # letters: what is shorter stands in any name
CORNER_M = 100.0  # two addresses this close may be two doors of one house

#: Where a figure passes from one level to the next.
CUTS: Mapping[str, tuple[float, ...]] = {
    "name_spelling": (0.45, 0.6, 0.7, 0.8, 0.9, 0.995),
    "name_whole": (0.45, 0.6, 0.7, 0.8, 0.9, 0.995),
    "name_contained": (0.35, 0.6, 0.8, 0.97),
    "name_rarity": (0.15, 0.4, 0.8, 1.2, 1.7, 2.4),
    "name_own_words": (0.15, 0.3, 0.5, 0.7, 0.9),
    "kinds": (0.01, 0.35, 0.7, 0.99),
}

#: Every comparison and what its levels mean, from 0.
LEVELS: Mapping[str, tuple[str, ...]] = {
    **{name: ("unknown", *(f"under {cut}" for cut in cuts), "above") for name, cuts in CUTS.items()},
    "name_numbers": ("none", "differ", "one has", "same"),
    "acronym": ("no", "yes"),
    "department": ("none", "named, on sites of both larger", "named, on a site larger", "named"),
    "premises": (
        "unknown", "other street", "other street, same number", "far along the street", "near in the street",
        "street, a number unknown", "street and number",
    ),
    "address_numbers": ("unknown", "none shared", "some shared", "same"),
    "unit": ("unknown", "differs", "same"),
    "postcode": ("unknown", "differs", "same area", "same"),
    "town": ("unknown", "differs", "alike", "same"),
    "country": ("unknown", "differs", "same"),
    "phone": ("unknown", "differs", "same exchange", "shared by many", "same"),
    "web": (
        "unknown", "differs", "other page of the site", "shared by many", "same, in several towns", "same", "same page",
    ),
    "site_name": ("no site", "other words", "part of the name", "the name"),
    "profile": ("unknown", "differs", "same"),
    "name_and_premises": (
        "unknown",
        *(f"names {name}, {where}" for where in ("elsewhere", "near", "there") for name in ("differ", "alike", "same")),
    ),
    "distance": ("unknown", "beyond 50 km", "another town", "another quarter", "nearby", "within reach", "on the spot"),
    "identifier": ("unknown", "differs", "other establishment of one company", "same"),
    "dates": ("unknown", "one closed before the other opened", "opened years apart", "opened at about the same time"),
    "branch": ("no", "yes"),
    "inside": ("no", "yes"),
}  # fmt: skip

FEATURES = tuple(LEVELS)

_SPELLING, _WHOLE, _CONTAINED = CUTS["name_spelling"], CUTS["name_whole"], CUTS["name_contained"]
_RARITY, _OWN_WORDS, _KINDS = CUTS["name_rarity"], CUTS["name_own_words"], CUTS["kinds"]
_F = {feature: place for place, feature in enumerate(FEATURES)}
(
    _NAME_SPELLING, _NAME_WHOLE, _NAME_CONTAINED, _NAME_RARITY, _NAME_OWN_WORDS, _KIND, _NUMBERS, _ACRONYM,
    _DEPARTMENT, _PREMISES, _ADDRESS_NUMBERS, _UNIT, _POSTCODE, _TOWN, _COUNTRY, _PHONE, _WEB, _SITE_NAME, _PROFILE,
    _NAME_AND_PREMISES, _DISTANCE, _IDENTIFIER, _DATES, _BRANCH, _INSIDE,
) = range(len(FEATURES))  # fmt: skip
_SIRET = int(hashed(["SIRET"])[0])
_TOWN_WEIGHT = 0.25  # what a word of a name weighs that is the other's town


@dataclass(frozen=True, slots=True)
class Compared:
    """``levels``  (pairs, features) in the order of `FEATURES`;  ``metres``  apart (NaN where unknown)
    ``rows``    (pairs, 2) the names that agree best, as positions among all names (−1 where a record has none)"""

    levels: Levels
    metres: Doubles
    rows: Positions


def compare(columns: Columns, left: Positions, right: Positions) -> Compared:
    """Compare pairs of positions."""
    found = Compared(
        np.zeros((len(left), len(FEATURES)), np.uint8), np.empty(len(left)), np.empty((len(left), 2), np.int64)
    )
    _compare_all(*columns, left, right, found.levels, found.metres, found.rows)
    return found


@compiled
def _compare_all(
    records: Table,
    names: Table,
    words: Table,
    items: Table,
    chars: Bytes,
    left: Positions,
    right: Positions,
    levels: Levels,
    metres: Doubles,
    rows: Positions,
) -> None:
    room = np.zeros(256, np.uint64)
    best = np.zeros((2, MAX_WORDS))
    figures = np.zeros(7)
    for pair in range(len(left)):
        i, j = records[left[pair]], records[right[pair]]
        level, row = levels[pair], rows[pair]
        agreement = _names(i, j, names, words, items, chars, level, row, room, best, figures)
        level[_KIND] = _kinds(i, j, items)
        level[_ADDRESS_NUMBERS] = _address_numbers(_numbers_of(i, items), _numbers_of(j, items))
        level[_UNIT] = _same(i["unit"], j["unit"])
        level[_COUNTRY] = _same(i["country"], j["country"])
        level[_POSTCODE] = _postcodes(i, j, chars)
        level[_TOWN] = _towns(i, j, chars, room)
        level[_PHONE] = _phones(i, j, items)
        web = level[_WEB] = _web(i, j, items)
        level[_SITE_NAME] = max(_called(i, j, names, words, chars), _called(j, i, names, words, chars))
        level[_PROFILE] = _profiles(i, j, items)
        level[_IDENTIFIER] = _identifiers(i, j, items)
        apart = metres[pair] = _metres(i["lat"], i["lon"], j["lat"], j["lon"])
        distance = _distances(apart, i["radius"] + j["radius"])
        premises = _premises(i, j, words, chars, room)
        if premises > 1 and _in_two_towns(distance, level[_TOWN], level[_POSTCODE]):
            premises = 1  # every town has its rue de la République
        level[_PREMISES] = premises
        where = _whereabouts(premises, distance)
        # two positions worked out from one address are no second witness to it
        level[_DISTANCE] = min(distance, 5) if premises >= 3 else distance
        level[_NAME_AND_PREMISES] = 1 + (where - 1) * 3 + agreement if where else 0
        level[_DATES] = _dates(i, j)
        level[_INSIDE] = _is(i["host"], j["called"]) or _is(j["host"], i["called"])
        level[_BRANCH] = (_is(i["brand"], j["brand"]) or web == 2 or web == 3) and _elsewhere(premises, distance, apart)


@compiled
def _cut(value: float, cuts: tuple[float, ...]) -> int:
    """The level of a figure: 1 below the first cut."""
    level = 1
    for cut in cuts:
        level += value >= cut
    return level


@compiled
def _is(one: int, other: int) -> bool:
    """Whether both are known and the same."""
    return one != 0 and one == other


@compiled
def _same(one: int, other: int) -> int:
    if one == 0 or other == 0:
        return 0
    return 2 if one == other else 1


# Names


@compiled
def _names(
    i: Row,
    j: Row,
    names: Table,
    words: Table,
    items: Table,
    chars: Bytes,
    level: Levels,
    row: Positions,
    room: Room,
    best: Doubles,
    figures: Doubles,
) -> int:
    """The levels of the two names that agree best. Returns 0 where names differ, 1 alike, 2 the same; a name unknown is
    taken as alike: it neither speaks for nor against."""
    row[0] = row[1] = -1
    highest, acronym, agreement = -1.0, False, 1
    for one in range(i["name_begin"], i["name_begin"] + i["names"]):
        for other in range(j["name_begin"], j["name_begin"] + j["names"]):
            _name_figures(i, j, names[one], names[other], words, items, chars, room, best, figures)
            acronym = acronym or (figures[6] > 0 and figures[0] < 0.9)
            # of names that agree as well those that say more, then those that stand first on whichever side
            rank = round(figures[0] + figures[1] + 0.5 * figures[2] + 0.01 * figures[4], 6)
            if rank > highest or (rank == highest and one + other < row[0] + row[1]):
                highest = rank
                row[0], row[1] = one, other
                level[_NAME_SPELLING] = _cut(figures[1], _SPELLING)
                level[_NAME_WHOLE] = _cut(figures[2], _WHOLE)
                level[_NAME_CONTAINED] = _cut(figures[3], _CONTAINED)
                level[_NAME_RARITY] = _cut(figures[4], _RARITY)
                level[_NAME_OWN_WORDS] = _cut(figures[5], _OWN_WORDS)
                most = max(figures[0], figures[1])
                agreement = 2 if most >= 0.9 else 1 if most >= 0.6 else 0
    level[_ACRONYM] = acronym
    if row[0] >= 0:
        level[_NUMBERS] = _name_numbers(names[row[0]], names[row[1]], words)
        if names[row[0]]["departments"] != names[row[1]]["departments"]:
            # it weighs more where the web sites are those of something larger than a place
            level[_DEPARTMENT] = 3 - i["larger"] - j["larger"]
    return agreement


@compiled
def _name_figures(
    i: Row,
    j: Row,
    one: Row,
    other: Row,
    words: Table,
    items: Table,
    chars: Bytes,
    room: Room,
    best: Doubles,
    figures: Doubles,
) -> None:
    """Figures of two names: likeness by words, of the proper words' spelling, of the whole; how far the shorter is
    contained; the weight of what is shared; how far each leaves no word of its own; whether one holds the other's
    initials."""
    mine, theirs = _words_of(one, words), _words_of(other, words)
    _word_likeness(mine, theirs, chars, room, best)
    my_total = my_matched = their_total = their_matched = my_most = their_most = 0.0
    for at in range(len(mine)):
        weight = _weight(mine[at], j, items)
        my_total += weight
        my_matched += weight * best[0, at]
        my_most = max(my_most, weight * (1 - best[0, at]))
    for at in range(len(theirs)):
        weight = _weight(theirs[at], i, items)
        their_total += weight
        their_matched += weight * best[1, at]
        their_most = max(their_most, weight * (1 - best[1, at]))
    figures[6] = _holds(theirs, one["initials"]) or _holds(mine, other["initials"])
    if one["joined"] == other["joined"]:  # "Game Stop" is "GameStop"
        figures[:6] = 1.0
        figures[4] = max(my_total, their_total)
        return
    my_share, their_share = my_matched / max(my_total, 1e-9), their_matched / max(their_total, 1e-9)
    figures[0] = (my_matched + their_matched) / max(my_total + their_total, 1e-9)
    figures[1] = ratio(chars, one["core_begin"], one["core_length"], other["core_begin"], other["core_length"], room)
    figures[2] = ratio(
        chars, one["sorted_begin"], one["sorted_length"], other["sorted_begin"], other["sorted_length"], room
    )
    if abs(my_total - their_total) < 1e-6:
        figures[3] = max(my_share, their_share)
    else:
        figures[3] = my_share if my_total < their_total else their_share
    figures[4] = (my_matched + their_matched) / 2
    figures[5] = 1.0 - min(my_most, their_most)


@compiled
def _words_of(name: Row, words: Table) -> Table:
    return words[name["words_begin"] : name["words_begin"] + name["words"]]


@compiled
def _weight(word: Row, record: Row, items: Table) -> float:
    """What a word of a name says beside ``record``: little where it is the town of that record."""
    for at in range(record["item_begin"], record["item_begin"] + record["town_words"]):
        if items[at]["value"] == word["word"]:
            return min(float(word["weight"]), _TOWN_WEIGHT)
    return float(word["weight"])


@compiled
def _holds(name: Table, word: int) -> bool:
    if word != 0:
        for at in range(len(name)):
            if name[at]["word"] == word:
                return True
    return False


@compiled
def _word_likeness(mine: Table, theirs: Table, chars: Bytes, room: Room, best: Doubles) -> None:
    """How well each word of a name is met by the other's: 1 the same, 0.95 the same sound, less for a slip of the pen,
    else 0. Slips are looked for between words that nothing else meets."""
    best[:] = 0.0
    for a in range(len(mine)):
        for b in range(len(theirs)):
            if mine[a]["sound"] == theirs[b]["sound"]:
                likeness = 1.0 if mine[a]["word"] == theirs[b]["word"] else 0.95
                best[0, a] = max(best[0, a], likeness)
                best[1, b] = max(best[1, b], likeness)
    _written_apart(mine, theirs, best[0], best[1])
    _written_apart(theirs, mine, best[1], best[0])
    for a in range(len(mine)):
        if best[0, a] < 0.95:
            for b in range(len(theirs)):
                if best[1, b] < 0.95:
                    likeness = _slip(mine[a], theirs[b], chars, room)
                    best[0, a] = max(best[0, a], likeness)
                    best[1, b] = max(best[1, b], likeness)


@compiled
def _written_apart(mine: Table, theirs: Table, my_best: Doubles, their_best: Doubles) -> None:
    """A word that the other writes as two is met by both: "CapWork", "Cap Work"."""
    for a in range(len(mine)):
        if my_best[a] < 1.0:
            for b in range(len(theirs) - 1):
                if mine[a]["word"] == theirs[b]["with_next"]:
                    my_best[a] = their_best[b] = their_best[b + 1] = 1.0


@compiled
def _slip(one: Row, other: Row, chars: Bytes, room: Room) -> float:
    """Likeness of unequal words: by spelling from 0.8 up (of three letters, 0.66 up with the same ends), and 0.8 where
    one is the beginning of the other. Two words that differ at both ends are not the same word misspelt; two numbers
    never are."""
    my_length, their_length = int(one["word_length"]), int(other["word_length"])
    short, long = min(my_length, their_length), max(my_length, their_length)
    head, tail = one["head"] == other["head"], one["tail"] == other["tail"]
    middle = long == 3 and one["head"] >> 8 == other["head"] >> 8 and one["tail"] & 255 == other["tail"] & 255
    if short < 3 or one["digits"] or other["digits"] or not (middle or (short >= 4 and (head or tail))):
        return 0.0
    mine, theirs = one["word_begin"], other["word_begin"]
    if long - short <= 2:
        spelt = ratio(chars, mine, my_length, theirs, their_length, room)
        if spelt >= (0.66 if middle else 0.8):
            return spelt
    return 0.8 if head and begins(chars, mine, my_length, theirs, their_length) else 0.0


@compiled
def _name_numbers(one: Row, other: Row, words: Table) -> int:
    """Numbers in the names: "Coworking 2" is not "Coworking 3", and perhaps not "Coworking"."""
    mine, theirs = _words_of(one, words), _words_of(other, words)
    if not mine["digits"].any() and not theirs["digits"].any():
        return 0
    if not (mine["digits"].any() and theirs["digits"].any()):
        return 2
    return 3 if _numbers_in(mine, theirs) and _numbers_in(theirs, mine) else 1


@compiled
def _numbers_in(mine: Table, theirs: Table) -> bool:
    for at in range(len(mine)):
        if mine[at]["digits"] and not _holds(theirs, mine[at]["word"]):
            return False
    return True


# Addresses and positions


@compiled
def _premises(i: Row, j: Row, words: Table, chars: Bytes, room: Room) -> int:
    if i["street"] == 0 or j["street"] == 0:
        return 0
    both = i["house"] >= 0 and j["house"] >= 0
    gap = max(i["house"], j["house"]) - min(i["house_last"], j["house_last"])
    same_number = both and gap <= 0
    if not _streets(i, j, words, chars, room):
        return 2 if same_number else 1
    if not both:
        return 5
    return 6 if same_number else 4 if gap <= 8 else 3


@compiled
def _streets(i: Row, j: Row, words: Table, chars: Bytes, room: Room) -> bool:
    """Whether two streets are one: spelt alike, or all words of the shorter name found in the longer."""
    if i["street"] == j["street"]:
        return True
    # "rue du 8 mai" and "rue du 11 novembre", 3rd and 53rd: a number in a street's name is the name
    if i["street_number"] != 0 and j["street_number"] != 0 and i["street_number"] != j["street_number"]:
        return False
    if ratio(chars, i["street_begin"], i["street_length"], j["street_begin"], j["street_length"], room) >= 0.82:
        return True
    if i["street_words"] > j["street_words"]:
        i, j = j, i
    for a in range(i["street_word_begin"], i["street_word_begin"] + i["street_words"]):
        found = False
        for b in range(j["street_word_begin"], j["street_word_begin"] + j["street_words"]):
            if words[a]["word"] == words[b]["word"] or _slip(words[a], words[b], chars, room) > 0.8:
                found = True
                break
        if not found:
            return False
    return True


@compiled
def _address_numbers(mine: Table, theirs: Table) -> int:
    """The numbers of house and street as sets, wherever in the line they stand."""
    if len(mine) == 0 or len(theirs) == 0:
        return 0
    shared = 0
    for a in range(len(mine)):
        for b in range(len(theirs)):
            shared += mine[a]["value"] == theirs[b]["value"]
    if shared == 0:
        return 1
    return 3 if shared == len(mine) and shared == len(theirs) else 2


@compiled
def _postcodes(i: Row, j: Row, chars: Bytes) -> int:
    if i["postcode"] == 0 or j["postcode"] == 0:
        return 0
    mine, theirs = i["postcode_begin"], j["postcode_begin"]
    # ZIP+4 and the like: the shorter decides
    if begins(chars, mine, i["postcode_length"], theirs, j["postcode_length"]):
        return 3
    return 2 if begins(chars, mine, 3, theirs, 3) else 1


@compiled
def _towns(i: Row, j: Row, chars: Bytes, room: Room) -> int:
    if i["town"] == 0 or j["town"] == 0:
        return 0
    if i["town"] == j["town"]:
        return 3
    spelt = ratio(chars, i["town_begin"], i["town_length"], j["town_begin"], j["town_length"], room)
    if spelt >= 0.9:
        return 3
    contained = begins(chars, i["town_begin"], i["town_length"], j["town_begin"], j["town_length"])
    return 2 if contained or spelt >= 0.75 else 1


@compiled
def _metres(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance (haversine), NaN where a position is unknown."""
    if isnan(lat1) or isnan(lat2):
        return np.nan
    up, along = radians(lat2) - radians(lat1), radians(lon2) - radians(lon1)
    half = sin(up / 2) ** 2 + cos(radians(lat1)) * cos(radians(lat2)) * sin(along / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half)))


@compiled
def _distances(metres: float, reach: float) -> int:
    """Distance in the light of how far off both positions may be (``reach``, metres)."""
    if isnan(metres):
        return 0
    if metres <= reach:
        return 6 if metres <= 30.0 else 5
    if metres <= 3 * reach:
        return 4
    if metres <= 3 * reach + 2_000:
        return 3
    return 2 if metres <= 50_000.0 else 1


@compiled
def _in_two_towns(distance: int, town: int, postcode: int) -> bool:
    """By position, else by both the town's name and the postcode."""
    return 1 <= distance <= 2 or (distance == 0 and town == 1 and postcode == 1)


@compiled
def _whereabouts(premises: int, distance: int) -> int:
    """0 unknown, 1 elsewhere, 2 near, 3 there: by address, and by position where an address is missing or may be the
    same corner under two names."""
    by_position = 0 if distance == 0 or distance == 4 else max(1, distance - 3)
    if premises == 0:
        return by_position
    if premises <= 3:
        return 2 if by_position == 3 else 1
    return 3 if premises == 6 else 2


@compiled
def _elsewhere(premises: int, distance: int, metres: float) -> bool:
    """Whether two records are clearly at two addresses, or farther apart than both positions may be off."""
    if premises == 0:
        return 1 <= distance <= 4
    return (premises == 1 or premises == 3) and not metres <= CORNER_M


@compiled
def _dates(i: Row, j: Row) -> int:
    """When they opened and closed: one that closed before the other opened made room for it."""
    if (i["closed"] >= 0 and j["opened"] > i["closed"]) or (j["closed"] >= 0 and i["opened"] > j["closed"]):
        return 1
    if i["opened"] < 0 or j["opened"] < 0:
        return 0
    return 3 if abs(i["opened"] - j["opened"]) <= ABOUT_THE_SAME_TIME else 2


# Contacts, identifiers, kinds


@compiled
def _share(one: Table, other: Table) -> int:
    """0 one side unknown, 1 nothing shared, 2 shared, but by many premises, 3 shared in several towns, 4 shared."""
    if len(one) == 0 or len(other) == 0:
        return 0
    level = 1
    for a in range(len(one)):
        for b in range(len(other)):
            if one[a]["value"] == other[b]["value"]:
                level = max(level, 4 - int(one[a]["spread"]))
    return level


@compiled
def _domains(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"]
    return items[start : start + i["domains"]]


@compiled
def _phones_of(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"] + i["domains"]
    return items[start : start + i["phones"]]


@compiled
def _pages(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"] + i["domains"] + i["phones"]
    return items[start : start + i["pages"]]


@compiled
def _profiles_of(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"] + i["domains"] + i["phones"] + i["pages"]
    return items[start : start + i["profiles"]]


@compiled
def _ids(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"] + i["domains"] + i["phones"] + i["pages"] + i["profiles"]
    return items[start : start + i["ids"]]


@compiled
def _kinds_of(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"] + i["domains"] + i["phones"] + i["pages"] + i["profiles"] + i["ids"]
    return items[start : start + i["kinds"]]


@compiled
def _numbers_of(i: Row, items: Table) -> Table:
    start = i["item_begin"] + i["town_words"] + i["domains"] + i["phones"] + i["pages"] + i["profiles"] + i["ids"]
    return items[start + i["kinds"] : start + i["kinds"] + i["numbers"]]


@compiled
def _phones(i: Row, j: Row, items: Table) -> int:
    level = _share(_phones_of(i, items), _phones_of(j, items))
    if level >= 2:
        return 3 if level == 2 else 4
    return 2 if level == 1 and _is(i["exchange"], j["exchange"]) else level


@compiled
def _web(i: Row, j: Row, items: Table) -> int:
    level = _share(_domains(i, items), _domains(j, items))
    if level < 2:
        return level
    page = _share(_pages(i, items), _pages(j, items))
    if page == 4:
        return 6
    return 2 if page == 1 else level + 1


@compiled
def _called(i: Row, j: Row, names: Table, words: Table, chars: Bytes) -> int:
    """Whether a site of one is called after the other: "lafabrique.org" and "La Fabrique"."""
    level = 1 if i["sites"] else 0
    start = i["street_word_begin"] + i["street_words"]
    for at in range(start, start + i["sites"]):
        site = words[at]
        for row in range(j["name_begin"], j["name_begin"] + j["names"]):
            name = names[row]
            if site["word"] == name["joined"] or site["word"] == name["core"]:
                return 3
            short, long = int(site["word_length"]), int(name["core_length"])
            if min(short, long) < SHORTEST_SITE:
                continue
            if contains(chars, site["word_begin"], short, name["core_begin"], long) or contains(
                chars, name["core_begin"], long, site["word_begin"], short
            ):
                level = 2
    return level


@compiled
def _profiles(i: Row, j: Row, items: Table) -> int:
    """Pages on shared platforms; they differ only if both have one on the same platform."""
    mine, theirs = _profiles_of(i, items), _profiles_of(j, items)
    if _share(mine, theirs) == 4:
        return 2
    for a in range(len(mine)):
        for b in range(len(theirs)):
            if mine[a]["of"] == theirs[b]["of"]:
                return 1
    return 0


@compiled
def _identifiers(i: Row, j: Row, items: Table) -> int:
    """Same establishment; other establishment of one company; other company. A SIREN is the first nine of a SIRET."""
    mine, theirs = _ids(i, items), _ids(j, items)
    any_shared = of_establishment = both_siret = same_siret = one_company = clash = False
    for a in range(len(mine)):
        one = mine[a]
        for b in range(len(theirs)):
            other = theirs[b]
            shared, one_scheme = one["value"] == other["value"], one["of"] == other["of"]
            if one_scheme and one["of"] == _SIRET:
                both_siret = True
                same_siret = same_siret or shared
            one_company = one_company or _is(one["company"], other["company"])
            any_shared = any_shared or shared
            of_establishment = of_establishment or (shared and not one["of_company"])
            clash = clash or (one_scheme and not shared and one["single"])
    if both_siret:
        return 3 if same_siret else 2 if one_company else 1
    if any_shared:
        return 3 if of_establishment else 0
    return 1 if clash else 0


@compiled
def _kinds(i: Row, j: Row, items: Table) -> int:
    """Words of the kinds in common, at best (Jaccard). Two kinds of our own dictionary often live in one place: their
    differing is no evidence."""
    mine, theirs = _kinds_of(i, items), _kinds_of(j, items)
    if len(mine) == 0 or len(theirs) == 0:
        return 0
    most, ours = 0.0, True
    for a in range(len(mine)):
        for b in range(len(theirs)):
            ours = ours and mine[a]["single"] and theirs[b]["single"]
            if mine[a]["value"] == theirs[b]["value"]:
                most = max(most, _overlap(mine, mine[a]["of"], theirs, theirs[b]["of"]))
    return 0 if ours and most == 0 else _cut(most, _KINDS)


@compiled
def _overlap(mine: Table, my_kind: int, theirs: Table, their_kind: int) -> float:
    """Words shared over words in all, of two kinds."""
    shared = in_all = 0
    for a in range(len(mine)):
        in_all += mine[a]["of"] == my_kind
    for b in range(len(theirs)):
        if theirs[b]["of"] == their_kind:
            in_all += 1
            for a in range(len(mine)):
                shared += mine[a]["of"] == my_kind and mine[a]["value"] == theirs[b]["value"]
    return shared / (in_all - shared)
