"""Variables of environments and of projects: secrets go in and never come out."""

from typing import Any

from rest_framework.request import Request
from rest_framework.response import Response

from oec.api.pagination import InOnePiece
from oec.api.viewsets import NestedViewSet
from projects import services
from projects.api.permissions import MayChange
from projects.callers import caller
from projects.models import Environment, Project, ProjectVariable, Variable
from projects.serializers import NewVariableSerializer, VariableSerializer


class VariableViewSet(NestedViewSet):
    serializer_class = VariableSerializer
    filter_backends = ()
    pagination_class = InOnePiece
    lookup_field = "name"
    lookup_value_converter = "str"
    requires = {"update": MayChange, "destroy": MayChange}
    takes = {"update": NewVariableSerializer}
    answers = {"destroy": None}

    def get_queryset(self) -> Any:
        return self.parent.variables.all()

    def list(self, request: Request, **path: Any) -> Response:
        return self.page()

    def retrieve(self, request: Request, **path: Any) -> Response:
        """One variable. The value of a secret is null."""
        return self.row_response(self.get_object())

    def update(self, request: Request, **path: Any) -> Response:
        """Set a variable, whether it is there or not. The next deploy freezes it."""
        parent, name = self.parent, self.kwargs["name"]
        variable = services.set_variable(
            parent, name=name, **caller(request), **self.body()
        )
        return self.row_response(variable)

    def destroy(self, request: Request, **path: Any) -> Response:
        """Remove a variable. The next deploy is without it."""
        services.remove_variable(self.get_object(), **caller(request))
        return Response(status=204)


class EnvironmentVariableViewSet(VariableViewSet):
    """An environment's own, by name and in one piece. They take precedence over those
    of its project.
    """

    queryset = Variable.objects.all()
    parents = Environment.objects.select_related("project")
    parent_url_kwarg = "environment_id"


class ProjectVariableViewSet(VariableViewSet):
    """Defaults for all environments of a project, by name and in one piece."""

    queryset = ProjectVariable.objects.all()
    parents = Project.objects.all()
    parent_url_kwarg = "project_id"
