"""What to ask first, whom to draw, and what the verdicts say: rules that hold for any run, and intervals that cover."""

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.linkage import engine, review
from coworkmed.linkage.records import Linkage, Pair, Record, Scored
from coworkmed.linkage.review import STRATA, Census, agenda, allocation, draw, estimate, gains, needed, strata

CHANCES = st.floats(0.01, 1.0)
SIZES = st.integers(1, 40)


def gain(chance: float, joined: bool, sides: tuple[float, float], leaning: tuple[float, float] = (0, 0)) -> float:
    return float(gains(np.array([chance]), np.array([joined]), np.array([sides]), np.array([leaning]))[0])


# --- what a verdict is worth ---


@given(CHANCES, CHANCES, st.booleans(), SIZES, SIZES)
def test_the_likelier_the_machine_is_wrong_the_more_a_verdict_is_worth(
    one: float, other: float, joined: bool, left: int, right: int
) -> None:
    doubtful, sure = sorted((one, other), reverse=not joined)
    assert gain(doubtful, joined, (left, right)) >= gain(sure, joined, (left, right)) >= 0


@given(CHANCES, st.booleans(), SIZES, SIZES, st.floats(0, 9), st.floats(0, 9))
def test_which_side_stands_left_makes_no_difference(
    chance: float, joined: bool, left: int, right: int, here: float, there: float
) -> None:
    assert gain(chance, joined, (left, right), (here, there)) == pytest.approx(
        gain(chance, joined, (right, left), (there, here))
    )


@given(CHANCES, st.booleans(), SIZES, SIZES, st.floats(0, 9))
def test_more_entries_and_more_doubts_that_hang_on_it_are_worth_more(
    chance: float, joined: bool, left: int, right: int, leaning: float
) -> None:
    alone = gain(chance, joined, (left, right))
    assert gain(chance, joined, (left + 1, right)) >= alone
    assert gain(chance, joined, (left, right), (leaning, 0)) >= alone


def test_joining_and_parting_are_equally_risky_at_the_threshold() -> None:
    assert gain(0.75, True, (1, 1)) == pytest.approx(gain(0.75, False, (1, 1)))


NAMES = ("Le Phare", "La Ruche Bleue", "Coco Velten", "L'Établi", "Le Comptoir", "La Friche", "Le Hangar")


@st.composite
def registries(draw_: st.DrawFn) -> list[Record]:
    """Entries of a few sources that speak of a few places, more or less alike."""
    spots = draw_(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.sampled_from("abc")), max_size=14))
    return [
        Record(
            key=(source, str(at)),
            name=NAMES[name] + (" coworking" if street == 2 else ""),
            locality="Marseille",
            country="FR",
            street=f"rue {NAMES[street]}" if street else "",
            number="3" if street else "",
            lat=43.29 + street / 2000,
            lon=5.37,
        )
        for at, (name, street, source) in enumerate(spots)
    ]


def asked_by_key(records: list[Record], audit: int = 5) -> list[tuple[object, ...]]:
    found = agenda(engine.link(records), [one.key for one in records], {}, {}, audit)
    return [
        (
            frozenset((records[one.pair.left].key, records[one.pair.right].key)),
            one.purpose,
            one.stratum,
            None if one.gain is None else round(one.gain, 6),
            one.inclusion,
        )
        for one in found.questions
    ]


@given(registries(), st.randoms(use_true_random=False))
def test_the_order_of_records_is_irrelevant(records: list[Record], chance: object) -> None:
    records.sort(key=lambda one: one.key)
    shuffled = records[:]
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = asked_by_key(records), asked_by_key(shuffled)
    assert set(one) == set(other)
    assert [row[3] for row in one] == [row[3] for row in other]


@given(registries())
def test_the_queue_is_in_order_of_gain_and_asks_each_pair_once(records: list[Record]) -> None:
    linkage = engine.link(records)
    found = agenda(linkage, [one.key for one in records], {}, {}, 5)
    pairs = [(one.pair.left, one.pair.right) for one in found.questions]
    worth = [one.gain if one.gain is None else round(one.gain, 9) for one in found.questions]
    queue = [one for one in worth if one is not None]
    assert len(set(pairs)) == len(pairs)
    assert worth == sorted(queue, reverse=True) + [None] * (len(worth) - len(queue))
    assert {(one.left, one.right) for one in linkage.doubts} <= set(pairs)
    assert all((one.inclusion is not None) == (one.purpose == "audit") for one in found.questions)
    assert all(one.gain >= engine.REVIEW for one in found.questions if one.joined and one.gain is not None)


@given(registries(), st.data())
def test_what_is_judged_is_not_asked_again_and_is_counted_as_known(records: list[Record], data: st.DataObject) -> None:
    linkage = engine.link(records)
    keys = [one.key for one in records]
    before = agenda(linkage, keys, {}, {}, 5)
    pairs = [(one.pair.left, one.pair.right) for one in before.questions]
    judged = data.draw(st.dictionaries(st.sampled_from(pairs), st.booleans(), max_size=4)) if pairs else {}
    after = agenda(linkage, keys, judged, {}, 5)
    assert not {(one.pair.left, one.pair.right) for one in after.questions} & set(judged)
    assert before.census.pairs.sum() - after.census.pairs.sum() == len(judged)
    assert after.census.right + after.census.missed == sum(judged.values())


def scored(
    clusters: list[tuple[int, ...]], weighed: dict[tuple[int, int], float], doubts: list[Pair] | None = None
) -> Linkage:
    """A run of which the pairs and their probabilities are given."""
    linkage = engine.link([])
    number = {member: at for at, members in enumerate(clusters) for member in members}
    pairs = np.array(sorted(weighed), np.int64).reshape(-1, 2)
    joined = np.array([number[one] == number[other] for one, other in pairs.tolist()], bool)
    weakest = {}
    for at, members in enumerate(clusters):
        held = [pair for pair in combinations(members, 2) if pair in weighed]
        if held:
            low = min(held, key=lambda pair: weighed[pair])
            weakest[at] = Pair(*low, weighed[low])
    chances = np.array([weighed[one, other] for one, other in pairs.tolist()])
    table = Scored(pairs[:, 0], pairs[:, 1], chances, joined)
    return replace(linkage, clusters=clusters, ties={}, doubts=doubts or [], weakest=weakest, scored=table)


def worth(linkage: Linkage, size: int) -> dict[tuple[int, int], float | None]:
    found = agenda(linkage, [("a", str(at)) for at in range(size)], {}, {}, 0)
    return {(one.pair.left, one.pair.right): one.gain for one in found.questions}


def test_a_weak_tie_between_two_strong_parts_is_asked_with_the_size_of_both() -> None:
    strong = {(0, 1): 0.99, (0, 2): 0.98, (1, 2): 0.99, (3, 4): 0.99, (2, 3): 0.8}
    linkage = scored([(0, 1, 2, 3, 4)], strong)
    linkage = replace(linkage, weakest={0: Pair(2, 3, 0.8)})
    (question,) = agenda(linkage, [("a", str(at)) for at in range(5)], {}, {}, 0).questions
    assert (question.joined, question.sides) == (True, (3, 2))
    assert question.gain == pytest.approx(3 * 0.2 * 6)


def test_a_strong_tie_is_not_asked() -> None:
    assert worth(scored([(0, 1)], {(0, 1): 0.95}), 2) == {}
    assert worth(scored([(0, 1)], {(0, 1): 0.8}), 2) == {(0, 1): pytest.approx(0.6)}


def test_a_doubt_on_which_others_hang_goes_first() -> None:
    doubts = [Pair(0, 1, 0.5), Pair(1, 2, 0.5), Pair(3, 4, 0.5)]
    linkage = scored([(0,), (1,), (2,), (3,), (4,)], {(one.left, one.right): 0.5 for one in doubts}, doubts)
    found = worth(linkage, 5)
    assert found == {(0, 1): pytest.approx(0.75), (1, 2): pytest.approx(0.75), (3, 4): pytest.approx(0.5)}


# --- the draw ---


@st.composite
def censuses(draw_: st.DrawFn) -> Census:
    def column(elements: st.SearchStrategy[float]) -> np.ndarray:
        return np.array(draw_(st.lists(elements, min_size=len(STRATA), max_size=len(STRATA))), np.float64)

    judged = column(st.integers(0, 60))
    return Census(
        pairs=column(st.sampled_from([0, 1, 7, 300, 40_000])),
        mean=column(st.floats(0, 1)),
        judged=judged,
        same=np.floor(judged * column(st.floats(0, 1))),
        right=draw_(st.integers(0, 50)),
        wrong=draw_(st.integers(0, 2)),
        missed=draw_(st.integers(0, 2)),
    )


@given(censuses(), st.integers(0, 2_000))
def test_an_allocation_asks_for_what_there_is_and_no_more(census: Census, more: int) -> None:
    found = allocation(census, more)
    assert found.sum() == min(more, census.pairs.sum())
    assert (found >= 0).all()
    assert (found <= census.pairs).all()


def test_a_draw_continues_an_earlier_one_and_begins_as_it_goes_on() -> None:
    rng = np.random.default_rng(5)
    code, tickets = rng.integers(-1, 3, 900), rng.integers(0, 2**63, 900).astype(np.uint64)
    few, many = (set(draw(code, tickets, np.array(wanted)).tolist()) for wanted in ([4, 8, 2], [9, 20, 6]))
    assert few < many
    assert -1 not in code[list(many)]
    whole = draw(code, tickets, np.array([20, 40, 0]))
    assert np.bincount(code[whole]).tolist() == [20, 40]
    assert np.bincount(code[whole[:15]]).tolist() == [5, 10]


def test_every_pair_of_a_stratum_is_as_likely_to_be_drawn() -> None:
    keys = [("a", str(at)) for at in range(80)]
    left, right = np.triu_indices(80, 1)
    tickets = review._tickets(keys, left, right)
    assert len(np.unique(tickets)) == len(tickets)
    assert (review._tickets(keys, right, left) == tickets).all()
    share = tickets / 2.0**64
    counts = np.histogram(share, 10, (0, 1))[0]
    assert ((counts - 316) ** 2 / 316).sum() < 27.9  # chi-squared, 9 degrees of freedom, p = 0.001
    lowest = np.argsort(tickets)[:400]
    assert np.bincount(np.concatenate([left[lowest], right[lowest]]), minlength=80).max() < 30  # no record is favoured


# --- what verdicts say ---


class Registry:
    """A run in which the truth is known: a machine that is right, or warped, and a person who answers the draws."""

    def __init__(self, seed: int, pairs: int = 5_000, slope: float = 1.0, shift: float = 0.0) -> None:
        self.rng = np.random.default_rng(seed)
        chance = np.concatenate(
            [self.rng.beta(*shape, int(pairs * share)) for shape, share in (((0.25, 4), 0.6), ((8, 0.3), 0.4))]
        )
        self.chance = np.clip(chance, 0.0101, 1 - 1e-9)
        odds = np.log(self.chance / (1 - self.chance)) * slope + shift
        self.same = self.rng.random(len(self.chance)) < 1 / (1 + np.exp(-odds))
        self.joined = (self.chance >= engine.JOIN) ^ (self.rng.random(len(self.chance)) < 0.02)
        self.code = strata(self.chance, self.joined)
        self.tickets = self.rng.integers(0, 2**63, len(self.chance)).astype(np.uint64)
        self.judged = np.zeros(len(self.chance), bool)
        self.sample = np.zeros((len(STRATA), 2))

    def census(self) -> Census:
        left = ~self.judged
        pairs = np.bincount(self.code[left], minlength=len(STRATA)).astype(np.float64)
        total = np.bincount(self.code[left], self.chance[left], len(STRATA))
        return Census(
            pairs=pairs,
            mean=total / np.maximum(pairs, 1),
            judged=self.sample[:, 0].copy(),
            same=self.sample[:, 1].copy(),
            right=float((self.judged & self.same).sum()),
        )

    def audit(self, verdicts: int) -> None:
        drawn = draw(np.where(self.judged, -1, self.code), self.tickets, allocation(self.census(), verdicts))
        self.judged[drawn] = True
        np.add.at(self.sample, (self.code[drawn], 0), 1)
        np.add.at(self.sample, (self.code[drawn], 1), self.same[drawn])

    def truth(self) -> tuple[float, float]:
        """Precision and recall of the registry, which goes by the verdicts."""
        shown = np.where(self.judged, self.same, self.joined)
        found = float((shown & self.same).sum())
        return found / float(shown.sum()), found / float(self.same.sum())


@pytest.mark.parametrize(
    ("slope", "shift", "rounds"), [(1.0, 0.0, (300,)), (0.7, 0.3, (150, 150)), (1.3, -0.5, (300,))]
)
def test_the_estimate_is_unbiased_and_its_intervals_cover(slope: float, shift: float, rounds: tuple[int, ...]) -> None:
    """Whether the machine's probabilities are right, too mild or too bold, and over several draws."""
    errors, covered = [], []
    for seed in range(200):
        registry = Registry(seed, slope=slope, shift=shift)
        for verdicts in rounds:
            registry.audit(verdicts)
        census = registry.census()
        figures, (low, high) = (
            review._figures(census, review._rates(census)),
            review._interval(census, review._rates(census)),
        )
        truth = np.array(registry.truth())
        errors.append(figures - truth)
        covered.append((low <= truth) & (truth <= high))
    spread = np.std(errors, axis=0) / np.sqrt(len(errors))
    assert (np.abs(np.mean(errors, axis=0)) < 3.3 * spread + 1e-3).all()
    assert (np.mean(covered, axis=0) >= 0.91).all()


def test_verdicts_by_gain_alone_would_mislead_and_are_left_out() -> None:
    """Were the pairs worth most taken for a sample, the registry would look far worse than it is."""
    registry = Registry(3)
    registry.audit(300)
    said = estimate(registry.census()).precision
    assert said.estimate is not None
    queue = np.argsort(np.where(registry.joined, 3 * (1 - registry.chance), registry.chance))[::-1][:300]
    asked = queue[registry.joined[queue]]
    assert registry.same[asked].mean() < said.estimate - 0.1
    assert said.estimate == pytest.approx(registry.truth()[0], abs=0.04)


def test_without_verdicts_nothing_is_stated_but_what_it_takes() -> None:
    said = estimate(Registry(1).census())
    for figure in (said.precision, said.recall):
        assert (figure.estimate, figure.low, figure.high) == (None, None, None)
        assert 50 < figure.needed["2"] < figure.needed["1"]
    assert said.verdicts == 0


def test_what_it_is_said_to_take_is_enough() -> None:
    registry = Registry(8)
    registry.audit(200)
    more = estimate(registry.census()).precision.needed["2"]
    assert more > 0
    registry.audit(more)
    said = estimate(registry.census()).precision
    assert said.estimate is not None
    assert max(said.high - said.estimate, said.estimate - said.low) < 0.025


def test_a_registry_that_was_judged_whole_is_known_exactly() -> None:
    registry = Registry(2, pairs=300)
    registry.audit(10_000)
    said = estimate(registry.census())
    assert (said.precision.estimate, said.precision.low, said.precision.high) == (1, 1, 1)
    assert said.recall.needed == {"1": 0, "2": 0, "5": 0}


def test_an_empty_registry_has_no_figures_and_needs_no_verdicts() -> None:
    nothing = agenda(engine.link([]), [], {}, {})
    said = estimate(nothing.census)
    assert nothing.questions == []
    assert (said.precision.estimate, said.recall.estimate, said.pairs) == (None, None, 0)
    assert said.precision.needed == {"1": 0, "2": 0, "5": 0}


@given(censuses())
def test_a_figure_lies_in_its_interval_and_the_census_survives_its_json(census: Census) -> None:
    said = estimate(census)
    for figure in (said.precision, said.recall):
        if figure.estimate is not None:
            assert 0 <= figure.low <= figure.estimate <= figure.high <= 1
            assert figure.high - figure.low <= 2 * review.WIDEST
        assert 0 <= figure.needed["5"] <= figure.needed["2"] <= figure.needed["1"] <= census.pairs.sum()
    again = Census.from_json(census.as_json()).as_json()
    assert again == census.as_json()


@given(censuses())
def test_narrower_limits_take_no_fewer_verdicts(census: Census) -> None:
    for wide, narrow in zip(needed(census, 0.05), needed(census, 0.01), strict=True):
        assert wide <= narrow


@given(st.floats(0, 1), st.integers(1, 500))
def test_wilson_s_interval_holds_the_share_and_narrows(share: float, size: int) -> None:
    low, high = review.wilson(np.array([share, share]), np.array([size, size * 2.0]))
    assert (low <= share + 1e-9).all()
    assert (high >= share - 1e-9).all()
    assert high[1] - low[1] < high[0] - low[0]


def test_wilson_s_interval_as_published() -> None:
    """Newcombe 1998, table 1: 81 of 263, and 0 of 20."""
    low, high = review.wilson(np.array([81 / 263, 0.0]), np.array([263.0, 20.0]))
    assert low.round(4).tolist() == [0.2553, 0.0]
    assert high.round(4).tolist() == [0.3662, 0.1611]
