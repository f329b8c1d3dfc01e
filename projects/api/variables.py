"""Variables of environments and of projects: secrets go in and never come out."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from oec.api.lookup import found
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import page_of, problems
from projects import permissions, services
from projects.callers import caller
from projects.models import Environment, Project, User
from projects.serializers import NewVariableSerializer, VariableSerializer

PAGE = page_of(VariableSerializer)


@extend_schema(
    operation_id="environments_variables_list",
    responses={200: PAGE, **problems(401, 404)},
)
@endpoint(["GET"])
def variables(request: SignedInRequest, environment_id: UUID) -> Response:
    """Its own by name, in one piece; the defaults of its project stand there."""
    return _all_of(_environment(request.user, environment_id))


@extend_schema(
    methods=["GET"], responses={200: VariableSerializer, **problems(401, 404)}
)
@extend_schema(
    methods=["PUT"],
    request=NewVariableSerializer,
    responses={200: VariableSerializer, **problems(400, 401, 403, 404)},
)
@extend_schema(methods=["DELETE"], responses={204: None, **problems(401, 403, 404)})
@endpoint(["GET", "PUT", "DELETE"])
def variable(request: SignedInRequest, environment_id: UUID, name: str) -> Response:
    """Look at one variable, set it, or remove it. The next deploy freezes it."""
    environment = _environment(request.user, environment_id)
    return _one_of(environment, environment.project, name, request)


@extend_schema(
    operation_id="projects_variables_list",
    responses={200: PAGE, **problems(401, 404)},
)
@endpoint(["GET"])
def project_variables(request: SignedInRequest, project_id: UUID) -> Response:
    """Defaults by name, in one piece, for all environments of the project."""
    return _all_of(_project(request.user, project_id))


@extend_schema(
    methods=["GET"], responses={200: VariableSerializer, **problems(401, 404)}
)
@extend_schema(
    methods=["PUT"],
    request=NewVariableSerializer,
    responses={200: VariableSerializer, **problems(400, 401, 403, 404)},
)
@extend_schema(methods=["DELETE"], responses={204: None, **problems(401, 403, 404)})
@endpoint(["GET", "PUT", "DELETE"])
def project_variable(request: SignedInRequest, project_id: UUID, name: str) -> Response:
    """The same for a default. An environment's own of this name takes precedence."""
    project = _project(request.user, project_id)
    return _one_of(project, project, name, request)


def _all_of(place: Environment | Project) -> Response:
    rows = VariableSerializer(place.variables.all(), many=True).data
    return Response({"items": rows, "next": None, "previous": None})


def _one_of(
    place: Environment | Project, project: Project, name: str, request: SignedInRequest
) -> Response:
    if request.method == "GET":
        return Response(
            VariableSerializer(found(place.variables.all(), name=name)).data
        )
    permissions.require_change(request.user, project)
    if request.method == "DELETE":
        services.remove_variable(
            found(place.variables.all(), name=name), **caller(request)
        )
        return Response(status=204)
    given = NewVariableSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    stored = services.set_variable(
        place, name=name, **caller(request), **given.validated_data
    )
    return Response(VariableSerializer(stored).data)


def _environment(user: User, environment_id: UUID) -> Environment:
    visible = Environment.objects.visible_to(user).select_related("project")
    return found(visible, pk=environment_id)


def _project(user: User, project_id: UUID) -> Project:
    return found(Project.objects.visible_to(user), pk=project_id)
