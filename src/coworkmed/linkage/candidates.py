"""Which pairs are worth comparing: blocking rules that complement each other, each with bounded blocks.

A block larger than `MAX_BLOCK` is cut up by place, then by name; what is still too large is sorted by name and each
record meets its `WINDOW` neighbours. So cost stays near linear in dense cities and for chains, and a record changes
nothing for records it shares no block with.
"""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from .prepare import Columns, Sets

Pairs = tuple[NDArray[np.int64], NDArray[np.int64]]
Blocks = tuple[NDArray[np.int64], NDArray[np.int64]]  # (key of the block, record), one row per membership

MAX_BLOCK = 30
MAX_SPOT = 12  # records on one spot that meet without anything else in common
WINDOW = 6
#: Words at this many records or fewer bring records together wherever they stand.
RARE_EVERYWHERE = 12
#: What a word must weigh to be worth a block: kinds, legal forms and small words are not.
TELLING = 0.35
DEGREES = 0.02  # side of a neighbourhood, about 2 km
SPOT_DEGREES = 0.0015  # side of a spot, about 150 m


def candidates(columns: Columns) -> Pairs:
    """Positions of both records of every pair worth comparing, each pair once, left < right, sorted."""
    size = len(columns.records)
    cut = _cuts(columns)
    packed = [np.empty(0, np.int64)]
    for blocks, limit in _rules(columns):
        for left, right in _pairs(blocks, cut, limit):
            packed.append(np.unique(np.minimum(left, right) * size + np.maximum(left, right)))
    every = np.unique(np.concatenate(packed))
    left, right = every // size, every % size
    return left[left != right], right[left != right]


def _rules(columns: Columns) -> Iterator[tuple[Blocks, int]]:
    """Each rule's blocks and the size above which they are cut."""
    for sets in (columns.ids, columns.phones, columns.domains, columns.profiles):
        yield _members(sets), MAX_BLOCK
    yield _companies(columns.ids), MAX_BLOCK
    place = _numbered(columns.postcode), _numbered(columns.town)
    street = _numbered(np.array([text.replace(" ", "") for text in columns.street], object))
    house = columns.house[:, 0].astype(np.int64)
    for where in place:
        yield _keyed(np.arange(len(where)), where, street, house), MAX_BLOCK
    row_record = np.repeat(np.arange(len(columns.records)), np.diff(columns.names.first))
    sounds, telling = columns.names.sounds, columns.names.weights >= TELLING
    at, place_in_name = np.nonzero(telling)
    record, sound = row_record[at], sounds[at, place_in_name].astype(np.int64)
    yield _rare(record, sound), RARE_EVERYWHERE
    core = _numbered(columns.names.core)
    yield _keyed(row_record, core), MAX_BLOCK
    start = _numbered(np.array([text[:5] for text in columns.names.core], object))
    cells = list(_cells(columns, DEGREES))
    for where in (*place, *cells):
        yield _keyed(record, sound, where[record]), MAX_BLOCK
        yield _keyed(row_record, start, where[row_record]), MAX_BLOCK
    initials = columns.names.initials.astype(np.int64)
    words, owners = columns.names.words[at, place_in_name].astype(np.int64), record
    yield _keyed(np.concatenate([owners, row_record]), np.concatenate([words, initials])), RARE_EVERYWHERE
    for spot in _cells(columns, SPOT_DEGREES):
        yield _keyed(np.arange(len(spot)), spot), MAX_SPOT


def _numbered(values: NDArray[np.object_]) -> NDArray[np.int64]:
    """Texts as numbers, "" as −1."""
    _, numbers = np.unique(values.astype(str), return_inverse=True)
    return np.where(values == "", -1, numbers)


def _members(sets: Sets) -> Blocks:
    return sets.items.astype(np.int64), np.repeat(np.arange(len(sets.first) - 1), np.diff(sets.first))


def _companies(ids: Sets) -> Blocks:
    """Blocks of one company: the first nine digits of a SIRET are its SIREN."""
    company = np.array(
        [label.partition(":")[2][:9] if label.startswith(("SIRET:", "SIREN:")) else "" for label in ids.labels] + [""],
        object,
    )
    keys, records = _members(ids)
    return _keyed(records, _numbered(company)[keys]) if len(keys) else (keys, records)


def _keyed(records: NDArray[np.int64], *parts: NDArray[np.int64]) -> Blocks:
    """Blocks of the records that agree on all parts; a part of −1 is unknown and blocks nothing."""
    known = np.all([part >= 0 for part in parts], axis=0)
    key = np.zeros(int(known.sum()), np.int64)
    for part in parts:
        _, dense = np.unique(part[known], return_inverse=True)
        _, key = np.unique(key * (dense.max(initial=0) + 1) + dense, return_inverse=True)
    return key, records[known]


def _rare(records: NDArray[np.int64], words: NDArray[np.int64]) -> Blocks:
    """Blocks of the words that few records hold."""
    key, owners = _distinct(words, records)
    few = np.bincount(key, minlength=1)[key] <= RARE_EVERYWHERE
    return key[few], owners[few]


def _distinct(key: NDArray[np.int64], records: NDArray[np.int64]) -> Blocks:
    """Memberships sorted by block and record, each once."""
    if not len(key):
        return key, records
    size = records.max() + 1
    packed = np.unique(key * size + records)
    return packed // size, packed % size


def _cells(columns: Columns, degrees: float) -> Iterator[NDArray[np.int64]]:
    """Cells of a grid over the map and of the same grid moved by half a cell each way: neighbours share one of four."""
    known = ~np.isnan(columns.lat)
    narrow = np.maximum(np.cos(np.radians(np.nan_to_num(columns.lat).round())), 0.1)
    x, y = np.nan_to_num(columns.lon) * narrow / degrees, np.nan_to_num(columns.lat) / degrees
    for shift_x, shift_y in ((0.0, 0.0), (0.5, 0.5), (0.5, 0.0), (0.0, 0.5)):
        cell = (np.floor(y + shift_y).astype(np.int64) + 2**20) * 2**22 + np.floor(x + shift_x).astype(np.int64) + 2**20
        yield np.where(known, cell, -1)


def _cuts(columns: Columns) -> Sequence[NDArray[np.int64]]:
    """What large blocks are cut by, in turn: a spot on the map (the town where there is none), then the name."""
    spot = next(_cells(columns, SPOT_DEGREES * 3))
    town = _numbered(columns.town)
    first = np.minimum(columns.names.first[:-1], max(0, len(columns.names.core) - 1))
    named = np.diff(columns.names.first) > 0
    core = _numbered(columns.names.core)
    name = np.where(named, core[first], -1) if len(core) else np.full(len(columns.records), -1)
    return np.where(spot >= 0, spot, -2 - town), name


def _pairs(blocks: Blocks, cuts: Sequence[NDArray[np.int64]], limit: int) -> Iterator[Pairs]:
    """All pairs of small blocks; of large ones, the pairs of their cuts and of neighbours by name."""
    key, records = _distinct(*blocks)
    for cut in (*cuts, None):
        sizes = np.bincount(key, minlength=1)[key] if len(key) else key
        small = sizes <= limit
        yield from _all_within(key[small], records[small])
        key, records = key[~small], records[~small]
        if not len(key):
            return
        if cut is None:
            break
        yield from _neighbours(key, records, cuts[1])
        _, dense = np.unique(cut[records], return_inverse=True)
        _, finer = np.unique(key * (dense.max() + 1) + dense, return_inverse=True)
        key, records = _distinct(finer, records)
    yield from _neighbours(key, records, cuts[1])


def _all_within(key: NDArray[np.int64], records: NDArray[np.int64]) -> Iterator[Pairs]:
    """All pairs of each block, for memberships sorted by block."""
    starts = np.nonzero(np.diff(key, prepend=-1))[0]
    sizes = np.diff(starts, append=len(key))
    for size in np.unique(sizes):
        if size > 1:
            one, other = np.triu_indices(int(size), 1)
            table = records[starts[sizes == size][:, None] + np.arange(size)]
            yield table[:, one].ravel(), table[:, other].ravel()


def _neighbours(key: NDArray[np.int64], records: NDArray[np.int64], name: NDArray[np.int64]) -> Iterator[Pairs]:
    """Each record with the next ones of its block by name."""
    order = np.lexsort((records, name[records], key))
    key, records = key[order], records[order]
    for step in range(1, WINDOW + 1):
        together = key[step:] == key[:-step]
        yield records[:-step][together], records[step:][together]


def block_sizes(columns: Columns) -> Iterable[tuple[int, int]]:
    """For each rule in turn: memberships, and the size of its largest block before cutting."""
    for (key, records), _ in _rules(columns):
        owned, _ = _distinct(key, records)
        yield len(owned), int(np.bincount(owned, minlength=1).max())
