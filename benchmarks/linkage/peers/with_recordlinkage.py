"""recordlinkage 0.16: its comparisons, then its ECM (no labels, Fellegi-Sunter) or its logistic regression (labels).

It has no clustering: connected components.
"""

import warnings
from typing import Any

import numpy as np
import pandas as pd
import recordlinkage as rl
from recordlinkage.compare import Exact, Geographic, String

from .exchange import TEXTS, Case, Ints, Scored
from .measure import components

warnings.filterwarnings("ignore")

#: A similarity counts as agreement from here: its ECM starts from agreement or none, as its documentation shows.
AGREED = 0.85


class RecordLinkage:
    def __init__(self, labels: bool = False) -> None:
        self.supervised = labels

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        features = self._features(case, left, right)
        if self.supervised:
            index = features.index
            self.model: Any = rl.LogisticRegressionClassifier()
            assert label is not None
            self.model.fit(_numbers(features), index[label == 1])
        else:
            self.model = rl.ECMClassifier(binarize=AGREED)
            self.model.fit(_known(features))
        self.last = (case.directory, len(left), features)

    def score(self, case: Case) -> Scored:
        left, right = case.pairs()
        compared = (case.directory, len(left)) == self.last[:2]  # for the training already
        features = self.last[2] if compared else self._features(case, left, right)
        found = self.model.kernel.predict_log_proba((_numbers if self.supervised else _known)(features).values)
        return Scored(left, right, np.clip(found[:, 1] - found[:, 0], -700, 700))

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        kept = scored.score >= threshold
        return components(len(case.columns()["row"]), scored.left[kept], scored.right[kept])

    def __getstate__(self) -> dict[str, Any]:
        return {"supervised": self.supervised, "model": self.model, "last": (None, 0, None)}

    def _features(self, case: Case, left: Ints, right: Ints) -> pd.DataFrame:
        columns = case.columns()
        frame = pd.DataFrame({name: columns[name] for name in (*TEXTS, "lat", "lon")})
        compare = rl.Compare(n_jobs=1)
        unknown = {"missing_value": np.nan}
        for name in ("name", "sorted", "core", "street", "town", "category"):
            compare.add(String(name, name, method="jarowinkler", label=name, **unknown))
        for name in ("number", "postcode", "phone", "domain", "ident"):
            compare.add(Exact(name, name, label=name, **unknown))
        if frame["lat"].notna().any():
            # 1 within 50 m, a half at 350 m
            compare.add(
                Geographic("lat", "lon", "lat", "lon", method="exp", offset=0.05, scale=0.3, label="geo", **unknown)
            )
        features = compare.compute(pd.MultiIndex.from_arrays([left, right]), frame)
        features["name"] = features[["name", "sorted", "core"]].max(axis=1)
        return features.drop(columns="sorted")


def _numbers(features: pd.DataFrame) -> pd.DataFrame:
    """Similarities, 0 where unknown, and whether each is known."""
    known = features.notna().astype(float).add_suffix("_known")
    return pd.concat([features.fillna(0.0), known], axis=1)


def _known(features: pd.DataFrame) -> pd.DataFrame:
    """Similarities of the columns that some pair knows on both sides; unknown counts as none, its own default."""
    return features.loc[:, features.notna().any()].fillna(0.0)
