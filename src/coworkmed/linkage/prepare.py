"""Records in columns: every text folded, cut into words and given a number once, so that pairs compare as numbers.

What depends on all records (how rare a word is, how many premises share a telephone) is worked out when parts that were
read apart are put together.

Rarity of a word is judged by how many records hold it, not by what share of them: what counts against chance agreement
is how many others nearby could have agreed. So a record that shares no word with a pair changes nothing for it.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import ITEMS, Columns, Longs, Table
from .compiled import compiled, distinct, hashed
from .reading import read
from .records import Record

#: A word in this many records or fewer is as rare as can be; in `COMMON` or more it says next to nothing.
RARE, COMMON = 8, 20_000
SHARED_BY_MANY = 4  # a domain or telephone at this many addresses belongs to a chain or a centre
#: Where a domain or telephone is met: in one town at most, in several, at many premises.
SPREAD = ONE_TOWN, SEVERAL_TOWNS, MANY_PREMISES = 0, 1, 2


def joined(parts: Sequence[Columns]) -> Columns:
    """Parts one behind the other: what names a place in another table is moved with it."""
    parts = [_moved(part, before) for part, before in zip(parts, _sizes(parts), strict=False)]
    return Columns(*(np.concatenate(tables) for tables in zip(*parts, strict=True)))


def _sizes(parts: Sequence[Columns]) -> NDArray[np.int64]:
    """(parts + 1, tables) rows before each part."""
    return np.cumsum([[0] * len(Columns._fields), *([len(table) for table in part] for part in parts)], axis=0)


def _moved(part: Columns, before: NDArray[np.int64]) -> Columns:
    if not before.any():
        return part
    tables = dict(zip(Columns._fields, before.tolist(), strict=True))
    behind = {"name_begin": "names", "street_word_begin": "words", "words_begin": "words", "item_begin": "items"}
    moved = {name: table.copy() for name, table in part._asdict().items()}
    for table in moved.values():
        for field in table.dtype.names or ():
            if field.endswith("begin"):
                table[field] += tables[behind.get(field, "chars")]
    return Columns(**moved)


class Counts(NamedTuple):
    """How many records hold each word: ``word`` sorted hashes, ``held`` beside it."""

    word: Longs
    held: Longs

    @classmethod
    def of(cls, seen: Mapping[str, int]) -> "Counts":
        """From words as text."""
        word = hashed(list(seen))
        order = np.argsort(word)
        return cls(word[order], np.array(list(seen.values()), np.int64)[order])

    def __call__(self, word: Longs) -> Longs:
        """The counts of words, 0 for words never met."""
        if not len(self.word):
            return np.zeros(len(word), np.int64)
        at = np.minimum(np.searchsorted(self.word, word), len(self.word) - 1)
        return np.where(self.word[at] == word, self.held[at], 0)


def counted(columns: Columns) -> Counts:
    """How many of the records hold each word in their names."""
    word, held = np.unique(
        columns.words["word"][_once(columns.records, columns.names, columns.words)], return_counts=True
    )
    return Counts(word, held.astype(np.int64))


@compiled
def _once(records: Table, names: Table, words: Table) -> NDArray[np.bool_]:
    """Whether a word stands in a name, and is met for the first time in its record."""
    result = np.zeros(len(words), np.bool_)
    for record in range(len(records)):
        start = end = -1
        for name in range(records[record]["name_begin"], records[record]["name_begin"] + records[record]["names"]):
            if start < 0:
                start = names[name]["words_begin"]
            end = names[name]["words_begin"] + names[name]["words"]
        for at in range(start, end):
            result[at] = True
            for before in range(start, at):
                if words[before]["word"] == words[at]["word"]:
                    result[at] = False
                    break
    return result


def rarity(count: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much a word says by the number of records that hold it: 1 (rare) down to 0.05 (common)."""
    share: NDArray[np.float64] = np.log(COMMON / np.clip(count, RARE, COMMON)) / np.log(COMMON / RARE)
    return np.maximum(share, 0.05)


def finish(columns: Columns, counts: Counts) -> Columns:
    """The same columns with what depends on all records: the weight of words by ``counts``, how widely
    telephones and domains are shared, and which initials spell a word that is met."""
    names, words, items = columns.names.copy(), columns.words.copy(), columns.items.copy()
    names["initials"][counts(names["initials"]) == 0] = 0
    words["weight"] = words["share"] * rarity(counts(words["word"]).astype(np.float64))
    items["spread"] = spread(columns, np.ones(columns.size, bool))
    return columns._replace(names=names, words=words, items=items)


def owners(columns: Columns) -> tuple[Longs, NDArray[np.int8]]:
    """Of each item the record it belongs to, and its place in `ITEMS`."""
    counts = np.stack([columns.records[kind] for kind in ITEMS], axis=1).astype(np.int64)
    owner = np.repeat(np.arange(columns.size), counts.sum(axis=1))
    kind = np.repeat(np.tile(np.arange(len(ITEMS), dtype=np.int8), columns.size), counts.ravel())
    return owner, kind


def spread(columns: Columns, alive: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """How widely each domain and telephone among the items is shared (`SPREAD`; 0 for other items), by the records that
    are ``alive``."""
    owner, kind = owners(columns)
    found = np.zeros(len(columns.items), np.uint8)
    for contact in ("domains", "phones"):
        of = (kind == ITEMS.index(contact)) & alive[owner]
        values, records = columns.items["value"][of], columns.records[owner[of]]
        towns, premises = _distinct(values, records["town"]), _distinct(values, records["premises"])
        found[of] = np.where(premises >= SHARED_BY_MANY, MANY_PREMISES, np.where(towns > 1, SEVERAL_TOWNS, ONE_TOWN))
    return found


def _distinct(values: Longs, where: Longs) -> Longs:
    """With how many known places each value is met."""
    known = where != 0
    order = np.lexsort((where[known], values[known]))
    value, at = values[known][order], where[known][order]
    first = np.ones(len(value), bool)
    first[1:] = (value[1:] != value[:-1]) | (at[1:] != at[:-1])
    met, times = np.unique(value[first], return_counts=True)
    return Counts(met, times.astype(np.int64))(values)


def prepare(records: Sequence[Record], seen: Mapping[str, int] | None = None) -> Columns:
    """Records as columns, ready to compare. ``seen`` counts words met elsewhere (the model's), so that short input
    knows common words."""
    return completed(read(records), seen or {})


def completed(columns: Columns, seen: Mapping[str, int]) -> Columns:
    """`finish` by the words of these records and those ``seen`` elsewhere."""
    return finish(columns, added(counted(columns), Counts.of(seen)))


def added(one: Counts, other: Counts) -> Counts:
    """Both counts together."""
    word = distinct(np.concatenate([one.word, other.word]))
    return Counts(word, one(word) + other(word))
