"""A tool in a process of its own: seconds, CPU seconds and peak memory of the whole process tree."""

import json
import os
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PAGE_MB = os.sysconf("SC_PAGE_SIZE") / 2**20
ROOT = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Outcome:
    """``answer`` is None where the tool did not finish; ``problem`` then says why."""

    answer: Mapping[str, Any] | None
    problem: str
    cpu: float
    peak_mb: float
    load: float


def run(python: str, job: Mapping[str, Any], timeout: float) -> Outcome:
    """The worker in ``python``'s environment on ``job``; ended with its children after ``timeout`` seconds."""
    out = Path(str(job["out"]))
    out.mkdir(parents=True, exist_ok=True)
    (out / "answer.json").unlink(missing_ok=True)
    path = out / "job.json"
    path.write_text(json.dumps(job), encoding="utf-8")
    load = os.getloadavg()[0]
    environment = {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "PYTHONWARNINGS": "ignore"}
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [python, "-m", f"{__package__}.worker", str(path)],
            cwd=ROOT, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        watch = _Watch(process.pid, timeout)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        watch.stop()
        said.seek(0)
        words = said.read().decode(errors="replace").strip().splitlines()
    answered = out / "answer.json"
    if process.returncode == 0 and answered.exists():
        answer, problem = json.loads(answered.read_text(encoding="utf-8")), ""
    else:
        late = f"did not finish in {timeout:.0f} s"
        answer, problem = None, late if watch.late else (words[-1] if words else f"ended with {process.returncode}")
    return Outcome(answer, problem, used.ru_utime + used.ru_stime, watch.peak_mb, load)


class _Watch:
    """Looks at a process tree until told to stop; ends it when its time is over."""

    def __init__(self, pid: int, timeout: float) -> None:
        self.pid, self.end, self.peak_mb, self.late = pid, time.monotonic() + timeout, 0.0, False
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._look, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        self.done.set()
        self.thread.join()

    def _look(self, step: float = 0.05) -> None:
        while not self.done.wait(step):
            self.peak_mb = max(self.peak_mb, sum(map(_resident_mb, _tree(self.pid))))
            if time.monotonic() > self.end and not self.late:
                self.late = True
                os.killpg(self.pid, signal.SIGKILL)


def _tree(pid: int) -> list[int]:
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    except OSError:
        return [pid]
    return [pid, *(below for child in text.split() for below in _tree(int(child)))]


def _resident_mb(pid: int) -> float:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]) * PAGE_MB
    except (OSError, IndexError):
        return 0.0
