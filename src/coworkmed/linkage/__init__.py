"""Which entries of which lists are one place: an engine of pure functions over records. It knows no Django.

For researchers: `link` and `score` here, `links.between` and `links.within` for pairs, `places.lists.read` to read a
file. The engine is imported when it is first asked for, so that whoever only needs a Record doesn't wait for it.
"""

from typing import TYPE_CHECKING, Any

from .records import Linkage, Pair, Reason, Record, Ruling

if TYPE_CHECKING:
    from .engine import link, score

__all__ = ["Linkage", "Pair", "Reason", "Record", "Ruling", "link", "score"]


def __getattr__(name: str) -> Any:
    if name in ("link", "score"):
        from . import engine

        return getattr(engine, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
