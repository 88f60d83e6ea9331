"""A linkage that is kept up to date: records come, change and go, and only what that can change is linked anew.

What is learnt from all records (how common a word is, how far a list repeats itself) is kept from the day the index was
built, so that an update gives what linking everything with those counts would give. Two things differ. Pairs once
found stay, even if their block has since grown beyond what is compared all with all: there the index knows a little
more. Pairs once found out of the question, or not worth comparing in a crowd, are not looked for again when others go:
there it knows a little less. What goes or changes leaves its row behind: build the index anew once most are such rows.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from .candidates import RULES, Keys, memberships, packed_pairs
from .cluster import REVIEW, SAME_SOURCE_DOUBT, cluster, connected, own_doubles
from .columns import Columns
from .compare import Doubles, Positions
from .compiled import distinct
from .engine import Bools, Edges, judge, judged, ruled, those
from .engines import LOCAL, Engine
from .model import Model, odds_of, shipped
from .prepare import Counts, added, counted, finish, joined, owners, spread
from .reading import read
from .records import Key, Record, Ruling


class Changed(NamedTuple):
    """``places``  the keys of the entries of each place that was linked anew, sorted
    ``compared``  how many pairs that took"""

    places: list[tuple[Key, ...]]
    compared: int


@dataclass
class _Block:
    """The memberships of one rule, sorted by key and record."""

    key: Positions
    record: Positions

    def touched(self, keys: Positions) -> tuple[Positions, Positions]:
        """The memberships of the blocks of sorted ``keys``."""
        start, end = np.searchsorted(self.key, keys, "left"), np.searchsorted(self.key, keys, "right")
        sizes = end - start
        at = np.repeat(start - np.cumsum(sizes) + sizes, sizes) + np.arange(sizes.sum())
        return self.key[at], self.record[at]

    def insert(self, key: Positions, record: Positions) -> None:
        at = np.searchsorted(self.key, key, "right")  # new records have higher numbers than all before
        self.key, self.record = np.insert(self.key, at, key), np.insert(self.record, at, record)


class Index:
    """Linked records, open to change."""

    def __init__(
        self,
        records: Sequence[Record] = (),
        rulings: Iterable[Ruling] = (),
        *,
        model: Model | None = None,
        counts: Counts | None = None,
        engine: Engine = LOCAL,
    ) -> None:
        """``counts`` says how many records hold each word, if others than these records shall."""
        self.model = model or shipped()
        self.rulings = list(rulings)
        self.records: list[Record] = []
        self.position: dict[Key, int] = {}
        self.columns = finish(read([]), Counts.of(self.model.seen))
        self.blocks = {rule: _Block(*memberships(Keys(self.columns), rule)) for rule in RULES}
        self.edges = judged(self.columns, self.model, np.empty(0, np.int64), np.empty(0, np.int64))
        self.alive = np.empty(0, bool)
        self.group = np.empty(0, np.int64)  # what could be joined at all: a place never reaches across groups
        self.place = np.empty(0, np.int64)  # the first record of each record's place
        self.sources: dict[str, int] = {}
        self.source = np.empty(0, np.int64)
        self.doubt = np.empty(0)
        if len({record.key for record in records}) < len(records):
            raise ValueError("Two records have the same key.")
        in_order = sorted(records, key=lambda record: record.key)
        part = read(in_order)
        self.counts = counts or added(counted(part), Counts.of(self.model.seen))
        self._take(in_order, finish(part, self.counts), engine)
        self.doubt = own_doubles(self.edges.left, self.edges.right, self.edges.odds, self.source)
        self._link(np.arange(len(self.records)))

    def update(
        self, records: Sequence[Record] = (), removed: Iterable[Key] = (), rulings: Iterable[Ruling] = ()
    ) -> Changed:
        """Take in records (those with a known key replace the record of that key), drop those ``removed`` (unknown keys
        are left aside), and heed further rulings. Returns the places that were linked anew."""
        new = {record.key: record for record in records}
        if len(new) < len(records):
            raise ValueError("Two records have the same key.")
        going = np.array([self.position.pop(key) for key in {*removed, *new} if key in self.position], np.int64)
        self._drop(going)
        before = len(self.records)
        part = finish(read(list(new.values())), self.counts)
        compared, changed = self._take(list(new.values()), part, LOCAL)
        said = list(rulings)
        waiting = [one for one in self.rulings if one.left in new or one.right in new]
        self.rulings += said
        of = [key for one in (*said, *waiting) for key in (one.left, one.right)]
        named = [self.position[key] for key in of if key in self.position]
        ends = np.concatenate([going, changed, np.arange(before, len(self.records)), np.array(named, np.int64)])
        members = self._reach(ends)
        return Changed(self._link(members), compared)

    def places(self) -> list[tuple[Key, ...]]:
        """The keys of the entries of every place, sorted."""
        return self._keyed(np.nonzero(self.alive)[0])

    def _drop(self, going: Positions) -> None:
        """Forgets the pairs of records that go; their groups still tell whom they may have held together."""
        if len(going):
            self.alive[going] = False
            self.edges = those(self.edges, self.alive[self.edges.left] & self.alive[self.edges.right])

    def _take(self, new: list[Record], part: Columns, engine: Engine) -> tuple[int, Positions]:
        """Adds records and compares what they bring. Returns how many pairs that was, and the records whose pairs
        changed."""
        before = self.columns.size
        self.records += new
        self.position |= {record.key: at for at, record in enumerate(new, start=before)}
        numbers = [self.sources.setdefault(record.key[0], len(self.sources)) for record in new]
        self.source = np.concatenate([self.source, np.array(numbers, np.int64)])
        self.doubt = np.concatenate(
            [self.doubt, np.full(max(0, len(self.sources) - len(self.doubt)), SAME_SOURCE_DOUBT)]
        )
        self.alive = np.concatenate([self.alive, np.ones(len(new), bool)])
        self.group = np.concatenate([self.group, np.arange(before, before + len(new))])
        self.place = np.concatenate([self.place, np.arange(before, before + len(new))])
        self.columns, changed = self._shared_anew(joined([self.columns, part]), before)
        pairs = self._gained(Keys(part), before)
        left, right = pairs // self.columns.size, pairs % self.columns.size
        again = np.isin(self.edges.left, changed) | np.isin(self.edges.right, changed)
        stale = those(self.edges, again)
        found = judged(
            self.columns,
            self.model,
            np.concatenate([stale.left, left]),
            np.concatenate([stale.right, right]),
            engine,
        )
        kept = those(self.edges, ~again)
        self.edges = Edges(
            np.concatenate([kept.left, found.left]),
            np.concatenate([kept.right, found.right]),
            np.concatenate([kept.odds, found.odds]),
            np.concatenate([kept.branch, found.branch]),
        )
        return len(left) + len(stale.left), distinct(np.concatenate([stale.left, stale.right, left, right]))

    def _shared_anew(self, columns: Columns, before: int) -> tuple[Columns, Positions]:
        """With what many premises share worked out again; and the records of old for which that changed."""
        items = columns.items.copy()
        items["spread"] = spread(columns, self.alive)
        owner, _ = owners(columns)
        changed = np.unique(owner[items["spread"] != columns.items["spread"]])
        return columns._replace(items=items), changed[changed < before]

    def _gained(self, keys: Keys, before: int) -> Positions:
        """The pairs, as left × size + right, that the blocks of new records make and did not make without them."""
        found = [np.empty(0, np.int64)]
        for name, rule in RULES.items():
            block = self.blocks[name]
            key, record = memberships(keys, name)
            record = record + before
            if name == "initials":
                block.insert(*self._spelling(key, block, before))
            known = block.touched(np.unique(key))
            there = self.alive[known[1]]
            old_key, old = known[0][there], known[1][there]
            every_key, every = np.concatenate([old_key, key]), np.concatenate([old, record])
            order = np.lexsort((every, every_key))
            without = packed_pairs(old_key, old, self.columns, rule)
            found.append(np.setdiff1d(packed_pairs(every_key[order], every[order], self.columns, rule), without, True))
            block.insert(key, record)
        return distinct(np.concatenate(found))

    def _spelling(self, initials: Positions, block: _Block, before: int) -> tuple[Positions, Positions]:
        """Memberships of names of old that hold initials met now for the first time."""
        new = np.setdiff1d(initials, block.key)
        held = np.isin(self.columns.words["word"], new)
        if not held.any():
            return new[:0], new[:0]
        keys = Keys(self.columns)
        said = self.columns.words["word"][keys.word]
        those_ = np.isin(said, new) & (keys.word_owner < before)
        pairs = np.unique(np.stack([said[those_], keys.word_owner[those_]], axis=1), axis=0)
        return pairs[:, 0], pairs[:, 1]

    def _reach(self, ends: Positions) -> Positions:
        """All records that stand in a group with one of ``ends``."""
        return np.nonzero(self.alive & np.isin(self.group, self.group[ends]))[0]

    def _link(self, members: Positions) -> list[tuple[Key, ...]]:
        """Decides anew which of ``members`` (whole groups) are one place."""
        if not len(members):
            return []
        in_order = members[sorted(range(len(members)), key=lambda at: self.records[members[at]].key)]
        rank = np.full(len(self.records), -1, np.int64)
        rank[in_order] = np.arange(len(in_order))
        inside = those(self.edges, (rank[self.edges.left] >= 0) & (rank[self.edges.right] >= 0))
        one, other = rank[inside.left], rank[inside.right]
        left, right = np.minimum(one, other), np.maximum(one, other)
        order = np.lexsort((right, left))
        rules = ruled([self.records[at] for at in in_order.tolist()], self.rulings)
        rules = replace(rules, source=self.source[in_order])

        def score(low: Positions, high: Positions) -> tuple[Doubles, Bools]:
            found = judge(self.model, self.columns, (in_order[low], in_order[high]))
            return found.odds, found.branch

        odds = inside.odds[order]
        first = cluster(len(in_order), left[order], right[order], odds, rules, score, self.doubt)
        near = odds >= odds_of(REVIEW)
        same = np.array(sorted(rules.same), np.int64).reshape(-1, 2)
        group = connected(
            len(in_order),
            np.concatenate([left[order][near], same[:, 0]]),
            np.concatenate([right[order][near], same[:, 1]]),
        )
        lowest = np.full(group.max() + 1, len(self.records), np.int64)
        np.minimum.at(lowest, group, in_order)
        self.group[in_order] = lowest[group]
        self.place[in_order] = in_order[first]
        return self._keyed(members)

    def _keyed(self, members: Positions) -> list[tuple[Key, ...]]:
        order = members[np.argsort(self.place[members], kind="stable")]
        bounds = np.nonzero(np.diff(self.place[order], prepend=-1))[0]
        listed = [self.records[at].key for at in order.tolist()]
        return sorted(tuple(sorted(listed[start:end])) for start, end in pairwise([*bounds.tolist(), len(listed)]))
