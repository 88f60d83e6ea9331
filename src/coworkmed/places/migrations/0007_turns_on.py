from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0006_reviewers'),
    ]

    operations = [
        migrations.AddField(
            model_name='place',
            name='turns_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddIndex(
            model_name='place',
            index=models.Index(condition=models.Q(('turns_on__isnull', False)), fields=['turns_on'], name='place_turns'),
        ),
    ]
