"""Deployments as lists and one by one, newest first."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from deployments.api.serializers import (
    DeploymentSerializer,
    DeploySerializer,
    represent,
)
from deployments.api.verbs import deploy
from deployments.models import Deployment, Status, Trigger
from deployments.models.querysets import DeploymentQuerySet
from oec.api.lookup import found
from oec.api.pagination import paged
from oec.api.queries import choices, identifier, refuse_unknown
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import PAGING, page_of, problems
from projects.models import Environment, Project

FILTERS = ("status", "environment", "trigger")
PARAMETERS = [
    *PAGING,
    OpenApiParameter("status", str, description="Such as `failed,running`."),
    OpenApiParameter("environment", OpenApiTypes.UUID),
    OpenApiParameter("trigger", str, description="Such as `manual,rollback`."),
]
PAGE = page_of(DeploymentSerializer)


@extend_schema(
    operation_id="deployments_list",
    parameters=PARAMETERS,
    responses={200: PAGE, **problems(400, 401)},
)
@endpoint(["GET"])
def deployments(request: SignedInRequest) -> Response:
    """Every deployment that the caller can see."""
    return _listed(request, Deployment.objects.visible_to(request.user))


@extend_schema(
    operation_id="projects_deployments_list",
    parameters=PARAMETERS,
    responses={200: PAGE, **problems(400, 401, 404)},
)
@endpoint(["GET"])
def of_project(request: SignedInRequest, project_id: UUID) -> Response:
    """The deployments of one project."""
    project = found(Project.objects.visible_to(request.user), pk=project_id)
    return _listed(request, Deployment.objects.filter(project=project))


@extend_schema(
    methods=["GET"],
    operation_id="environments_deployments_list",
    parameters=PARAMETERS,
    responses={200: PAGE, **problems(400, 401, 404)},
)
@extend_schema(
    methods=["POST"],
    request=DeploySerializer,
    responses={201: DeploymentSerializer, **problems(400, 401, 403, 404, 409, 422)},
)
@endpoint(["GET", "POST"])
def of_environment(request: SignedInRequest, environment_id: UUID) -> Response:
    """The deployments of one environment; or a new one."""
    visible = Environment.objects.visible_to(request.user)
    environment = found(visible.select_related("project", "server"), pk=environment_id)
    if request.method == "POST":
        return deploy(request, environment)
    return _listed(request, Deployment.objects.filter(environment=environment))


@extend_schema(responses={200: DeploymentSerializer, **problems(401, 404)})
@endpoint(["GET"])
def deployment(request: SignedInRequest, deployment_id: UUID) -> Response:
    """One deployment."""
    visible = Deployment.objects.visible_to(request.user).with_verbs()
    return Response(represent([found(visible, pk=deployment_id)], request.user)[0])


def _listed(request: SignedInRequest, rows: DeploymentQuerySet) -> Response:
    return paged(
        request,
        _filtered(request, rows).with_verbs(),
        lambda page: represent(page, request.user),
    )


def _filtered(request: SignedInRequest, rows: DeploymentQuerySet) -> DeploymentQuerySet:
    refuse_unknown(request, known=FILTERS)
    if statuses := choices(request, "status", Status.values):
        rows = rows.filter(status__in=statuses)
    if triggers := choices(request, "trigger", Trigger.values):
        rows = rows.filter(trigger__in=triggers)
    if environment_id := identifier(request, "environment"):
        visible = Environment.objects.visible_to(request.user)
        if not visible.filter(pk=environment_id).exists():
            raise ValidationError({"environment": ["There is no such environment."]})
        rows = rows.filter(environment=environment_id)
    return rows
