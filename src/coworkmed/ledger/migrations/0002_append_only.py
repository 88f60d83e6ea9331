"""The database itself refuses to change or remove what was written in the books.

On SQLite an INSERT OR REPLACE removes a row without a word to the trigger of deletes, so what would replace is refused
too: entries and statements with an error; a transfer is passed over, for it is written with ON CONFLICT DO NOTHING, and
no trigger can tell one from the other. A later migration that remakes a table on SQLite loses its triggers and must put
them back.
"""

from django.db import migrations

REFUSAL = "the books are append-only"
TABLES = ("ledger_transfer", "ledger_entry", "ledger_statement")
STANDS = {
    "ledger_transfer": (
        "SELECT 1 FROM ledger_transfer WHERE key = NEW.key "
        "OR (refers_to_id = NEW.refers_to_id AND kind IN ('POST', 'VOID') AND NEW.kind IN ('POST', 'VOID')) "
        "OR (refers_to_id = NEW.refers_to_id AND kind = 'CORRECTION' AND NEW.kind = 'CORRECTION')"
    ),
    "ledger_entry": "SELECT 1 FROM ledger_entry WHERE id = NEW.id",
    "ledger_statement": (
        "SELECT 1 FROM ledger_statement WHERE id = NEW.id "
        "OR (place_id = NEW.place_id AND unit = NEW.unit AND month = NEW.month)"
    ),
}


def _on_sqlite(table: str) -> list[str]:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    instead = "BEGIN SELECT RAISE(IGNORE); END" if table == "ledger_transfer" else refuse
    return [
        f"CREATE TRIGGER {table}_update BEFORE UPDATE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_delete BEFORE DELETE ON {table} {refuse}",
        f"CREATE TRIGGER {table}_replace BEFORE INSERT ON {table} WHEN EXISTS ({STANDS[table]}) {instead}",
    ]


GUARD = {
    "sqlite": [statement for table in TABLES for statement in _on_sqlite(table)],
    "postgresql": [
        f"CREATE OR REPLACE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$",
        *(
            f"CREATE TRIGGER {table}_guard BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse()"
            for table in TABLES
        ),
    ],
}
LIFT = {
    "sqlite": [f"DROP TRIGGER {table}_{what}" for table in TABLES for what in ("update", "delete", "replace")],
    "postgresql": [f"DROP TRIGGER {table}_guard ON {table}" for table in TABLES],
}


def guard(apps, schema_editor):
    for statement in GUARD[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


def lift(apps, schema_editor):
    for statement in LIFT[schema_editor.connection.vendor]:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunPython(guard, lift)]
