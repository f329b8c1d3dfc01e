"""Environments: list, create, look at, change."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from deployments.api.serializers import EnvironmentSerializer
from deployments.live import with_live
from oec.api.viewsets import NestedViewSet, ResourceViewSet
from oec.exceptions import InvalidInput
from projects import services
from projects.api.permissions import MayChange
from projects.callers import caller
from projects.models import Environment, Project, Server, User


class EnvironmentResource(ResourceViewSet):
    queryset = Environment.objects.all()
    serializer_class = EnvironmentSerializer


class ProjectEnvironmentViewSet(NestedViewSet, EnvironmentResource):
    parents = Project.objects.all()
    parent_url_kwarg = "project_id"
    requires = {"create": MayChange}

    def get_queryset(self) -> Any:
        return with_live(Environment.objects.filter(project=self.parent))

    def list(self, request: Request, **path: Any) -> Response:
        """The environments of a project, newest first."""
        return self.page()

    def create(self, request: Request, **path: Any) -> Response:
        """A new environment of the project."""
        project = self.parent
        fields = _with_server(self.user, project, self.body())
        environment = services.create_environment(project, **caller(request), **fields)
        return self.created(environment, "api:environment")


class EnvironmentViewSet(EnvironmentResource):
    lookup_url_kwarg = "environment_id"
    requires = {"partial_update": MayChange}

    def get_queryset(self) -> Any:
        return with_live(super().get_queryset().select_related("project", "server"))

    def retrieve(self, request: Request, **path: Any) -> Response:
        """One environment."""
        return self.row_response(self.get_object())

    def partial_update(self, request: Request, **path: Any) -> Response:
        """Change an environment. The next deploy freezes what is changed here."""
        environment = self.get_object()
        fields = _with_server(self.user, environment.project, self.body(environment))
        services.change_environment(environment, **caller(request), **fields)
        return self.row_response(environment)


def _with_server(
    user: User, project: Project, fields: dict[str, Any]
) -> dict[str, Any]:
    """``vm_id`` turned into a server of the same organization, or refused."""
    if "server_id" not in fields:
        return fields
    pk = fields.pop("server_id")
    if pk is None:
        return {**fields, "server": None}
    visible = Server.objects.visible_to(user)
    server = visible.filter(organization=project.organization_id, pk=pk).first()
    if server is None:
        raise InvalidInput({"vm_id": ["This server does not exist."]})
    return {**fields, "server": server}
