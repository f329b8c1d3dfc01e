"""The verbs: not visible 404, not allowed 403, malformed 400, then the service."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import Serializer

from deployments import services
from deployments.api.serializers import (
    DeploymentSerializer,
    DeploySerializer,
    ForceFinishSerializer,
    ReasonSerializer,
    RollbackSerializer,
    represent,
)
from deployments.models import Deployment
from oec.api.lookup import found
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import problems
from oec.exceptions import InvalidInput
from projects import permissions
from projects.callers import caller
from projects.models import Environment, User

KEY = OpenApiParameter(
    "Idempotency-Key",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The same key with the same request gets the first answer again.",
)
ANSWERS = {200: DeploymentSerializer, **problems(400, 401, 403, 404, 409, 422)}


@extend_schema(request=ReasonSerializer, parameters=[KEY], responses=ANSWERS)
@endpoint(["POST"])
def retry(request: SignedInRequest, deployment_id: UUID) -> Response:
    """The same commit with the same configuration on the same server once more."""
    failed = _deployable(request, deployment_id)
    given = _given(ReasonSerializer, request)
    return _once(request, lambda: services.retry(failed, **caller(request), **given))


@extend_schema(request=ReasonSerializer, parameters=[KEY], responses=ANSWERS)
@endpoint(["POST"])
def redeploy(request: SignedInRequest, deployment_id: UUID) -> Response:
    """The head of the deployment's branch, now, with today's configuration."""
    finished = _deployable(request, deployment_id)
    given = _given(ReasonSerializer, request)
    return _once(
        request, lambda: services.redeploy(finished, **caller(request), **given)
    )


@extend_schema(request=RollbackSerializer, parameters=[KEY], responses=ANSWERS)
@endpoint(["POST"])
def rollback(request: SignedInRequest, deployment_id: UUID) -> Response:
    """Leave this deployment for an earlier success of its environment."""
    current = _deployable(request, deployment_id)
    given = _given(RollbackSerializer, request)
    target = _rollback_target(request.user, given.pop("to"))
    return _once(
        request,
        lambda: services.rollback(current, to=target, **caller(request), **given),
    )


@extend_schema(request=ReasonSerializer, parameters=[KEY], responses=ANSWERS)
@endpoint(["POST"])
def cancel(request: SignedInRequest, deployment_id: UUID) -> Response:
    """End a pending deployment at once; ask a running one to end."""
    active = _deployable(request, deployment_id)
    given = _given(ReasonSerializer, request)
    return _once(request, lambda: services.cancel(active, **caller(request), **given))


@extend_schema(request=ForceFinishSerializer, parameters=[KEY], responses=ANSWERS)
@endpoint(["POST"])
def force_finish(request: SignedInRequest, deployment_id: UUID) -> Response:
    """For administrators, when nobody carries out a cancel: the row ends now."""
    stuck = _visible(request, deployment_id)
    services.require_force(request.user, stuck)
    given = _given(ForceFinishSerializer, request)
    return _once(
        request, lambda: services.force_finish(stuck, **caller(request), **given)
    )


def deploy(request: SignedInRequest, environment: Environment) -> Response:
    """The head of the environment's branch, or a chosen commit, as configured now."""
    permissions.require_deploy(request.user, environment.project)
    given = _given(DeploySerializer, request)
    answer = _once(
        request,
        lambda: services.deploy(environment, **caller(request), **given),
        status_code=201,
    )
    answer["Location"] = reverse(
        "api:deployment", args=[answer.data["id"]], request=request
    )
    return answer


def _visible(request: SignedInRequest, deployment_id: UUID) -> Deployment:
    visible = Deployment.objects.visible_to(request.user).with_verbs()
    return found(visible, pk=deployment_id)


def _deployable(request: SignedInRequest, deployment_id: UUID) -> Deployment:
    deployment = _visible(request, deployment_id)
    permissions.require_deploy(request.user, deployment.project)
    return deployment


def _given(kind: type[Serializer[Any]], request: SignedInRequest) -> dict[str, Any]:
    serializer = kind(data=request.data)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _rollback_target(user: User, pk: UUID | None) -> Deployment | None:
    if pk is None:
        return None
    visible = Deployment.objects.visible_to(user).with_verbs()
    target = visible.filter(pk=pk).first()
    if target is None:
        raise InvalidInput({"to": ["This deployment does not exist."]})
    return target


def _once(
    request: SignedInRequest, act: Callable[[], Deployment], *, status_code: int = 200
) -> Response:
    """Act and answer; with an Idempotency-Key at most once."""

    def answer(deployment: Deployment) -> tuple[int, dict[str, Any]]:
        return status_code, represent([deployment], request.user)[0]

    key = request.headers.get("Idempotency-Key")
    if key is None:
        code, body = answer(act())
    else:
        code, body = services.once(
            key,
            by=request.user,
            request=(request.path, request.data),
            act=act,
            answer=answer,
        )
    return Response(body, status=code)
