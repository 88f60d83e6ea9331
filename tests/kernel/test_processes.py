"""Work on several processes: the same results in the same order as in one, little held, nobody left behind."""

import os
import signal
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coworkmed.kernel import processes


@given(st.lists(st.integers(), max_size=processes.ENOUGH - 1))
def test_few_tasks_are_done_here(tasks):
    assert list(processes.in_order(lambda task: (task, os.getpid()), tasks)) == [(task, os.getpid()) for task in tasks]


def test_many_tasks_are_shared_out_and_come_back_in_order(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    found = list(processes.in_order(lambda task: (task * task, os.getpid()), range(40)))
    assert [square for square, _ in found] == [number * number for number in range(40)]
    assert len({worker for _, worker in found} - {os.getpid()}) in (1, 2)


def test_tasks_are_taken_as_they_are_needed(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    taken = 0

    def endless():
        nonlocal taken
        while True:
            taken += 1
            yield taken

    results = processes.in_order(abs, endless())
    assert list(islice(results, 50)) == list(range(1, 51))
    results.close()
    assert taken < 70


@pytest.mark.parametrize("place", [0, 2, 30])
def test_what_goes_wrong_is_raised_here(monkeypatch, place):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def work(task):
        if task == place:
            raise ValueError(task)
        return task

    results = processes.in_order(work, range(40))
    assert list(islice(results, place)) == list(range(place))
    with pytest.raises(ValueError, match=str(place)):
        next(results)


def test_tasks_that_break_off_say_so_after_what_came_before(monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)

    def tasks():
        yield from range(20)
        raise OSError("the file ends here")

    with pytest.raises(OSError, match="ends here"):
        list(processes.in_order(abs, tasks()))


KILLED = """
import os, time
from coworkmed.kernel import processes
os.cpu_count = lambda: 2
def work(task):
    if task > 2:
        print(os.getpid(), flush=True)
        time.sleep(60)
    return task
list(processes.in_order(work, range(10)))
"""


def test_processes_end_with_the_one_that_began_them():
    with subprocess.Popen([sys.executable, "-c", KILLED], stdout=subprocess.PIPE, text=True) as parent:
        workers = [int(parent.stdout.readline()) for _ in range(2)]
        parent.send_signal(signal.SIGKILL)
    until = time.monotonic() + 10
    while any(map(_alive, workers)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_alive, workers))


def _alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"  # Z: dead, not yet buried
