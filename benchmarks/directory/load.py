"""Load by wrk: so many clients, each asking the next question as soon as it has its answer."""

import json
import os
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .processes import Server, fetch

SCRIPT = Path(__file__).with_name("load.lua")


@dataclass(frozen=True, slots=True)
class Burst:
    """``rate`` requests a second; latencies in milliseconds; ``cpu_ms`` of the server for one request (its database
    server included); ``size`` of an answer with its headers, in octets; ``load`` of the machine before."""

    rate: float
    p50: float
    p95: float
    p99: float
    cpu_ms: float
    size: float
    load: float


def burst(
    server: Server, paths: Sequence[str], *, clients: int, seconds: float, fresh: bool = False, encodings: str = ""
) -> Burst:
    """Ask ``paths`` in turn for some seconds. ``fresh``: no address twice, so that no page kept can be given.

    Raises RuntimeError if any answer was an error, or a connection broke.
    """
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(paths))
        file.flush()
        load, cpu = os.getloadavg()[0], server.cpu()
        command = ["wrk", "-t1", f"-c{clients}", f"-d{seconds:g}s", "--timeout", "30s", "-s", str(SCRIPT)]
        asked = [server.address, "--", file.name, "fresh" if fresh else "again", encodings]
        done = subprocess.run([*command, *asked], check=True, stdout=subprocess.PIPE, text=True)
        cpu = server.cpu() - cpu
    told = json.loads(done.stdout.splitlines()[-1])
    if told["refused"] or told["broken"] or not told["requests"]:
        raise RuntimeError(f"{server.name}: {told} on {paths[0]}")
    requests = told["requests"]
    return Burst(
        rate=requests / told["seconds"],
        p50=told["p50"],
        p95=told["p95"],
        p99=told["p99"],
        cpu_ms=1000 * cpu / requests,
        size=told["bytes"] / requests,
        load=load,
    )


def warm(server: Server, paths: Sequence[str]) -> None:
    """Ask every path once. Raises RuntimeError where one isn't answered."""
    for path in paths:
        status, body = fetch(server.port, path)
        if status != 200:
            raise RuntimeError(f"{server.name}: {status} at {path}: {body[:300]!r}")
