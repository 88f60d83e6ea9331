"""The waterfall of a pair: its steps add up to its probability, whatever the pair."""

from dataclasses import replace
from itertools import pairwise
from math import exp, isclose, log

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coworkmed.linkage import engine
from coworkmed.linkage.reasons import PLAIN, PRIOR, REST, RULED, STRENGTHS, STRONG, WORTH_SAYING, strength, weighed
from coworkmed.linkage.records import Pair, Reason, Record
from coworkmed.linkage.waterfall import Waterfall, drawn, parts, waterfall

from .test_engine import records

weights = st.floats(-30, 30)


def found(pair: Pair) -> Waterfall:
    fall = waterfall(pair)
    assert fall is not None
    return fall


@given(records(), records())
@settings(max_examples=80, deadline=None)
def test_prior_reasons_and_rest_are_the_probability(one: Record, other: Record) -> None:
    (pair,) = engine.score([one, replace(other, key=("other", "1"))], [(0, 1)])
    fall = found(pair)
    assert isclose(fall.probability, pair.probability, rel_tol=1e-6)
    weights = pair.prior + sum(reason.weight for reason in pair.reasons) + fall.steps[-1].reason.weight
    assert isclose(weights, fall.total, abs_tol=1e-9)
    assert [step.reason.code for step in fall.steps] == [PRIOR, *(reason.code for reason in pair.reasons), REST]


@given(weights, st.lists(weights), weights)
def test_each_step_begins_where_the_last_one_ended(prior: float, said: list[float], rest: float) -> None:
    total = prior + sum(said) + rest
    chance = 1 / (1 + exp(-total)) if abs(total) < 300 else float(total > 0)
    fall = found(Pair(0, 1, chance, "same", tuple(Reason("KINDS_SAME", weight) for weight in said), prior))
    assert fall.steps[0].before == 0.0
    assert all(one.after == other.before for one, other in pairwise(fall.steps))
    assert fall.steps[-1].after == fall.total
    assert all(0 <= fall.place(end) <= 1 for step in fall.steps for end in (step.before, step.after))
    assert isclose(fall.probability, chance, rel_tol=1e-6, abs_tol=1e-12)


@given(weights, st.lists(weights))
def test_it_is_drawn_again_from_what_is_kept(prior: float, said: list[float]) -> None:
    pair = Pair(0, 1, 0.8, "same", tuple(Reason("KINDS_SAME", weight) for weight in said), prior)
    again = drawn([Reason.from_json(part.as_json()) for part in parts(pair)])
    assert again is not None
    assert isclose(again.total, log(4), abs_tol=0.001 * (len(said) + 2))


@pytest.mark.parametrize("chance", [0.0, 1.0])
def test_near_certainty_leaves_no_rest_to_tell(chance: float) -> None:
    fall = found(Pair(0, 1, chance, reasons=(Reason("KINDS_SAME", 50.0 if chance else -50.0),), prior=-1.0))
    assert fall.steps[-1].reason.weight == 0.0
    assert fall.probability == pytest.approx(chance)


def test_a_ruling_is_not_weighed() -> None:
    pair = Pair(0, 1, 1.0, "same", (Reason(RULED, 0.0),))
    assert parts(pair) == pair.reasons
    assert waterfall(pair) is None


@given(st.floats(0, 50), st.floats(0, 50))
def test_more_weight_is_never_the_weaker_word(one: float, other: float) -> None:
    order = list(STRENGTHS)  # strong for … strong against
    small, large = sorted((one, other))
    assert order.index(strength(large)) <= order.index(strength(small))
    assert order.index(strength(-large)) == len(order) - 1 - order.index(strength(large))


def test_where_the_words_change() -> None:
    assert [strength(weight) for weight in (0.0, WORTH_SAYING, PLAIN, STRONG)] == [
        "none", "slight_for", "for", "strong_for"
    ]  # fmt: skip
    assert exp(PLAIN) == pytest.approx(2, abs=0.02)
    assert exp(STRONG) == pytest.approx(9, abs=0.03)


def test_reasons_on_one_line() -> None:
    reasons = (
        Reason(PRIOR, -1.0),
        Reason("DOMAIN_SAME", 2.5, {"domain": "x.example"}),
        Reason("METRES_APART", -0.2, {"metres": 800}),
        Reason(RULED, 0.0),
        Reason(REST, 0.1),
    )
    assert weighed(reasons) == (
        "Same web domain: x.example (strong for); 800 m apart (slightly against); "
        "A person said that these are one place"
    )
    assert weighed((), str.upper) == ""
