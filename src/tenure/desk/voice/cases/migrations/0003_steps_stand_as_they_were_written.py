"""The database itself refuses to change a step of a case, and to remove it but where its person is erased."""

import django.db.models.deletion
from django.db import migrations, models

MESSAGE = "steps of a case stand as they were written"
LAY = {
    "sqlite": (
        f"""CREATE TRIGGER IF NOT EXISTS case_step_no_update BEFORE UPDATE ON voice_cases_casestep
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
        f"""CREATE TRIGGER IF NOT EXISTS case_step_no_delete BEFORE DELETE ON voice_cases_casestep
            WHEN NOT EXISTS (SELECT 1 FROM voice_cases_caseerasure WHERE case_id = OLD.case_id)
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION case_step_stands() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN
            IF TG_OP = 'DELETE' THEN
                IF EXISTS (SELECT 1 FROM voice_cases_caseerasure WHERE case_id = OLD.case_id) THEN RETURN OLD; END IF;
            END IF;
            RAISE EXCEPTION '{MESSAGE}'; END $$""",
        """CREATE OR REPLACE TRIGGER case_step_no_change BEFORE UPDATE OR DELETE ON voice_cases_casestep
            FOR EACH ROW EXECUTE FUNCTION case_step_stands()""",
        """CREATE OR REPLACE TRIGGER case_step_no_truncate BEFORE TRUNCATE ON voice_cases_casestep
            FOR EACH STATEMENT EXECUTE FUNCTION case_step_stands()""",
    ),
}
LIFT = {
    "sqlite": ("DROP TRIGGER IF EXISTS case_step_no_update", "DROP TRIGGER IF EXISTS case_step_no_delete"),
    "postgresql": (
        "DROP TRIGGER IF EXISTS case_step_no_change ON voice_cases_casestep",
        "DROP TRIGGER IF EXISTS case_step_no_truncate ON voice_cases_casestep",
        "DROP FUNCTION IF EXISTS case_step_stands()",
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
    dependencies = [("voice_cases", "0002_who_may_not_handle_a_complaint")]

    operations = [
        migrations.CreateModel(
            name="CaseErasure",
            fields=[
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="voice_cases.case",
                    ),
                ),
            ],
        ),
        migrations.RunPython(
            lambda apps, editor: lay(editor.connection), lambda apps, editor: lift(editor.connection)
        ),
    ]
