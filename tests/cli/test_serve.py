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

from .test_build import set_up

pytestmark = pytest.mark.slow


def moment(folder: Path) -> int:
    return (folder / "var/published/manifest.json").stat().st_mtime_ns


def test_a_second_start_publishes_nothing_and_a_change_or_a_killed_run_does(site: Path) -> None:
    published = moment(site)
    second = set_up(site)
    assert (second.returncode, second.stderr) == (0, "")
    assert moment(site) == published

    (site / "var/published.done").unlink()  # as a run leaves it that was killed before it had published
    assert set_up(site).returncode == 0
    assert moment(site) > published

    published = moment(site)
    catalogue = site / "catalogue.toml"
    catalogue.write_text(catalogue.read_text(encoding="utf-8").replace("Regione", "Provincia"), encoding="utf-8")
    assert set_up(site).returncode == 0
    assert moment(site) > published


def test_weights_of_its_own_are_kept(site: Path) -> None:
    model = shipped()
    write(site / "sceptic.json", Model(-60.0, model.tables, model.seen, model.about))
    linked = set_up(site, "--weights", "sceptic.json")
    assert (linked.returncode, "5 places" in linked.stderr) == (0, True), "the registry was linked anew"
    assert set_up(site).stderr == "", "and by nothing else from then on"
    assert set_up(site, "--weights", "catalogue.toml").returncode == 1


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
