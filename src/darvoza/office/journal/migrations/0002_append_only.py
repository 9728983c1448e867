"""The database itself refuses to remove an entry, and to change more of it than that its body is erased."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

FIXED = ("sequence", "previous", "kind", "actor", "subject", "at", "body_digest", "head")
CHANGED = " OR ".join(
    [f'NEW."{column}" {{differs}} OLD."{column}"' for column in FIXED]
    + [f'(NEW."{column}" IS NOT NULL AND NEW."{column}" {{differs}} OLD."{column}")' for column in ("salt",)]
    + ['(NEW."body" IS NOT NULL AND CAST(NEW."body" AS TEXT) {differs} CAST(OLD."body" AS TEXT))']
)
"""A row may lose its body, in good order, and nothing else."""

POSTGRESQL = [
    """CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    """CREATE TRIGGER journal_append_only BEFORE DELETE OR TRUNCATE ON journal_entry
       FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    f"""CREATE TRIGGER journal_only_erased BEFORE UPDATE ON journal_entry FOR EACH ROW
        WHEN ({CHANGED.format(differs="IS DISTINCT FROM")}) EXECUTE FUNCTION journal_refuse()""",
]
SQLITE = [
    """CREATE TRIGGER journal_append_only BEFORE DELETE ON journal_entry
       BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    f"""CREATE TRIGGER journal_only_erased BEFORE UPDATE ON journal_entry WHEN {CHANGED.format(differs="IS NOT")}
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
]


def refuse_changes(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:  # noqa: ARG001 - Django's names
    """Make the triggers of the database at hand."""
    for statement in POSTGRESQL if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]
    operations = [migrations.RunPython(refuse_changes, migrations.RunPython.noop)]
