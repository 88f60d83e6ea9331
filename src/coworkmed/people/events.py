"""What subjects above people follow, or answer: people know none of them. Each adds itself when the program starts, in
its ``apps.py``."""

from collections.abc import Callable, Collection, Mapping

#: Somebody goes, in the transaction at hand: what is kept under these addresses of theirs goes too.
LEAVING: list[Callable[[Collection[str]], None]] = []

#: What places are called, by their public ids; those without a name are left out.
NAMING: list[Callable[[Collection[str]], Mapping[str, str]]] = []
