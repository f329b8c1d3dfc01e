"""What every viewset of deployments shares: how one looks, and how one comes to be."""

from collections.abc import Callable, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from deployments import services
from deployments.api.filters import DeploymentFilterSet
from deployments.api.serializers import DeploymentSerializer, represent
from deployments.models import Deployment
from oec.api.viewsets import ResourceViewSet

#: What else an act may meet: something in its way, or a key used for something else.
IN_THE_WAY = (409, 422)

idempotent = extend_schema(
    parameters=[
        OpenApiParameter(
            "Idempotency-Key",
            OpenApiTypes.STR,
            OpenApiParameter.HEADER,
            description="The same key with the same request gets the first answer "
            "again.",
        )
    ]
)


class DeploymentResource(ResourceViewSet):
    queryset = Deployment.objects.all()
    serializer_class = DeploymentSerializer
    filterset_class = DeploymentFilterSet

    def represent(self, rows: Sequence[Deployment]) -> Sequence[Any]:
        return represent(rows, self.user)

    def once(self, act: Callable[[], Deployment], *, status: int = 200) -> Response:
        """Act and answer; with an Idempotency-Key at most once."""
        key = self.request.headers.get("Idempotency-Key")
        sent = (self.request.path, self.request.data)
        with services.once(key, by=self.user, request=sent) as answer:
            if answer.is_missing:
                deployment = act()
                answer.give(deployment, status, self.represent([deployment])[0])
        return Response(answer.body, status=answer.status_code)
