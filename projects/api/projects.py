"""Projects: list, create, look at, change."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.reverse import reverse

from oec.api.lookup import found
from oec.api.pagination import paged
from oec.api.queries import refuse_unknown
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import PAGING, page_of, problems
from oec.exceptions import InvalidInput
from projects import permissions, services
from projects.callers import caller
from projects.models import Organization, Project, User
from projects.serializers import (
    DeployKeySerializer,
    NewProjectSerializer,
    ProjectSerializer,
)


@extend_schema(
    methods=["GET"],
    operation_id="projects_list",
    parameters=PAGING,
    responses={200: page_of(ProjectSerializer), **problems(400, 401)},
)
@extend_schema(
    methods=["POST"],
    request=NewProjectSerializer,
    responses={201: ProjectSerializer, **problems(400, 401, 403)},
)
@endpoint(["GET", "POST"])
def projects(request: SignedInRequest) -> Response:
    """The projects that the caller can see, newest first; or a new one."""
    if request.method == "POST":
        return _create(request)
    refuse_unknown(request)
    return paged(
        request,
        Project.objects.visible_to(request.user),
        lambda rows: ProjectSerializer(rows, many=True).data,
    )


def _create(request: SignedInRequest) -> Response:
    given = NewProjectSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    fields: dict[str, Any] = given.validated_data
    organization = administered(request.user, fields.pop("organization_id"))
    created = services.create_project(organization, **caller(request), **fields)
    location = reverse("api:project", args=[created.pk], request=request)
    return Response(
        ProjectSerializer(created).data, status=201, headers={"Location": location}
    )


@extend_schema(
    methods=["GET"], responses={200: ProjectSerializer, **problems(401, 404)}
)
@extend_schema(
    methods=["PATCH"],
    request=ProjectSerializer,
    responses={200: ProjectSerializer, **problems(400, 401, 403, 404)},
)
@endpoint(["GET", "PATCH"])
def project(request: SignedInRequest, project_id: UUID) -> Response:
    """One project."""
    asked = found(Project.objects.visible_to(request.user), pk=project_id)
    if request.method == "PATCH":
        permissions.require_change(request.user, asked)
        given = ProjectSerializer(asked, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        services.change_project(asked, **caller(request), **given.validated_data)
    return Response(ProjectSerializer(asked).data)


@extend_schema(
    methods=["POST"],
    request=None,
    responses={200: DeployKeySerializer, **problems(401, 403, 404)},
)
@extend_schema(methods=["DELETE"], responses={204: None, **problems(401, 403, 404)})
@endpoint(["POST", "DELETE"])
def deploy_key(request: SignedInRequest, project_id: UUID) -> Response:
    """Make a new key pair in place of the present one, which opens nothing any more.

    Allow the public half at the Git host; the private half is never shown. DELETE
    forgets the pair, and needs none to be there.
    """
    asked = found(Project.objects.visible_to(request.user), pk=project_id)
    permissions.require_change(request.user, asked)
    if request.method == "DELETE":
        services.remove_deploy_key(asked, **caller(request))
        return Response(status=204)
    services.generate_deploy_key(asked, **caller(request))
    return Response(DeployKeySerializer(asked).data)


def administered(user: User, organization_id: UUID) -> Organization:
    """The organization that a new object names, if the caller may add to it."""
    organization = (
        Organization.objects.visible_to(user).filter(pk=organization_id).first()
    )
    if organization is None:
        raise InvalidInput({"organization_id": ["This organization does not exist."]})
    permissions.require_administer(user, organization)
    return organization
