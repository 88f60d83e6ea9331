import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("sources", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Withheld",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("field", models.CharField(max_length=40)),
                ("digest", models.CharField(max_length=64)),
                ("since", models.DateField()),
                (
                    "entry",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="withheld", to="sources.entry"
                    ),
                ),
            ],
            options={
                "verbose_name_plural": "withheld",
                "ordering": ["entry", "pk"],
                "constraints": [
                    models.UniqueConstraint(fields=("entry", "field", "digest"), name="withheld_once")
                ],
            },
        ),
    ]
