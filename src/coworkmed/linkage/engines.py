"""Where the work is done: on this machine's cores, or on Spark. By the same functions, so the result is the same.

An engine is given tasks that stand on their own and what all of them share. Neither is copied more often than need be:
a forked process finds them in its memory; Spark sends each task its own part, and what is shared once to each worker.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_
from coworkmed.kernel.processes import in_order

if TYPE_CHECKING:
    from pyspark import Broadcast, SparkContext

S = TypeVar("S")
T = TypeVar("T")
R = TypeVar("R")


class Engine(Protocol):
    """Does ``work(shared, task)`` for every task and returns the results in the order of tasks. ``work`` is a function
    of a module, or a `partial` of one: other processes must find it."""

    def spread(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        """For work in compiled code or numpy."""

    def spread_python(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        """For work in Python, which keeps a core to itself."""


class Local:
    """Threads for compiled work; forked processes for Python work, where there is enough of it and the system can."""

    def spread(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        if len(tasks) < 2:
            return [work(shared, task) for task in tasks]
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            return list(threads.map(partial(work, shared), tasks))

    def spread_python(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        # forked processes hold the tasks already: only their numbers travel
        return list(in_order(lambda at: work(shared, tasks[at]), range(len(tasks))))


class Spark:
    """The workers of a Spark context (PySpark 4.0; not Spark Connect, which runs no functions over tasks).

    Candidates and clusters are put together on the driver, which needs the memory that one process needs without Spark.
    """

    #: Tasks that a worker is given at a time: one by one, Spark's own work on each would weigh more (0.1 s). Java holds
    #: what goes in and comes out of these, and no more.
    AT_A_TIME = 4

    def __init__(self, context: "SparkContext") -> None:
        self.context = context
        self.sent: tuple[Any, Broadcast[Any]] | None = None

    def spread(self, work: Callable[[S, T], R], shared: S, tasks: Sequence[T]) -> list[R]:
        from py4j.protocol import Py4JError

        if not tasks:
            return []
        found: list[R] = []
        workers = self.context.defaultParallelism
        step = self.AT_A_TIME * workers
        try:
            run = partial(_sent, work, self._send(shared))
            for start in range(0, len(tasks), step):
                several = tasks[start : start + step]
                found += self.context.parallelize(several, min(workers, len(several))).map(run).collect()
        except Py4JError as error:
            raise CoworkmedError(N_("Spark did not finish the work: {problem}"), problem=_told(error)) from error
        return found

    spread_python = spread

    def _send(self, shared: S) -> "Broadcast[S]":
        """What is shared, at the workers: the same object is sent once, and taken from them when another comes."""
        if self.sent is None or self.sent[0] is not shared:
            if self.sent is not None:
                self.sent[1].destroy()
            self.sent = shared, self.context.broadcast(shared)
        return self.sent[1]


def _sent(work: Callable[[S, T], R], shared: "Broadcast[S]", task: T) -> R:
    return work(shared.value, task)


LOCAL = Local()
#: What an engine is called where one is chosen.
ENGINES = ("local", "spark")


@contextmanager
def opened(name: str) -> Iterator[Engine]:
    """The engine of that name (of `ENGINES`) while the block lasts. CoworkmedError where it can't be had."""
    if name == "spark":
        with spark() as engine:
            yield engine
    else:
        yield LOCAL


@contextmanager
def spark(master: str = "") -> Iterator[Spark]:
    """Spark on ``master`` while the block lasts; without one, where Spark's own settings say, which is on all cores of
    this machine if they say nothing. What Spark and Java tell of themselves is not shown.

    CoworkmedError where PySpark or Java is missing, or nothing answers at ``master``. Java ends with the process.
    """
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)  # else workers take the system's Python
    java = _java()
    master = master or str(java.jvm.org.apache.spark.SparkConf().get("spark.master"))
    _reach(master)
    from py4j.protocol import Py4JError
    from pyspark import SparkConf, SparkContext

    try:
        context = SparkContext(conf=SparkConf().setAll([*_settings(master).items()]), gateway=java)
    except (Py4JError, ValueError) as error:
        raise CoworkmedError(
            N_("Spark could not start on {master}: {problem}"), master=master, problem=_told(error)
        ) from error
    try:
        yield Spark(context)
    finally:
        context.stop()


@cache
def _java() -> Any:
    """Java with Spark in it, started once for a process: it can't be started twice."""
    try:
        from pyspark.errors import PySparkRuntimeError
        from pyspark.java_gateway import launch_gateway
    except ImportError as error:
        raise CoworkmedError(
            N_("PySpark 4.0 is not installed here: pip install -r requirements/spark.txt does it, and so does ./check.")
        ) from error
    try:
        return launch_gateway(popen_kwargs={"stderr": subprocess.DEVNULL})
    except PySparkRuntimeError as error:
        raise CoworkmedError(
            N_("Spark could not start Java: it needs version 17 or newer, in JAVA_HOME or on the PATH.")
        ) from error


def _settings(master: str) -> dict[str, str]:
    settings = {
        "spark.master": master,
        "spark.app.name": "CoWorkMed linkage",
        "spark.driver.maxResultSize": "0",  # bounded by `Spark.AT_A_TIME`
        "spark.executorEnv.PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    if master.startswith("local"):  # nobody else is to reach it
        settings |= dict.fromkeys(("spark.driver.host", "spark.driver.bindAddress"), "127.0.0.1")
        settings |= {"spark.ui.enabled": "false"}
    return settings


def _reach(master: str) -> None:
    """CoworkmedError where a cluster of Spark's own does not answer: Spark itself would try for a minute."""
    addresses = [one.rpartition(":") for one in master.removeprefix("spark://").split(",")]
    if not master.startswith("spark://") or not all(port.isdecimal() for _, _, port in addresses):
        return
    for host, _, port in addresses:
        with suppress(OSError), socket.create_connection((host, int(port)), 5):
            return
    raise CoworkmedError(N_("No Spark answers at {master}."), master=master)


def _told(error: Exception) -> str:
    """The first line of what Java said, or Python."""
    java = getattr(error, "java_exception", None)
    lines = str(java.getMessage() if java is not None else error).splitlines()
    return lines[0] if lines else type(error).__name__
