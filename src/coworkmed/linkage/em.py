"""Weights without any label: a new country works on day one from its lists alone.

The comparisons fall into groups of witnesses. Within a group they say the same thing again and again (the figures of
two names; house, street and unit), which would count it many times over if each were a witness of its own, as Fellegi
and Sunter (1969) have it. So a group speaks with one voice: the sum s of its weights in a start (`neutral` unless
given). How far that voice is to be believed is learnt: its log-likelihood ratio is a·s + b, that is, its
distribution among matches is the one among other pairs, tilted (Anderson 1979; Qin 1999). The share of matches, and a
and b of every group, are those under which the levels of all candidate pairs are most likely, by
expectation-maximisation; non-matches are those among candidates, which are far more alike than pairs drawn at random.

As a ≥ 0 scales tables that rise with agreement, more agreement never weighs less. What a group doesn't know carries no
weight, as if missing at random. That groups are witnesses independent of each other is not quite true (branches share
name and site, tenants a door), and more pairs don't make it truer: so all pairs together count as `EVIDENCE` at most,
held against the belief `TRUST` that the start is right. Tried on labelled pairs and found worse: every comparison a
witness of its own; free tables for each group.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from .candidates import candidates
from .columns import Columns
from .compare import FEATURES, LEVELS, Doubles, Levels, Positions, compare
from .model import Model, odds_of, probability
from .prepare import prepare
from .records import Record
from .training import CENTRED, CROSSED, DECLARED, SPEAKS_FOR, common_words

#: Comparisons that bear witness together. Those in no group keep the weights of the start: what an identifier or a
#: tenant's name means is known beforehand.
GROUPS: Mapping[str, Sequence[str]] = {
    "name": (*CENTRED, "name_numbers", "acronym"),
    "premises": ("premises", "address_numbers", "unit"),
    "area": ("postcode", "town", "country", "distance"),
    "phone": ("phone",),
    "web": ("web", "site_name", "profile"),
    "kinds": ("kinds",),
}
#: Log-odds by judgement where nothing is declared for training: of the least agreement and of full agreement. Levels
#: between are evenly spread. A comparison named nowhere says nothing until labels teach it.
SPANS: Mapping[str, tuple[float, float]] = {
    **dict.fromkeys(CENTRED, (-1.0, 1.0)),
    "name_numbers": (-2.0, 0.2),
    "acronym": (0.0, 0.5),
    "kinds": (-0.5, 0.5),
    "department": (-3.0, 0.0),
    "premises": (-1.5, 2.0),
    "address_numbers": (-0.7, 1.0),
    "unit": (-1.0, 0.2),
    "phone": (-0.7, 2.5),
    "site_name": (-0.2, 0.8),
    "branch": (-2.0, 0.0),
}
NEUTRAL_SHARE = 0.25  # of matches among candidate pairs, before any is seen
#: Pairs that all evidence counts as at most; and what the start is worth, in pairs.
EVIDENCE, TRUST = 1_000.0, 200.0
#: What groups say in those pairs.
BELIEVED = np.array([-3.0, -2.0, -1.0, 0.0, 1.0, 2.0, 3.0])
#: Share of matches held against what is seen, in pairs.
TRUST_IN_SHARE = 20.0
#: A group is never believed more than this many times what the start says.
STRONGEST = 4.0
#: Candidate pairs looked at; of more, every n-th.
MOST_PAIRS = 50_000
ITERATIONS, ENOUGH = 500, 1e-6


def neutral() -> Model:
    """A model by judgement alone: of no country, no list and no label."""
    return Model(
        odds_of(NEUTRAL_SHARE), {feature: _neutral(feature) for feature in FEATURES}, {}, {"share": NEUTRAL_SHARE}
    )


def _neutral(feature: str) -> Doubles:
    size = len(LEVELS[feature])
    if feature in DECLARED:
        return np.array(DECLARED[feature], float)
    if feature not in SPANS or feature in CROSSED:
        return np.zeros(size)
    low, high = SPANS[feature]
    if feature in CENTRED:
        return np.concatenate([[0.0], np.linspace(low, high, size - 1)])
    turn = SPEAKS_FOR.get(feature, 1)
    level = np.arange(size)
    against, for_ = (turn - level) / max(turn - 1, 1), (level - turn + 1) / max(size - turn, 1)
    return np.where(level == 0, 0.0, np.where(level < turn, low * against, high * for_))


@dataclass(frozen=True, slots=True)
class Learnt:
    """``model``       for pairs such as it was learnt from
    ``slopes``      group → how many times its weights in the start it is worth (a)
    ``shifts``      group → what is to be added where it speaks (b)
    ``iterations``  until nothing changed
    """

    model: Model
    slopes: Mapping[str, float]
    shifts: Mapping[str, float]
    iterations: int


def learn_from(records: Sequence[Record], start: Model | None = None) -> Learnt:
    """What the candidate pairs of lists teach, whatever the order of ``records``. ValueError if two have one key."""
    in_order = sorted(records, key=lambda record: record.key)
    if any(one.key == other.key for one, other in pairwise(in_order)):
        raise ValueError("Two records have the same key.")
    start = start or neutral()
    columns = prepare(in_order, start.seen)
    found = learn(columns, *candidates(columns), start)
    seen = merged(start.seen, common_words(in_order))
    return replace(found, model=replace(found.model, seen=seen))


def merged(seen: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    """How many names hold each word, by whichever has seen more: the same lists may be behind both."""
    return {word: max(seen.get(word, 0), more.get(word, 0)) for word in sorted({*seen, *more})}


def learn(columns: Columns, left: Positions, right: Positions, start: Model | None = None) -> Learnt:
    """What candidate pairs (positions in ``columns``) teach."""
    nth = -(-len(left) // MOST_PAIRS) or 1
    return learn_levels(compare(columns, left[::nth], right[::nth]).levels, start, pairs=len(left))


def learn_levels(levels: Levels, start: Model | None = None, *, pairs: int | None = None) -> Learnt:
    """What the (pairs, features) levels of candidate pairs teach; of nothing, the start is learnt."""
    start = start or neutral()
    patterns, counts = _patterns(levels)
    counts *= min(1.0, EVIDENCE / max(counts.sum(), 1.0))
    voices, heard = _voices(patterns, start)
    rest = [feature for feature in FEATURES if not any(feature in group for group in GROUPS.values())]
    offset = sum((start.tables[one][patterns[:, FEATURES.index(one)]] for one in rest), np.zeros(len(counts)))
    slopes, shifts, share, iterations = _mixture(voices, heard, counts, offset)
    tables = dict(start.tables)
    for group, slope in zip(GROUPS, slopes.tolist(), strict=True):
        tables.update({feature: slope * tables[feature] for feature in GROUPS[group]})
    # shifts go into the bias by how often a group speaks, so that each comparison keeps its zero
    speaking = counts @ heard / max(counts.sum(), 1e-9)
    about = {
        "share": round(share, 6),
        "method": "expectation-maximisation over candidate pairs, no labels",
        "candidates": len(levels) if pairs is None else pairs,
        "iterations": iterations,
    }
    return Learnt(
        Model(odds_of(share) + float(shifts @ speaking), tables, start.seen, about),
        dict(zip(GROUPS, np.round(slopes, 4).tolist(), strict=True)),
        dict(zip(GROUPS, np.round(shifts, 4).tolist(), strict=True)),
        iterations,
    )


def _patterns(levels: Levels) -> tuple[Levels, Doubles]:
    """Rows that differ, and how many pairs show each."""
    patterns, counts = np.unique(levels, axis=0, return_counts=True)
    return patterns, counts.astype(float)


def _voices(patterns: Levels, start: Model) -> tuple[Doubles, Doubles]:
    """(patterns, groups) what each group says, and 1 where it knows anything, else 0."""
    voices, heard = np.zeros((len(patterns), len(GROUPS))), np.zeros((len(patterns), len(GROUPS)))
    for at, features in enumerate(GROUPS.values()):
        for feature in features:
            level = patterns[:, FEATURES.index(feature)]
            voices[:, at] += start.tables[feature][level]
            heard[:, at] = np.maximum(heard[:, at], level > 0)
    return voices, heard


def _mixture(voices: Doubles, heard: Doubles, counts: Doubles, offset: Doubles) -> tuple[Doubles, Doubles, float, int]:
    """Slope and shift of each group, the share of matches, and after how many rounds they stood still."""
    slopes, shifts, share = np.ones(voices.shape[1]), np.zeros(voices.shape[1]), NEUTRAL_SHARE
    total = float(counts.sum())
    iteration, moved = 0, 1.0
    while iteration < ITERATIONS and moved >= ENOUGH:
        iteration += 1
        match = probability(odds_of(share) + offset + voices @ slopes + heard @ shifts)
        before = np.array([share, *slopes, *shifts])
        share = (float(counts @ match) + TRUST_IN_SHARE * NEUTRAL_SHARE) / (total + TRUST_IN_SHARE)
        for at in range(len(slopes)):
            speaks = heard[:, at] > 0
            slopes[at], shifts[at] = _tilt(voices[speaks, at], counts[speaks], match[speaks], slopes[at], shifts[at])
        moved = float(np.abs(np.array([share, *slopes, *shifts]) - before).max())
    return slopes, shifts, share, iteration


def _tilt(voice: Doubles, counts: Doubles, match: Doubles, slope: float, shift: float) -> tuple[float, float]:
    """Slope and shift of the log-likelihood ratio of one group, given how probably each pair is a match: those of the
    logistic regression of match on voice, less the odds of all matches (Anderson 1979), by Newton's method. Beside the
    pairs seen stand `TRUST` more on which the start is right."""
    if not counts.sum():
        return 1.0, 0.0
    overall = odds_of(float(np.clip(counts @ match / counts.sum(), 1e-6, 1 - 1e-6)))
    said = np.concatenate([voice, BELIEVED])
    true = np.concatenate([match, probability(overall + BELIEVED)])
    weight = np.concatenate([counts, np.full(len(BELIEVED), TRUST / len(BELIEVED))])
    design = np.stack([said, np.ones(len(said))], axis=1)

    def loss(at: Doubles) -> float:
        odds = overall + design @ at
        return float(weight @ (np.logaddexp(0, odds) - true * odds))

    at = np.array([slope, shift])
    for _ in range(25):
        chance = probability(overall + design @ at)
        curvature = (design.T * (weight * chance * (1 - chance))) @ design + 1e-6 * np.eye(2)
        step = np.linalg.solve(curvature, design.T @ (weight * (chance - true)))
        while loss(at - step) > loss(at) and np.abs(step).max() > 1e-9:
            step /= 2
        at = at - step
        if np.abs(step).max() < 1e-9:
            break
    return float(np.clip(at[0], 0.0, STRONGEST)), float(at[1])
