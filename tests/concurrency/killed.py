"""A process that builds and is killed at a given statement: ``python -m tests.concurrency.killed N build --sources …``.

With N of 0 nothing is killed, and the number of statements that were run is printed.
"""

import os
import signal
import sys

import django
from django.db import connections


def main() -> None:
    at, *arguments = sys.argv[1:]
    os.environ["DJANGO_SETTINGS_MODULE"] = "coworkmed.settings"
    django.setup()
    count = 0

    def counted(execute, sql, params, many, context):
        nonlocal count
        count += 1
        if count == int(at):
            os.kill(os.getpid(), signal.SIGKILL)  # no clean-up, no goodbye: the machine lost its power
        return execute(sql, params, many, context)

    connections["default"].execute_wrappers.append(counted)
    from coworkmed.cli.main import coworkmed

    code = coworkmed(arguments, standalone_mode=False)
    if int(at) == 0:
        print(count)
    sys.exit(code or 0)


main()
