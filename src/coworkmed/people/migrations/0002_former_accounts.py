from django.db import migrations

from coworkmed.people.former import bring_over


class Migration(migrations.Migration):

    dependencies = [
        ("people", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(bring_over, migrations.RunPython.noop)]
