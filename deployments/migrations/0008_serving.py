"""A deployment says who was seen to answer when it ended."""

from importlib import import_module

from django.db import migrations, models

from oec.triggers import install, uninstall

OF_DEPLOYMENTS = import_module("deployments.migrations.0002_guards").GUARDS[2:]
#: They read the table that is built anew.
OF_EVENTS = import_module("deployments.migrations.0007_stored_logs").GUARDS
KEPT = [*OF_DEPLOYMENTS, *OF_EVENTS]


class Migration(migrations.Migration):
    dependencies = [("deployments", "0007_stored_logs")]
    # SQLite builds the table anew to add a column, and its guards would be lost.
    operations = [
        uninstall(KEPT),
        migrations.AddField(
            model_name="deployment",
            name="serving",
            field=models.CharField(
                choices=[
                    ("new", "The new version"),
                    ("old", "The version before, which was put back"),
                    ("none", "Nothing"),
                    ("unknown", "Not known"),
                ],
                db_default="unknown",
                default="unknown",
                max_length=7,
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="serving_since",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="deployment",
            constraint=models.CheckConstraint(
                condition=models.Q(serving__in=["new", "old", "none", "unknown"]),
                name="known_serving",
            ),
        ),
        install(KEPT),
    ]
