"""Weights without labels: what is learnt, and what can't go wrong."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from benchmarks.linkage import generated
from coworkmed.linkage import em, training
from coworkmed.linkage.candidates import candidates
from coworkmed.linkage.compare import FEATURES, LEVELS, Levels, compare
from coworkmed.linkage.model import Model, probability
from coworkmed.linkage.prepare import prepare
from coworkmed.linkage.records import Record

HIGHEST = np.array([len(levels) - 1 for levels in LEVELS.values()], np.uint8)


def some_levels(least: int = 0, most: int = 40) -> st.SearchStrategy[Levels]:
    rows = st.integers(least, most)
    return rows.flatmap(
        lambda size: arrays.arrays(np.uint8, (size, len(FEATURES)), elements=st.integers(0, 7)).map(
            lambda drawn: np.minimum(drawn, HIGHEST)
        )
    )


def drawn(
    slopes: dict[str, float], share: float, size: int, seed: int, world: int = 1
) -> tuple[Levels, NDArray[np.bool_]]:
    """Pairs of a known mixture: matches show the levels of other pairs tilted by the weights of the neutral model times
    the slope of its group, about the zero points of that model. How usual levels are depends on the ``world`` alone."""
    rng, habits, neutral = np.random.default_rng(seed), np.random.default_rng(world), em.neutral()
    match = rng.random(size) < share
    levels = np.zeros((size, len(FEATURES)), np.uint8)
    for group, features in em.GROUPS.items():
        for feature in features:
            tilt = np.exp(slopes[group] * neutral.tables[feature][1:] / 2)
            level = habits.dirichlet(np.full(len(tilt), 2.0))
            usual, tilted = level / tilt, level * tilt
            for of, chances in ((match, tilted / tilted.sum()), (~match, usual / usual.sum())):
                levels[of, FEATURES.index(feature)] = 1 + rng.choice(len(usual), of.sum(), p=chances)
    return levels, match


def test_a_known_mixture_is_recovered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(em, "EVIDENCE", 1e9)  # here the groups are independent: all pairs may count
    slopes = dict.fromkeys(em.GROUPS, 1.0) | {"name": 0.6, "premises": 1.4, "phone": 1.5}
    levels, match = drawn(slopes, 0.12, 20_000, 3)
    learnt = em.learn_levels(levels)
    assert learnt.model.about["share"] == pytest.approx(match.mean(), abs=0.01)
    for group, slope in slopes.items():
        assert learnt.slopes[group] == pytest.approx(slope, abs=0.2), group
    chance = probability(learnt.model.log_odds(levels))
    table = training.calibration(chance, match.astype(np.int64))
    assert all(abs(one.said - one.true) < 0.06 for one in table if one.pairs > 200)


@pytest.mark.parametrize("world", [1, 2, 3])
def test_what_is_learnt_from_some_pairs_tells_others(world: int) -> None:
    slopes = dict.fromkeys(em.GROUPS, 1.0)
    learnt = em.learn_levels(drawn(slopes, 0.1, 3_000, 1, world)[0]).model
    levels, match = drawn(slopes, 0.1, 3_000, 2, world)
    assert training.score(probability(learnt.log_odds(levels)), match.astype(np.int64)).f1 > 0.85


@settings(max_examples=30, deadline=None)
@given(some_levels())
def test_more_agreement_never_weighs_less_and_what_is_unknown_weighs_nothing(levels: Levels) -> None:
    model, neutral = em.learn_levels(levels).model, em.neutral()
    for feature in FEATURES:
        assert model.tables[feature][0] == 0.0
        assert (np.diff(model.tables[feature][1:]) >= 0).all() or feature in training.CROSSED, feature
        assert (np.sign(model.tables[feature]) * np.sign(neutral.tables[feature]) >= 0).all(), feature
    assert np.isfinite(model.bias)
    assert 0 < model.about["share"] < 1


@settings(max_examples=15, deadline=None)
@given(some_levels(2), st.integers(0, 1_000))
def test_the_order_of_pairs_changes_nothing(levels: Levels, seed: int) -> None:
    turned = levels[np.random.default_rng(seed).permutation(len(levels))]
    one, other = em.learn_levels(levels), em.learn_levels(turned)
    assert one.slopes == other.slopes
    assert one.model.bias == pytest.approx(other.model.bias, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(some_levels(0, 12))
def test_a_handful_of_pairs_hardly_moves_the_start(levels: Levels) -> None:
    learnt, neutral = em.learn_levels(levels), em.neutral()
    assert all(0.4 < slope < 1.6 for slope in learnt.slopes.values())
    assert learnt.model.bias == pytest.approx(neutral.bias, abs=1.5)


def test_from_nothing_the_start_is_learnt() -> None:
    learnt = em.learn_levels(np.zeros((0, len(FEATURES)), np.uint8))
    neutral = em.neutral()
    assert set(learnt.slopes.values()) == {1.0}
    assert learnt.model.bias == pytest.approx(neutral.bias)
    for feature in FEATURES:
        assert learnt.model.tables[feature] == pytest.approx(neutral.tables[feature])
    assert em.learn_from([]).model.about["candidates"] == 0


def test_one_record_alone_and_two_of_one_key() -> None:
    alone = Record(("a", "1"), "La Ruche")
    assert em.learn_from([alone]).model.about["candidates"] == 0
    with pytest.raises(ValueError, match="same key"):
        em.learn_from([alone, alone])


def test_the_tables_name_comparisons_that_exist_each_once() -> None:
    grouped = [feature for group in em.GROUPS.values() for feature in group]
    assert len(grouped) == len(set(grouped))
    for table in (grouped, em.SPANS, training.DECLARED, training.SPEAKS_FOR, training.CENTRED, training.CROSSED):
        assert set(table) <= set(FEATURES)
    judged = {*em.SPANS, *training.DECLARED, *training.CROSSED}
    assert set(FEATURES) <= judged, "a comparison without a weight by judgement says nothing on day one"


@pytest.fixture(scope="module")
def lists() -> tuple[list[Record], NDArray[np.int64]]:
    records, truth = generated.records(2_000, 21)
    return records, np.array(truth)


def test_lists_without_labels_are_enough(lists: tuple[list[Record], NDArray[np.int64]]) -> None:
    records, truth = lists
    learnt = em.learn_from(records)
    columns = prepare(records, learnt.model.seen)
    left, right = candidates(columns)
    same = (truth[left] == truth[right]).astype(np.int64)
    levels = compare(columns, left, right).levels
    score = training.score(probability(learnt.model.log_odds(levels)), same)
    assert score.f1 > 0.9
    assert score.brier < 0.02
    assert learnt.model.about["share"] == pytest.approx(same.mean(), rel=0.35)
    assert Model.from_json(learnt.model.as_json()).bias == pytest.approx(learnt.model.bias, abs=1e-3)


def test_the_order_of_records_changes_nothing(lists: tuple[list[Record], NDArray[np.int64]]) -> None:
    records = lists[0][:600]
    one, other = em.learn_from(records).model, em.learn_from(records[::-1]).model
    assert one.as_json() == other.as_json()


def test_of_very_many_pairs_a_part_is_enough(
    lists: tuple[list[Record], NDArray[np.int64]], monkeypatch: pytest.MonkeyPatch
) -> None:
    columns = prepare(lists[0])
    left, right = candidates(columns)
    whole = em.learn(columns, left, right)
    monkeypatch.setattr(em, "MOST_PAIRS", len(left) // 3)
    part = em.learn(columns, left, right)
    assert part.model.about["candidates"] == len(left)
    assert part.model.bias == pytest.approx(whole.model.bias, abs=0.4)
