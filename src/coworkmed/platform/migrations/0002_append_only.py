"""The database itself refuses to change or remove what is in the audit trail.

On SQLite a later migration that remakes the table of events loses these triggers and must put them back.
"""

from django.db import migrations

REFUSAL = "the audit trail is append-only"

GUARD = {
    "sqlite": [
        f"CREATE TRIGGER platform_event_update BEFORE UPDATE ON platform_event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        f"CREATE TRIGGER platform_event_delete BEFORE DELETE ON platform_event BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
        # INSERT OR REPLACE removes a row without a word to the trigger above
        f"CREATE TRIGGER platform_event_replace BEFORE INSERT ON platform_event "
        f"WHEN EXISTS (SELECT 1 FROM platform_event WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END",
    ],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION platform_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        "CREATE TRIGGER platform_event_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON platform_event "
        "FOR EACH STATEMENT EXECUTE FUNCTION platform_event_refuse()",
    ],
}
LIFT = {
    "sqlite": [
        "DROP TRIGGER platform_event_update",
        "DROP TRIGGER platform_event_delete",
        "DROP TRIGGER platform_event_replace",
    ],
    "postgresql": ["DROP TRIGGER platform_event_guard ON platform_event"],
}


def guard(apps, schema_editor):
    for statement in GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lift(apps, schema_editor):
    for statement in LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("platform", "0001_initial")]
    operations = [migrations.RunPython(guard, lift)]
