"""Deployments: lists, one by one, their verbs, their history."""

from typing import Any
from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.text import slugify
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from deployments import services
from deployments.api.acting import IN_THE_WAY, DeploymentResource, idempotent
from deployments.api.permissions import MayDeploy, MayForce
from deployments.api.serializers import (
    ConfigurationSerializer,
    EventSerializer,
    EventsSerializer,
    ForceFinishSerializer,
    ReasonSerializer,
    RollbackSerializer,
    represent_configuration,
)
from deployments.logs.text import AsRead, AsStored, log_text, log_text_async
from deployments.models import Deployment
from deployments.stream import history
from oec.api.queries import refuse_unknown, whole_number
from oec.api.schema import PLAIN_TEXT
from oec.exceptions import InvalidInput
from projects.callers import caller

#: More events than this no deployment has; it fits every database.
MAX_SEQ = 2_000_000_000


class DeploymentViewSet(DeploymentResource):
    lookup_url_kwarg = "deployment_id"
    requires = {
        "retry": MayDeploy,
        "redeploy": MayDeploy,
        "rollback": MayDeploy,
        "cancel": MayDeploy,
        "force_finish": MayForce,
    }
    takes = {
        "retry": ReasonSerializer,
        "redeploy": ReasonSerializer,
        "rollback": RollbackSerializer,
        "cancel": ReasonSerializer,
        "force_finish": ForceFinishSerializer,
    }
    answers = {
        "configuration": ConfigurationSerializer,
        "events": EventsSerializer,
        "log": PLAIN_TEXT,
    }
    refusals = {
        **dict.fromkeys(requires, IN_THE_WAY),
        "configuration": (503,),
        "events": (400,),
        "log": (400,),
    }

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        # The history is asked for every two seconds, and shows nothing of the row.
        if self.action == "events":
            return rows
        if self.action == "log":
            return rows.select_related("project")
        if self.action == "configuration":
            return rows.with_details().select_related("environment__project")
        return rows.with_verbs()

    def list(self, request: Request, **path: Any) -> Response:
        """Every deployment that the caller can see, newest first."""
        return self.page()

    def retrieve(self, request: Request, **path: Any) -> Response:
        """One deployment."""
        return self.row_response(self.get_object())

    # --- Verbs -----------------------------------------------------------------------

    @idempotent
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, **path: Any) -> Response:
        """The same commit with the same configuration on the same server once more."""
        failed, fields = self.get_object(), self.body()
        return self.once(lambda: services.retry(failed, **caller(request), **fields))

    @idempotent
    @action(detail=True, methods=["post"])
    def redeploy(self, request: Request, **path: Any) -> Response:
        """The head of the deployment's branch, now, with today's configuration."""
        finished, fields = self.get_object(), self.body()
        return self.once(
            lambda: services.redeploy(finished, **caller(request), **fields)
        )

    @idempotent
    @action(detail=True, methods=["post"])
    def rollback(self, request: Request, **path: Any) -> Response:
        """Leave this deployment for an earlier success of its environment."""
        current, fields = self.get_object(), self.body()
        to = self._rollback_target(fields.pop("to"))
        return self.once(
            lambda: services.rollback(current, to=to, **caller(request), **fields)
        )

    @idempotent
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **path: Any) -> Response:
        """End a pending deployment at once; ask a running one to end."""
        active, fields = self.get_object(), self.body()
        return self.once(lambda: services.cancel(active, **caller(request), **fields))

    @idempotent
    @action(detail=True, methods=["post"], url_path="force-finish")
    def force_finish(self, request: Request, **path: Any) -> Response:
        """For administrators, when nobody carries out a cancel: the row ends now."""
        stuck, fields = self.get_object(), self.body()
        return self.once(
            lambda: services.force_finish(stuck, **caller(request), **fields)
        )

    def _rollback_target(self, pk: UUID | None) -> Deployment | None:
        if pk is None:
            return None
        target: Deployment | None = self.get_queryset().filter(pk=pk).first()
        if target is None:
            raise InvalidInput({"to": ["This deployment does not exist."]})
        return target

    # --- What it was, and what it did ------------------------------------------------

    @action(detail=True)
    def configuration(self, request: Request, **path: Any) -> Response:
        """As frozen; what the environment has changed since; how it differs from live.

        Of a secret only a fingerprint is shown: equal for equal values in one
        environment.
        """
        return Response(represent_configuration(self.get_object()))

    @extend_schema(
        parameters=[
            OpenApiParameter("after", int, description="Events with a higher seq.")
        ]
    )
    @action(detail=True)
    def events(self, request: Request, **path: Any) -> Response:
        """The history in order. Ask `next` every two seconds until it is null."""
        deployment = self.get_object()
        refuse_unknown(request, known=("after",))
        after = whole_number(request, "after", default=0, least=0, most=MAX_SEQ)
        part = history.read(deployment.pk, after)
        last = part.events[-1].seq if part.events else after
        more = replace_query_param(request.build_absolute_uri(), "after", last)
        return Response(
            {
                "items": EventSerializer(part.events, many=True).data,
                "next": None if part.is_last else more,
                "previous": None,
                "status": part.status,
                "log_pruned_at": deployment.log_pruned_at,
                "events_pruned_at": deployment.events_pruned_at,
            }
        )

    @extend_schema(
        parameters=[
            OpenApiParameter(
                "ansi",
                int,
                description="1: as stored, with colours and other sequences.",
            )
        ]
    )
    @action(detail=True)
    def log(self, request: Request, **path: Any) -> StreamingHttpResponse:
        """The whole log as text: what the commands printed, and OEC's own notes."""
        deployment = self.get_object()
        refuse_unknown(request, known=("ansi",))
        is_raw = whole_number(request, "ansi", default=0, least=0, most=1)
        writer = AsStored() if is_raw else AsRead()
        is_async = isinstance(request._request, ASGIRequest)
        text = (log_text_async if is_async else log_text)(deployment, writer)
        answer = StreamingHttpResponse(text, content_type="text/plain; charset=utf-8")
        file = slugify(f"{deployment.project.name}-v{deployment.version}")
        answer["Content-Disposition"] = f'attachment; filename="{file}.log"'
        return answer
