"""Projects: list, create, look at, change; and the key for their Git host."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from oec.api.viewsets import NoBody, ResourceViewSet
from projects import services
from projects.api.organizations import administered
from projects.api.permissions import MayChange
from projects.callers import caller
from projects.models import Project
from projects.serializers import (
    DeployKeySerializer,
    NewProjectSerializer,
    ProjectSerializer,
)


class ProjectViewSet(ResourceViewSet):
    queryset = Project.objects.all()
    serializer_class = ProjectSerializer
    lookup_url_kwarg = "project_id"
    requires = {
        "partial_update": MayChange,
        "deploy_key": MayChange,
        "forget_deploy_key": MayChange,
    }
    takes = {"create": NewProjectSerializer, "deploy_key": NoBody}
    answers = {"deploy_key": DeployKeySerializer, "forget_deploy_key": None}
    refusals = {"create": (403,)}

    def list(self, request: Request, **path: Any) -> Response:
        """The projects that the caller can see, newest first."""
        return self.page()

    def create(self, request: Request, **path: Any) -> Response:
        """A new project of an organization that the caller administers."""
        fields = self.body()
        organization = administered(self.user, fields.pop("organization_id"))
        project = services.create_project(organization, **caller(request), **fields)
        return self.created(project, "api:project")

    def retrieve(self, request: Request, **path: Any) -> Response:
        """One project."""
        return self.row_response(self.get_object())

    def partial_update(self, request: Request, **path: Any) -> Response:
        """Change a project. Giving a host key accepts it, which is audited by itself.

        A credential is entered anew when the host that it is sent to changes.
        """
        project = self.get_object()
        services.change_project(project, **caller(request), **self.body(project))
        return self.row_response(project)

    @action(detail=True, methods=["post"], url_path="deploy-key")
    def deploy_key(self, request: Request, **path: Any) -> Response:
        """Make a new key pair in place of the present one, which opens nothing more.

        Allow the public half at the Git host; the private half is never shown.
        """
        project = self.get_object()
        services.generate_deploy_key(project, **caller(request))
        return Response(DeployKeySerializer(project).data)

    @deploy_key.mapping.delete
    def forget_deploy_key(self, request: Request, **path: Any) -> Response:
        """Forget the key pair; none needs to be there."""
        services.remove_deploy_key(self.get_object(), **caller(request))
        return Response(status=204)
