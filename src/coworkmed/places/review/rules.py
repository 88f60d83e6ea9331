"""What reviewers' verdicts on a pair come to, and what may be judged together. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from coworkmed.linkage.records import Key

SAME, DIFFERENT, BRANCH, UNSURE = "same", "different", "branch", "unsure"
SAID = (SAME, DIFFERENT, BRANCH, UNSURE)
#: What a verdict binds the registry to; who can't tell binds it to nothing.
BINDS = {SAME: SAME, DIFFERENT: DIFFERENT, BRANCH: DIFFERENT}

OPEN, SECOND, DISPUTED, SETTLED = "open", "second", "disputed", "settled"
#: A pair in one of these states waits for a verdict.
WAITING = (OPEN, SECOND, DISPUTED)

#: Of the pairs that were not drawn for an audit (those all are), this share is judged by two.
TWICE = 0.1
#: Pairs judged with one press, at most; and from which probability, and up to which, they may be.
TOGETHER, SURE, UNLIKELY = 20, 0.95, 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """``state``  of the pair   ``verdict``  what runs are bound to, "" for nothing   ``relation``  "branch" or "" """

    state: str = OPEN
    verdict: str = ""
    relation: str = ""


def judged_twice(one: Key, other: Key, purpose: str) -> bool:
    """Whether a pair is asked of a second reviewer too: always the same pairs, in whatever order they are named."""
    if purpose == "audit":
        return True
    text = "\n".join("\t".join(key) for key in sorted((one, other)))
    ticket = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
    return ticket < TWICE * 2**64


def outcome(said: Sequence[str], *, twice: bool) -> Outcome:
    """What the verdicts on a pair come to: the first binds; of a pair judged ``twice`` a second is wanted; where they
    disagree nothing binds until more say one thing than the other."""
    same = said.count(SAME)
    branch, different = said.count(BRANCH), said.count(DIFFERENT)
    apart = branch + different
    if not same and not apart:
        return Outcome()
    if same == apart:
        return Outcome(DISPUTED)
    state = SECOND if twice and same + apart == 1 else SETTLED
    if same > apart:
        return Outcome(state, SAME)
    return Outcome(state, DIFFERENT, BRANCH if branch >= different else "")


def shape(
    sources: tuple[str, str], joined: bool, relation: str, probability: float
) -> tuple[str, str, bool, str, bool]:
    """Pairs of one shape may be judged together: the same two lists, held for the same by the machine, as surely."""
    return *sources, joined, relation, probability >= SURE


def sure(probability: float) -> bool:
    """Whether a pair may be judged together with others of its shape."""
    return probability >= SURE or probability <= UNLIKELY
