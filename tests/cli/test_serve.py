"""`serve` from the outside: the site set up once, filled once, stopped cleanly."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from coworkmed.cli.serve import free_port
from coworkmed.linkage.model import Model, shipped, write

from .test_build import declared, run

pytestmark = pytest.mark.slow


def set_up(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "serve", "--sources", "catalogue.toml", "--set-up-only", *options)


def moment(folder: Path) -> int:
    return (folder / "var/published/manifest.json").stat().st_mtime_ns


def test_a_second_start_publishes_nothing_and_a_change_or_a_killed_run_does(tmp_path: Path) -> None:
    folder = declared(tmp_path)
    first = set_up(folder)
    assert (first.returncode, "5 places" in first.stderr) == (0, True)
    published = moment(folder)
    second = set_up(folder)
    assert (second.returncode, second.stderr) == (0, "")
    assert moment(folder) == published

    (folder / "var/published.done").unlink()  # as a run leaves it that was killed before it had published
    assert set_up(folder).returncode == 0
    assert moment(folder) > published

    published = moment(folder)
    catalogue = folder / "catalogue.toml"
    catalogue.write_text(catalogue.read_text(encoding="utf-8").replace("Regione", "Provincia"), encoding="utf-8")
    assert set_up(folder).returncode == 0
    assert moment(folder) > published


def test_weights_of_its_own_are_kept(tmp_path: Path) -> None:
    folder = declared(tmp_path)
    assert "5 places" in set_up(folder).stderr
    model = shipped()
    write(folder / "sceptic.json", Model(-60.0, model.tables, model.seen, model.about))
    linked = set_up(folder, "--weights", "sceptic.json")
    assert (linked.returncode, "5 places" in linked.stderr) == (0, True), "the registry was linked anew"
    assert set_up(folder).stderr == "", "and by nothing else from then on"
    assert set_up(folder, "--weights", "catalogue.toml").returncode == 1


def wait_until_answered(port: int) -> None:
    for _ in range(300):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    pytest.fail("nobody answers")


@pytest.mark.enable_socket
def test_it_serves_until_it_is_interrupted(tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": "src", "COWORKMED_VAR": str(tmp_path), "LANGUAGE": "hr"}
    command = [sys.executable, "-P", "-m", "coworkmed.cli", "--no-demo", "--port", "8390"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = re.search(r"http://localhost:(\d+)/", server.stderr.readline())
        assert address
        wait_until_answered(int(address[1]))
        server.send_signal(signal.SIGINT)
        assert server.wait(30) in (0, -signal.SIGINT)
        assert "Traceback" not in server.stderr.read()


@pytest.mark.enable_socket
def test_a_port_that_is_taken_is_passed_over() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = other.getsockname()[1]
        assert taken < free_port("127.0.0.1", taken) < taken + 100
