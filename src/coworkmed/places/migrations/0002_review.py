import django.db.models.deletion
from django.db import migrations, models

PURPOSES = [('gain', 'Gain'), ('audit', 'Audit'), ('own', 'Own')]


class Migration(migrations.Migration):

    dependencies = [
        ('places', '0001_initial'),
        ('sources', '0001_initial'),
    ]

    operations = [
        migrations.AddField('refresh', 'census', models.JSONField(default=dict)),
        migrations.AddField('decision', 'purpose', models.CharField(choices=PURPOSES, default='own', max_length=5)),
        migrations.AddField('decision', 'probability', models.FloatField(null=True)),
        migrations.AddField('decision', 'stratum', models.CharField(blank=True, max_length=20)),
        migrations.AddField('decision', 'inclusion', models.FloatField(null=True)),
        migrations.AddField('decision', 'weights', models.CharField(blank=True, max_length=26)),
        # doubts are made anew by every run: those of before can't tell what is asked of them now
        migrations.DeleteModel('Doubt'),
        migrations.CreateModel(
            name='Doubt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('turn', models.PositiveIntegerField()),
                ('purpose', models.CharField(choices=PURPOSES, max_length=5)),
                ('probability', models.FloatField()),
                ('joined', models.BooleanField()),
                ('gain', models.FloatField(null=True)),
                ('left_entries', models.PositiveIntegerField(null=True)),
                ('right_entries', models.PositiveIntegerField(null=True)),
                ('stratum', models.CharField(max_length=20)),
                ('inclusion', models.FloatField(null=True)),
                ('weights', models.CharField(max_length=26)),
                ('reasons', models.JSONField(default=list)),
                ('left', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sources.entry')),
                ('right', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='sources.entry')),
            ],
            options={
                'ordering': ['turn'],
            },
        ),
    ]
