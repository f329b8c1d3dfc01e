"""One place where a project runs: a branch, a server, a configuration."""

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.db import models

from projects.models import columns
from projects.models.people import User
from projects.models.projects import Project
from projects.models.runtimes import DockerSettings, ShellSettings
from projects.models.servers import Server
from projects.models.serving import Serving
from projects.secrets import EncryptedTextField, new_fingerprint_key
from projects.settings import EnvironmentType, Runtime
from projects.syntax import check_new_deploy_path, lie_in_one_another

if TYPE_CHECKING:
    from django_stubs_ext.db.models.manager import RelatedManager

    from projects.models.variables import AbstractVariable, Variable


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
    name = columns.line("name")
    type = columns.choice("type")
    git_branch = columns.line("git_branch")
    runtime = columns.choice("runtime")
    deploy_path = columns.line("deploy_path")
    build_command = columns.block("build_command")
    release_command = columns.block("release_command")
    verify_command = columns.block("verify_command")
    after_command = columns.block("after_command")
    health_check_url = columns.line("health_check_url")
    health_check_host = columns.line("health_check_host")
    health_check_insecure = columns.switch("health_check_insecure")
    health_check_command = columns.block("health_check_command")
    health_check_timeout_seconds = columns.number("health_check_timeout_seconds")
    start_grace_seconds = columns.number("start_grace_seconds")
    step_timeout_seconds = columns.number("step_timeout_seconds")
    silence_timeout_seconds = columns.number("silence_timeout_seconds")
    total_timeout_seconds = columns.number("total_timeout_seconds")
    keep_releases = columns.number("keep_releases")
    is_enabled = columns.switch("is_enabled")
    #: Nothing reads it yet, so that no door takes it; the API answers false.
    auto_deploy = models.BooleanField(default=False)
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
    #: Who answered when somebody looked last, and when that was seen first.
    serving = models.CharField(
        max_length=7,
        choices=Serving.choices,
        default=Serving.UNKNOWN,
        db_default=Serving.UNKNOWN,
        editable=False,
    )
    serving_since = models.DateTimeField(null=True, editable=False)
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
            models.CheckConstraint(
                condition=models.Q(serving__in=Serving.values),
                name="known_serving_of_place",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def contradiction(self) -> str:
        """What was seen instead of its live version, in a few words; else empty."""
        return {
            Serving.NONE: "nothing answers",
            Serving.OLD: "another version answers",
        }.get(Serving(self.serving), "")

    def clean(self) -> None:
        if self._has_moved() and (reason := self.misplacement()):
            raise ValidationError({"deploy_path": reason})
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

    def misplacement(self) -> str:
        """Why nothing new may be deployed to its folder, as one sentence; else empty.

        What stands there from before this rule keeps working, and is warned of.
        """
        try:
            check_new_deploy_path(self.deploy_path)
        except ValueError as reason:
            return str(reason)
        for other in self._neighbours():
            if lie_in_one_another(self.deploy_path, other.deploy_path):
                return (
                    f"{other.project} {other} deploys to {other.deploy_path} on this "
                    "server. In one another, the two would remove each other's files: "
                    "choose a folder beside it."
                )
        return ""

    def _neighbours(self) -> "models.QuerySet[Environment]":
        """On the same machine, by whichever server row of the organization.

        What other organizations do there only the machine itself can tell.
        """
        if self.server is None:
            return Environment.objects.none()
        return (
            Environment.objects.filter(
                server__organization=self.server.organization_id,
                server__host__iexact=self.server.host,
                server__port=self.server.port,
            )
            .exclude(pk=self.pk)
            .select_related("project")
            .only("name", "deploy_path", "project__name")
        )

    def _has_moved(self) -> bool:
        """Whether this is not the folder that is stored."""
        stored = Environment.objects.filter(pk=self.pk).values_list(
            "server", "deploy_path"
        )
        return stored.first() != (self.server_id, self.deploy_path)

    def merged_variables(self) -> "list[AbstractVariable]":
        """The project's defaults and its own, which take precedence, by name."""
        all_of_them = (*self.project.variables.all(), *self.variables.all())
        merged = {variable.name: variable for variable in all_of_them}
        return [merged[name] for name in sorted(merged)]
