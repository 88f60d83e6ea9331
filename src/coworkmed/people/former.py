"""Sites from before `Person` kept accounts in Django's own table. They become people, once; nothing else is touched.

The administrators' log hangs on the accounts and had to come after them: it is begun anew. Administrators could change
accounts only, so it told of nothing else.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.apps.registry import Apps
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.utils import CursorWrapper
from django.db.migrations.recorder import MigrationRecorder
from django.utils.dateparse import parse_datetime

ACCOUNTS, LOG = "auth_user", "django_admin_log"
TIES = ("auth_user_groups", "auth_user_user_permissions")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
#: Whoever can't be written to can't sign in any more.
KEPT = ("email", "password", "is_staff", "is_superuser", "is_active", "last_login", "date_joined")


def untie(connection: BaseDatabaseWrapper) -> None:
    """Let the migrations of ``people`` come before those of the administrators' pages, where these came first."""
    recorder = MigrationRecorder(connection)
    applied = {app for app, _ in recorder.applied_migrations()}
    if "admin" not in applied or "people" in applied:
        return
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _drop(connection, cursor, [LOG])
        recorder.migration_qs.filter(app="admin").delete()


def _drop(connection: BaseDatabaseWrapper, cursor: CursorWrapper, tables: Sequence[str]) -> None:
    there = connection.introspection.table_names()
    for table in tables:
        if table in there:
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(table)}")


def bring_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Accounts with an address of their own become people; then their tables go, and all sign in again."""
    connection = schema_editor.connection
    if ACCOUNTS not in connection.introspection.table_names():
        return
    person, addresses = apps.get_model("people", "Person"), apps.get_model("account", "EmailAddress")
    with connection.cursor() as cursor:
        quoted = ", ".join(connection.ops.quote_name(name) for name in KEPT)
        cursor.execute(f"SELECT {quoted} FROM {connection.ops.quote_name(ACCOUNTS)} ORDER BY id")  # noqa: S608
        found = [{name: _utc(value) for name, value in zip(KEPT, row, strict=True)} for row in cursor.fetchall()]
        for one in found:
            address = one.pop("email").strip().lower()
            if address and not person.objects.filter(email=address).exists():
                made = person.objects.create(email=address, created=one.pop("date_joined"), **one)
                # they were given the site's keys under this address
                addresses.objects.create(user=made, email=address, verified=True, primary=True)
        _drop(connection, cursor, [*TIES, ACCOUNTS])
        cursor.execute("DELETE FROM django_session")


def _utc(value: Any) -> Any:
    """SQLite gives a moment back as text."""
    if isinstance(value, str):
        value = parse_datetime(value) if _MOMENT.match(value) else value
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) and value.tzinfo is None else value
