"""People who want the same at the same moment: threads that begin together, each with a connection of its own."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from django.db import connection


@dataclass
class Race:
    """``outcomes``: how many came to what, errors by their name; ``worst``: the longest wait in seconds."""

    outcomes: Counter[str] = field(default_factory=Counter)
    worst: float = 0.0


def race(acts: Sequence[Callable[[], object]]) -> Race:
    """Do all of these at once."""
    start, found, lock = threading.Barrier(len(acts)), Race(), threading.Lock()

    def run(act: Callable[[], object]) -> None:
        outcome = "done"
        try:
            connection.ensure_connection()
            start.wait(timeout=30)
            began = time.perf_counter()
            try:
                act()
            except Exception as error:
                outcome = type(error).__name__
            with lock:
                found.worst = max(found.worst, time.perf_counter() - began)
        finally:
            connection.close()
        with lock:
            found.outcomes[outcome] += 1

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
