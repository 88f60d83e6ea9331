"""A whole site from one database to another, SQLite to PostgreSQL or back: every table, and proof that nothing differs.

The source is read as it stood at one moment, so others may go on writing; what they write after it is not in the copy.
The target gets all or nothing, in one transaction. References are checked at its end: some tables point at each other,
so that no order of tables would do.

Each table has a sum on either side: of its rows, in any order, with values in one form whatever database they are from.
JSON counts by what it says, for PostgreSQL sorts its keys and writes numbers in its own way.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.db import DatabaseError, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.loader import MigrationLoader
from django.db.models import Field, FloatField, GenericIPAddressField, JSONField, Model, TextField
from django.db.models.functions import Cast

from coworkmed.kernel.batches import batched
from coworkmed.kernel.errors import CoworkmedError
from coworkmed.kernel.i18n import N_

from . import database_settings

SOURCE, TARGET = "copied-from", "copied-to"
_SEVERAL = 1000  # rows held at a time
_SUMS = 1 << 256
#: What making the tables fills by itself; the source's own rows take their place.
_MADE_WITH_TABLES = ("auth.Permission", "contenttypes.ContentType")
_OF_DJANGO = {"django_migrations"}  # the target has its own, and the same

Row = tuple[Any, ...]
#: Told the table and how many of its rows are done.
Progress = Callable[[str, int], None]


class CopyError(CoworkmedError):
    """The site can't be moved so; nothing was kept in the target."""


@dataclass(frozen=True, slots=True)
class Sum:
    """How many ``rows`` a table has, and their ``digest``: 64 hexadecimal digits, the same in whatever order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Compared:
    """A table beside its copy."""

    table: str
    source: Sum
    target: Sum

    @property
    def same(self) -> bool:
        return self.source == self.target


def _silent(table: str, rows: int) -> None:
    pass


def copy(*, source: str, target: str, progress: Progress = _silent) -> list[Compared]:
    """Copy every table of the database at the address ``source`` into the empty one at ``target``; returns their sums.

    Tables are made in the target where there are none.

    Raises CopyError where either database is none of ours or of another version, where the target is not empty, where
    it can't hold a value of the source, and where a table comes out otherwise than it went in.
    """
    with _opened(_settings(source, reading=True), _settings(target)) as (old, new):
        _require_current(old)
        if not _tables(new):
            call_command("migrate", database=TARGET, interactive=False, verbosity=0)
        _require_current(new)
        _require_empty(new)
        with _one_moment(old), transaction.atomic(using=TARGET):
            _empty_again(new)
            before = {model: _copy_table(model, old, new, progress) for model in _models()}
            _check_references(new)
            found = [Compared(model._meta.db_table, said, summed(model, new)) for model, said in before.items()]
            if different := [one.table for one in found if not one.same]:
                raise CopyError(N_("The copy of {tables} differs from the original."), tables=", ".join(different))
    return found


def compare(*, source: str, target: str, progress: Progress = _silent) -> list[Compared]:
    """The sums of every table in two databases, for who wants to know whether they hold the same. Changes nothing.

    Raises CopyError where either is none of ours or of another version.
    """
    with _opened(_settings(source, reading=True), _settings(target, reading=True)) as (old, new):
        for one in (old, new):
            _require_current(one)
        with _one_moment(old), _one_moment(new):
            return [
                Compared(model._meta.db_table, summed(model, old, progress), summed(model, new)) for model in _models()
            ]


def left_behind(url: str) -> list[str]:
    """Tables of a database that the program does not know, and so does not copy."""
    settings = _settings(url, reading=True)
    with _opened(settings, settings) as (one, _):
        known = {model._meta.db_table for model in _models()} | _OF_DJANGO
        return sorted(set(_tables(one)) - known)


# the two databases


@contextmanager
def _opened(
    source: dict[str, Any], target: dict[str, Any]
) -> Iterator[tuple[BaseDatabaseWrapper, BaseDatabaseWrapper]]:
    """Connections to both, for a while."""
    both = {SOURCE: source, TARGET: target}
    made = connections.configure_settings({"default": connections.settings["default"], **both})
    connections.settings.update({name: made[name] for name in both})
    try:
        yield connections[SOURCE], connections[TARGET]
    finally:
        for name in both:
            connections[name].close()
            del connections[name], connections.settings[name]


def _settings(url: str, *, reading: bool = False) -> dict[str, Any]:
    """Django's settings for a database. One that is to be read must be there."""
    try:
        found = database_settings.read(url, default=Path())
    except ImproperlyConfigured as error:
        raise CopyError(N_("An address of a database begins with sqlite:/// or postgres://.")) from error
    if reading and found["ENGINE"].endswith("sqlite3"):
        if not Path(found["NAME"]).is_file():  # SQLite would make it
            raise CopyError(N_("There is no database at {place}."), place=found["NAME"])
        # whoever only reads takes no lock: the site may go on writing
        found["OPTIONS"] = {**found["OPTIONS"], "transaction_mode": "DEFERRED"}
    return found


@contextmanager
def _one_moment(one: BaseDatabaseWrapper) -> Iterator[None]:
    """Whatever is read inside is read as of one moment. SQLite does so in any transaction."""
    with transaction.atomic(using=one.alias), one.cursor() as cursor:
        if one.vendor == "postgresql":
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _tables(one: BaseDatabaseWrapper) -> list[str]:
    return one.introspection.table_names()


def _models() -> list[type[Model]]:
    """Every table there is, those between two others included."""
    return [one for one in apps.get_models(include_auto_created=True) if one._meta.managed and not one._meta.proxy]


def _require_current(one: BaseDatabaseWrapper) -> None:
    """Both must have exactly the tables of this version of the program."""
    loader = MigrationLoader(one)
    applied, known = set(loader.applied_migrations), set(loader.disk_migrations)
    place = one.settings_dict["NAME"]
    if not applied:
        raise CopyError(N_("The database {place} holds no site."), place=place)
    if not applied.issuperset(loader.graph.nodes):
        raise CopyError(
            N_("The database {place} is of an older version. Bring it up to date first: ./run manage migrate."),
            place=place,
        )
    ours = {app for app, _ in known}
    if any(name not in known for name in applied if name[0] in ours):
        raise CopyError(N_("The database {place} is of a newer version than this program."), place=place)


def _require_empty(one: BaseDatabaseWrapper) -> None:
    for model in _models():
        if model._meta.label not in _MADE_WITH_TABLES and model._base_manager.using(one.alias).exists():
            raise CopyError(
                N_("The database {place} is not empty: there are rows in {table}. Make a new one and copy into that."),
                place=one.settings_dict["NAME"],
                table=model._meta.db_table,
            )


def _empty_again(one: BaseDatabaseWrapper) -> None:
    with one.cursor() as cursor:
        for label in _MADE_WITH_TABLES:
            cursor.execute(f"DELETE FROM {one.ops.quote_name(apps.get_model(label)._meta.db_table)}")  # noqa: S608


def _check_references(one: BaseDatabaseWrapper) -> None:
    try:
        one.check_constraints()
    except DatabaseError as error:
        raise CopyError(N_("Something the database points at is missing: {detail}"), detail=str(error)) from error


# a table


def _copy_table(model: type[Model], old: BaseDatabaseWrapper, new: BaseDatabaseWrapper, progress: Progress) -> Sum:
    """Copy the rows in the order of their keys, as the audit trail needs; returns the sum of what was read."""
    statement, ready = _insertion(model, new), _ready(model, new)
    total = _Total(model)
    with new.cursor() as cursor:
        for rows in batched(_rows(model, old), _SEVERAL):
            total.add(rows)
            _insert(cursor, statement, [ready(row) for row in rows], model, new)
            progress(model._meta.db_table, total.rows)
    if (numbered := model._meta.auto_field) and (number := _last_number(numbered, old)):
        _continue_from(numbered, number, new)
    return total.sum


def summed(model: type[Model], one: BaseDatabaseWrapper, progress: Progress = _silent) -> Sum:
    """The sum of a table."""
    total = _Total(model)
    for rows in batched(_rows(model, one), _SEVERAL):
        total.add(rows)
        progress(model._meta.db_table, total.rows)
    return total.sum


def _rows(model: type[Model], one: BaseDatabaseWrapper) -> Iterator[Row]:
    """All rows, by key: JSON as text, for "nothing" and JSON's own null are not the same; all else as Django has it."""
    told = [Cast(each.attname, TextField()) if _is_json(each) else each.attname for each in _fields(model)]
    return model._base_manager.using(one.alias).order_by("pk").values_list(*told).iterator(chunk_size=_SEVERAL)


def _fields(model: type[Model]) -> "Sequence[Field[Any, Any]]":
    return model._meta.concrete_fields


def _is_json(field: "Field[Any, Any]") -> bool:
    return isinstance(field, JSONField)


def _insertion(model: type[Model], one: BaseDatabaseWrapper) -> str:
    names = ", ".join(one.ops.quote_name(str(field.column)) for field in _fields(model))
    marks = ", ".join(["%s"] * len(_fields(model)))
    return f"INSERT INTO {one.ops.quote_name(model._meta.db_table)} ({names}) VALUES ({marks})"  # noqa: S608


def _ready(model: type[Model], one: BaseDatabaseWrapper) -> Callable[[Row], list[Any]]:
    """What makes a row fit to be inserted there."""
    forms = [None if _is_json(field) else field.get_db_prep_save for field in _fields(model)]
    return lambda row: [form(value, one) if form else value for form, value in zip(forms, row, strict=True)]


def _insert(
    cursor: Any, statement: str, rows: Sequence[Sequence[Any]], model: type[Model], one: BaseDatabaseWrapper
) -> None:
    """Insert some rows, or say which can't be held: SQLite takes any length, any number and NUL; PostgreSQL doesn't."""
    try:
        with transaction.atomic(using=one.alias):
            cursor.executemany(statement, rows)
    except DatabaseError:
        key = [field.primary_key for field in _fields(model)].index(True)
        for row in rows:
            try:
                with transaction.atomic(using=one.alias):
                    cursor.execute(statement, row)
            except DatabaseError as error:
                raise CopyError(
                    N_("The other database can't hold the row {key} of {table}: {detail}"),
                    key=row[key],
                    table=model._meta.db_table,
                    detail=str(error).splitlines()[0],
                ) from error
        raise


# numbers given once are never given again: the audit trail names things by them


def _last_number(field: "Field[Any, Any]", one: BaseDatabaseWrapper) -> int:
    """The last number a column gave to a row, be the row gone; 0 where it gave none."""
    table = field.model._meta.db_table
    with one.cursor() as cursor:
        if one.vendor == "sqlite":
            cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [f'"{table}"', field.column])
            cursor.execute(f"SELECT last_value FROM {cursor.fetchone()[0]} WHERE is_called")  # noqa: S608
        found = cursor.fetchone()
    return int(found[0]) if found else 0


def _continue_from(field: "Field[Any, Any]", number: int, one: BaseDatabaseWrapper) -> None:
    """The next row gets the number after this one."""
    table = field.model._meta.db_table
    with one.cursor() as cursor:
        if one.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number])
        else:
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', field.column, number])


# sums


class _Total:
    """The sum of a table's rows, a few at a time."""

    def __init__(self, model: type[Model]) -> None:
        self._forms = [(at, form) for at, field in enumerate(_fields(model)) if (form := _form(field))]
        self._sum = self.rows = 0

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            values = list(row)
            for at, form in self._forms:
                if values[at] is not None:
                    values[at] = form(values[at])
            self._sum += int.from_bytes(hashlib.sha256(_written(values).encode()).digest())
            self.rows += 1

    @property
    def sum(self) -> Sum:
        return Sum(self.rows, f"{self._sum % _SUMS:064x}")


def _form(field: "Field[Any, Any]") -> Callable[[Any], Any] | None:
    """What brings values of a column to one form, where databases give them back in several."""
    if _is_json(field):
        return _json
    if isinstance(field, FloatField):
        return lambda value: value + 0.0  # SQLite knows no minus zero
    if isinstance(field, GenericIPAddressField):
        return lambda value: str(ip_address(value))
    return None


def _json(text: str) -> Any:
    """In a list, so that JSON's null is not taken for "nothing"."""
    return [json.loads(text, parse_float=_number)]


def _number(text: str) -> int | float:
    """A number by its worth: 1.0 is 1, and 1e22 all its digits."""
    value = float(text)
    return int(Decimal(text)) if value.is_integer() else value


def _plain(value: Any) -> str:
    """What JSON has no form for. Moments count in microseconds of UTC."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds") if value.tzinfo else value.isoformat()
    if isinstance(value, bytes | memoryview):
        return bytes(value).hex()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


_written = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=_plain).encode
