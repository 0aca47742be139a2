"""The database itself refuses to change or remove a line of the audit trail."""

from django.db import migrations

MESSAGE = "the audit trail is append-only"
LAY = {
    "sqlite": (
        f"""CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON control_auditevent
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
        f"""CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON control_auditevent
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$""",
        """CREATE OR REPLACE TRIGGER audit_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON control_auditevent
            FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()""",
    ),
}
LIFT = {
    "sqlite": ("DROP TRIGGER IF EXISTS audit_no_update", "DROP TRIGGER IF EXISTS audit_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS audit_no_change ON control_auditevent",
        "DROP FUNCTION IF EXISTS audit_append_only()",
    ),
}


def lay(connection):
    """Create the triggers where they are missing."""
    with connection.cursor() as cursor:
        for statement in LAY[connection.vendor]:
            cursor.execute(statement)


def lift(connection):
    """Drop the triggers; only for taking the migration back and for emptying a test's database."""
    with connection.cursor() as cursor:
        for statement in LIFT[connection.vendor]:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("control", "0001_initial")]

    operations = [
        migrations.RunPython(
            lambda apps, editor: lay(editor.connection), lambda apps, editor: lift(editor.connection)
        )
    ]
