"""The variables of an environment: secrets go in and never come out."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from oec.api.lookup import found
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import page_of, problems
from projects import services
from projects.api.callers import caller
from projects.api.projects import require_change
from projects.models import Environment, User
from projects.serializers import NewVariableSerializer, VariableSerializer


@extend_schema(
    operation_id="environments_variables_list",
    responses={200: page_of(VariableSerializer), **problems(401, 404)},
)
@endpoint(["GET"])
def variables(request: SignedInRequest, environment_id: UUID) -> Response:
    """All of them by name. An environment has few, so they come in one piece."""
    environment = _visible(request.user, environment_id)
    rows = VariableSerializer(environment.variables.all(), many=True).data
    return Response({"items": rows, "next": None, "previous": None})


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
    environment = _visible(request.user, environment_id)
    if request.method == "GET":
        return Response(
            VariableSerializer(found(environment.variables.all(), name=name)).data
        )
    require_change(request.user, environment.project)
    if request.method == "DELETE":
        services.remove_variable(
            found(environment.variables.all(), name=name), **caller(request)
        )
        return Response(status=204)
    given = NewVariableSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    stored = services.set_variable(
        environment, name=name, **caller(request), **given.validated_data
    )
    return Response(VariableSerializer(stored).data)


def _visible(user: User, environment_id: UUID) -> Environment:
    visible = Environment.objects.visible_to(user).select_related("project")
    return found(visible, pk=environment_id)
