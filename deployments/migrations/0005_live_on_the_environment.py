"""What is live is a fact on the environment's row.

The row belongs to ``projects``, which knows nothing of deployments, so the migration
stands here.
"""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import ProjectState, StateApps


class AddFieldToProjects(migrations.AddField):
    """Adds the field to a model of the other app."""

    app_label = "project"

    def state_forwards(self, _: str, state: ProjectState) -> None:
        super().state_forwards(self.app_label, state)

    def database_forwards(self, _: str, *rest: Any) -> None:
        super().database_forwards(self.app_label, *rest)

    def database_backwards(self, _: str, *rest: Any) -> None:
        super().database_backwards(self.app_label, *rest)


def of_the_environment(name: str) -> AddFieldToProjects:
    return AddFieldToProjects(
        model_name="environment",
        name=name,
        field=models.ForeignKey(
            editable=False,
            null=True,
            on_delete=django.db.models.deletion.PROTECT,
            related_name="+",
            to="deployments.deployment",
        ),
    )


def fill(apps: StateApps, _: BaseDatabaseSchemaEditor) -> None:
    environments = apps.get_model("project", "Environment").objects
    deployments = apps.get_model("deployments", "Deployment").objects
    for key in environments.values_list("pk", flat=True):
        successes = deployments.filter(environment=key, status="success")
        live = successes.order_by("-version").only("release_id").first()
        if live is not None:
            others = successes.exclude(release=live.release_id)
            previous = others.order_by("-version").only("pk").first()
            environments.filter(pk=key).update(live=live, previous=previous)


class Migration(migrations.Migration):
    dependencies = [
        ("deployments", "0004_pulled_images"),
        ("project", "0004_runtimes_keys_and_defaults"),
    ]
    operations = [
        of_the_environment("live"),
        of_the_environment("previous"),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
