"""Comparisons of two records as places: each gives a level, from clear disagreement (1) up to full agreement.

Level 0 always means "nothing to compare". All functions take columns and pairs of positions, and work on whole arrays.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz
from rapidfuzz.distance import Indel
from rapidfuzz.process import cpdist

from coworkmed.kernel.fields import KINDS
from coworkmed.kernel.geo import EARTH_RADIUS_M

from .prepare import Columns, Ints, Sets, Vocabulary

Positions = NDArray[np.int64]
Levels = NDArray[np.uint8]
Bools = NDArray[np.bool_]
Doubles = NDArray[np.float64]

_DIGITS = re.compile(r"\d+")

CHUNK = 40_000  # pairs at a time: bounds memory
CORNER_M = 100.0  # two addresses this close may be two doors of one house
SHARED_BY_MANY = 4  # a domain or telephone at this many addresses belongs to a chain or a centre

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
    "premises": (
        "unknown", "other street", "other street, same number", "far along the street", "near in the street",
        "street, a number unknown", "street and number",
    ),
    "unit": ("unknown", "differs", "same"),
    "postcode": ("unknown", "differs", "same area", "same"),
    "town": ("unknown", "differs", "alike", "same"),
    "country": ("unknown", "differs", "same"),
    "phone": ("unknown", "differs", "same exchange", "shared by many", "same"),
    "web": ("unknown", "differs", "other page of the site", "shared by many", "same", "same page"),
    "profile": ("unknown", "differs", "same"),
    "name_and_premises": (
        "unknown",
        *(f"names {name}, {where}" for where in ("elsewhere", "near", "there") for name in ("differ", "alike", "same")),
    ),
    "distance": ("unknown", "beyond 50 km", "another town", "another quarter", "nearby", "within reach", "on the spot"),
    "identifier": ("unknown", "differs", "other establishment of one company", "same"),
    "branch": ("no", "yes"),
    "inside": ("no", "yes"),
}  # fmt: skip

FEATURES = tuple(LEVELS)


@dataclass(frozen=True, slots=True)
class Compared:
    """``levels``  (pairs, features) in the order of `FEATURES`;  ``metres``  apart (NaN where unknown)
    ``rows``    (pairs, 2) the rows of `Names` that agree best"""

    levels: Levels
    metres: Doubles
    rows: Positions


def compare(columns: Columns, left: Positions, right: Positions) -> Compared:
    """Compare pairs (any number; worked through in chunks)."""
    parts = [
        _compare(columns, left[start : start + CHUNK], right[start : start + CHUNK])
        for start in range(0, len(left), CHUNK)
    ] or [_compare(columns, left, right)]
    return Compared(
        np.concatenate([part.levels for part in parts]),
        np.concatenate([part.metres for part in parts]),
        np.concatenate([part.rows for part in parts]),
    )


def _compare(columns: Columns, left: Positions, right: Positions) -> Compared:
    name, rows = _names(columns, left, right)
    found: dict[str, NDArray[np.integer]] = {
        feature: np.where(np.isnan(name[feature]), 0, 1 + np.digitize(name[feature], CUTS[feature]))
        for feature in CUTS
        if feature in name
    }
    found["name_numbers"], found["acronym"] = _name_numbers(columns, rows), name["acronym"].astype(np.uint8)
    found["premises"] = _premises(columns, left, right)
    found["unit"] = _same(columns.unit[left], columns.unit[right])
    found["postcode"] = _postcodes(columns.postcode[left], columns.postcode[right])
    found["town"] = _towns(columns.town[left], columns.town[right])
    found["country"] = _same(columns.country[left], columns.country[right])
    found["phone"] = _phones(columns, left, right)
    found["profile"] = _profiles(columns, left, right)
    found["web"] = _web(columns, left, right)
    found["kinds"] = _kinds(columns.kinds, left, right)
    metres = _metres(columns, left, right)
    found["distance"] = _distances(metres, columns.radius[left] + columns.radius[right])
    whereabouts = _whereabouts(found["premises"], found["distance"])
    # two positions worked out from one address are no second witness to it
    found["distance"] = np.where(found["premises"] >= 3, np.minimum(found["distance"], 5), found["distance"])
    found["identifier"] = _identifiers(columns.ids, left, right)
    found["inside"] = _inside(columns, left, right)
    found["branch"] = _branches(columns, left, right, found, metres)
    found["name_and_premises"] = _crossed(_name_agreement(name), whereabouts)
    return Compared(np.stack([found[feature] for feature in FEATURES], axis=1).astype(np.uint8), metres, rows)


def _name_agreement(name: Mapping[str, Doubles]) -> NDArray[np.int64]:
    """0 differ, 1 alike, 2 same; a name unknown is taken as alike: it neither speaks for nor against."""
    best = np.maximum(name["name_words"], name["name_spelling"])
    return np.where(np.isnan(best), 1, np.digitize(best, (0.6, 0.9)))


def _crossed(agreement: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.where(other > 0, 1 + (other - 1) * 3 + agreement, 0)


def _whereabouts(premises: NDArray[np.integer], distance: NDArray[np.integer]) -> NDArray[np.int64]:
    """0 unknown, 1 elsewhere, 2 near, 3 there: by address, and by position where an address is missing or may be the
    same corner under two names."""
    by_address = np.array([0, 1, 1, 1, 2, 2, 3])[premises]
    by_position = np.array([0, 1, 1, 1, 0, 2, 3])[distance]
    corner = (by_address == 1) & (by_position == 3)
    return np.where(by_address == 0, by_position, np.where(corner, 2, by_address))


# Names


def _names(columns: Columns, left: Positions, right: Positions) -> tuple[dict[str, Doubles], Positions]:
    """Figures of the best agreeing names of each pair (NaN where a record has none), and the rows they stand in."""
    names = columns.names
    pair, one, other = _each_with_each(names.first, left, right)
    figures = _name_figures(columns, pair, left, right, one, other)
    rank = np.round(figures["name_words"] + figures["name_spelling"] + 0.5 * figures["name_whole"], 6)
    # the best first; equals go to the names that sort first, whichever side they stand on
    best_first = np.lexsort((other + one, -rank, pair))
    pairs, first = np.unique(pair[best_first], return_index=True)
    chosen = best_first[first]
    rows = np.full((len(left), 2), -1, np.int64)
    rows[pairs, 0], rows[pairs, 1] = one[chosen], other[chosen]
    result = {}
    for feature, values in figures.items():
        result[feature] = np.full(len(left), 0.0 if feature == "acronym" else np.nan)
        result[feature][pairs] = values[chosen]
    acronym = np.zeros(len(left))
    np.maximum.at(acronym, pair, np.where(figures["name_words"] < 0.9, figures["acronym"], 0.0))
    result["acronym"] = acronym
    return result, rows


def _each_with_each(
    first: NDArray[np.int64], left: Positions, right: Positions
) -> tuple[Positions, Positions, Positions]:
    """For pairs of owners of rows: (pair, row of left, row of right) for every combination."""
    n_left, n_right = first[left + 1] - first[left], first[right + 1] - first[right]
    sizes = n_left * n_right
    pair = np.repeat(np.arange(len(left)), sizes)
    within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    width = np.maximum(n_right, 1)[pair]
    return pair, first[left][pair] + within // width, first[right][pair] + within % width


def _name_figures(
    columns: Columns, pair: Positions, left: Positions, right: Positions, one: Positions, other: Positions
) -> dict[str, Doubles]:
    names = columns.names
    mine, theirs = names.words[one], names.words[other]
    # the other's town is a town in my name too
    my_weights = _less_for_towns(names.weights[one], mine, columns.towns[right[pair]])
    their_weights = _less_for_towns(names.weights[other], theirs, columns.towns[left[pair]])
    likeness = _word_likeness(columns, mine, theirs, names.sounds[one], names.sounds[other])
    my_best, their_best = likeness.max(axis=2), likeness.max(axis=1)
    my_total, their_total = _total(my_weights), _total(their_weights)
    my_matched, their_matched = _total(my_weights * my_best), _total(their_weights * their_best)
    mine_left_over = (my_weights * (1 - my_best)).max(axis=1, initial=0.0)
    theirs_left_over = (their_weights * (1 - their_best)).max(axis=1, initial=0.0)
    my_share, their_share = my_matched / np.maximum(my_total, 1e-9), their_matched / np.maximum(their_total, 1e-9)
    acronym = ((names.initials[one][:, None] >= 0) & (names.initials[one][:, None] == theirs)).any(axis=1) | (
        (names.initials[other][:, None] >= 0) & (names.initials[other][:, None] == mine)
    ).any(axis=1)
    # "Game Stop" is "GameStop": what is the same run together is the same
    same = _run_together(names.whole[one]) == _run_together(names.whole[other])
    figures = {
        "name_words": (my_matched + their_matched) / np.maximum(my_total + their_total, 1e-9),
        "name_spelling": _ratios(names.core[one], names.core[other]),
        "name_whole": _ratios(names.whole[one], names.whole[other], sort_words=True),
        "name_contained": np.where(
            np.abs(my_total - their_total) < 1e-6,
            np.maximum(my_share, their_share),
            np.where(my_total < their_total, my_share, their_share),
        ),
        "name_rarity": (my_matched + their_matched) / 2,
        "name_own_words": 1.0 - np.minimum(mine_left_over, theirs_left_over),
        "acronym": acronym.astype(float),
    }
    figures["name_rarity"][same] = np.maximum(my_total, their_total)[same]
    for feature in ("name_words", "name_spelling", "name_whole", "name_contained", "name_own_words"):
        figures[feature][same] = 1.0
    return figures


def _run_together(names: NDArray[np.object_]) -> NDArray[np.str_]:
    return np.array([name.replace(" ", "") for name in names], dtype=np.str_)


def _total(values: NDArray[np.floating]) -> Doubles:
    """Row sums that don't depend on the order of words."""
    total: Doubles = np.round(np.sort(values.astype(np.float64), axis=1).sum(axis=1), 6)
    return total


def _less_for_towns(weights: NDArray[np.float32], words: Ints, towns: Ints) -> NDArray[np.float64]:
    town = ((words[:, :, None] == towns[:, None, :]) & (words[:, :, None] >= 0)).any(axis=2)
    return np.where(town, np.minimum(weights, 0.25), weights).astype(np.float64)


def _word_likeness(columns: Columns, mine: Ints, theirs: Ints, my_sounds: Ints, their_sounds: Ints) -> Doubles:
    """(pairs, words, words) how alike two words are: 1 same, 0.95 same sound, less for a slip of the pen, else 0."""
    here, there = mine >= 0, theirs >= 0
    both = here[:, :, None] & there[:, None, :]
    likeness = np.where(both & (my_sounds[:, :, None] == their_sounds[:, None, :]), 0.95, 0.0)
    likeness[both & (mine[:, :, None] == theirs[:, None, :])] = 1.0
    lonely_mine, lonely_theirs = likeness.max(axis=2) == 0, likeness.max(axis=1) == 0
    pair, my_place, their_place = np.nonzero(both & lonely_mine[:, :, None] & lonely_theirs[:, None, :])
    if len(pair):
        size = np.int64(len(columns.vocabulary.words))
        one, other = mine[pair, my_place].astype(np.int64), theirs[pair, their_place].astype(np.int64)
        packed, inverse = np.unique(np.minimum(one, other) * size + np.maximum(one, other), return_inverse=True)
        likeness[pair, my_place, their_place] = _slips(columns.vocabulary, packed // size, packed % size)[inverse]
    return likeness


def _slips(vocabulary: Vocabulary, ones: Positions, others: Positions) -> Doubles:
    """Likeness of unequal words: by spelling from 0.8 up (of three letters, 0.67 up with the same ends), and 0.8 where
    one is the beginning of the other."""
    lengths = vocabulary.lengths
    short, long = np.minimum(lengths[ones], lengths[others]), np.maximum(lengths[ones], lengths[others])
    # two words that differ at both ends are not the same word misspelt; two numbers never are
    heads, tails = vocabulary.heads, vocabulary.tails
    ends = (heads[ones] == heads[others]) | (tails[ones] == tails[others])
    middle = (long == 3) & (vocabulary.ends[ones] == vocabulary.ends[others])
    may = np.nonzero((((short >= 4) & ends) | middle) & ~vocabulary.digits[ones] & ~vocabulary.digits[others])[0]
    result = np.zeros(len(ones))
    if len(may):
        mine, theirs = vocabulary.words[ones[may]], vocabulary.words[others[may]]
        spelt = cpdist(mine, theirs, scorer=Indel.normalized_similarity).astype(float)
        enough = np.where(middle[may], 0.66, 0.8)
        slip = np.where((spelt >= enough) & (long[may] - short[may] <= 2), spelt, 0.0)
        begins = [one.startswith(other) or other.startswith(one) for one, other in zip(mine, theirs, strict=True)]
        result[may] = np.maximum(slip, np.where(begins, 0.8, 0.0))
    return result


def _ratios(ones: NDArray[np.object_], others: NDArray[np.object_], sort_words: bool = False) -> Doubles:
    """Similarity of spelling, 0 to 1, the same whichever comes first."""
    if not len(ones):
        return np.zeros(0)
    scorer = fuzz.token_sort_ratio if sort_words else fuzz.ratio
    return cpdist(ones, others, scorer=scorer).astype(float) / 100


def _name_numbers(columns: Columns, rows: Positions) -> NDArray[np.int64]:
    """Numbers in the names: "Coworking 2" is not "Coworking 3", and perhaps not "Coworking"."""
    known = (rows >= 0).all(axis=1)
    if not known.any():
        return np.zeros(len(rows), np.int64)
    mine, theirs = columns.names.words[rows[:, 0]], columns.names.words[rows[:, 1]]
    my_digits, their_digits = columns.vocabulary.digits[mine], columns.vocabulary.digits[theirs]
    alike = (mine[:, :, None] == theirs[:, None, :]) & my_digits[:, :, None]
    mine_all = (alike.any(axis=2) | ~my_digits).all(axis=1)
    theirs_all = (alike.any(axis=1) | ~their_digits).all(axis=1)
    i_have, they_have = my_digits.any(axis=1), their_digits.any(axis=1)
    level = np.where(i_have & they_have, np.where(mine_all & theirs_all, 3, 1), np.where(i_have | they_have, 2, 0))
    return np.where(known, level, 0)


# Addresses and positions


def _same(ones: Ints, others: Ints) -> NDArray[np.int64]:
    return np.where((ones < 0) | (others < 0), 0, np.where(ones == others, 2, 1))


def _numbers_in(streets: NDArray[np.object_]) -> NDArray[np.str_]:
    return np.array([" ".join(_DIGITS.findall(street)) for street in streets], str)


def _premises(columns: Columns, left: Positions, right: Positions) -> NDArray[np.int64]:
    ones, others = columns.street[left], columns.street[right]
    known = (ones != "") & (others != "")
    alike = np.zeros(len(left), bool)
    at = np.nonzero(known)[0]
    if len(at):
        spelt = cpdist(ones[at], others[at], scorer=fuzz.token_set_ratio)
        close = cpdist(ones[at], others[at], scorer=fuzz.ratio)
        # "rue du 8 mai" and "rue du 11 novembre", 3rd and 53rd: a number in a street's name is the name
        mine_named, theirs_named = _numbers_in(ones[at]), _numbers_in(others[at])
        other_number = (mine_named != "") & (theirs_named != "") & (mine_named != theirs_named)
        alike[at] = ((spelt >= 90) | (close >= 82)) & ~other_number
    mine, theirs = columns.house[left], columns.house[right]
    both = (mine[:, 0] >= 0) & (theirs[:, 0] >= 0)
    gap = np.maximum(mine[:, 0], theirs[:, 0]) - np.minimum(mine[:, 1], theirs[:, 1])
    same_number = both & (gap <= 0)
    level = np.where(same_number, 6, np.where(~both, 5, np.where(gap <= 8, 4, 3)))
    return np.where(~known, 0, np.where(alike, level, np.where(same_number, 2, 1)))


def _postcodes(ones: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.int64]:
    one, other = ones.astype(str), others.astype(str)
    known = (one != "") & (other != "")
    # ZIP+4 and the like: the shorter decides
    same = np.char.startswith(one, other) | np.char.startswith(other, one)
    area = one.astype("U3") == other.astype("U3")
    return np.where(~known, 0, np.where(same, 3, np.where(area, 2, 1)))


def _towns(ones: NDArray[np.object_], others: NDArray[np.object_]) -> NDArray[np.int64]:
    known = (ones != "") & (others != "")
    spelt = _ratios(ones, others)
    one, other = ones.astype(str), others.astype(str)
    contained = np.char.startswith(one, other) | np.char.startswith(other, one)
    return np.where(~known, 0, np.where(spelt >= 0.9, 3, np.where(contained | (spelt >= 0.75), 2, 1)))


def _metres(columns: Columns, left: Positions, right: Positions) -> Doubles:
    """Great-circle distance (haversine), NaN where a position is unknown."""
    lat1, lat2 = np.radians(columns.lat[left]), np.radians(columns.lat[right])
    span = np.radians(columns.lon[right]) - np.radians(columns.lon[left])
    half = np.sin((lat2 - lat1) / 2) ** 2 + np.cos(lat1) * np.cos(lat2) * np.sin(span / 2) ** 2
    metres: Doubles = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.minimum(1.0, half)))
    return metres


def _distances(metres: Doubles, reach: NDArray[np.floating]) -> NDArray[np.int64]:
    """Distance in the light of how far off both positions may be (``reach``, metres)."""
    limits = [np.minimum(30.0, reach), reach, 3 * reach, 3 * reach + 2_000, 50_000.0]
    level = np.select([metres <= limit for limit in limits], [6, 5, 4, 3, 2], 1)
    return np.where(np.isnan(metres), 0, level)


# Contacts, identifiers, kinds


def _share(sets: Sets, left: Positions, right: Positions, width: int) -> tuple[NDArray[np.int64], Ints]:
    """Level (0 unknown, 1 nothing shared, 2 shared), and the shared number at the fewest premises (−1 if none)."""
    mine, theirs = sets.padded(width)[left], sets.padded(width)[right]
    alike = (mine[:, :, None] == theirs[:, None, :]) & (mine[:, :, None] >= 0)
    shared = np.where(alike.any(axis=2), mine, -1)
    most = np.iinfo(np.int32).max
    spread = np.append(sets.premises, most)[shared]
    cheapest = np.take_along_axis(shared, np.where(shared < 0, most, spread).argmin(axis=1)[:, None], axis=1)[:, 0]
    known = (mine[:, 0] >= 0) & (theirs[:, 0] >= 0)
    return np.where(~known, 0, np.where(alike.any(axis=(1, 2)), 2, 1)), cheapest


def _phones(columns: Columns, left: Positions, right: Positions) -> NDArray[np.int64]:
    level, shared = _share(columns.phones, left, right, 3)
    many = np.append(columns.phones.premises, 0)[shared] >= SHARED_BY_MANY
    exchange = (columns.exchanges[left] == columns.exchanges[right]) & (columns.exchanges[left] >= 0)
    return np.where(level == 2, np.where(many, 3, 4), np.where((level == 1) & exchange, 2, level))


def _web(columns: Columns, left: Positions, right: Positions) -> NDArray[np.int64]:
    level, shared = _share(columns.domains, left, right, 3)
    page, _ = _share(columns.pages, left, right, 4)
    many = np.append(columns.domains.premises, 0)[shared] >= SHARED_BY_MANY
    same = np.where(page == 2, 5, np.where(page == 1, 2, np.where(many, 3, 4)))
    return np.where(level == 2, same, level)


def _profiles(columns: Columns, left: Positions, right: Positions) -> NDArray[np.int64]:
    """Pages on shared platforms; they differ only if both have one on the same platform."""
    comparable, _ = _share(columns.platforms, left, right, 4)
    level, _ = _share(columns.profiles, left, right, 4)
    return np.where(comparable == 2, level, 0)


def _kinds(kinds: Sets, left: Positions, right: Positions) -> NDArray[np.int64]:
    """Words of the kinds in common. Two kinds of our own dictionary often live in one place: their differing is no
    evidence."""
    words = [set(label.lower().replace("_", " ").split()) for label in kinds.labels]
    ours = np.array([label in KINDS for label in kinds.labels] + [True])
    mine, theirs = kinds.padded(4)[left], kinds.padded(4)[right]
    known = (mine[:, 0] >= 0) & (theirs[:, 0] >= 0)
    size = np.int64(len(kinds.labels) + 1)
    packed = np.zeros((len(left), 16), np.int64)
    for place in range(16):
        one, other = mine[:, place // 4].astype(np.int64) + 1, theirs[:, place % 4].astype(np.int64) + 1
        packed[:, place] = np.minimum(one, other) * size + np.maximum(one, other)
    distinct, inverse = np.unique(packed, return_inverse=True)
    every = zip((distinct // size - 1).tolist(), (distinct % size - 1).tolist(), strict=True)
    overlap = np.array([_overlap(words, one, other) for one, other in every])
    best = overlap[inverse.reshape(packed.shape)].max(axis=1, initial=0.0)
    level = 1 + np.digitize(best, CUTS["kinds"])
    all_ours = ours[mine].all(axis=1) & ours[theirs].all(axis=1)
    return np.where(~known | (all_ours & (best == 0)), 0, level)


def _overlap(words: Sequence[set[str]], one: int, other: int) -> float:
    if one < 0 or other < 0:
        return 0.0
    return len(words[one] & words[other]) / max(1, len(words[one] | words[other]))


#: Identifiers of which a place has one at a time: two different ones speak against.
SINGLE = ("SIRET", "WIKIDATA", "RNA", "OIB", "AFM", "NIF", "PIVA", "SIREN", "VAT")


def _identifiers(ids: Sets, left: Positions, right: Positions) -> NDArray[np.int64]:
    """Same establishment; other establishment of one company; other company; SIREN is the first nine of a SIRET."""
    level, _ = _share(ids, left, right, 6)
    result = np.where(level == 2, 3, 0)
    company_only = [label.startswith(("SIREN:", "VAT:", "RNA:")) for label in ids.labels]
    for at in np.nonzero(level > 0)[0]:
        mine, theirs = _schemes(ids, int(left[at])), _schemes(ids, int(right[at]))
        common = mine.keys() & theirs.keys()
        if mine.get("SIRET") and theirs.get("SIRET"):
            same, one_company = bool(mine["SIRET"] & theirs["SIRET"]), bool(_sirens(mine) & _sirens(theirs))
            result[at] = 3 if same else 2 if one_company else 1
        elif result[at] == 3:
            shared = set(_labels(ids, int(left[at]))) & set(_labels(ids, int(right[at])))
            result[at] = 0 if all(company_only[number] for number in shared) else 3
        elif any(scheme in SINGLE and not mine[scheme] & theirs[scheme] for scheme in common):
            result[at] = 1
    return result


def _labels(ids: Sets, position: int) -> list[int]:
    return [int(number) for number in ids.items[ids.first[position] : ids.first[position + 1]]]


def _schemes(ids: Sets, position: int) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for number in _labels(ids, position):
        scheme, _, value = ids.labels[number].partition(":")
        found.setdefault(scheme.upper(), set()).add(value)
    return found


def _sirens(schemes: Mapping[str, set[str]]) -> set[str]:
    return {siret[:9] for siret in schemes.get("SIRET", ())} | schemes.get("SIREN", set())


def _inside(columns: Columns, left: Positions, right: Positions) -> NDArray[np.int64]:
    """One name says that it is inside the other: "Hacklab in MAMA" is a tenant of MAMA, not MAMA."""
    mine, theirs = columns.host[left], columns.host[right]
    within = ((mine >= 0) & (mine == columns.called[right])) | ((theirs >= 0) & (theirs == columns.called[left]))
    inside: NDArray[np.int64] = within.astype(np.int64)
    return inside


def _branches(
    columns: Columns, left: Positions, right: Positions, found: Mapping[str, NDArray[np.integer]], metres: Doubles
) -> NDArray[np.int64]:
    """Two premises of one chain: a brand or a widely shared domain in common, and clearly another address or spot."""
    one_brand = (columns.brand[left] >= 0) & (columns.brand[left] == columns.brand[right])
    chain = one_brand | np.isin(found["web"], (2, 3))
    elsewhere = np.isin(found["premises"], (1, 3)) & ~(metres <= CORNER_M)
    unplaced = (found["premises"] == 0) & np.isin(found["distance"], (1, 2, 3, 4))  # farther than both may be off
    branches: NDArray[np.int64] = (chain & (elsewhere | unplaced)).astype(np.int64)
    return branches
