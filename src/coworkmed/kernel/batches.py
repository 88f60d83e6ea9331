"""Things taken several at a time."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def batched(things: Iterable[T], size: int) -> Iterator[list[T]]:
    """Lists of ``size`` things, the last one shorter (Python 3.12 has it in `itertools`)."""
    rest = iter(things)
    while batch := list(islice(rest, size)):
        yield batch
