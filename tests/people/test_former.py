"""A site from before there were people is brought up: its registry as it was, its accounts become people."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

MAKE = """
import django; django.setup()
from datetime import date
from django.contrib.auth.models import Group, User
from django.contrib.sessions.models import Session
from django.utils import timezone
from coworkmed.places.models import Place
from coworkmed.sources.models import Source
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
    run(tmp_path, "-m", "django", "migrate", "--verbosity=0", settings="tests.people.former_settings")
    run(tmp_path, "-c", MAKE, settings="tests.people.former_settings")
    return tmp_path


def run(var: Path, *command: str, settings: str = "coworkmed.settings") -> None:
    environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SITE_URL")} | {
        "COWORKMED_VAR": str(var), "DJANGO_SETTINGS_MODULE": settings, "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}",
        "PYTHONWARNINGS": "error",
    }  # fmt: skip
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]


def rows(site: Path, table: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(site / "coworkmed.sqlite3") as database:
        found = database.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
    database.close()
    return found


def tables(site: Path) -> set[str]:
    return {str(row[1]) for row in rows(site, "sqlite_master") if row[0] == "table"}


def test_nothing_is_lost(site: Path) -> None:
    before = {table: rows(site, table) for table in REGISTRY}
    assert len(before["places_place"]) == 50
    run(
        site,
        "-c",
        "import django; django.setup()\nfrom coworkmed.platform.database import prepare; prepare(); prepare()",
    )
    assert {table: rows(site, table) for table in REGISTRY} == before
    run(site, "-c", READ)
    left = [table for table in tables(site) if "nameless" in str(rows(site, table))]
    assert left == []
    assert not {"auth_user", "auth_user_groups", "auth_user_user_permissions"} & tables(site)
    assert rows(site, "django_session") == []
    assert "django_admin_log" in tables(site)
