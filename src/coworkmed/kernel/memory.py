"""What CPython's collector of cycles costs, and how not to pay it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """While the block lasts, cycles are not looked for: work that makes many objects and no cycles would pay for that
    search again and again. What is no longer used is freed all the same."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
