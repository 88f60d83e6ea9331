"""A server and a worker side by side, ended together: ``python -m coworkmed.cli.beside SERVER ARGUMENT…``.

It knows neither, nor Django, so that the process which only waits stays small.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence

#: How long a server or a worker may take to end. Jobs bear being killed, so this is no more than good manners.
PATIENCE_S = 15


def beside(server: Sequence[str]) -> int:
    """Run ``server`` with a worker beside it until either ends, and end the other; returns the exit code.

    A signal to end goes to both and is no failure; a server or worker that ends by itself is one, for whoever watches
    over this process to start it anew.
    """
    asked = threading.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: asked.set())
    worker = [sys.executable, "-P", "-m", "coworkmed.cli", "work", "--beside", str(os.getpid())]
    # in sessions of their own: Ctrl+C comes to them from here and once, and a server is killed with its workers
    both = [subprocess.Popen(command, start_new_session=True) for command in (server, worker)]  # noqa: S603
    while not asked.wait(0.5) and all(process.poll() is None for process in both):
        pass
    codes = [process.poll() for process in both]
    for process in both:
        process.terminate()
    for process in both:
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    return 0 if asked.is_set() else next((code for code in codes if code), 1)


if __name__ == "__main__":
    sys.exit(beside(sys.argv[1:]))
