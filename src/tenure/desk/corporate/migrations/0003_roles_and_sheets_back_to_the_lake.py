from django.db import migrations, models
from django.db.models import F
from django.utils import timezone


def tell_again(apps, schema_editor):
    """Roles date from the first moment known of them. The lake has purchases and steps without the decision's words:
    the next night writes them once more, and with the purchases their criteria."""
    apps.get_model('corporate', 'BuyingRole').objects.update(since=F('changed_at'))
    for name in ('Purchase', 'PurchaseStep'):
        apps.get_model('corporate', name).objects.filter(written_back_at__isnull=False).update(written_back_at=None)


class Migration(migrations.Migration):

    dependencies = [
        ('corporate', '0002_back_to_the_lake'),
    ]

    operations = [
        migrations.AddField(
            model_name='buyingrole',
            name='since',
            field=models.DateTimeField(default=timezone.now, help_text='when it was first said'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='buyingrole',
            name='written_back_at',
            field=models.DateTimeField(blank=True, help_text='as it stood then, the lake has it', null=True),
        ),
        migrations.AddField(
            model_name='negotiationsheet',
            name='written_back_at',
            field=models.DateTimeField(blank=True, help_text='as it stood then, the lake has it', null=True),
        ),
        migrations.RunPython(tell_again, migrations.RunPython.noop),
    ]
