"""One run at a time: a lock the system releases by itself when a process ends, however it ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock at ``path`` while the work inside lasts. Raises CoworkmedError where another run holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise CoworkmedError(
                N_("Another run is at work in {folder}. Wait for it to end."), folder=path.parent
            ) from None
        yield
