"""The database itself refuses to change an approved version of a survey: answers point to what was asked."""

from django.db import migrations

MESSAGE = "an approved version of a survey never changes"
LAY = {
    "sqlite": (
        f"""CREATE TRIGGER IF NOT EXISTS survey_version_no_update BEFORE UPDATE ON voice_surveys_surveyversion
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION survey_version_stands() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN RAISE EXCEPTION '{MESSAGE}'; END $$""",
        """CREATE OR REPLACE TRIGGER survey_version_no_update BEFORE UPDATE ON voice_surveys_surveyversion
            FOR EACH STATEMENT EXECUTE FUNCTION survey_version_stands()""",
    ),
}
LIFT = {
    "sqlite": ("DROP TRIGGER IF EXISTS survey_version_no_update",),
    "postgresql": (
        "DROP TRIGGER IF EXISTS survey_version_no_update ON voice_surveys_surveyversion",
        "DROP FUNCTION IF EXISTS survey_version_stands()",
    ),
}


def _run(editor, statements):
    with editor.connection.cursor() as cursor:
        for statement in statements[editor.connection.vendor]:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("voice_surveys", "0001_surveys_and_answers")]

    operations = [
        migrations.RunPython(lambda apps, editor: _run(editor, LAY), lambda apps, editor: _run(editor, LIFT))
    ]
