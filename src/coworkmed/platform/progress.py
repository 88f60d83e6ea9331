"""How long work tells whoever waits for it."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

#: Called now and then with the number of things done so far.
Progress = Callable[[int], None]

T = TypeVar("T")


def silent(done: int) -> None:
    """Tell nobody."""


def counted(things: Iterable[T], progress: Progress, every: int = 500) -> Iterator[T]:
    """``things``, telling ``progress`` how many have passed."""
    done = 0
    for done, thing in enumerate(things, start=1):
        if done % every == 0:
            progress(done)
        yield thing
    progress(done)
