"""A release remembers which image a tag was, so that its retries pull the same one."""

from importlib import import_module

from django.db import migrations, models

from oec.triggers import Guard, install, uninstall

BEFORE = import_module("deployments.migrations.0003_rotatable_releases").AFTER
KEPT = import_module("deployments.migrations.0002_guards").GUARDS[1]
AFTER = Guard(
    BEFORE.name,
    BEFORE.table,
    BEFORE.event,
    BEFORE.message,
    f"{BEFORE.condition}"
    " OR (OLD.pulled_image <> '' AND NEW.pulled_image <> OLD.pulled_image)",
)


class Migration(migrations.Migration):
    dependencies = [("deployments", "0003_rotatable_releases")]
    # SQLite builds the table anew to add a column, and its guards would be lost.
    operations = [
        uninstall([BEFORE, KEPT]),
        migrations.AddField(
            model_name="release",
            name="pulled_image",
            field=models.CharField(blank=True, default="", max_length=400),
        ),
        install([AFTER, KEPT]),
    ]
