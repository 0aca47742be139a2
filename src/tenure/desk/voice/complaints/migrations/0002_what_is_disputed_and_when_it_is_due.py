"""What a complaint is about in money, and when its time runs out: of those there are by their clocks."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery

from tenure.desk.voice import bank_calendar
from tenure.desk.voice.cases import rules


def work_out_when_they_are_due(apps, editor):
    complaints = apps.get_model("voice_complaints", "Complaint").objects
    clocks = apps.get_model("voice_cases", "CaseClock").objects
    running = clocks.filter(case=OuterRef("case_id"), clock="regulator", stopped_at=None).order_by("-round")
    complaints.filter(case__isnull=False).update(due_at=Subquery(running.values("due_at")[:1]))
    terms, calendar = rules.CLOCKS["regulator"], bank_calendar.in_use()
    for one in complaints.filter(case=None, settled_at=None).iterator():
        one.due_at = rules.reaches(terms.counts, one.received_at, terms.allowance, [], calendar)
        one.save(update_fields=["due_at"])


class Migration(migrations.Migration):

    dependencies = [
        ('voice_cases', '0002_who_may_not_handle_a_complaint'),
        ('voice_complaints', '0001_complaints'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='complaint',
            name='disputed',
            field=models.BigIntegerField(blank=True, help_text='amount it is about, minor units', null=True),
        ),
        migrations.AddField(
            model_name='complaint',
            name='due_at',
            field=models.DateTimeField(blank=True, help_text="when the regulator's time runs out; null: it stands", null=True),
        ),
        migrations.RunPython(work_out_when_they_are_due, migrations.RunPython.noop),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['due_at', 'id'], name='complaint_due_idx'),
        ),
        migrations.AddIndex(
            model_name='complaint',
            index=models.Index(fields=['-changed_at', 'id'], name='complaint_changed_idx'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('disputed', None), ('disputed__gt', 0), _connector='OR'), name='what_is_disputed_is_something'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('settled_at', None), ('due_at', None), _connector='OR'), name='what_is_settled_is_due_no_more'),
        ),
    ]
