"""Splink 5 on DuckDB: Fellegi-Sunter by EM, clusters by its own connected components.

Settings after its documentation: u from random pairs, m by EM over several blocking rules, term frequencies where
values are shared (names, domains); null levels everywhere; the levels are those every tool is given.
"""

import json
import logging
import warnings
from typing import Any

import duckdb
import numpy as np
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

from .exchange import Case, Doubles, Ints, Scored

logging.disable(logging.WARNING)
warnings.filterwarnings("ignore")

#: Random pairs for u: its default. More (2e6) took three times as long and moved no F1 in trials.
U_PAIRS = 1e6
#: Blocks above this size are cut by a cell of about 1.3 km.
MAX_BLOCK = 60
#: How alike two names are: word order and generic words aside. (The name as it stands beside them gained nothing.)
NAME = "greatest(jaro_winkler_similarity(sorted_l, sorted_r), jaro_winkler_similarity(core_l, core_r)) >= "
TRAINED_ON = (("phone",), ("core", "number"), ("domain", "town"))
#: Rules that hold almost only for the same place: the prior is read off them, at this recall.
CERTAIN = (("phone", "core"), ("name", "street", "number"), ("domain", "street", "number"), ("name", "phone"))
CERTAIN_RECALL = 0.6


def _comparisons(columns: set[str]) -> list[Any]:
    """One per column that some record holds."""
    name = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("name"),
            cll.ExactMatchLevel("name", term_frequency_adjustments=True),
            cll.Or(cll.ExactMatchLevel("sorted"), cll.ExactMatchLevel("core")),
            *(cll.CustomLevel(NAME + f"{least}", label_for_charts=f"alike {least}") for least in (0.95, 0.9, 0.8, 0.7)),
            cll.ElseLevel(),
        ],
    )
    every = {
        "where": _where("lat" in columns),
        "postcode": cl.CustomComparison(
            output_column_name="postcode",
            comparison_levels=[
                cll.NullLevel("postcode"),
                cll.ExactMatchLevel("postcode"),
                cll.CustomLevel("substr(postcode_l, 1, 3) = substr(postcode_r, 1, 3)", label_for_charts="area"),
                cll.ElseLevel(),
            ],
        ),
        "phone": cl.ExactMatch("phone").configure(term_frequency_adjustments=True),
        "domain": cl.ExactMatch("domain").configure(term_frequency_adjustments=True),
        "ident": cl.CustomComparison(
            output_column_name="ident",
            comparison_levels=[
                cll.NullLevel("ident"),
                cll.ExactMatchLevel("ident"),
                # the first nine digits of a SIRET are its company
                cll.CustomLevel("substr(ident_l, 1, 15) = substr(ident_r, 1, 15)", label_for_charts="company"),
                cll.ElseLevel(),
            ],
        ),
        "category": cl.JaroWinklerAtThresholds("category", [0.9]),
    }
    return [name, *(made for column, made in every.items() if column in {*columns, "where"})]


def _where(mapped: bool) -> Any:
    """Street, number, town and distance in one comparison: they say the same thing, and Fellegi-Sunter takes its
    comparisons for independent. (Apart, they cost Splink F1 in trials.)"""
    known = "(street_l IS NOT NULL AND street_r IS NOT NULL)"
    street = "jaro_winkler_similarity(street_l, street_r) >= 0.9"
    door = f"{street} AND number_l = number_r"
    level = cll.CustomLevel
    unknown = f"NOT coalesce({known}, false)"
    within = [(0.05, "50 m"), (0.15, "150 m"), (0.5, "500 m"), (2, "2 km"), (10, "10 km")] if mapped else []
    levels: list[Any] = []
    if mapped:
        far = "lat_l IS NULL OR lat_r IS NULL"
        levels.append(
            cll.CustomLevel(f"{unknown} AND ({far})", label_for_charts="unknown").configure(is_null_level=True)
        )
    else:
        levels.append(cll.CustomLevel(unknown, label_for_charts="unknown").configure(is_null_level=True))
    levels.append(level(f"{door} AND town_l = town_r", label_for_charts="same door"))
    levels += [
        cll.And(
            cll.DistanceInKMLevel("lat", "lon", km),
            level(f"{unknown} OR {street}", label_for_charts=f"{text}, street not other"),
        )
        for km, text in within[:4]
    ]
    levels.append(level(f"{door}", label_for_charts="same door, other town"))
    levels.append(level(street, label_for_charts="same street"))
    levels += [cll.DistanceInKMLevel("lat", "lon", km) for km, _ in within[1:]]
    levels.append(level("town_l = town_r", label_for_charts="same town"))
    levels.append(cll.ElseLevel())
    return cl.CustomComparison(output_column_name="where_", comparison_levels=levels)


class Splink:
    """``labels``: m and u are counted on labelled pairs. ``own``: it finds its pairs itself, in bounded blocks."""

    supervised = False

    def __init__(self, labels: bool = False, own: bool = False) -> None:
        self.supervised = labels
        self.own = own

    def fit(self, case: Case, left: Ints, right: Ints, label: Ints | None = None) -> None:
        self._open(case)
        if label is None:
            self._train()
        else:
            self._count(left, right, label)

    def score(self, case: Case) -> Scored:
        if not hasattr(self, "linker"):  # a model that was kept
            self._open(case)
            self.linker = self._linker(self.model)
        if not self.own:
            left, right = case.pairs()
            return Scored(left, right, self._weights(self.linker, left, right))
        self.predictions = self.linker.inference.predict()
        found = self.connection.sql(
            f"SELECT row_l, row_r, match_weight FROM {self.predictions.physical_name}"
        ).fetchnumpy()
        return Scored(found["row_l"], found["row_r"], np.asarray(found["match_weight"], np.float64))

    def cluster(self, case: Case, scored: Scored, threshold: float) -> Ints:
        found = self.linker.clustering.cluster_pairwise_predictions_at_threshold(
            self.predictions, threshold_match_weight=threshold
        )
        rows = self.connection.sql(f"SELECT row, cluster_id FROM {found.physical_name} ORDER BY row").fetchnumpy()
        return np.asarray(np.unique(rows["cluster_id"], return_inverse=True)[1], np.int64)

    def __getstate__(self) -> dict[str, Any]:
        return {"supervised": self.supervised, "own": self.own, "model": self.model}

    def _open(self, case: Case) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(f"CREATE TABLE records AS SELECT * FROM '{case.parquet}'")
        if self.own:
            _keys(self.connection)
        held = self.connection.execute("SELECT count(COLUMNS(*)) FROM records").fetchnumpy()
        self.columns = {name for name, values in held.items() if values[0]}

    def _linker(self, settings: Any) -> Linker:
        api = DuckDBAPI(self.connection)
        return Linker(api.register("records"), settings)

    def _new(self, **more: Any) -> SettingsCreator:
        keys = [f"key_{number}" for number in range(len(KEYS))] if self.own else ["phone"]
        return SettingsCreator(
            link_type="dedupe_only",
            unique_id_column_name="row",
            source_dataset_column_name="no_source",
            comparisons=_comparisons(self.columns),
            blocking_rules_to_generate_predictions=[block_on(key) for key in keys],
            retain_matching_columns="retain_intermediate_calculation_columns" in more,
            **more,
        )

    def _train(self) -> None:
        linker = self.linker = self._linker(self._new())
        known = [rule for rule in CERTAIN if self.columns.issuperset(rule)]
        training = linker.training
        training.estimate_probability_two_random_records_match([block_on(*rule) for rule in known], CERTAIN_RECALL)
        training.estimate_u_using_random_sampling(max_pairs=U_PAIRS, seed=1)
        for rule in TRAINED_ON:
            if self.columns.issuperset(rule):
                training.estimate_parameters_using_expectation_maximisation(block_on(*rule))

    def _count(self, left: Ints, right: Ints, label: Ints) -> None:
        """m and u of each level as counted among the labelled pairs, one added to each count."""
        linker = self._linker(self._new(retain_intermediate_calculation_columns=True))
        self._weights(linker, left, right)
        table = self.predictions.physical_name
        code = {
            pair: int(one) for pair, one in zip(zip(left.tolist(), right.tolist(), strict=True), label, strict=True)
        }
        gammas = self.connection.sql(f"SELECT row_l, row_r, COLUMNS('^gamma_') FROM {table}").fetchnumpy()
        same = np.array([code[pair] for pair in zip(gammas["row_l"].tolist(), gammas["row_r"].tolist(), strict=True)])
        model: dict[str, Any] = json.loads(json.dumps(linker.misc.save_model_to_json()))
        model["probability_two_random_records_match"] = float(label.mean())
        for comparison in model["comparisons"]:
            level = np.asarray(gammas[f"gamma_{comparison['output_column_name']}"])
            value = sum(not one.get("is_null_level") for one in comparison["comparison_levels"]) - 1
            for one in comparison["comparison_levels"]:
                if one.get("is_null_level"):
                    continue
                for key, chosen in (("m_probability", same == 1), ("u_probability", same == 0)):
                    known = chosen & (level >= 0)
                    one[key] = float(((known & (level == value)).sum() + 1) / (known.sum() + 2))
                value -= 1
        self.model = model
        self.linker = self._linker(model)

    def _weights(self, linker: Linker, left: Ints, right: Ints) -> Doubles:
        """Match weights (log2 of odds) of given pairs, in their order."""
        given = f"given_{len(left)}"
        self.connection.register("left_right", {"l": left, "r": right})
        self.connection.execute(
            f"CREATE OR REPLACE TABLE {given} AS "
            "SELECT '0' AS match_key, l AS join_key_l, r AS join_key_r FROM left_right"
        )
        linker.table_management.register_blocked_pairs_for_predict(linker._db_api.register(given))
        self.predictions = linker.inference.predict()
        found = self.connection.sql(
            f"SELECT row_l, row_r, match_weight FROM {self.predictions.physical_name} ORDER BY row_l, row_r"
        ).fetchnumpy()
        order = np.lexsort((right, left))
        weights = np.empty(len(left))
        weights[order] = found["match_weight"]
        return weights


#: Seven complementary rules; the longest word of a name stands for its rarest.
KEYS = (
    "phone",
    "domain",
    "ident",
    "token || '|' || town",
    "cell || '|' || substr(name, 1, 3)",
    "coalesce(postcode, town) || '|' || street || '|' || number",
    "substr(token, 1, 4) || '|' || town || '|' || number",
)


def _keys(connection: duckdb.DuckDBPyConnection) -> None:
    """Adds the column of each rule; blocks above `MAX_BLOCK` are cut by cells of about 1.3 km."""
    connection.execute(
        "CREATE OR REPLACE TABLE records AS SELECT *, "
        "list_aggregate(list_transform(string_split(core, ' '), x -> lpad(length(x)::VARCHAR, 3, '0') || x), 'max')"
        "[4:] AS token, (lat / 0.0045)::INT || '_' || (lon * cos(radians(round(lat))) / 0.0045)::INT AS cell, "
        "(lat / 0.012)::INT || '_' || (lon * cos(radians(round(lat))) / 0.012)::INT AS wide FROM records"
    )
    for number, key in enumerate(KEYS):
        connection.execute(
            f"CREATE OR REPLACE TABLE records AS SELECT *, CASE WHEN count(*) OVER (PARTITION BY {key}) > {MAX_BLOCK} "
            f"THEN ({key}) || '|' || coalesce(wide, '') ELSE {key} END AS key_{number} FROM records"
        )
