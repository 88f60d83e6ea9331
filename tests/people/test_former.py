"""A site from before there were people is brought up: its registry as it was, its accounts become people."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: The last changes of the database before there were people, and and what came with them.
FORMER = {"auth": "", "sessions": "", "sources": "0001_initial", "places": "0005_words", "admin": ""}
MAKE = """
import django; django.setup()
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.utils import timezone
from django.db import connection
from django.db.migrations.loader import MigrationLoader
then = MigrationLoader(connection).project_state([("places", "0005_words"), ("sources", "0001_initial")]).apps
Place, Source = then.get_model("places", "Place"), then.get_model("sources", "Source")
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
ana = User.objects.create_superuser("ana", "Ana@Example.org", "a long enough password")
User.objects.create_user("same", "ana@example.org")
User.objects.create_user("nameless")
ana.groups.add(Group.objects.create(name="All"))
LogEntry.objects.create(user=ana, object_repr="ana", action_flag=2, content_type=ContentType.objects.first())
Session.objects.create(session_key="k", session_data="d", expire_date=timezone.now())
for number in range(50):
    Place.objects.create(public_id=f"p{number}", name=f"Place {number}", values={"name": f"Place {number}"})
Source.objects.create(key="list", spec={"title": {"en": "List"}})
"""
READ = """
import django; django.setup()
from coworkmed.people.models import Person
one = Person.objects.get()
assert (one.email, one.is_staff, one.is_superuser) == ("ana@example.org", True, True)
assert one.check_password("a long enough password")
assert one.emailaddress_set.get().verified
"""
REGISTRY = ("places_place", "sources_source")


@pytest.fixture
def site(tmp_path: Path) -> Path:
    for app, last in FORMER.items():
        command = ("-m", "django", "migrate", "--verbosity=0", "--skip-checks", app, *filter(None, [last]))
        run(tmp_path, *command, settings="tests.people.former_settings")
    run(tmp_path, "-c", MAKE, settings="tests.people.former_settings")
    return tmp_path


def run(var: Path, *command: str, settings: str = "coworkmed.settings") -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL")} | {
        "COWORKMED_VAR": str(var), "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "PYTHONWARNINGS": "error",
    }  # fmt: skip
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def rows(site: Path, table: str, columns: str = "*") -> list[tuple[object, ...]]:
    with sqlite3.connect(site / "coworkmed.sqlite3") as database:
        found = database.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()
    database.close()
    return found


def tables(site: Path) -> set[str]:
    return {str(row[1]) for row in rows(site, "sqlite_master") if row[0] == "table"}


def test_nothing_is_lost(site: Path) -> None:
    described = {table: rows(site, f"pragma_table_info('{table}')") for table in REGISTRY}
    columns = {table: ", ".join(f'"{row[1]}"' for row in found) for table, found in described.items()}
    before = {table: rows(site, table, columns[table]) for table in REGISTRY}
    assert len(before["places_place"]) == 50
    run(
        site,
        "-c",
        "import django; django.setup()\nfrom coworkmed.platform.database import prepare; prepare(); prepare()",
    )
    assert {table: rows(site, table, columns[table]) for table in REGISTRY} == before
    run(site, "-c", READ)
    left = [table for table in tables(site) if "nameless" in str(rows(site, table))]
    assert left == []
    assert not {"auth_user", "auth_user_groups", "auth_user_user_permissions"} & tables(site)
    assert rows(site, "django_session") == []
    assert "django_admin_log" in tables(site)
