"""The database at work: made, brought up to date, exchanged for another, rehearsed on."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.models import Model

from . import database_settings

_SEVERAL = 2000  # rows inserted at a time


_rehearsing = ContextVar("rehearsing", default=False)


@contextmanager
def rehearsal() -> Iterator[None]:
    """A dry run: all inside happens for real and is rolled back at the end, so what it shows is what would be."""
    before = _rehearsing.set(True)
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        _rehearsing.reset(before)


def rehearsing() -> bool:
    """Whether what is written now will be rolled back: nothing beside the database may go by it."""
    return _rehearsing.get()


def use(path: Path) -> None:
    """From now on, in this process, work in the SQLite file at ``path``; its tables are made or brought up to date."""
    connections["default"].close()
    connections.settings["default"].update(database_settings.read("", default=path))
    connections["default"].settings_dict.update(connections.settings["default"])
    prepare()


def prepare() -> None:
    """Make the tables, or bring them up to date; on SQLite all of it or nothing, wherever it is cut short."""
    with _at_once():
        call_command("migrate", interactive=False, verbosity=0)


@contextmanager
def _at_once() -> Iterator[None]:
    """One transaction for all migrations. Django writes down that one is done a moment after it is: stopped in between,
    a site could not start again. SQLite changes tables only where it does not watch foreign keys, and can't look away
    inside a transaction; each migration checks them at its end."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    connection.disable_constraint_checking()
    try:
        with transaction.atomic():
            yield
    finally:
        connection.enable_constraint_checking()


def take_stock(*models: type[Model]) -> None:
    """Have PostgreSQL look at tables that this transaction has filled. Its own round, should it come by meanwhile, sees
    nothing that is not committed; it then takes them for empty, and joins them row by row for minutes."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for model in models:
                cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")


def insert(model: type[Model], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, key: str = "") -> None:
    """Insert ``rows`` given as values of the database itself (JSON as text) for ``columns``, in order: many times
    faster than objects, for what comes by the hundred thousand. The other columns take the model's defaults.

    Where a row with the same ``key`` stands (a unique column, one of ``columns``), its ``columns`` are replaced.
    """
    others = [one for one in model._meta.concrete_fields if not one.auto_created and one.column not in columns]
    defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
    quoted = [connection.ops.quote_name(name) for name in (*columns, *(str(field.column) for field in others))]
    table, marks = connection.ops.quote_name(model._meta.db_table), ", ".join(["%s"] * len(quoted))
    statement = " ".join(("INSERT INTO", table, f"({', '.join(quoted)})", f"VALUES ({marks})"))
    if key:
        new = ", ".join(f"{name} = EXCLUDED.{name}" for name in quoted[: len(columns)])
        statement += f" ON CONFLICT ({connection.ops.quote_name(key)}) DO UPDATE SET {new}"
    waiting = iter(rows)
    with connection.cursor() as cursor:
        while several := [(*row, *defaults) for row in islice(waiting, _SEVERAL)]:
            cursor.executemany(statement, several)
