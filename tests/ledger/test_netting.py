"""The largest set-off, beside brute force, beside another formulation, and on networks with known optima."""

import csv
import gzip
from collections import defaultdict
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from coworkmed.ledger import netting
from coworkmed.ledger.netting import Debts, Graph, NettingError, cleared

NAMES = "abcdef"


def net(flow: Debts) -> dict[str, int]:
    found: dict[str, int] = defaultdict(int)
    for (debtor, creditor), amount in flow.items():
        found[debtor] -= amount
        found[creditor] += amount
    return {name: amount for name, amount in found.items() if amount}


def is_a_set_off(debts: Debts, flow: Debts) -> bool:
    return net(flow) == {} and all(0 < amount <= debts[pair] for pair, amount in flow.items())


def has_a_circle(debts: Debts) -> bool:
    left = {pair for pair, amount in debts.items() if amount and pair[0] != pair[1]}
    while True:
        ends = {debtor for debtor, _ in left} & {creditor for _, creditor in left}
        kept = {pair for pair in left if set(pair) <= ends}
        if kept == left:
            return bool(left)
        left = kept


def simple_circles(debts: Debts) -> list[list[tuple[str, str]]]:
    found: list[list[tuple[str, str]]] = []

    def walk(path: list[str]) -> None:
        for debtor, creditor in debts:
            if debtor == path[-1]:
                if creditor == path[0]:
                    found.append(list(pairwise([*path, creditor])))
                elif creditor not in path and creditor > path[0]:
                    walk([*path, creditor])

    for name in sorted({name for pair in debts for name in pair}):
        walk([name])
    return found


def largest(debts: Debts) -> int:
    """By trying every amount on every circle: a circulation is a sum of circles."""
    circles = simple_circles({pair: amount for pair, amount in debts.items() if amount and pair[0] != pair[1]})
    most = [min(debts[pair] for pair in circle) for circle in circles]
    best = 0
    for times in product(*(range(one + 1) for one in most)):
        used: dict[tuple[str, str], int] = defaultdict(int)
        for circle, n in zip(circles, times, strict=True):
            for pair in circle:
                used[pair] += n
        if all(amount <= debts[pair] for pair, amount in used.items()):
            best = max(best, sum(used.values()))
    return best


def few_debts(names: str, most: int, size: int) -> st.SearchStrategy[Debts]:
    pairs = st.tuples(st.sampled_from(names), st.sampled_from(names))
    return st.dictionaries(pairs, st.integers(0, most), max_size=size)


@given(few_debts("abcd", 2, 7))
def test_it_is_as_much_as_any_that_there_is(debts: Debts) -> None:
    found = cleared(debts)
    assert is_a_set_off(debts, found)
    assert sum(found.values()) == largest(debts)


@given(few_debts(NAMES, 10**9, 30), st.randoms(use_true_random=False))
def test_what_remains_has_no_circle_and_the_order_does_not_matter(debts: Debts, random) -> None:
    found = cleared(debts)
    assert is_a_set_off(debts, found)
    assert not has_a_circle({pair: amount - found.get(pair, 0) for pair, amount in debts.items()})
    shuffled = list(debts.items())
    random.shuffle(shuffled)
    assert cleared(dict(shuffled)) == found


@pytest.mark.parametrize(
    ("debts", "expected"),
    [
        ({}, 0),
        ({("a", "b"): 5}, 0),
        ({("a", "a"): 5}, 0),
        ({("a", "b"): 0, ("b", "a"): 3}, 0),
        ({("a", "b"): 5, ("b", "a"): 3}, 6),
        ({(f"p{n:03}", f"p{(n + 1) % 500:03}"): 7 + n for n in range(500)}, 3500),  # one circle of all
        ({("a", "b"): 100, ("b", "c"): 80, ("c", "a"): 60, ("b", "a"): 40}, 260),
    ],
)
def test_the_plain_cases(debts: Debts, expected: int) -> None:
    found = cleared(debts)
    assert sum(found.values()) == expected
    assert is_a_set_off(debts, found)


@pytest.mark.parametrize("amount", [1, 2**31, 2**40, 2**53 - 1])
def test_large_amounts_are_right_to_the_last_digit_or_refused(amount: int) -> None:
    debts = {("a", "b"): amount, ("b", "c"): amount - 1, ("c", "a"): amount, ("b", "a"): 1, ("c", "b"): amount}
    try:
        found = cleared(debts)
    except NettingError:
        assert amount > 2**40
    else:
        assert is_a_set_off(debts, found)
        assert not has_a_circle({pair: debt - found.get(pair, 0) for pair, debt in debts.items()})


def test_a_smaller_one_is_not_taken_for_the_largest() -> None:
    """Without the proof, whatever the solver says would pass."""
    graph = Graph(np.array([0, 1]), np.array([1, 0]), np.array([5, 3]), 2)
    price = np.zeros(2, np.int64)
    assert not any(netting._proved(graph, np.array(flow), price) for flow in ([0, 0], [2, 2], [3, 2], [4, 4], [-1, -1]))
    assert netting._proved(graph, np.array([3, 3]), np.array([-1, 0]))


def table(path: Path) -> list[dict[str, str]]:
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return list(csv.DictReader(text.decode().splitlines()))


def test_every_known_optimum_is_reached(shared_data: Path) -> None:
    known = table(shared_data / "netting" / "optima.csv")
    reached = {one["network"]: reach(shared_data / "netting" / f"{one['network']}.csv.gz") for one in known}
    assert reached == {one["network"]: int(one["max_cleared"]) for one in known}


def reach(path: Path) -> int:
    """What is cleared of a network, once it is seen that no circle is left."""
    rows = table(path)
    number = {name: at for at, name in enumerate(sorted({row[end] for row in rows for end in ("debtor", "creditor")}))}
    debtor, creditor = (np.array([number[row[end]] for row in rows]) for end in ("debtor", "creditor"))
    amount = np.array([int(row["amount"]) for row in rows])
    graph = Graph(debtor, creditor, amount, len(number))
    flow = netting.circulation(graph)
    left = np.where(flow < amount)[0]
    circles, _ = connected_components(
        csr_matrix((np.ones(len(left)), (debtor[left], creditor[left])), shape=(len(number),) * 2),
        connection="strong",
    )
    assert circles == len(number)
    return int(flow.sum())
