"""A deployment says what is known of the commands that it started on its server."""

from importlib import import_module

from django.db import migrations, models

from oec.triggers import install, uninstall

KEPT = import_module("deployments.migrations.0002_guards").GUARDS[2:]


class Migration(migrations.Migration):
    dependencies = [("deployments", "0005_live_on_the_environment")]
    # SQLite builds the table anew to add a column, and its guards would be lost.
    operations = [
        uninstall(KEPT),
        migrations.AddField(
            model_name="deployment",
            name="remote_outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("finished", "Finished by themselves"),
                    ("ended", "Ended, and seen to have ended"),
                    ("unknown", "Not known"),
                ],
                db_default="",
                default="",
                max_length=8,
            ),
        ),
        migrations.AddField(
            model_name="deployment",
            name="still_running",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddConstraint(
            model_name="deployment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    remote_outcome__in=["", "finished", "ended", "unknown"]
                ),
                name="known_remote_outcome",
            ),
        ),
        install(KEPT),
    ]
