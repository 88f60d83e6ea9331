"""Review that teaches: which pairs a person should judge first, and what the verdicts say of the registry.

**What a verdict is worth.** A verdict rids the registry of the error that it then can't make any more::

    gain = risk · (a·b + a·B + b·A)

``risk``    what the machine's choice is expected to cost: the probability p that the pair is one place where it keeps
            them apart, 3 · (1 − p) where it joined them: a wrong merge costs three times a missed one (`cluster`)
``a``, ``b``  entries on both sides: of the two clusters, or of the two parts that a cluster falls into without its
            weakest tie (each entry goes with the end of the tie it resembles most); a·b pairs stand or fall at once
``A``, ``B``  entries that other doubts may yet bring to that side: Σ probability · entries of the other cluster; with
            them further pairs stand or fall

The unit is a pair of entries put right, a wrongly joined one counting as three. Asked are all doubts, and the weakest
ties whose gain is at least `cluster.REVIEW`, what a doubt of two single entries must be worth to be asked.

**What verdicts say.** Precision is the share of the pairs of entries shown as one place that are one; recall the share
of the pairs that are one place, among those compared with a probability of 0.01 or more, that are shown as one. Pairs a
person judged are known; all others are counted by stratum (band of the machine's probability, joined or apart).
Verdicts on pairs chosen for their gain are no fair sample, so others are drawn at random (purpose "audit"), n of a
stratum's N: simple random sampling without replacement, by random numbers that belong to a pair for ever (Ohlsson
1995), so that a later draw continues the earlier. Half of a draw follows the allocation of Neyman (1934) for precision,
half that for recall. The rate of "same" among the n (the stratified expansion estimator, unbiased; Cochran 1977,
chapter 5) stands for the pairs of the stratum that nobody judged. Its interval is Wilson's (1927) with 1/n + 1/N in the
place of 1/n, as for the mean of a remainder; a stratum without a verdict may hold anything from none to all. The
effects of all strata's limits on the figure are squared and added (Zou and Donner 2008), which gives 95 % intervals.

Three things are assumed: that a stratum's rate holds for pairs that came after its draw (the next draw takes its share
of them); that within a stratum a pair worth more is not more often the same; and that drawn pairs nobody answered are
as those that were.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .cluster import REVIEW, membership
from .records import Key, Linkage, Pair

Doubles = NDArray[np.float64]
Positions = NDArray[np.int64]
Purpose = Literal["gain", "audit"]

#: What a wrong merge costs beside a missed one.
WRONG_MERGE = 3.0
#: Limits of the bands of probability; narrow where few errors are expected among very many pairs.
BANDS = (0.05, 0.2, 0.35, 0.55, 0.75, 0.9, 0.98)
#: Name of each stratum: band by band, first those kept apart, then those joined.
STRATA = tuple(
    f"{low:.2f}-{high:.2f} {state}"
    for low, high in zip((0.0, *BANDS), (*BANDS, 1.0), strict=True)
    for state in ("apart", "joined")
)
#: Pairs drawn at random for one review: some hours' work.
AUDIT = 200
#: A figure is stated only if its limits are no further off than this, and strata without any verdict can't move it by
#: more than that.
WIDEST, NEGLIGIBLE = 0.1, 0.005
#: For how close a figure it is told how many verdicts are needed: points → share.
MARGINS = {"1": 0.01, "2": 0.02, "5": 0.05}
Z = 1.959964  # 95 %
#: Wilson's allowance for rates near 0 and 1, at a hundred verdicts: no stratum is taken to be of one mind.
_ALLOWANCE = Z**2 / 400
_JOINED = np.array([name.endswith("joined") for name in STRATA])


@dataclass(frozen=True, slots=True)
class Census:
    """The pairs of a run, by what is known of them. Arrays have one item per stratum of STRATA.

    ``pairs``   pairs nobody has judged
    ``mean``    mean probability of those, by the machine
    ``judged``  verdicts on pairs drawn at random, and ``same``, how many of them said "same"
    ``right``   judged pairs shown as one place that are one, by the person's word
    ``wrong``   judged pairs shown as one place that are not (verdicts that contradict each other)
    ``missed``  judged pairs shown as two places that are one (likewise)
    """

    pairs: Doubles
    mean: Doubles
    judged: Doubles
    same: Doubles
    right: float = 0.0
    wrong: float = 0.0
    missed: float = 0.0

    def as_json(self) -> dict[str, Any]:
        strata = {
            name: {
                "pairs": int(self.pairs[at]),
                "mean": round(float(self.mean[at]), 4),
                "judged": int(self.judged[at]),
                "same": int(self.same[at]),
            }
            for at, name in enumerate(STRATA)
            if self.pairs[at] or self.judged[at]
        }
        return {"strata": strata, "right": int(self.right), "wrong": int(self.wrong), "missed": int(self.missed)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Census":
        """Strata of another version of the bands are left aside; KeyError if it is no census."""
        columns = {
            name: np.array([float(data["strata"].get(stratum, {}).get(name, 0)) for stratum in STRATA])
            for name in ("pairs", "mean", "judged", "same")
        }
        return cls(**columns, right=data["right"], wrong=data["wrong"], missed=data["missed"])


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its 95 % interval, all None where too little was judged to state it; ``needed``: how many more
    verdicts on pairs drawn at random would bring it within so many points (keys of MARGINS)."""

    estimate: float | None
    low: float | None
    high: float | None
    needed: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Quality:
    """What ``verdicts`` on pairs drawn at random say of the registry; ``census`` as JSON, for whoever counts again."""

    precision: Figure
    recall: Figure
    verdicts: int
    census: Mapping[str, Any]

    @property
    def pairs(self) -> int:
        """Pairs of entries that are like each other enough to ask; where there are none, there is nothing to say."""
        strata = self.census["strata"].values()
        return sum(one["pairs"] + one["judged"] for one in strata)


@dataclass(frozen=True, slots=True)
class Question:
    """A pair to judge: whether the machine ``joined`` it, why it is asked, what the answer is worth (None where it was
    only drawn), how many entries stand on each side (None within a cluster, but for its weakest tie), its stratum, and
    for a drawn pair the probability with which it was to be drawn."""

    pair: Pair
    joined: bool
    purpose: Purpose
    stratum: str
    gain: float | None = None
    sides: tuple[int, int] | None = None
    inclusion: float | None = None


@dataclass(frozen=True, slots=True)
class Agenda:
    """What to ask, in order (those worth most first, then those that were only drawn, in the order of the draw), and
    the census of the run."""

    questions: Sequence[Question]
    census: Census


def agenda(
    linkage: Linkage,
    keys: Sequence[Key],
    verdicts: Mapping[tuple[int, int], bool],
    sampled: Mapping[str, tuple[int, int]],
    audit: int = AUDIT,
) -> Agenda:
    """What a person should judge after a run.

    ``keys``      key of each record
    ``verdicts``  what people said of pairs of positions (left < right): whether they are the same
    ``sampled``   stratum → verdicts on its pairs drawn at random, and how many of them said "same"
    ``audit``     how many pairs to draw at random, at most: fewer where fewer bring both figures within one point
    """
    scored, size = linkage.scored, len(keys)
    number = membership(size, linkage.clusters)
    known = np.array([low * size + high for low, high in sorted(verdicts)], np.int64)
    unknown = ~np.isin(scored.left.astype(np.int64) * size + scored.right, known)
    code = strata(scored.probability, scored.joined)
    census = _census(code[unknown], scored.probability[unknown], number, verdicts, sampled)

    more = draw_size(census, audit)
    tickets = _tickets(keys, scored.left, scored.right)
    drawn = draw(np.where(unknown, code, -1), tickets, more)
    chance = (census.judged + more) / np.maximum(census.judged + census.pairs, 1)
    questions = {
        (question.pair.left, question.pair.right): question
        for question in _queue(linkage, keys, number)
        if (question.pair.left, question.pair.right) not in verdicts
    }
    sizes = np.bincount(number, minlength=1)
    for at in drawn.tolist():
        left, right, joined = int(scored.left[at]), int(scored.right[at]), bool(scored.joined[at])
        stratum = int(code[at])
        only_drawn = Question(
            pair=Pair(left, right, float(scored.probability[at])),
            joined=joined,
            purpose="audit",
            stratum=STRATA[stratum],
            sides=None if joined else (int(sizes[number[left]]), int(sizes[number[right]])),
        )
        question = questions.get((left, right), only_drawn)
        questions[left, right] = replace(question, purpose="audit", inclusion=float(chance[stratum]))
    return Agenda([*questions.values()], census)


# --- what a verdict is worth ---


def gains(probability: Doubles, joined: NDArray[np.bool_], sides: Doubles, leaning: Doubles) -> Doubles:
    """(pairs,) the gain of a verdict on each pair, by the formula above.

    ``probability``  (pairs,) that it is one place, by the machine
    ``joined``       (pairs,) whether the machine joined it
    ``sides``        (pairs, 2) entries on each side
    ``leaning``      (pairs, 2) entries that other doubts may yet bring to each side
    """
    risk = np.where(joined, WRONG_MERGE * (1 - probability), probability)
    touched = sides[:, 0] * sides[:, 1] + sides[:, 0] * leaning[:, 1] + sides[:, 1] * leaning[:, 0]
    worth: Doubles = risk * touched
    return worth


def _queue(linkage: Linkage, keys: Sequence[Key], number: Positions) -> list[Question]:
    """Doubts and weakest ties by what a verdict is worth, the best first."""
    weakest = [linkage.weakest[at] for at in sorted(linkage.weakest)]
    asked = [*linkage.doubts, *weakest]
    if not asked:
        return []
    left, right = np.array([one.left for one in asked]), np.array([one.right for one in asked])
    probability = np.array([one.probability for one in asked])
    joined = number[left] == number[right]
    size = np.bincount(number)
    half = _halves(linkage, number, [one for one, within in zip(asked, joined, strict=True) if within])
    part = 2 * number + half
    part_size = np.bincount(part, minlength=2 * len(size))

    # What each doubt may bring to the part it ends in; a doubt's own share is taken off again.
    apart = ~joined
    brought_left, brought_right = probability * size[number[right]], probability * size[number[left]]
    may_come = np.bincount(part[left[apart]], brought_left[apart], 2 * len(size))
    may_come += np.bincount(part[right[apart]], brought_right[apart], 2 * len(size))
    to_cluster = may_come[0::2] + may_come[1::2]

    ends = np.column_stack([left, right])
    own = np.column_stack([brought_left, brought_right])
    sides = np.where(joined[:, None], part_size[part[ends]], size[number[ends]])
    leaning = np.where(joined[:, None], may_come[part[ends]], to_cluster[number[ends]] - own)
    worth = gains(probability, joined, sides.astype(np.float64), np.maximum(leaning, 0))
    code = strata(probability, joined)

    def turn(at: int) -> tuple[float, list[Key]]:
        return -round(float(worth[at]), 9), sorted((keys[left[at]], keys[right[at]]))

    return [
        Question(
            pair=asked[at],
            joined=bool(joined[at]),
            purpose="gain",
            stratum=STRATA[code[at]],
            gain=float(worth[at]),
            sides=(int(sides[at, 0]), int(sides[at, 1])),
        )
        for at in sorted(np.nonzero(~joined | (worth >= REVIEW))[0].tolist(), key=turn)
    ]


def _halves(linkage: Linkage, number: Positions, ties: Sequence[Pair]) -> Positions:
    """(records,) 0 or 1: with which end of its cluster's tie, left or right, each record goes."""
    scored = linkage.scored
    nearest = np.full((2, len(number)), -1.0)
    for side, ends in enumerate(([tie.left for tie in ties], [tie.right for tie in ties])):
        end = np.zeros(len(number), bool)
        end[ends] = True
        for one, other in ((scored.left, scored.right), (scored.right, scored.left)):
            at = scored.joined & end[one]
            np.maximum.at(nearest[side], other[at], scored.probability[at])
        nearest[side, ends] = 2.0  # more than any other
    half: Positions = (nearest[1] > nearest[0]).astype(np.int64)
    return half


# --- the draw ---


def strata(probability: Doubles, joined: NDArray[np.bool_]) -> Positions:
    """(pairs,) number of each pair's stratum in STRATA."""
    return np.digitize(probability, BANDS).astype(np.int64) * 2 + joined


def _census(
    code: Positions,
    probability: Doubles,
    number: Positions,
    verdicts: Mapping[tuple[int, int], bool],
    sampled: Mapping[str, tuple[int, int]],
) -> Census:
    pairs = np.bincount(code, minlength=len(STRATA)).astype(np.float64)
    total = np.bincount(code, probability, len(STRATA)).astype(np.float64)
    sample = np.array([sampled.get(name, (0, 0)) for name in STRATA], np.float64)
    told = [(same, number[low] == number[high]) for (low, high), same in verdicts.items()]
    return Census(
        pairs=pairs,
        mean=np.divide(total, pairs, out=np.zeros_like(total), where=pairs > 0).round(4),
        judged=sample[:, 0],
        same=sample[:, 1],
        right=sum(same and joined for same, joined in told),
        wrong=sum(not same and joined for same, joined in told),
        missed=sum(same and not joined for same, joined in told),
    )


def draw_size(census: Census, limit: int) -> Positions:
    """(strata,) how many pairs to draw of each: ``limit`` in all, or fewer that bring both figures within a point."""
    return allocation(census, min(limit, max(needed(census, 0.01))))


def allocation(census: Census, more: int) -> Positions:
    """(strata,) how many of ``more`` verdicts to ask in each stratum; together ``more``, or all pairs where there are
    fewer.

    Half is allocated by Neyman for precision, half for recall, verdicts already given counting; but first, each stratum
    that could matter and has no verdict gets one, the weightiest first.
    """
    more = min(more, int(census.pairs.sum()))
    # By the machine's word alone: a draw that went by what earlier verdicts said would bias the estimate.
    deviation = np.sqrt(census.mean * (1 - census.mean) + _ALLOWANCE)
    effects = np.abs(_effects(census, census.mean))
    shares = effects * deviation
    importance = (shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)).sum(axis=0)
    importance = np.where(census.pairs > 0, np.maximum(importance, 1e-9), 0.0)

    floor = ((census.judged == 0) & (effects.max(axis=0) > NEGLIGIBLE / len(STRATA))).astype(np.float64)
    if floor.sum() > more:
        first = np.argsort(-importance, kind="stable")
        floor[first[np.cumsum(floor[first]) > more]] = 0
    least = np.min(importance[importance > 0], initial=1.0)
    low, high = 0.0, float((census.judged + census.pairs).max() / least)

    def wanted(scale: float) -> Doubles:
        return np.clip(scale * importance - census.judged, floor, census.pairs)

    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if wanted(middle).sum() < more else (low, middle)
    exact = wanted(high)
    whole = np.floor(exact + 1e-9)
    rest = more - int(whole.sum())
    fractions = np.where(whole < census.pairs, exact - whole, -1.0)
    whole[np.argsort(-fractions, kind="stable")[: max(rest, 0)]] += 1
    return np.minimum(whole, census.pairs).astype(np.int64)


def draw(code: Positions, tickets: NDArray[np.uint64], more: Positions) -> Positions:
    """Positions of ``more[h]`` pairs of each stratum h, those of the lowest tickets; −1 in ``code`` is never drawn.

    They come so mixed that the first n of them, for any n, are allocated as all of them are.
    """
    order = np.lexsort((tickets, code))
    order = order[code[order] >= 0]
    start = np.searchsorted(code[order], np.arange(len(more)))
    rank = np.arange(len(order)) - start[code[order]]
    taken = rank < more[code[order]]
    order, rank = order[taken], rank[taken]
    return order[np.lexsort((tickets[order], (rank + 0.5) / more[code[order]]))]


def _tickets(keys: Sequence[Key], left: Positions, right: Positions) -> NDArray[np.uint64]:
    """(pairs,) a random number for each pair, which depends on both keys alone, in either order."""
    own = np.zeros(len(keys), np.uint64)
    met = np.zeros(len(keys), bool)
    met[left] = met[right] = True
    for at in np.nonzero(met)[0].tolist():
        text = "\x1f".join(keys[at]).encode(errors="surrogatepass")
        own[at] = int.from_bytes(hashlib.blake2b(text, digest_size=8, person=b"audit").digest(), "big")
    mixed = own[left] ^ own[right]
    # the finaliser of splitmix64: neighbouring inputs give unrelated outputs
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


# --- what verdicts say ---


def estimate(census: Census) -> Quality:
    """Precision and recall of the registry, each with its 95 % interval where enough was judged to state it."""
    rates = _rates(census)
    figures = _figures(census, rates)
    low, high = _interval(census, rates)
    effects = np.abs(_effects(census, rates))
    left_open = effects[:, census.judged == 0].sum(axis=1)
    _, every = _parts(census, rates)
    wanted = {points: needed(census, margin) for points, margin in MARGINS.items()}

    def figure(at: int) -> Figure:
        more = {points: both[at] for points, both in wanted.items()}
        width = max(high[at] - figures[at], figures[at] - low[at])
        if every[at] == 0 or width > WIDEST or left_open[at] > NEGLIGIBLE:
            return Figure(None, None, None, more)
        value, lowest, highest = (round(float(values[at]), 6) for values in (figures, low, high))
        return Figure(value, lowest, highest, more)

    return Quality(figure(0), figure(1), int(census.judged.sum()), census.as_json())


def needed(census: Census, margin: float) -> tuple[int, int]:
    """How many more verdicts on pairs drawn at random bring precision, and recall, within ``margin`` either way, if
    the strata hold what they seem to."""
    everything = int(census.pairs.sum())

    def enough(more: int) -> NDArray[np.bool_]:
        later = _after(census, allocation(census, more))
        rates = _rates(later)
        figures, (low, high) = _figures(later, rates), _interval(later, rates)
        return np.maximum(figures - low, high - figures) <= margin

    def smallest(figure: int) -> int:
        low, high = -1, 1
        while high < everything and not enough(high)[figure]:
            low, high = high, 2 * high
        high = min(high, everything)
        if low < 0 and enough(0)[figure]:
            return 0
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if enough(middle)[figure] else (middle, high)
        return high

    return smallest(0), smallest(1)


def _after(census: Census, more: Positions) -> Census:
    """What the census would be after so many more verdicts in each stratum, if they turn out as guessed: the registry
    then goes by them."""
    same = _guess(census) * more
    return replace(
        census,
        pairs=census.pairs - more,
        judged=census.judged + more,
        same=census.same + same,
        right=census.right + float(same.sum()),
    )


def _guess(census: Census) -> Doubles:
    """(strata,) share of "same" to plan with: the machine's word counts as one verdict."""
    guess: Doubles = (census.same + census.mean) / (census.judged + 1)
    return guess


def _rates(census: Census) -> Doubles:
    """(strata,) share of "same" among the verdicts drawn at random; the machine's mean where there is none."""
    return np.divide(census.same, census.judged, out=census.mean.copy(), where=census.judged > 0)


def _parts(census: Census, rates: Doubles) -> tuple[Doubles, Doubles]:
    """(…,) pairs rightly shown as one place, and (…, 2) those shown as one and those that are one, if the strata hold
    these (…, strata) rates."""
    expected = census.pairs * rates
    shown = census.right + census.wrong + census.pairs[_JOINED].sum()
    found = census.right + expected[..., _JOINED].sum(axis=-1)
    missed = census.missed + expected[..., ~_JOINED].sum(axis=-1)
    return found, np.stack([np.broadcast_to(shown, found.shape), found + missed], axis=-1)


def _figures(census: Census, rates: Doubles) -> Doubles:
    """(…, 2) precision and recall if the strata hold these (…, strata) rates; 0 of nothing."""
    found, every = _parts(census, rates)
    return np.divide(found[..., None], every, out=np.zeros(every.shape), where=every > 0)


def _moved(census: Census, rates: Doubles, limit: Doubles) -> Doubles:
    """(strata, 2) the figures if one stratum alone holds the rate ``limit``."""
    return _figures(census, np.where(np.eye(len(STRATA), dtype=bool), limit, rates))


def _effects(census: Census, rates: Doubles) -> Doubles:
    """(2, strata) how far each stratum can move precision and recall: from holding nothing to being one place all."""
    moved = _moved(census, rates, np.ones(len(STRATA))) - _moved(census, rates, np.zeros(len(STRATA)))
    return moved.T


def _interval(census: Census, rates: Doubles) -> tuple[Doubles, Doubles]:
    """(2,) and (2,) limits of precision and recall: each stratum's limits by themselves, effects squared and added."""
    figures = _figures(census, rates)
    lower, upper = wilson(rates, _sample_size(census))
    moved = np.stack([_moved(census, rates, lower), _moved(census, rates, upper)]) - figures
    down = np.sqrt((np.minimum(moved.min(axis=0), 0) ** 2).sum(axis=0))
    up = np.sqrt((np.maximum(moved.max(axis=0), 0) ** 2).sum(axis=0))
    return np.maximum(figures - down, 0.0), np.minimum(figures + up, 1.0)


def _sample_size(census: Census) -> Doubles:
    """(strata,) verdicts that tell as much of an endless stratum as these do of the remainder of theirs."""
    with np.errstate(divide="ignore"):
        size: Doubles = 1 / (1 / census.judged + 1 / census.pairs)
    return size


def wilson(rates: Doubles, size: Doubles, z: float = Z) -> tuple[Doubles, Doubles]:
    """Wilson's score interval of shares found in samples of these sizes; from 0 to 1 where the size is 0."""
    z2 = z * z
    centre = (rates * size + z2 / 2) / (size + z2)
    half = z / (size + z2) * np.sqrt(rates * (1 - rates) * size + z2 / 4)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
