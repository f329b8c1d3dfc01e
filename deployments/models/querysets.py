"""Which deployments, and how much of the rows around them is read with them."""

from typing import TYPE_CHECKING

from django.db import models

from deployments.models.states import ACTIVE, Status
from projects.models import Project, User

if TYPE_CHECKING:
    # Named in the base class below.
    from deployments.models.deployments import Deployment  # noqa: F401

#: What a display name is made of.
PERSON = ("username", "first_name", "last_name")
#: What the rules read of the rows around a deployment, and its answer shows.
AROUND = (
    ("project", ("name", "organization_id", "last_version")),
    (
        "environment",
        (
            *("name", "is_enabled", "project_id", "server_id"),
            *("runtime", "docker_network", "docker_ports", "live_id"),
            *("serving", "serving_since"),
        ),
    ),
    ("environment__server", ("name", "is_enabled")),
    ("environment__live", ("version", "release_id")),
    ("environment__live__release", ("git_commit",)),
    ("server", ("name", "is_enabled")),
    ("triggered_by", PERSON),
    (
        "release",
        (
            *("git_branch", "git_commit", "git_message"),
            *("configuration", "config_digest"),
        ),
    ),
)


class DeploymentQuerySet(models.QuerySet["Deployment"]):
    def visible_to(self, user: User) -> "DeploymentQuerySet":
        if user.sees_everything:
            return self
        return self.filter(project__in=Project.objects.visible_to(user))

    def active(self) -> "DeploymentQuerySet":
        return self.filter(status__in=ACTIVE)

    def successes(self) -> "DeploymentQuerySet":
        return self.filter(status=Status.SUCCESS)

    def newest_first(self) -> "DeploymentQuerySet":
        return self.order_by("-created_at", "-id")

    def with_starter(self) -> "DeploymentQuerySet":
        """What a refusal says of the one that is in the way."""
        return self.select_related("triggered_by").only(
            *("project_id", "environment_id", "version", "status", "created_at"),
            *(f"triggered_by__{name}" for name in PERSON),
        )

    def with_verbs(self) -> "DeploymentQuerySet":
        """What the verbs ask and their answer shows, in one slim query."""
        return self.select_related(*(path for path, _ in AROUND)).only(
            *(field.attname for field in self.model._meta.concrete_fields),
            *(f"{path}__{name}" for path, names in AROUND for name in names),
        )

    def with_details(self) -> "DeploymentQuerySet":
        """Everything that a row of a list shows, in one query."""
        return self.with_configurations().defer("release__variables")

    def with_configurations(self) -> "DeploymentQuerySet":
        """The same, and what each is configured with."""
        return self.select_related(
            "project",
            "environment__server",
            "environment__live__release",
            "server",
            "release",
            "triggered_by",
            "retry_of",
        ).defer(
            "environment__live__release__configuration",
            "environment__live__release__variables",
            "server__private_key",
            "environment__server__private_key",
            "project__git_token",
            "project__git_deploy_key",
            "project__registry_password",
        )
