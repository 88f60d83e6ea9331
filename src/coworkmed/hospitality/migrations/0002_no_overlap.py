"""The database itself refuses that two claims of one room or seat overlap, and that anyone oversells it.

Half-open ranges: who leaves at ten makes room for who comes at ten. PostgreSQL keeps this by an exclusion constraint;
SQLite, which has one writer at a time, by triggers. On SQLite a later migration that remakes the table of claims loses
these triggers and must put them back.
"""

from django.db import migrations

REFUSAL = "claims of one resource overlap"

_OVERLAP = (
    f"WHEN EXISTS (SELECT 1 FROM hospitality_claim WHERE resource_id = NEW.resource_id AND id IS NOT NEW.id "
    f"AND starts < NEW.ends AND ends > NEW.starts) BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
)
GUARD = {
    "sqlite": [
        f"CREATE TRIGGER hospitality_claim_insert BEFORE INSERT ON hospitality_claim {_OVERLAP}",
        f"CREATE TRIGGER hospitality_claim_update BEFORE UPDATE ON hospitality_claim {_OVERLAP}",
    ],
    "postgresql": [
        "CREATE EXTENSION IF NOT EXISTS btree_gist",
        "ALTER TABLE hospitality_claim ADD CONSTRAINT claims_never_overlap "
        "EXCLUDE USING gist (resource_id WITH =, tstzrange(starts, ends, '[)') WITH &&)",
    ],
}
LIFT = {
    "sqlite": ["DROP TRIGGER hospitality_claim_insert", "DROP TRIGGER hospitality_claim_update"],
    "postgresql": ["ALTER TABLE hospitality_claim DROP CONSTRAINT claims_never_overlap"],
}


def guard(apps, schema_editor):
    for statement in GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lift(apps, schema_editor):
    for statement in LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("hospitality", "0001_initial")]
    operations = [migrations.RunPython(guard, lift)]
