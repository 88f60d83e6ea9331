"""Weights from labels: what they learn, and what they can't wreck."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from coworkmed.kernel.errors import SourceError
from coworkmed.linkage import em, model, training
from coworkmed.linkage.compare import FEATURES, LEVELS, Levels
from coworkmed.linkage.model import Model, probability, shipped
from coworkmed.linkage.records import Record
from coworkmed.linkage.training import CENTRED, CROSSED, DECLARED, Labelled, fit

from .test_em import drawn, some_levels

SLOPES = dict.fromkeys(em.GROUPS, 1.0)
Ints = NDArray[np.int64]


def labelled(size: int, seed: int, share: float = 0.4) -> tuple[Levels, Ints]:
    levels, match = drawn(SLOPES, share, size, seed)
    return levels, match.astype(np.int64)


def grid(table: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    return table[1:].reshape(-1, width)


def rises(table: NDArray[np.float64], feature: str) -> bool:
    """Whether more agreement weighs as much or more."""
    if feature in CROSSED:
        both = grid(table, CROSSED[feature])
        return bool((np.diff(both, axis=0) >= -1e-9).all() and (np.diff(both, axis=1) >= -1e-9).all())
    return bool((np.diff(table[1:]) >= -1e-9).all())


def test_labels_teach_what_tells_pairs_apart() -> None:
    levels, labels = labelled(1_000, 1)
    others, answers = labelled(1_000, 1)
    learnt = fit(levels[:500], labels[:500], held=())
    assert training.score(probability(learnt.log_odds(others[500:])), answers[500:]).f1 > 0.9
    assert learnt.about["share"] == pytest.approx(labels[:500].mean(), abs=0.01)


@settings(max_examples=12, deadline=None)
@given(some_levels(1, 25), st.data())
def test_more_agreement_never_weighs_less_whatever_the_labels(levels: Levels, data: st.DataObject) -> None:
    size = len(levels)
    labels = np.array(data.draw(st.lists(st.integers(0, 1), min_size=size, max_size=size)), np.int64)
    for held in ((), tuple(DECLARED)):
        learnt = fit(levels, labels, start=em.neutral(), held=held)
        assert all(rises(learnt.tables[feature], feature) for feature in FEATURES)
        assert all(learnt.tables[feature][0] == 0 for feature in FEATURES if feature not in ("acronym",))
        assert np.isfinite(learnt.bias)


@pytest.mark.parametrize("start", [em.neutral(), training.blank(), shipped()], ids=["neutral", "blank", "shipped"])
def test_without_labels_the_start_remains(start: Model) -> None:
    learnt = fit(np.zeros((0, len(FEATURES)), np.uint8), np.zeros(0, np.int64), start=start, held=())
    levels, _ = labelled(200, 2)
    assert learnt.log_odds(levels) == pytest.approx(start.log_odds(levels), abs=2e-3)


def test_what_is_held_stays_and_the_rest_learns() -> None:
    levels, labels = labelled(400, 3)
    start = em.neutral()
    learnt = fit(levels, labels, start=start)
    for feature in DECLARED:
        assert learnt.tables[feature].tolist() == start.tables[feature].tolist()
    assert not np.allclose(learnt.tables["premises"], start.tables["premises"])


def test_the_stronger_the_penalty_the_nearer_the_start() -> None:
    levels, labels = labelled(300, 4)
    start = em.neutral()
    far = [
        np.abs(fit(levels, 1 - labels, start=start, penalty=penalty, held=()).log_odds(levels) - start.log_odds(levels))
        for penalty in (1.0, 16.0, 256.0, 1e7)
    ]
    assert all(np.mean(weak) > np.mean(strong) for weak, strong in pairwise(far))
    assert far[-1].max() < 0.01


def test_counting_twice_is_as_being_there_twice() -> None:
    levels, labels = labelled(150, 5)
    twice = fit(np.repeat(levels, 2, axis=0), np.repeat(labels, 2))
    counted = fit(levels, labels, weights=np.full(len(labels), 2.0))
    assert counted.log_odds(levels) == pytest.approx(twice.log_odds(levels), abs=5e-3)


def test_a_probability_is_as_good_as_a_label() -> None:
    levels, labels = labelled(150, 6)
    doubled, both = np.repeat(levels, 2, axis=0), np.tile([0, 1], len(labels))
    share = np.where(labels == 1, 0.9, 0.2)
    weights = np.stack([1 - share, share], axis=1).ravel()
    soft, hard = fit(levels, share), fit(doubled, both, weights=weights)
    assert soft.log_odds(levels) == pytest.approx(hard.log_odds(levels), abs=5e-3)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_thirty_labels_help_and_those_of_a_careless_reviewer_wreck_nothing(seed: int) -> None:
    levels, labels = labelled(3_000, seed, share=0.1)
    start = em.learn_levels(levels).model
    chance = probability(start.log_odds(levels))
    rng = np.random.default_rng(seed)
    judged = rng.choice(np.argsort(np.abs(chance - 0.5), kind="stable")[:150], 30, replace=False)
    rest = np.ones(len(labels), bool)
    rest[judged] = False

    def after(said: Ints) -> float:
        learnt = fit(levels[judged], said, start=start, held=())
        return training.score(probability(learnt.log_odds(levels[rest])), labels[rest]).f1

    before = training.score(chance[rest], labels[rest]).f1
    careless = np.where(rng.random(30) < 0.3, 1 - labels[judged], labels[judged])
    assert after(labels[judged]) > before - 0.01
    assert after(careless) > before - 0.05


def test_the_same_labels_make_the_same_weights() -> None:
    levels, labels = labelled(200, 7)
    assert fit(levels, labels).as_json() == fit(levels, labels).as_json()


def test_what_is_known_of_names_speaks_both_ways() -> None:
    learnt = fit(*labelled(400, 8))
    for feature in CENTRED:
        assert learnt.tables[feature][1:].min() == pytest.approx(-learnt.tables[feature][1:].max(), abs=1e-3)


# figures


def test_a_score_by_hand() -> None:
    found = training.score(np.array([0.9, 0.8, 0.3, 0.1]), np.array([1, 0, 1, 0]))
    assert (found.precision, found.recall, found.f1, found.pairs) == (0.5, 0.5, 0.5, 4)
    assert found.brier == pytest.approx((0.01 + 0.64 + 0.49 + 0.01) / 4)
    assert training.score(np.empty(0), np.empty(0, np.int64)).f1 == 0.0


def test_calibration_counts_every_pair_once_and_its_intervals_hold_the_truth() -> None:
    rng = np.random.default_rng(1)
    chance = np.concatenate([rng.random(20_000), [0.0, 1.0]])
    labels = (rng.random(len(chance)) < chance).astype(np.int64)
    table = training.calibration(chance, labels)
    assert sum(one.pairs for one in table) == len(chance)
    assert sum(one.low <= one.said <= one.high for one in table) >= 8  # of 10; each misses once in 20
    assert all(one.low <= one.true <= one.high for one in table)
    wrong = training.calibration(chance**3, labels)
    assert sum(one.low <= one.said <= one.high for one in wrong) <= 4


def test_empty_tenths_are_left_out() -> None:
    table = training.calibration(np.array([0.05, 0.97]), np.array([0, 1]))
    assert [(one.said, one.true, one.pairs) for one in table] == [(0.05, 0.0, 1), (0.97, 1.0, 1)]
    assert training.calibration(np.empty(0), np.empty(0, np.int64)) == []


def test_pairs_that_share_a_record_are_one_group() -> None:
    ends = ["a b", "c d", "b e", "f g", "d h"]
    records = [Record(("list", name), name) for pair in ends for name in pair.split()]
    assert training.groups(records).tolist() == [0, 1, 0, 2, 1]
    assert training.groups([]).tolist() == []


def test_no_group_is_on_both_sides_of_a_fold() -> None:
    levels, labels = labelled(300, 9)
    group = np.repeat(np.arange(100), 3)
    told = Labelled(levels, labels, group)
    chance = training.cross_validated(told, seed=1)
    # turning the labels of one group leaves its own probabilities as they are
    turned = replace(told, labels=np.where(group == 5, 1 - labels, labels))
    after = training.cross_validated(turned, seed=1)
    assert after[group == 5] == pytest.approx(chance[group == 5], abs=1e-12)
    assert not np.allclose(after, chance)


def test_one_group_is_judged_by_the_start() -> None:
    levels, labels = labelled(5, 10)
    start = em.neutral()
    told = Labelled(levels, labels, np.zeros(5, np.int64))
    chance = training.cross_validated(told, start=start)
    assert chance == pytest.approx(probability(start.log_odds(levels)), abs=1e-3)


# files


def test_a_table_without_labels_or_with_others(tmp_path: Path) -> None:
    path = tmp_path / "pairs.csv"
    path.write_text("left_name,right_name\nA,B\n", encoding="utf-8")
    with pytest.raises(SourceError, match="no column label"):
        training.labelled(path)
    for wrong in ("", "2", "yes", "0.5", "-1"):
        path.write_text(f"label,left_name,right_name\n1,A,B\n{wrong},C,D\n", encoding="utf-8")
        with pytest.raises(SourceError, match="row 2"):
            training.labelled(path)


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    learnt = replace(fit(*labelled(200, 11)), seen={"café": 7}, about={"licence": "EUPL-1.2", "share": 0.5})
    model.write(path, learnt)
    again = model.read(path)
    assert again.as_json() == learnt.as_json()
    assert not list(tmp_path.glob("*.part"))
    levels, _ = labelled(50, 12)
    assert again.log_odds(levels) == pytest.approx(learnt.log_odds(levels), abs=0.01)


def _damaged() -> list[tuple[str, str]]:
    whole = em.neutral().as_json()

    def changed(**more: object) -> str:
        return json.dumps({**whole, **more})

    first = next(iter(whole["weights"]))
    levels = whole["weights"][first]
    less = {name: table for name, table in whole["weights"].items() if name != first}
    return [
        ("", "damaged"),
        ("[]", "damaged"),
        ("nul", "damaged"),
        ("\x00", "damaged"),
        ("[" * 100_000, "damaged"),
        (json.dumps(whole)[:-40], "damaged"),
        (changed(weights=[]), "damaged"),
        (changed(weights={first: 3}), "damaged"),
        (changed(seen=None), "damaged"),
        (changed(about="x"), "damaged"),
        (changed(bias="high"), "no number"),
        (changed(bias=float("nan")), "no number"),
        (changed(seen={"a": "b"}), "no number"),
        (changed(weights={**whole["weights"], first: {**levels, "unknown": True}}), "no number"),
        (changed(weights=less), "another version"),
        (changed(weights={**whole["weights"], "smell": {"unknown": 0.0}}), "another version"),
        (changed(weights={**whole["weights"], first: {**levels, "splendid": 1.0}}), "another version"),
        (changed(weights={**whole["weights"], first: {"unknown": 0.0}}), "another version"),
        (json.dumps({name: part for name, part in whole.items() if name != "bias"}), "another version"),
    ]


@pytest.mark.parametrize(("text", "said"), _damaged())
def test_a_damaged_or_old_file_of_weights_is_said_to_be_so(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "weights.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SourceError, match=said):
        model.read(path)


def test_a_file_of_weights_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="can't be read"):
        model.read(tmp_path / "none.json")
    (tmp_path / "packed.json").write_bytes(b"\x1f\x8b\xff")
    with pytest.raises(SourceError, match="damaged"):
        model.read(tmp_path / "packed.json")
    with pytest.raises(SourceError, match="can't be written"):
        model.write(tmp_path / "no" / "weights.json", em.neutral())


def test_the_shipped_weights_say_where_they_come_from() -> None:
    about = shipped().about
    assert {"version", "date", "licence", "sources", "share", "declared"} <= set(about)
    assert all(rises(shipped().tables[feature], feature) for feature in LEVELS)
