"""What is held back of answers stays unknown to whoever has all that is told."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from coworkmed.observatory.indicators import compute
from coworkmed.observatory.indicators.disclosure import safe, tellable

from .factory import figures, folder, table

LEAST = 5
Node = tuple[str, ...]


def tree(leaves: Mapping[Node, list[int]]) -> tuple[dict[Node, list[int]], dict[Node, Node]]:
    """Cells of every territory above the leaves, and which is part of which. A leaf is (country, region, town), or
    shorter: what nobody can place any nearer, which is told nowhere by itself."""
    tables: dict[Node, list[int]] = {}
    for leaf, cells in leaves.items():
        for depth in range(len([part for part in leaf if part]) + 1):
            above = tables.setdefault(leaf[:depth], [0] * len(cells))
            tables[leaf[:depth]] = [one + other for one, other in zip(above, cells, strict=True)]
    return tables, {node: node[:-1] for node in tables if node}


COUNTS = st.integers(0, 9) | st.sampled_from([0, 0, 1, 2, 40])
LEAVES = st.dictionaries(
    st.tuples(st.sampled_from("FI"), st.sampled_from(["", "1", "2", "3"]), st.sampled_from(["", "x", "y", "z"])).map(
        lambda leaf: leaf if leaf[1] else (leaf[0], "", "")
    ),
    st.lists(COUNTS, min_size=3, max_size=3),
    min_size=1,
    max_size=12,
)


def bounds(leaves: Mapping[Node, list[int]], told: set[Node], leaf: Node, at: int) -> tuple[float, float]:
    """The least and the most that a cell of a leaf may be, to whoever knows every told cell: by linear programming.
    The cells of one kind are bound to each other by territories alone."""
    names = list(leaves)
    tables, _ = tree(leaves)
    rows = [[float(one[: len(node)] == node) for one in names] for node in told]
    sums = [float(tables[node][at]) for node in told]
    goal = np.array([float(one == leaf) for one in names])
    ends = []
    for sign in (1, -1):
        found = linprog(sign * goal, A_eq=rows or None, b_eq=sums or None, bounds=(0, 1000), method="highs")
        assert found.status == 0
        ends.append(sign * found.fun)
    return ends[0], ends[1]


def attack(leaves: Mapping[Node, list[int]], told: set[Node]) -> list[tuple[Node, int]]:
    """The small cells of leaves that someone can narrow down to less than ``LEAST``."""
    found = []
    for leaf, cells in leaves.items():
        for at, count in enumerate(cells):
            if 0 < count < LEAST:
                low, high = bounds(leaves, told, leaf, at)
                if high - low < LEAST - 1e-6:
                    found.append((leaf, at))
    return found


@given(LEAVES)
def test_no_small_cell_can_be_narrowed_down(leaves: dict[Node, list[int]]) -> None:
    tables, parents = tree(leaves)
    told = tellable(tables, parents, LEAST)
    assert all(safe(tables[node], LEAST) for node in told)
    assert all(parents[node] in told for node in told if node)
    assert attack(leaves, told) == []


def test_without_the_complement_a_difference_tells() -> None:
    """The negative control: small cells alone held back, the country less its other region gives the one away."""
    leaves = {("F", "1", "x"): [20, 9], ("F", "2", "y"): [30, 8], ("F", "3", "z"): [3, 7]}
    tables, parents = tree(leaves)
    small = {node for node in tables if safe(tables[node], LEAST)}
    assert attack(leaves, small) == [(("F", "3", "z"), 0)]
    told = tellable(tables, parents, LEAST)
    assert ("F", "2") in told and ("F", "1") not in told, "the smaller of the two others is held back with it"
    assert attack(leaves, told) == []


def answered(region: str, town: str, grants: int, others: int, **more: Any) -> list[dict[str, Any]]:
    place = {"region_code": region, "town_code": town, **more}
    return [{**place, "result": "LOSS"}] * grants + [{**place, "result": "PROFIT"}] * others


def test_two_questions_differ_by_nobody(tmp_path: Path) -> None:
    """Whatever two figures of answers are set against each other (territory less its parts, any less coworking, all
    less recent), what is left is nobody, or at least five."""
    rows = [
        *answered("FR-PAC", "1", 20, 40), *answered("FR-PAC", "2", 2, 30), *answered("FR-PAC", "3", 9, 9),
        *answered("FR-OCC", "4", 12, 12), *answered("FR-OCC", "4", 3, 0, kinds=["FAB"]),
        *answered("FR-ARA", "5", 30, 30), *answered("FR-ARA", "5", 6, 8, confirmed_on="2020"),
    ]  # fmt: skip
    out, beside = (
        folder(tmp_path / "out", [{k: v for k, v in row.items() if k != "result"} for row in rows]),
        tmp_path / "beside",
    )
    beside.mkdir()
    table(beside / "answers.parquet", [{"place_id": f"p{at}", "result": row["result"]} for at, row in enumerate(rows)])
    compute.write(out, beside=beside)
    told = [one for one in figures(out, "result_share") if one["note"] != "SUPPRESSED"]
    hidden = {one["territory"] for one in figures(out, "result_share") if one["note"] == "SUPPRESSED"}
    assert "2" in hidden and "3" in hidden, "two answers in one town, and the town that would give them away"
    assert all(one["n"] is None for one in figures(out, "result_share") if one["note"] == "SUPPRESSED")
    cells = {(one["territory"], one["counted"], one["basis"], one["category"]): one["n"] for one in told}
    for code in ("LOSS", "PROFIT"):
        for territory in {key[0] for key in cells}:
            whole = cells.get((territory, "ANY", "ALL", code), 0)
            for counted, basis in (("COWORK", "ALL"), ("ANY", "CONFIRMED"), ("COWORK", "CONFIRMED")):
                rest = whole - cells.get((territory, counted, basis, code), 0)
                assert rest == 0 or rest >= LEAST, (territory, code)
    parts = [one for one in told if one["level"] == "region" and one["counted"] == "ANY" and one["basis"] == "ALL"]
    for code in ("LOSS", "PROFIT"):
        rest = cells["FR", "ANY", "ALL", code] - sum(one["n"] for one in parts if one["category"] == code)
        assert rest == 0 or rest >= LEAST


def test_counts_of_public_lists_are_told_however_small(tmp_path: Path) -> None:
    out = folder(tmp_path, [{"legal_form": "ASSOC"}, {"town_code": "2", "legal_form": "COMPANY"}])
    compute.write(out)
    assert {one["n"] for one in figures(out, "places_open", level="town")} == {1}
    assert all(one["note"] != "SUPPRESSED" for one in figures(out, "legal_form_share"))


@pytest.mark.parametrize("cells", [[0, 0], [5, 0], [5, 9]])
def test_safe_cells(cells: list[int]) -> None:
    assert safe(cells, 5)
    assert not safe([*cells, 1], 5) and not safe([*cells, 4], 5)


def test_who_is_silent_can_not_be_told_where_few_were_asked(tmp_path: Path) -> None:
    """Nor by what is told of the towns around."""
    towns = ["1"] * 2 + ["2"] * 6 + ["3"] * 9
    out, beside = folder(tmp_path / "out", [{"town_code": one} for one in towns]), tmp_path / "beside"
    beside.mkdir()
    asked = [{"place_id": f"p{at}", "invited": True, "answered": at > 0} for at in range(len(towns))]
    table(beside / "answers.parquet", asked)
    compute.write(out, beside=beside)
    found = figures(out, "response_rate", counted="ANY", basis="ALL", territory_type="")
    assert {one["territory"]: one["note"] for one in found if one["level"] == "town"} == {
        "1": "SUPPRESSED", "2": "SUPPRESSED", "3": "",
    }  # fmt: skip
    assert {one["territory"]: one["of"] for one in found if one["level"] != "town"} == {"": 17, "FR": 17, "FR-PAC": 17}


def test_where_no_territory_may_be_told_nothing_is(tmp_path: Path) -> None:
    out, beside = folder(tmp_path / "out", [{"town_code": one} for one in "112"]), tmp_path / "beside"
    beside.mkdir()
    table(beside / "answers.parquet", [{"place_id": f"p{at}", "jobs_fte": 7391.5} for at in range(3)])
    compute.write(out, beside=beside)
    found = figures(out, "jobs_direct_fte")
    assert {(one["value"], one["n"], one["note"]) for one in found} == {(None, None, "SUPPRESSED")}
