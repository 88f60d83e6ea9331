"""What is promised of the engine, on the real data: floors, measured anew."""

import csv
from pathlib import Path

import numpy as np
import pytest

from benchmarks.linkage import accuracy
from coworkmed.linkage import engine
from coworkmed.linkage.model import shipped
from tools.train_linkage import PAIRS, fit, labelled, levels_of

from . import french

pytestmark = pytest.mark.data

JUDGED = Path(__file__).with_name("judged_french_pairs.csv")
needs_pairs = pytest.mark.skipif(not PAIRS.exists(), reason="the labelled Overture pairs are not beside the project")
needs_restaurants = pytest.mark.skipif(
    not accuracy.RESTAURANTS.exists(), reason="the Fodor's-Zagat's restaurants are not beside the project"
)
needs_french = pytest.mark.skipif(not french.present(), reason="the French lists are not beside the project")


@needs_pairs
def test_cross_validated_f1_on_the_labelled_pairs() -> None:
    chance, labels, _ = accuracy.cross_validated()
    assert accuracy.score(chance >= 0.5, labels).f1 >= 0.89
    assert ((chance - labels) ** 2).mean() <= 0.09


@needs_pairs
def test_the_shipped_weights_are_those_the_trainer_makes() -> None:
    table, labels = labelled(PAIRS)
    made = fit(levels_of(table.records()), labels)
    assert made.bias == pytest.approx(shipped().bias, abs=0.02)
    for feature, weights in made.tables.items():
        assert weights == pytest.approx(shipped().tables[feature], abs=0.05), feature


@needs_restaurants
def test_the_weights_carry_to_restaurants_unchanged() -> None:
    pairs, listed = accuracy.restaurants()
    assert pairs.f1 >= 0.98
    assert listed.f1 >= 0.93


@needs_french
def test_the_hand_judged_french_pairs() -> None:
    """108 pairs drawn evenly over the whole range of probability, so that most are hard. A pair counts as found if the
    engine joins it, and as kept in sight if it joins it or asks a person about it."""
    records = list(french.records())
    position = {record.key: at for at, record in enumerate(records)}
    with JUDGED.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    same = np.array([row["same"] == "1" for row in rows])
    ends = [tuple(position[row[f"{side}_source"], row[f"{side}_id"]] for side in ("left", "right")) for row in rows]
    found = engine.link(records)
    cluster_of = {member: number for number, cluster in enumerate(found.clusters) for member in cluster}
    joined = np.array([cluster_of[one] == cluster_of[other] for one, other in ends])
    asked = {frozenset((cluster_of[pair.left], cluster_of[pair.right])) for pair in found.doubts}
    in_sight = joined | [frozenset((cluster_of[one], cluster_of[other])) in asked for one, other in ends]
    precision, recall = (joined & same).sum() / joined.sum(), (joined & same).sum() / same.sum()
    assert precision >= 0.97
    assert recall >= 0.5
    assert (in_sight & same).sum() / same.sum() >= 0.8
    likely = np.array([pair.probability >= 0.5 for pair in engine.score(records, ends)])
    assert (likely & same).sum() / likely.sum() >= 0.85
    assert (likely & same).sum() / same.sum() >= 0.75


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
