"""goldenmatch 3.22: its Fellegi-Sunter matchkey, as its documentation shows: EM on pairs from several blocking passes,
frequencies of values, its own clusters (union-find that splits clusters held by weak links)."""

import logging
import os
import warnings
from typing import Any

os.environ.setdefault("GOLDENMATCH_SUGGEST_ON_DEDUPE", "0")  # suggestions on the result are not asked for

import goldenmatch as gm
import numpy as np
import pyarrow as pa
from goldenmatch.core.blocker import build_blocks
from goldenmatch.core.probabilistic import estimate_m_from_labels, score_pair_probabilistic, train_em

from .exchange import TEXTS, Case, Ints, Scored
from .measure import numbered

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")

TRAINING_PAIRS = 20_000
#: Its own cut on the scores of its own run is set low: the threshold is chosen afterwards, as for every tool.
FLOOR = 0.4

_field, _pass = gm.MatchkeyField, gm.BlockingKeyConfig


def _fields(held: set[str]) -> list[Any]:
    every = [
        _field(field="name", scorer="ensemble", levels=5, level_thresholds=[0.99, 0.95, 0.88, 0.75]),
        _field(field="core", scorer="token_sort", levels=4, level_thresholds=[0.99, 0.88, 0.7]),
        _field(field="street", scorer="jaro_winkler", levels=3, partial_threshold=0.85),
        _field(field="number", scorer="exact"),
        _field(field="postcode", scorer="exact"),
        _field(field="phone", scorer="exact", tf_adjustment=True),
        _field(field="domain", scorer="exact", tf_adjustment=True),
        _field(field="ident", scorer="jaro_winkler", levels=3, level_thresholds=[0.999, 0.93]),
        _field(field="category", scorer="jaro_winkler", levels=3, partial_threshold=0.85),
        # its bands: 100 m, 1 km, 10 km
        _field(field="geo", scorer="geo_haversine", levels=4, level_thresholds=[1.0, 0.85, 0.5]),
    ]
    return [one for one in every if one.field in held]


def _blocking(held: set[str]) -> Any:
    """Passes over the columns that some record holds; larger blocks than 200 are skipped, as it advises."""
    passes = [
        _pass(fields=["phone"]),
        _pass(fields=["ident"]),
        _pass(fields=["domain", "town"]),
        _pass(fields=["town", "core"], field_transforms={"core": ["substring:0:5"]}),
        _pass(fields=["street", "number"]),
    ]
    known = [one for one in passes if held.issuperset(one.fields)]
    return gm.BlockingConfig(strategy="multi_pass", passes=known, max_block_size=200, skip_oversized=True)


class Goldenmatch:
    """``labels``: m is counted on labelled matches. ``own``: its whole pipeline. ``auto``: that without any setting."""

    def __init__(self, labels: bool = False, own: bool = False, auto: bool = False) -> None:
        self.supervised, self.own, self.auto = labels, own or auto, auto

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        columns = case.columns()
        self.size = len(columns["row"])
        geo = [
            f"{lat:.6f},{lon:.6f}" if lat == lat and lon == lon else None
            for lat, lon in zip(columns["lat"].tolist(), columns["lon"].tolist(), strict=True)
        ]
        texts = {name: columns[name].tolist() for name in TEXTS if name != "source"} | {"geo": geo}
        held = self.held = {name for name, values in texts.items() if any(values)}
        self.table = pa.table(
            {"__row_id__": pa.array(np.arange(self.size))}
            | {name: pa.array(values, pa.string()) for name, values in texts.items() if name in held}
        )
        self.matchkey = gm.MatchkeyConfig(name="place", type="probabilistic", fields=_fields(held))
        if self.own:
            return
        if label is not None:
            matches = [(int(one), int(other)) for one, other in zip(left[label == 1], right[label == 1], strict=True)]
            self.model = estimate_m_from_labels(self.table, self.matchkey, matches)
        else:
            blocks = build_blocks(self.table, _blocking(self.held))
            self.model = train_em(self.table, self.matchkey, blocks=blocks, n_sample_pairs=TRAINING_PAIRS)

    def score(self, case: Case) -> Scored:
        if self.own:
            return self._whole()
        left, right = case.pairs()
        rows = self.table.to_pylist()
        scores = (
            score_pair_probabilistic(rows[one], rows[other], self.matchkey, self.model)
            for one, other in zip(left.tolist(), right.tolist(), strict=True)
        )
        return Scored(left, right, np.fromiter(scores, np.float64, len(left)))

    def _whole(self) -> Scored:
        table = self.table.drop_columns(["__row_id__"])
        if self.auto:
            result = gm.dedupe_df(table, confidence_required=False)
            self.clusters = [found["members"] for found in result.clusters.values()]
        else:
            matchkey = self.matchkey.model_copy(update={"link_threshold": FLOOR})
            config = gm.GoldenMatchConfig(matchkeys=[matchkey], blocking=_blocking(self.held))
            result = gm.dedupe_df(table, config=config, confidence_required=False)
        pairs = np.array(result.scored_pairs, np.float64).reshape(-1, 3)
        return Scored(pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64), pairs[:, 2])

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        if self.auto:
            return numbered(self.size, self.clusters)
        kept = scored.score >= threshold
        pairs = list(
            zip(scored.left[kept].tolist(), scored.right[kept].tolist(), scored.score[kept].tolist(), strict=True)
        )
        clusters = gm.build_clusters(pairs, list(range(self.size)))
        return numbered(self.size, (found["members"] for found in clusters.values()))
