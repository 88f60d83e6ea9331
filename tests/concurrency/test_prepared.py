"""A site that is stopped while it makes its tables makes them the next time."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
#: Stops where a migration is done and Django has not yet written that down: there it is told apart from nothing.
SCRIPT = """
import django
django.setup()
from django.db import connection
from coworkmed.platform import database

class Stopped(BaseException): pass

def stop(execute, sql, params, many, context):
    if sql.startswith('INSERT INTO "django_migrations"') and params[:2] == ("places", "0001_initial"):
        raise Stopped
    return execute(sql, params, many, context)

try:
    with connection.execute_wrapper(stop):
        database.prepare()
except Stopped:
    print("stopped", len(connection.introspection.table_names()))
connection.close()
database.prepare()
with connection.cursor() as cursor:
    print(cursor.execute("PRAGMA foreign_keys").fetchone()[0], "places_place" in connection.introspection.table_names())
"""


def test_stopped_before_a_migration_is_written_down(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env={
            "PYTHONPATH": str(ROOT / "src"),
            "COWORKMED_VAR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "coworkmed.settings",
        },
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.stdout.splitlines() == ["stopped 0", "1 True"], done.stderr[-1000:]
