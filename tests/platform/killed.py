"""Work done in a process of its own that is killed at a given statement: no clean-up, no goodbye."""

import os
import signal
import time
from collections.abc import Callable
from itertools import count

from django.db import connection, connections


def kill_at(statement: int, work: Callable[[], object]) -> bool:
    """Do ``work`` in another process, killed before its statement of that number; whether it came that far."""
    connections.close_all()
    child = os.fork()
    if not child:
        code = 1
        try:
            _die_at(statement)
            work()
            code = 0
        finally:
            os._exit(code)  # nothing of the tests' own goes on in here
    deadline = time.monotonic() + 30
    while not (ended := os.waitpid(child, os.WNOHANG))[0]:
        assert time.monotonic() < deadline, "it neither ended nor died"
        time.sleep(0.005)
    assert os.WIFSIGNALED(ended[1]) or os.WEXITSTATUS(ended[1]) == 0, "it failed by itself"
    while _still_held():
        assert time.monotonic() < deadline, "the database never noticed"
        time.sleep(0.01)
    return os.WIFSIGNALED(ended[1])


def _still_held() -> bool:
    """Whether a PostgreSQL server has yet to notice that a client is gone, and holds its locks so long."""
    if connection.vendor != "postgresql":
        return False
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        return bool(cursor.fetchone()[0])


def at_every_statement(work: Callable[[], object], check: Callable[[int], None]) -> int:
    """`kill_at` the first statement, the second and so on, with ``check`` after each, until the work ends by itself.
    Returns how many times it was killed."""
    for statement in count(1):
        killed = kill_at(statement, work)
        check(statement)
        if not killed:
            return statement - 1
    raise AssertionError


def _die_at(statement: int) -> None:
    counter = count(1)

    def counted(execute, sql, params, many, context):
        if next(counter) == statement:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)

    connections["default"].execute_wrappers.append(counted)
