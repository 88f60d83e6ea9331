"""The database itself refuses to change or remove what a desk saw.

On SQLite a later migration that remakes the table of scans loses these triggers and must put them back.
"""

from django.db import migrations

REFUSAL = "scans are append-only"

GUARD = {
    "sqlite": [
        f"CREATE TRIGGER hospitality_scan_update BEFORE UPDATE ON hospitality_scan BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER hospitality_scan_delete BEFORE DELETE ON hospitality_scan BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        # INSERT OR REPLACE removes a row without a word to the trigger above; INSERT OR IGNORE may come twice
        f"CREATE TRIGGER hospitality_scan_replace BEFORE INSERT ON hospitality_scan "
        f"WHEN EXISTS (SELECT 1 FROM hospitality_scan WHERE scan_id = NEW.scan_id) "
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION hospitality_scan_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER hospitality_scan_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON hospitality_scan "
        "FOR EACH STATEMENT EXECUTE FUNCTION hospitality_scan_refuse()",
    ],
}
LIFT = {
    "sqlite": [
        "DROP TRIGGER hospitality_scan_update",
        "DROP TRIGGER hospitality_scan_delete",
        "DROP TRIGGER hospitality_scan_replace",
    ],
    "postgresql": ["DROP TRIGGER hospitality_scan_guard ON hospitality_scan"],
}


def guard(apps, schema_editor):
    for statement in GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lift(apps, schema_editor):
    for statement in LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("hospitality", "0003_passes")]
    operations = [migrations.RunPython(guard, lift)]
