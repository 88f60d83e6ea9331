"""Our engine, and the two rules of the field, behind the interface of the peers. All that knows our engine is here."""

import pickle
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from coworkmed.linkage.candidates import candidates
from coworkmed.linkage.cluster import JOIN, cluster, own_doubles
from coworkmed.linkage.compare import compare
from coworkmed.linkage.em import learn
from coworkmed.linkage.engine import judge, judged, link, ruled
from coworkmed.linkage.model import Model, odds_of, shipped
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record
from coworkmed.linkage.training import fit

from .exchange import Case, Doubles, Ints, Scored
from .measure import components, numbered
from .tables import record


def found_pairs(records: Sequence[Record]) -> tuple[Ints, Ints]:
    """The candidate pairs of our blocking: what every tool is given."""
    return candidates(prepare(records, shipped().seen))


@lru_cache(maxsize=2)
def full_records(directory: Path) -> list[Record]:
    """The records of a case with all their columns."""
    records: list[Record] = pickle.loads((directory / "records.pickle").read_bytes())
    return records


@lru_cache(maxsize=2)
def shared_records(directory: Path) -> list[Record]:
    """The records of a case with no more than every tool is given."""
    columns = {name: values.tolist() for name, values in Case(directory).columns().items()}
    return [record(dict(zip(columns, row, strict=True))) for row in zip(*columns.values(), strict=True)]


class Ours:
    """Our scores and clusters of the given pairs.

    ``trained``  weights from the labelled pairs of the case
    ``learnt``   weights from its pairs without labels, by EM; otherwise the shipped ones
    ``shared``   sees the shared columns only
    ``tuned``    joins from a threshold chosen like the peers', instead of the shipped one
    """

    def __init__(self, trained: bool = False, learnt: bool = False, shared: bool = False, tuned: bool = False) -> None:
        self.supervised, self.learnt, self.shared, self.tuned = trained, learnt, shared, tuned
        self.model: Model = shipped()

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        if label is not None:
            self.model = fit(compare(prepare(self._records(case)), left, right).levels, label)
        elif self.learnt:
            self.model = learn(prepare(self._records(case)), left, right).model

    def score(self, case: Case) -> Scored:
        self.columns = prepare(self._records(case), self.model.seen)
        left, right = case.pairs()
        if case.has("truth"):
            edges = judged(self.columns, self.model, left, right)  # as in the engine: the hopeless pairs go at once
            return Scored(edges.left, edges.right, edges.odds)
        return Scored(left, right, judge(self.model, self.columns, (left, right)).odds)

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        records = self._records(case)
        rules = ruled(records, ())
        moved = odds_of(JOIN) - threshold if self.tuned else 0.0

        def weigh(one: Ints, other: Ints) -> tuple[Doubles, NDArray[np.bool_]]:
            every = judge(self.model, self.columns, (one, other))
            return every.odds + moved, every.branch

        odds = scored.score + moved
        doubt = own_doubles(scored.left, scored.right, odds, rules.source)
        return cluster(len(records), scored.left, scored.right, odds, rules, weigh, doubt)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "columns"}

    def _records(self, case: Case) -> list[Record]:
        return (shared_records if self.shared else full_records)(case.directory)


class Whole:
    """Our engine end to end, from records as the registry holds them: preparing, blocking and explaining included."""

    supervised = False

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        """Nothing is learnt."""

    def score(self, case: Case) -> Scored:
        records = full_records(case.directory)
        self.clusters = link(records).clusters
        none = np.empty(0, np.int64)
        return Scored(none, none, np.empty(0))

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        return numbered(sum(map(len, self.clusters)), self.clusters)


class Rule:
    """The rules duplicates are found by in the field; what lies unknown far apart passes on the name alone.

    OpenFairDB: within 100 m, and the titles' edit distance is at most 30 % of the longer or at most two words differ.
    As in GoGoCarto: within 200 m and at most 45 %; or the same slug within 400 m.
    """

    supervised = False

    def __init__(self, openfairdb: bool = False) -> None:
        self.openfairdb = openfairdb

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        columns = case.columns()
        self.names = [name or "" for name in columns["name"].tolist()]
        self.at = np.radians(np.stack([columns["lat"], columns["lon"]], axis=1))

    def score(self, case: Case) -> Scored:
        left, right = case.pairs()
        one, other = self.at[left], self.at[right]
        half = (one - other) / 2
        chord = np.sin(half[:, 0]) ** 2 + np.cos(one[:, 0]) * np.cos(other[:, 0]) * np.sin(half[:, 1]) ** 2
        metres = np.nan_to_num(2 * 6_371_008.8 * np.arcsin(np.sqrt(chord)), nan=0.0)
        titles = zip(left.tolist(), right.tolist(), metres.tolist(), strict=True)
        says = (self._says(self.names[one], self.names[other], far) for one, other, far in titles)
        return Scored(left, right, np.fromiter(says, np.float64, len(left)))

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        kept = scored.score > 0.5
        return components(len(self.names), scored.left[kept], scored.right[kept])

    def _says(self, one: str, other: str, metres: float) -> bool:
        if self.openfairdb:
            alike = Levenshtein.normalized_distance(one, other) <= 0.3
            return metres <= 100 and (alike or len(set(one.split()) ^ set(other.split())) <= 2)
        slug = one == other  # of folded names
        return (metres <= 400 and slug) or (metres <= 200 and Levenshtein.normalized_distance(one, other) <= 0.45)
