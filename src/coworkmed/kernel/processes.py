"""Python work on all cores, by processes forked from this one: results in order, little held at a time."""

import multiprocessing
import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from gc import freeze
from itertools import chain, islice
from threading import Thread
from typing import Any, TypeVar

T = TypeVar("T")
R = TypeVar("R")

#: Fewer tasks than this are not worth the processes.
ENOUGH = 4
_AHEAD = 2  # tasks that wait for each process
_MOST = 8  # processes: one that reads and writes keeps no more of them busy


def in_order(work: Callable[[T], R], tasks: Iterable[T]) -> Iterator[R]:
    """``work(task)`` for each of ``tasks``, in their order. Tasks are taken as they are needed, results are given as
    they are asked for; both must be fit to be pickled, ``work`` need not.

    The first task is done here, so that what ``work`` loads on the way is there for every process. What ``tasks`` or
    ``work`` raise is raised here.
    """
    waiting = iter(tasks)
    for task in islice(waiting, 1):
        yield work(task)
    first = list(islice(waiting, ENOUGH - 1))
    cores = min(os.cpu_count() or 1, _MOST)
    if len(first) < ENOUGH - 1 or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
        yield from map(work, chain(first, waiting))
        return
    context = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(cores, context, initializer=_Forked.begin, initargs=(work,)) as processes:
        results: deque[Future[R]] = deque()
        for task in chain(first, waiting):
            if len(results) >= cores * (1 + _AHEAD):
                yield results.popleft().result()
            results.append(processes.submit(_Forked.run, task))
        while results:
            yield results.popleft().result()


class _Forked:
    """What a forked process was given to do."""

    work: Callable[[Any], Any]

    @classmethod
    def begin(cls, work: Callable[[Any], Any]) -> None:
        cls.work = work
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who interrupts a run means the process that began it
        Thread(target=_end_with_parent, daemon=True).start()
        freeze()  # what was there before the fork is not looked through for what may be thrown away

    @classmethod
    def run(cls, task: Any) -> Any:
        return cls.work(task)


def _end_with_parent() -> None:
    """Leave as soon as the parent is gone, were it killed: a process left over would hold its locks."""
    if parent := multiprocessing.parent_process():
        parent.join()
    os._exit(1)
