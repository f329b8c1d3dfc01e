"""One place where a project runs: a branch, a server, a configuration."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxValueValidator,
    MinValueValidator,
)
from django.db import models

from projects.models.people import User
from projects.models.projects import Project
from projects.models.runtimes import (
    DockerSettings,
    Runtime,
    ShellSettings,
    command,
    seconds,
)
from projects.models.servers import Server
from projects.secrets import EncryptedTextField, new_fingerprint_key
from projects.validators import (
    validate_branch,
    validate_deploy_path,
    validate_health_check_url,
    validate_plain_text,
)

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from projects.models.variables import AbstractVariable, Variable


class EnvironmentType(models.TextChoices):
    DEVELOPMENT = "development", "Development"
    STAGING = "staging", "Staging"
    PRODUCTION = "production", "Production"


class EnvironmentQuerySet(models.QuerySet["Environment"]):
    def visible_to(self, user: User) -> "EnvironmentQuerySet":
        if user.sees_everything:
            return self
        return self.filter(project__in=Project.objects.visible_to(user))

    def with_variables(self) -> "EnvironmentQuerySet":
        """All that configures each, in a constant number of queries."""
        return self.select_related("project").prefetch_related(
            "variables", "project__variables"
        )


class Environment(ShellSettings, DockerSettings):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    project = models.ForeignKey(
        Project, on_delete=models.PROTECT, related_name="environments"
    )
    server = models.ForeignKey(
        Server,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="environments",
    )
    name = models.CharField(max_length=100, validators=[validate_plain_text])
    type = models.CharField(
        max_length=11,
        choices=EnvironmentType.choices,
        default=EnvironmentType.DEVELOPMENT,
    )
    git_branch = models.CharField(
        "Git branch", max_length=200, default="main", validators=[validate_branch]
    )
    runtime = models.CharField(
        max_length=6, choices=Runtime.choices, default=Runtime.SHELL
    )
    deploy_path = models.CharField(
        max_length=500,
        validators=[validate_deploy_path],
        help_text="Absolute folder on the server that belongs to this environment.",
    )
    build_command = command("Runs in the new release, before it is live.")
    release_command = command("Runs after the build, for example migrations.")
    after_command = command(
        "Runs at the end, when the release is live and healthy. If it fails, that is "
        "noted and changes nothing."
    )
    health_check_url = models.CharField(
        "health check URL",
        max_length=500,
        blank=True,
        default="",
        validators=[validate_health_check_url],
        help_text="Asked on the server itself until it answers 2xx or 3xx.",
    )
    health_check_command = command("Repeated on the server until it ends with 0.")
    health_check_timeout_seconds = seconds(60, "How long the health check may take.")
    step_timeout_seconds = seconds(1800, "How long one step may take.")
    silence_timeout_seconds = seconds(600, "How long a step may print nothing.")
    total_timeout_seconds = seconds(3600, "How long a whole deployment may take.")
    keep_releases = models.PositiveIntegerField(
        default=5,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text="Finished releases kept on the server.",
    )
    auto_deploy = models.BooleanField(default=False)
    is_enabled = models.BooleanField(default=True)
    #: Makes fingerprints of secret values that nobody without it can guess from.
    fingerprint_key = EncryptedTextField(default=new_fingerprint_key, editable=False)
    #: Its newest success; only ``deployments.live`` writes it and the next one.
    live = models.ForeignKey(
        "deployments.Deployment",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    #: The newest success before that one of another release.
    previous = models.ForeignKey(
        "deployments.Deployment",
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = EnvironmentQuerySet.as_manager()

    if TYPE_CHECKING:
        variables: RelatedManager[Variable]

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name"], name="environment_name_in_project"
            ),
            # Two environments in one folder would deploy over each other.
            models.UniqueConstraint(
                fields=["server", "deploy_path"], name="one_environment_per_folder"
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=EnvironmentType.values),
                name="known_environment_type",
            ),
            models.CheckConstraint(
                condition=models.Q(runtime__in=Runtime.values), name="known_runtime"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        if self.docker_domain and not self.docker_port:
            raise ValidationError(
                {"docker_port": "Say on which port the container listens."}
            )
        if self.docker_ports and self.docker_network in {"host", "none"}:
            raise ValidationError(
                {
                    "docker_ports": f"With the network {self.docker_network} no port "
                    "can be published."
                }
            )

    def merged_variables(self) -> "list[AbstractVariable]":
        """The project's defaults and its own, which take precedence, by name."""
        all_of_them = (*self.project.variables.all(), *self.variables.all())
        merged = {variable.name: variable for variable in all_of_them}
        return [merged[name] for name in sorted(merged)]
