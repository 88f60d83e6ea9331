"""Which territories' answers may be told, so that none of those held back can be worked out from the others.

Answers are counted in cells: by answer, by whether the place is a coworking space, by whether its evidence is recent.
These cells do not overlap, and every figure told is a sum of some. A territory is told whole or not at all:

- *small*: a territory with a cell of 1 to ``least`` − 1 is held back, and all that lies in it;
- *complementary*: what is held back in a territory that is told can be had as a difference: the territory less its
  told parts. So at least two parts are held back, and the cells of their sum are nought or no smaller than ``least``:
  while that is not so, the smallest told part is held back too.

Then all anyone can know of a part held back is that its cells are at most those sums: of an answer that fewer than
``least`` gave, that it was given by 0 to at least ``least``.
"""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from typing import TypeVar

Node = TypeVar("Node", bound=Hashable)
Cells = Sequence[int]


def safe(cells: Cells, least: int) -> bool:
    """Whether each cell is empty, or no smaller than ``least``."""
    return all(count == 0 or count >= least for count in cells)


def tellable(tables: Mapping[Node, Cells], parents: Mapping[Node, Node], least: int) -> set[Node]:
    """The territories that may be told.

    ``tables``   territory → its cells, in one order for all; a territory's are the sum of those of its parts and of
                 what lies in none of them
    ``parents``  territory → the one it is a part of; the widest has none
    """
    parts: dict[Node, list[Node]] = defaultdict(list)
    for part, whole in parents.items():
        parts[whole].append(part)
    told: set[Node] = set()
    waiting = [one for one in tables if one not in parents and safe(tables[one], least)]
    while waiting:
        whole = waiting.pop()
        told.add(whole)
        waiting += _shown(tables[whole], {part: tables[part] for part in parts[whole]}, least)
    return told


def _shown(whole: Cells, parts: Mapping[Node, Cells], least: int) -> list[Node]:
    """The parts of a told territory that may be told."""
    shown = sorted((one for one in parts if safe(parts[one], least)), key=lambda one: (-sum(parts[one]), str(one)))
    while shown:
        told = _sum([parts[one] for one in shown], len(whole))
        if safe([all_ - some for all_, some in zip(whole, told, strict=True)], least):
            break  # one part held back alone would leave itself, which is not safe: so there are two
        shown.pop()
    return shown


def _sum(tables: Sequence[Cells], width: int) -> list[int]:
    return [sum(table[at] for table in tables) for at in range(width)]
