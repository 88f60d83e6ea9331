"""Processes of a server and what they use: memory, processor seconds. Reads /proc, so it needs Linux."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")
_WAIT = 120  # seconds for a server to answer


@dataclass(frozen=True, slots=True)
class Server:
    """A server at work on this machine. ``pids`` are its first process and, beside it, that of its database."""

    name: str
    port: int
    pids: tuple[int, ...]

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def cpu(self) -> float:
        """Processor seconds used so far."""
        return sum(map(_cpu, self._tree()))

    def pss_mb(self) -> float:
        """Proportional set size: shared pages are counted once, divided among those that share them."""
        return sum(map(_pss_mb, self._tree()))

    def _tree(self) -> set[int]:
        return {pid for root in self.pids for pid in tree(root)}


@contextmanager
def serving(
    name: str,
    command: Sequence[str],
    port: int,
    *,
    environment: Mapping[str, str],
    log: Path,
    probe: str = "/",
    beside: Sequence[int] = (),
) -> Iterator[Server]:
    """A server started by ``command``, ready to answer ``probe``, and ended at the end with all that it started.

    Raises RuntimeError with the end of its log where it ends or does not answer.
    """
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            _await(process, port, probe, log)
            yield Server(name, port, (process.pid, *beside))
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _await(process: "subprocess.Popen[bytes]", port: int, probe: str, log: Path) -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end and process.poll() is None:
        if fetch(port, probe)[0] == 200:
            return
        time.sleep(0.2)
    raise RuntimeError(f"no answer at {probe}:\n{log.read_text(errors='replace')[-2000:]}")


def fetch(port: int, path: str) -> tuple[int, bytes]:
    """(status, body) of one GET; status 0 where nobody answers."""
    connection = HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except (OSError, HTTPException):
        return 0, b""
    finally:
        connection.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def tree(pid: int) -> set[int]:
    """A process and all it started that are still there."""
    found = {pid}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text(encoding="ascii").split()
        except OSError:
            continue
        found = found.union(*(tree(int(child)) for child in children))
    return found


def _cpu(pid: int) -> float:
    try:
        told = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(told[11]) + int(told[12])) / TICK


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
