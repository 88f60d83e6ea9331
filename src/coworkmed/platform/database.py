"""The database at work: made, brought up to date, exchanged for another, rehearsed on."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connections, transaction

from . import database_settings


@contextmanager
def rehearsal() -> Iterator[None]:
    """A dry run: all inside happens for real and is rolled back at the end, so what it shows is what would be."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def use(path: Path) -> None:
    """From now on, in this process, work in the SQLite file at ``path``; its tables are made or brought up to date."""
    connections["default"].close()
    connections.settings["default"].update(database_settings.read("", default=path))
    connections["default"].settings_dict.update(connections.settings["default"])
    prepare()


def prepare() -> None:
    """Make the tables, or bring them up to date."""
    call_command("migrate", interactive=False, verbosity=0)
