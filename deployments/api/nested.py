"""The deployments of one project or one environment, and a new one there."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from deployments import services
from deployments.api.acting import IN_THE_WAY, DeploymentResource, idempotent
from deployments.api.permissions import MayDeploy
from deployments.api.serializers import DeploySerializer
from deployments.models import Deployment
from oec.api.viewsets import NestedViewSet
from projects.callers import caller
from projects.models import Environment, Project


class ProjectDeploymentViewSet(NestedViewSet, DeploymentResource):
    parents = Project.objects.all()
    parent_url_kwarg = "project_id"

    def get_queryset(self) -> Any:
        return Deployment.objects.filter(project=self.parent).with_verbs()

    def list(self, request: Request, **path: Any) -> Response:
        """The deployments of one project, newest first."""
        return self.page()


class EnvironmentDeploymentViewSet(NestedViewSet, DeploymentResource):
    parents = Environment.objects.select_related("project", "server")
    parent_url_kwarg = "environment_id"
    requires = {"create": MayDeploy}
    takes = {"create": DeploySerializer}
    refusals = {"create": IN_THE_WAY}

    def get_queryset(self) -> Any:
        return Deployment.objects.filter(environment=self.parent).with_verbs()

    def list(self, request: Request, **path: Any) -> Response:
        """The deployments of one environment, newest first."""
        return self.page()

    @idempotent
    def create(self, request: Request, **path: Any) -> Response:
        """The head of the environment's branch, or a chosen commit, with today's
        configuration.
        """
        environment, fields = self.parent, self.body()
        answer = self.once(
            lambda: services.deploy(environment, **caller(request), **fields),
            status=201,
        )
        answer["Location"] = reverse(
            "api:deployment", args=[answer.data["id"]], request=request
        )
        return answer
