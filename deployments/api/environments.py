"""Environments: list, create, look at, change."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.reverse import reverse

from deployments.api.serializers import EnvironmentSerializer, represent_environments
from oec.api.lookup import found
from oec.api.pagination import paged
from oec.api.queries import refuse_unknown
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import PAGING, page_of, problems
from oec.exceptions import InvalidInput
from projects import permissions, services
from projects.callers import caller
from projects.models import Environment, Project, Server, User


@extend_schema(
    methods=["GET"],
    operation_id="projects_environments_list",
    parameters=PAGING,
    responses={200: page_of(EnvironmentSerializer), **problems(400, 401, 404)},
)
@extend_schema(
    methods=["POST"],
    request=EnvironmentSerializer,
    responses={201: EnvironmentSerializer, **problems(400, 401, 403, 404)},
)
@endpoint(["GET", "POST"])
def of_project(request: SignedInRequest, project_id: UUID) -> Response:
    """The environments of a project, newest first; or a new one."""
    project = found(Project.objects.visible_to(request.user), pk=project_id)
    if request.method == "POST":
        return _create(request, project)
    refuse_unknown(request)
    return paged(
        request, Environment.objects.filter(project=project), represent_environments
    )


def _create(request: SignedInRequest, project: Project) -> Response:
    permissions.require_change(request.user, project)
    given = EnvironmentSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    fields = _with_server(request.user, project, given.validated_data)
    created = services.create_environment(project, **caller(request), **fields)
    location = reverse("api:environment", args=[created.pk], request=request)
    body = represent_environments([created])[0]
    return Response(body, status=201, headers={"Location": location})


@extend_schema(
    methods=["GET"], responses={200: EnvironmentSerializer, **problems(401, 404)}
)
@extend_schema(
    methods=["PATCH"],
    request=EnvironmentSerializer,
    responses={200: EnvironmentSerializer, **problems(400, 401, 403, 404)},
)
@endpoint(["GET", "PATCH"])
def environment(request: SignedInRequest, environment_id: UUID) -> Response:
    """One environment. What is changed here is frozen by the next deploy."""
    visible = Environment.objects.visible_to(request.user)
    asked = found(visible.select_related("project", "server"), pk=environment_id)
    if request.method == "PATCH":
        permissions.require_change(request.user, asked.project)
        given = EnvironmentSerializer(asked, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        fields = _with_server(request.user, asked.project, given.validated_data)
        services.change_environment(asked, **caller(request), **fields)
    return Response(represent_environments([asked])[0])


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
