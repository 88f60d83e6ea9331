"""Where the work is done: on this machine's cores, or on a Spark cluster. The work itself is the same functions."""

import multiprocessing
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from os import cpu_count
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """Does ``work(shared, task)`` for every task and returns the results in the order of tasks."""

    def spread(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        """For work in compiled code or numpy."""

    def spread_python(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        """For work in Python, which keeps a core to itself."""


class Local:
    """Threads for compiled work; forked processes for Python work, where there is enough of it and the system can."""

    #: Fewer tasks than this are not worth the processes.
    ENOUGH = 4

    def spread(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        if len(tasks) < 2:
            return [work(shared, task) for task in tasks]
        with ThreadPoolExecutor(cpu_count()) as threads:
            return list(threads.map(partial(work, shared), tasks))

    def spread_python(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        cores = cpu_count() or 1
        if len(tasks) < self.ENOUGH or cores < 2 or "fork" not in multiprocessing.get_all_start_methods():
            return [work(shared, task) for task in tasks]
        context = multiprocessing.get_context("fork")  # what is shared is there without being copied
        with ProcessPoolExecutor(cores, context, initializer=_Forked.take, initargs=(work, shared)) as processes:
            return list(processes.map(_Forked.run, tasks))


class _Forked:
    """What a forked process was given."""

    work: Callable[[Any, Any], Any]
    shared: Any

    @classmethod
    def take(cls, work: Callable[[Any, Any], Any], shared: Any) -> None:
        cls.work, cls.shared = staticmethod(work), shared

    @classmethod
    def run(cls, task: Any) -> Any:
        return cls.work(cls.shared, task)


class Spark:
    """The executors of a Spark session (PySpark 4.0). Each holds what is shared once; results come back to the driver,
    which needs memory for the columns: about 0.6 GB for a million records."""

    def __init__(self, session: "SparkSession") -> None:
        self.context = session.sparkContext

    def spread(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        if not tasks:
            return []
        broadcast = self.context.broadcast(shared)
        try:
            found: list[R] = (
                self.context.parallelize(tasks, len(tasks)).map(lambda task: work(broadcast.value, task)).collect()
            )
        finally:
            broadcast.destroy()
        return found

    spread_python = spread


def spark(master: str = "local[*]") -> Spark:
    """A Spark session of its own, on ``master``. ModuleNotFoundError where PySpark is not installed."""
    import os
    import sys

    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers take the system's Python
    builder = SparkSession.builder.master(master).appName("coworkmed-linkage")
    return Spark(builder.config("spark.ui.enabled", "false").config("spark.driver.host", "127.0.0.1").getOrCreate())


LOCAL = Local()
