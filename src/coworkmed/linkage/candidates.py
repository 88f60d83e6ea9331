"""Which pairs are worth comparing: blocking rules that complement each other, each with bounded blocks.

A block larger than its limit is cut up by place, then by name; what is still too large is sorted by name and each
record meets its `WINDOW` neighbours. So cost stays near linear in dense cities and for chains, and a record changes
nothing for records it shares no block with.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np

from .compiled import compiled, hashes, mixed
from .engines import LOCAL, Engine
from .prepare import ITEMS, Columns, Longs, owners

Pairs = tuple[Longs, Longs]
Blocks = tuple[Longs, Longs]  # (key of the block, record), one row per membership; key 0 blocks nothing

MAX_BLOCK = 30
MAX_SPOT = 12  # records on one spot that meet without anything else in common
WINDOW = 6
#: Words at this many records or fewer bring records together wherever they stand.
RARE_EVERYWHERE = 12
#: What a word must weigh to be worth a block: kinds, legal forms and small words are not.
TELLING = 0.35
START = 5  # letters that two names in one place have in common
DEGREES = 0.02  # side of a neighbourhood, about 2 km
SPOT_DEGREES = 0.0015  # side of a spot, about 150 m


def candidates(columns: Columns, engine: Engine = LOCAL) -> Pairs:
    """Positions of both records of every pair worth comparing, each pair once, left < right, sorted."""
    found = engine.spread(_pairs_of, columns, list(RULES))
    every = np.unique(np.concatenate(found))
    left, right = every // columns.size, every % columns.size
    return left, right


def _pairs_of(columns: Columns, rule: str) -> Longs:
    """The pairs of one rule, as one number each."""
    size, cuts = columns.size, _cuts(columns)
    blocks, limit = RULES[rule](columns)
    packed = [
        (np.minimum(one, other) * size + np.maximum(one, other))[one != other]
        for one, other in _pairs(blocks, cuts, limit)
    ]
    return np.unique(np.concatenate([np.empty(0, np.int64), *packed]))


def _contact(columns: Columns, item: str, field: str = "value") -> Blocks:
    owner, kind = owners(columns)
    of = kind == ITEMS.index(item)
    return columns.items[field][of], owner[of]


def _address(columns: Columns, area: str) -> Blocks:
    records = columns.records
    house = records["house"].astype(np.int64) + 1
    return mixed(records[area], records["street"], house), np.arange(columns.size)


def _rare_words(columns: Columns) -> Blocks:
    """Words that few records hold bring these together wherever they stand."""
    owner, word = _telling(columns)
    key, owner = _distinct(columns.words["sound"][word], owner)
    _, block, sizes = np.unique(key, return_inverse=True, return_counts=True)
    few = sizes[block] <= RARE_EVERYWHERE
    return key[few], owner[few]


def _initials(columns: Columns) -> Blocks:
    """Initials meet names that hold them as a word."""
    owner, word = _telling(columns)
    initials, said = columns.names["initials"], columns.words["word"][word]
    spelt = np.isin(said, initials[initials != 0])
    return np.concatenate([said[spelt], initials]), np.concatenate([owner[spelt], _name_owner(columns)])


def _words_in(columns: Columns, where: Longs) -> Blocks:
    owner, word = _telling(columns)
    return mixed(columns.words["sound"][word], where[owner]), owner


def _starts_in(columns: Columns, where: Longs) -> Blocks:
    owner = _name_owner(columns)
    return mixed(_starts(columns), where[owner]), owner


def _name_owner(columns: Columns) -> Longs:
    return np.repeat(np.arange(columns.size), columns.records["names"])


#: Each rule by name: the blocks it makes, and the size above which they are cut.
RULES: Mapping[str, Callable[[Columns], tuple[Blocks, int]]] = {
    "identifier": lambda c: (_contact(c, "ids"), MAX_BLOCK),
    "company": lambda c: (_contact(c, "ids", "company"), MAX_BLOCK),
    "telephone": lambda c: (_contact(c, "phones"), MAX_BLOCK),
    "domain": lambda c: (_contact(c, "domains"), MAX_BLOCK),
    "profile": lambda c: (_contact(c, "profiles"), MAX_BLOCK),
    "address in postcode": lambda c: (_address(c, "postcode"), MAX_BLOCK),
    "address in town": lambda c: (_address(c, "town"), MAX_BLOCK),
    "rare word": lambda c: (_rare_words(c), RARE_EVERYWHERE),
    "initials": lambda c: (_initials(c), RARE_EVERYWHERE),
    "name": lambda c: ((c.names["core"], _name_owner(c)), MAX_BLOCK),
    "word in postcode": lambda c: (_words_in(c, c.records["postcode"]), MAX_BLOCK),
    "word in town": lambda c: (_words_in(c, c.records["town"]), MAX_BLOCK),
    "start in postcode": lambda c: (_starts_in(c, c.records["postcode"]), MAX_BLOCK),
    "start in town": lambda c: (_starts_in(c, c.records["town"]), MAX_BLOCK),
    "word nearby 1": lambda c: (_words_in(c, _cell(c, DEGREES, 0)), MAX_BLOCK),
    "word nearby 2": lambda c: (_words_in(c, _cell(c, DEGREES, 1)), MAX_BLOCK),
    "word nearby 3": lambda c: (_words_in(c, _cell(c, DEGREES, 2)), MAX_BLOCK),
    "word nearby 4": lambda c: (_words_in(c, _cell(c, DEGREES, 3)), MAX_BLOCK),
    "start nearby 1": lambda c: (_starts_in(c, _cell(c, DEGREES, 0)), MAX_BLOCK),
    "start nearby 2": lambda c: (_starts_in(c, _cell(c, DEGREES, 1)), MAX_BLOCK),
    "start nearby 3": lambda c: (_starts_in(c, _cell(c, DEGREES, 2)), MAX_BLOCK),
    "start nearby 4": lambda c: (_starts_in(c, _cell(c, DEGREES, 3)), MAX_BLOCK),
    "spot 1": lambda c: ((_cell(c, SPOT_DEGREES, 0), np.arange(c.size)), MAX_SPOT),
    "spot 2": lambda c: ((_cell(c, SPOT_DEGREES, 1), np.arange(c.size)), MAX_SPOT),
    "spot 3": lambda c: ((_cell(c, SPOT_DEGREES, 2), np.arange(c.size)), MAX_SPOT),
    "spot 4": lambda c: ((_cell(c, SPOT_DEGREES, 3), np.arange(c.size)), MAX_SPOT),
}


def _telling(columns: Columns) -> tuple[Longs, Longs]:
    """The telling words of names: of each the record and the word."""
    names = columns.names
    of_name = np.repeat(np.arange(len(names)), names["words"])
    ends = np.cumsum(names["words"].astype(np.int64))
    word = np.arange(len(of_name)) - np.repeat(ends - names["words"], names["words"]) + names["words_begin"][of_name]
    telling = columns.words["weight"][word] >= TELLING
    return _name_owner(columns)[of_name[telling]], word[telling]


def _starts(columns: Columns) -> Longs:
    """The first letters of each name's proper words."""
    length = np.minimum(columns.names["core_length"], START).astype(np.int64)
    first = np.concatenate([[0], np.cumsum(length)])
    at = np.arange(first[-1]) - np.repeat(first[:-1] - columns.names["core_begin"], length)
    return hashes(columns.chars[at], first)


def _distinct(key: Longs, records: Longs) -> Blocks:
    """Memberships sorted by block and record, each once; those of no block left out."""
    known = key != 0
    key, records = key[known], records[known]
    order = np.lexsort((records, key))
    key, records = key[order], records[order]
    once = np.ones(len(key), bool)
    once[1:] = (key[1:] != key[:-1]) | (records[1:] != records[:-1])
    return key[once], records[once]


#: A grid over the map and the same grid moved by half a cell each way: neighbours share a cell of one of the four.
_SHIFTS = ((0.0, 0.0), (0.5, 0.5), (0.5, 0.0), (0.0, 0.5))


def _cell(columns: Columns, degrees: float, shift: int) -> Longs:
    lat, lon = columns.records["lat"], columns.records["lon"]
    known = ~np.isnan(lat)
    narrow = np.maximum(np.cos(np.radians(np.nan_to_num(lat).round())), 0.1)
    x = np.floor(np.nan_to_num(lon) * narrow / degrees + _SHIFTS[shift][0]).astype(np.int64) + 2**20
    y = np.floor(np.nan_to_num(lat) / degrees + _SHIFTS[shift][1]).astype(np.int64) + 2**20
    return np.where(known, y * 2**22 + x, 0)


def _cuts(columns: Columns) -> Sequence[Longs]:
    """What large blocks are cut by, in turn: a spot on the map (the town where there is none), then the name."""
    spot = _cell(columns, SPOT_DEGREES * 3, 0)
    names = columns.names["core"] if len(columns.names) else np.zeros(1, np.int64)
    first = np.minimum(columns.records["name_begin"], len(names) - 1)
    name = np.where(columns.records["names"] > 0, names[first], 0)
    return np.where(spot != 0, spot, columns.records["town"]), name


def _pairs(blocks: Blocks, cuts: Sequence[Longs], limit: int) -> Iterator[Pairs]:
    """All pairs of small blocks; of large ones, the pairs of their cuts and of neighbours by name."""
    key, records = _distinct(*blocks)
    for cut in (*cuts, None):
        first = np.nonzero(np.diff(key, prepend=key[:1] - 1))[0] if len(key) else np.empty(0, np.int64)
        sizes = np.diff(first, append=len(key))
        small = sizes <= limit
        yield _all_within(first[small], sizes[small], records)
        large = np.repeat(~small, sizes)
        key, records = key[large], records[large]
        if not len(key):
            return
        yield from _neighbours(key, records, cuts[1])
        if cut is None:
            return
        # a record whose place or name is not known stands apart from those whose is
        key, records = _distinct(mixed(key, cut[records] | 1), records)


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


def _neighbours(key: Longs, records: Longs, name: Longs) -> Iterator[Pairs]:
    """Each record with the next ones of its block by name."""
    order = np.lexsort((records, name[records], key))
    key, records = key[order], records[order]
    for step in range(1, WINDOW + 1):
        together = key[step:] == key[:-step]
        yield records[:-step][together], records[step:][together]


def block_sizes(columns: Columns) -> Mapping[str, tuple[int, int]]:
    """For each rule: memberships, and the size of its largest block before cutting."""
    found = {}
    for name, rule in RULES.items():
        key, _ = _distinct(*rule(columns)[0])
        found[name] = len(key), int(np.unique(key, return_counts=True)[1].max(initial=1))
    return found
