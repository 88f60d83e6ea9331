"""dedupe 3.0.3: its logistic model over its distances, trained on labelled pairs, and its hierarchical clusters.

``own``: it learns its blocking rules too and finds its pairs itself.
"""

import io
import json
import warnings
from collections.abc import Iterator
from typing import Any

import dedupe
import numpy as np
from dedupe.variables import Exact, LatLong, ShortString, String

from .exchange import Case, Ints, Scored
from .measure import numbered

warnings.filterwarnings("ignore")

TEXTS = ("name", "core", "street", "number", "postcode", "town", "phone", "domain", "category", "ident")
#: Labelled pairs handed to its training where it learns blocking rules: a person labels some hundred.
LABELLED = 600


class Dedupe:
    supervised = True

    def __init__(self, own: bool = False) -> None:
        self.own = own

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        assert label is not None
        data = self._records(case)
        held = {name for record in data.values() for name, value in record.items() if value}
        text = {"name": String, "core": String, "street": ShortString, "town": ShortString, "category": ShortString}
        variables = [text.get(name, Exact)(name, has_missing=True) for name in TEXTS if name in held]
        variables += [LatLong("at", has_missing=True)] if "at" in held else []
        self.matcher = dedupe.Dedupe(variables, num_cores=2)
        if self.own:
            chosen = np.random.default_rng(0).permutation(len(label))[:LABELLED]
            pairs = _training(data, left[chosen], right[chosen], label[chosen])
            self.matcher.prepare_training(data, training_file=io.StringIO(json.dumps(pairs)))
            self.matcher.train(recall=0.98, index_predicates=False)
        else:
            examples = [(data[int(one)], data[int(other)]) for one, other in zip(left, right, strict=True)]
            self.matcher.classifier.fit(self.matcher.data_model.distances(examples), label)

    def score(self, case: Case) -> Scored:
        data = self._records(case)
        if self.own:
            found = self.matcher.score(self.matcher.pairs(data))
            left, right = np.asarray(found["pairs"], np.int64).T
            return Scored(np.minimum(left, right), np.maximum(left, right), np.asarray(found["score"], np.float64))
        left, right = case.pairs()
        found = self.matcher.score(_pairs(data, left, right))
        size = len(data)
        code = np.asarray(found["pairs"][:, 0], np.int64) * size + np.asarray(found["pairs"][:, 1], np.int64)
        order = np.argsort(code)
        wanted = left * size + right
        at = np.minimum(np.searchsorted(code[order], wanted), max(0, len(code) - 1))
        hit = code[order][at] == wanted  # pairs of no probability at all are left out
        return Scored(left, right, np.where(hit, np.asarray(found["score"], np.float64)[order][at], 0.0))

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        kept = scored.score > 0
        edges = np.empty(kept.sum(), dtype=[("pairs", "i8", 2), ("score", "f4")])
        edges["pairs"] = np.stack([scored.left[kept], scored.right[kept]], axis=1)
        edges["score"] = scored.score[kept]
        clusters = self.matcher.cluster(edges, min(max(threshold, 0.0), 1.0)) if len(edges) else []
        return numbered(len(case.columns()["row"]), (members for members, _ in clusters))

    def __getstate__(self) -> dict[str, Any]:
        settings = io.BytesIO()
        if self.own:
            self.matcher.write_settings(settings)
        trained = None if self.own else (self.matcher.data_model, self.matcher.classifier)
        return {"own": self.own, "settings": settings.getvalue(), "trained": trained}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.own = state["own"]
        if self.own:
            self.matcher = dedupe.StaticDedupe(io.BytesIO(state["settings"]), num_cores=2)
        else:
            self.matcher = dedupe.Dedupe([String("name")], num_cores=2)
            self.matcher.data_model, self.matcher.classifier = state["trained"]

    def _records(self, case: Case) -> dict[int, dict[str, Any]]:
        columns = {name: values.tolist() for name, values in case.columns().items()}
        return {
            row: {name: columns[name][row] for name in TEXTS}
            | {
                "at": (lat, lon)
                if (lat := columns["lat"][row]) == lat and (lon := columns["lon"][row]) == lon
                else None
            }
            for row in columns["row"]
        }


def _pairs(data: dict[int, Any], left: Ints, right: Ints) -> Iterator[Any]:
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        yield (one, data[one]), (other, data[other])


def _training(data: dict[int, Any], left: Ints, right: Ints, label: Ints) -> dict[str, Any]:
    """Labelled pairs in its own file format."""
    listed: dict[str, Any] = {"match": [], "distinct": []}
    for one, other, same in zip(left.tolist(), right.tolist(), label.tolist(), strict=True):
        pair = [{name: _written(value) for name, value in data[row].items()} for row in (one, other)]
        listed["match" if same else "distinct"].append({"__class__": "tuple", "__value__": pair})
    return listed


def _written(value: Any) -> Any:
    return {"__class__": "tuple", "__value__": list(value)} if isinstance(value, tuple) else value
