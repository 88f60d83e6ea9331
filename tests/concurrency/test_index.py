"""Processes that bring the search index up to the registry: several at once, or killed on the way."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from .follower import MOMENTS

ROOT = Path(__file__).resolve().parents[2]


def follower(var: Path, added: int, moment: str = "") -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "COWORKMED_VAR": str(var)}
    command = [sys.executable, "-m", "tests.concurrency.follower", str(added), moment]
    return subprocess.Popen(command, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE)


def held(process: subprocess.Popen[str]) -> int:
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return int(told)


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_anywhere_the_next_process_finishes(var: Path, moment: str) -> None:
    assert held(follower(var, 200)) == 200
    killed = follower(var, 200, moment)
    killed.communicate(timeout=120)
    assert killed.returncode == -signal.SIGKILL
    assert held(follower(var, 0)) == 400 - (moment == "anew")


@pytest.mark.slow
def test_several_at_once_end_with_the_same(var: Path) -> None:
    assert held(follower(var, 2000)) == 2000
    together = [follower(var, 0) for _ in range(4)]
    assert [held(one) for one in together] == [2000] * 4
    (var / "search.json").unlink()  # made anew by the first that comes
    together = [follower(var, 0) for _ in range(4)]
    told = [one.communicate(timeout=120)[0] for one in together]
    assert "2000\n" in told
    assert set(told) <= {"2000\n", ""}  # all of it, or word that it is being made
