"""What is promised of the engine, on the real data: floors, measured anew."""

import numpy as np
import pytest

from benchmarks.linkage import accuracy, judged
from coworkmed.linkage import engine, training
from coworkmed.linkage.model import probability, shipped
from tools.train_linkage import make

from . import french

pytestmark = pytest.mark.data

needs_pairs = pytest.mark.skipif(
    not accuracy.PAIRS.exists(), reason="the labelled Overture pairs are not beside the project"
)
needs_restaurants = pytest.mark.skipif(
    not accuracy.RESTAURANTS.exists(), reason="the Fodor's-Zagat's restaurants are not beside the project"
)
needs_french = pytest.mark.skipif(not french.present(), reason="the French lists are not beside the project")


@needs_pairs
def test_cross_validated_f1_on_the_labelled_pairs() -> None:
    _, given = accuracy.overture()
    score = training.score(training.cross_validated(given), given.labels)
    assert score.f1 >= 0.91
    assert score.brier <= 0.075


@needs_pairs
def test_without_any_label() -> None:
    records, given = accuracy.overture()
    for learnt in accuracy.unlabelled(records, given):
        assert training.score(probability(learnt.log_odds(given.levels)), given.labels).f1 >= 0.86


@needs_pairs
@needs_french
def test_the_shipped_weights_are_those_the_tool_makes() -> None:
    made = make(shipped().about["date"])
    assert made.bias == pytest.approx(shipped().bias, abs=0.02)
    assert {**made.about} == {**shipped().about}
    for feature, weights in made.tables.items():
        assert weights == pytest.approx(shipped().tables[feature], abs=0.05), feature


@needs_restaurants
def test_the_weights_carry_to_restaurants_unchanged() -> None:
    pairs, listed = accuracy.restaurants()
    assert pairs.f1 >= 0.98
    assert listed.f1 >= 0.95


@needs_pairs
@needs_french
def test_the_hand_judged_french_pairs() -> None:
    """By weights that saw none of a pair's group; precision and recall over all candidate pairs of the five lists. A
    pair is kept in sight if the engine joins it or asks a person about it."""
    rows = judged.judged()
    same = np.array([row["same"] == "1" for row in rows])
    weight = np.array([float(row["weight"] or 0) for row in rows])
    joined, in_sight, chance = judged.cross_validated(rows)
    found = judged.estimate(joined, same, weight, draws=200)
    assert found["precision"][0] >= 0.9
    assert found["recall"][0] >= 0.7
    assert judged.estimate(in_sight, same, weight, draws=200)["recall"][0] >= 0.8
    score = training.score(chance, same.astype(np.int64))
    assert score.f1 >= 0.88
    assert score.brier <= 0.07


@needs_french
def test_letter_for_letter_agreements_between_lists_are_found() -> None:
    """The Region's list shares an ancestor with the census: same name, same town and same street and number."""
    records = list(french.records())
    found = engine.link(records)
    cluster_of = {member: number for number, cluster in enumerate(found.clusters) for member in cluster}
    alike: dict[tuple[str, ...], list[int]] = {}
    for at, record in enumerate(records):
        if record.name and record.street and record.number:
            text = (record.name, record.locality, record.street, record.number)
            alike.setdefault(tuple(part.casefold() for part in text), []).append(at)
    groups = [group for group in alike.values() if len({records[at].key[0] for at in group}) > 1]
    assert len(groups) > 50
    assert all(len({cluster_of[at] for at in group}) == 1 for group in groups)
