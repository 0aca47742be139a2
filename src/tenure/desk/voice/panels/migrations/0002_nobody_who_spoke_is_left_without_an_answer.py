"""The database itself keeps a panel open while somebody who gave feedback was not told what came of it."""

from django.db import migrations

MESSAGE = "a panel closes when everybody who gave feedback was told what came of it"
OWED = """SELECT 1 FROM voice_panels_member m JOIN voice_panels_feedback f ON f.member_id = m.id
          WHERE m.panel_id = NEW.id AND m.told_at IS NULL"""

LAY = {
    "sqlite": (
        f"""CREATE TRIGGER IF NOT EXISTS panel_answers_first BEFORE UPDATE OF state ON voice_panels_panel
            WHEN NEW.state = 'closed' AND OLD.state <> 'closed' AND EXISTS ({OWED})
            BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END""",
    ),
    "postgresql": (
        f"""CREATE OR REPLACE FUNCTION panel_answers_first() RETURNS trigger LANGUAGE plpgsql AS
            $$ BEGIN
                IF NEW.state = 'closed' AND OLD.state <> 'closed' AND EXISTS ({OWED}) THEN
                    RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'check_violation';
                END IF;
                RETURN NEW;
            END $$""",
        """CREATE OR REPLACE TRIGGER panel_answers_first BEFORE UPDATE OF state ON voice_panels_panel
            FOR EACH ROW EXECUTE FUNCTION panel_answers_first()""",
    ),
}
LIFT = {
    "sqlite": ("DROP TRIGGER IF EXISTS panel_answers_first",),
    "postgresql": (
        "DROP TRIGGER IF EXISTS panel_answers_first ON voice_panels_panel",
        "DROP FUNCTION IF EXISTS panel_answers_first()",
    ),
}


def _run(editor, statements):
    with editor.connection.cursor() as cursor:
        for statement in statements[editor.connection.vendor]:
            cursor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [("voice_panels", "0001_panels_drawn_and_heard")]

    operations = [
        migrations.RunPython(lambda apps, editor: _run(editor, LAY), lambda apps, editor: _run(editor, LIFT))
    ]
