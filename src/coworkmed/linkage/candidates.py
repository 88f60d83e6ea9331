"""Which pairs are worth comparing: blocking rules that complement each other, each with bounded blocks.

A block larger than its limit is cut up by place, then by name; what is still too large is sorted by name and each
record meets its neighbours. So cost stays near linear in dense cities and for chains, and a record changes
nothing for records it shares no block with.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import numpy as np

from .columns import ITEMS, Columns, Longs, Table
from .compiled import compiled, distinct, hashes, mixed
from .engines import LOCAL, Engine
from .prepare import owners

Pairs = tuple[Longs, Longs]
Blocks = tuple[Longs, Longs]  # (key of the block, record), one row per membership; key 0 blocks nothing

MAX_BLOCK = 15
MAX_ALIKE = 10  # records of one area that meet by a word or the first letters of their names alone
MAX_SPOT = 12  # records on one spot that meet without anything else in common
WINDOW = 2
MAX_NAMESAKES = 6  # records of one name that meet wherever they stand
#: Words at this many records or fewer bring records together wherever they stand.
RARE_EVERYWHERE = 12
#: What a word must weigh to be worth a block: kinds, legal forms and small words are not.
TELLING = 0.35
START = 5  # letters that two names in one place have in common
DEGREES = 0.02  # side of a neighbourhood, about 2 km
SPOT_DEGREES = 0.0015  # side of a spot, about 150 m


def candidates(columns: Columns, engine: Engine = LOCAL) -> Pairs:
    """Positions of both records of every pair worth comparing, each pair once, left < right, sorted."""
    found = engine.spread(_pairs_of, Keys(columns), list(RULES))
    every = distinct(np.concatenate(found))
    left, right = every // columns.size, every % columns.size
    return left, right


def _pairs_of(keys: "Keys", rule: str) -> Longs:
    """The pairs of one rule, as one number each."""
    return packed_pairs(*memberships(keys, rule), keys.columns, RULES[rule])


def memberships(keys: "Keys", rule: str) -> Blocks:
    """Which record is in which block of a rule, sorted by block and record, each once."""
    return _distinct(*RULES[rule].blocks(keys))


def packed_pairs(key: Longs, records: Longs, columns: Columns, rule: "Rule") -> Longs:
    """The pairs of blocks given as sorted memberships, each as left × size + right, sorted."""
    pairs = [
        (np.minimum(one, other) * columns.size + np.maximum(one, other))[one != other]
        for one, other in _pairs(key, records, columns, rule)
    ]
    return distinct(np.concatenate([np.empty(0, np.int64), *pairs]))


class Keys:
    """What blocks are keyed by: of all records at once, worked out when first asked for."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self.everyone = np.arange(columns.size)
        self.name_owner = np.repeat(self.everyone, columns.records["names"])
        self.word_owner, self.word = self._telling()
        self.start = self._starts()

    def item(self, item: str, field: str = "value") -> Blocks:
        owner, kind = owners(self.columns)
        of = kind == ITEMS.index(item)
        return self.columns.items[field][of], owner[of]

    def address(self, area: str) -> Blocks:
        records = self.columns.records
        house = records["house"].astype(np.int64) + 1
        return mixed(records[area], records["street"], house), self.everyone

    def words(self) -> Blocks:
        return self.columns.words["sound"][self.word], self.word_owner

    def words_in(self, where: Longs) -> Blocks:
        return mixed(self.columns.words["sound"][self.word], where[self.word_owner]), self.word_owner

    def starts_in(self, where: Longs) -> Blocks:
        return mixed(self.start, where[self.name_owner]), self.name_owner

    def initials(self) -> Blocks:
        """Initials meet names that hold them as a word."""
        initials, said = self.columns.names["initials"], self.columns.words["word"][self.word]
        spelt = np.isin(said, initials[initials != 0])
        return np.concatenate([said[spelt], initials]), np.concatenate([self.word_owner[spelt], self.name_owner])

    def area(self, area: str) -> Longs:
        found: Longs = self.columns.records[area]
        return found

    def cell(self, degrees: float, shift: int) -> Longs:
        return cell(self.columns.records, degrees, shift)

    def _telling(self) -> Pairs:
        """The telling words of names: of each the record and the word."""
        names = self.columns.names
        of_name = np.repeat(np.arange(len(names)), names["words"])
        ends = np.cumsum(names["words"].astype(np.int64))
        within = np.arange(len(of_name)) - np.repeat(ends - names["words"], names["words"])
        word = within + names["words_begin"][of_name]
        telling = self.columns.words["weight"][word] >= TELLING
        return self.name_owner[of_name[telling]], word[telling]

    def _starts(self) -> Longs:
        """The first letters of each name's proper words."""
        length = np.minimum(self.columns.names["core_length"], START).astype(np.int64)
        first = np.concatenate([[0], np.cumsum(length)])
        at = np.arange(first[-1]) - np.repeat(first[:-1] - self.columns.names["core_begin"], length)
        return hashes(self.columns.chars[at], first)


_SHIFTS = ((0.0, 0.0), (0.5, 0.5), (0.5, 0.0), (0.0, 0.5))


def cell(records: Table, degrees: float, shift: int) -> Longs:
    """Cells of a grid over the map; with the same grid moved by half a cell each way (``shift`` 0 to 3), neighbours
    share a cell of one of the four."""
    known, (right, up) = ~np.isnan(records["lat"]), _SHIFTS[shift]
    lat, lon = np.nan_to_num(records["lat"]), np.nan_to_num(records["lon"])
    narrow = np.maximum(np.cos(np.radians(lat.round())), 0.1)
    x = np.floor(lon * narrow / degrees + right).astype(np.int64) + 2**20
    y = np.floor(lat / degrees + up).astype(np.int64) + 2**20
    return np.where(known, y * 2**22 + x, 0)


class Rule(NamedTuple):
    """The blocks a rule makes, the size above which they are cut, whether they are then cut or left out, and how many
    neighbours each record of a large one meets."""

    blocks: Callable[[Keys], Blocks]
    limit: int = MAX_BLOCK
    cut: bool = True
    window: int = WINDOW


RULES: Mapping[str, Rule] = {
    "identifier": Rule(lambda keys: keys.item("ids")),
    "company": Rule(lambda keys: keys.item("ids", "company")),
    "telephone": Rule(lambda keys: keys.item("phones")),
    "domain": Rule(lambda keys: keys.item("domains")),
    "profile": Rule(lambda keys: keys.item("profiles")),
    "address in postcode": Rule(lambda keys: keys.address("postcode")),
    "address in town": Rule(lambda keys: keys.address("town")),
    "rare word": Rule(lambda keys: keys.words(), RARE_EVERYWHERE, cut=False),
    "initials": Rule(lambda keys: keys.initials(), RARE_EVERYWHERE),
    "name": Rule(lambda keys: (keys.columns.names["core"], keys.name_owner), MAX_NAMESAKES, window=1),
    "word in postcode": Rule(lambda keys: keys.words_in(keys.area("postcode")), MAX_ALIKE),
    "word in town": Rule(lambda keys: keys.words_in(keys.area("town")), MAX_ALIKE),
    "start in postcode": Rule(lambda keys: keys.starts_in(keys.area("postcode")), MAX_ALIKE),
    "start in town": Rule(lambda keys: keys.starts_in(keys.area("town")), MAX_ALIKE),
    "word nearby 1": Rule(lambda keys: keys.words_in(keys.cell(DEGREES, 0)), MAX_ALIKE),
    "word nearby 2": Rule(lambda keys: keys.words_in(keys.cell(DEGREES, 1)), MAX_ALIKE),
    "word nearby 3": Rule(lambda keys: keys.words_in(keys.cell(DEGREES, 2)), MAX_ALIKE),
    "word nearby 4": Rule(lambda keys: keys.words_in(keys.cell(DEGREES, 3)), MAX_ALIKE),
    "start nearby 1": Rule(lambda keys: keys.starts_in(keys.cell(DEGREES, 0)), MAX_ALIKE),
    "start nearby 2": Rule(lambda keys: keys.starts_in(keys.cell(DEGREES, 1)), MAX_ALIKE),
    "start nearby 3": Rule(lambda keys: keys.starts_in(keys.cell(DEGREES, 2)), MAX_ALIKE),
    "start nearby 4": Rule(lambda keys: keys.starts_in(keys.cell(DEGREES, 3)), MAX_ALIKE),
    "spot 1": Rule(lambda keys: (keys.cell(SPOT_DEGREES, 0), keys.everyone), MAX_SPOT),
    "spot 2": Rule(lambda keys: (keys.cell(SPOT_DEGREES, 1), keys.everyone), MAX_SPOT),
    "spot 3": Rule(lambda keys: (keys.cell(SPOT_DEGREES, 2), keys.everyone), MAX_SPOT),
    "spot 4": Rule(lambda keys: (keys.cell(SPOT_DEGREES, 3), keys.everyone), MAX_SPOT),
}


def _distinct(key: Longs, records: Longs) -> Blocks:
    """Memberships sorted by block and record, each once; those of no block left out."""
    known = key != 0
    key, records = key[known], records[known]
    order = np.lexsort((records, key))
    key, records = key[order], records[order]
    once = np.ones(len(key), bool)
    once[1:] = (key[1:] != key[:-1]) | (records[1:] != records[:-1])
    return key[once], records[once]


def _pairs(key: Longs, records: Longs, columns: Columns, rule: Rule) -> Iterator[Pairs]:
    """All pairs of small blocks; of large ones, the pairs of their cuts (by place, then by name) and of neighbours."""
    for cut in (_place, _in_alphabet, None):
        first = np.nonzero(np.diff(key, prepend=key[:1] - 1))[0] if len(key) else np.empty(0, np.int64)
        sizes = np.diff(first, append=len(key))
        small = sizes <= rule.limit
        yield _all_within(first[small], sizes[small], records)
        large = np.repeat(~small, sizes)
        key, records = key[large], records[large]
        if not len(key) or not rule.cut:
            return
        yield from _neighbours(key, records, _in_alphabet(columns, records), rule.window)
        if cut:
            # a record whose place or name is not known stands apart from those whose is
            key, records = _distinct(mixed(key, cut(columns, records) | 1), records)


def _place(columns: Columns, records: Longs) -> Longs:
    """A spot on the map, the town where there is none."""
    of = columns.records[records]
    spot = cell(of, 3 * SPOT_DEGREES, 0)
    return np.where(spot != 0, spot, of["town"])


def _in_alphabet(columns: Columns, records: Longs) -> Longs:
    """A number that sorts records by the proper words of their first name, as far as the eighth letter."""
    of = columns.records[records]
    letters = np.zeros((len(records), 8), np.uint8)
    if len(columns.names):
        name = columns.names[np.minimum(of["name_begin"], len(columns.names) - 1)]
        length = np.where(of["names"] > 0, name["core_length"], 0)
        for place in range(8):
            has = length > place
            letters[has, place] = columns.chars[name["core_begin"][has] + place]
    return letters.view(">i8")[:, 0].astype(np.int64)


def _all_within(first: Longs, sizes: Longs, records: Longs) -> Pairs:
    """All pairs of each block."""
    total = int((sizes * (sizes - 1) // 2).sum())
    one, other = np.empty(total, np.int64), np.empty(total, np.int64)
    _fill(first, sizes, records, one, other)
    return one, other


@compiled
def _fill(first: Longs, sizes: Longs, records: Longs, one: Longs, other: Longs) -> None:
    at = 0
    for block in range(len(first)):
        for a in range(first[block], first[block] + sizes[block]):
            for b in range(a + 1, first[block] + sizes[block]):
                one[at], other[at] = records[a], records[b]
                at += 1


def _neighbours(key: Longs, records: Longs, name: Longs, window: int) -> Iterator[Pairs]:
    """Each record with the next ``window`` ones of its block by ``name``."""
    order = np.lexsort((records, name, key))
    key, records = key[order], records[order]
    for step in range(1, window + 1):
        together = key[step:] == key[:-step]
        yield records[:-step][together], records[step:][together]


def block_sizes(columns: Columns) -> Mapping[str, tuple[int, int]]:
    """For each rule: memberships, and the size of its largest block before cutting."""
    keys, found = Keys(columns), {}
    for rule in RULES:
        key, _ = memberships(keys, rule)
        found[rule] = len(key), int(np.unique(key, return_counts=True)[1].max(initial=1))
    return found
