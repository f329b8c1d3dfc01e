"""What a deployment did: its events for polling, its log as text."""

from uuid import UUID

from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils.text import slugify
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from deployments.api.serializers import EventSerializer, EventsSerializer
from deployments.logs.text import AsRead, AsStored, log_text, log_text_async
from deployments.models import Deployment
from deployments.stream import history
from oec.api.lookup import found
from oec.api.queries import refuse_unknown, whole_number
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import problems

#: More events than this no deployment has; it fits every database.
MAX_SEQ = 2_000_000_000


@extend_schema(
    parameters=[
        OpenApiParameter("after", int, description="Events with a higher seq.")
    ],
    responses={200: EventsSerializer, **problems(400, 401, 404)},
)
@endpoint(["GET"])
def events(request: SignedInRequest, deployment_id: UUID) -> Response:
    """The history in order. Ask `next` every two seconds until it is null."""
    found(Deployment.objects.visible_to(request.user), pk=deployment_id)
    refuse_unknown(request, known=("after",))
    after = whole_number(request, "after", default=0, least=0, most=MAX_SEQ)
    part = history.read(deployment_id, after)
    last = part.events[-1].seq if part.events else after
    more = replace_query_param(request.build_absolute_uri(), "after", last)
    return Response(
        {
            "items": EventSerializer(part.events, many=True).data,
            "next": None if part.is_last else more,
            "previous": None,
            "status": part.status,
        }
    )


@extend_schema(
    parameters=[
        OpenApiParameter(
            "ansi", int, description="1: as stored, with colours and other sequences."
        )
    ],
    responses={
        (200, "text/plain"): OpenApiTypes.STR,
        **problems(400, 401, 404),
    },
)
@endpoint(["GET"])
def log(request: SignedInRequest, deployment_id: UUID) -> StreamingHttpResponse:
    """The whole log as text: what the commands printed, and OEC's own notes."""
    visible = Deployment.objects.visible_to(request.user).select_related("project")
    deployment = found(visible, pk=deployment_id)
    refuse_unknown(request, known=("ansi",))
    is_raw = whole_number(request, "ansi", default=0, least=0, most=1)
    writer = AsStored() if is_raw else AsRead()
    is_async = isinstance(request._request, ASGIRequest)
    text = (log_text_async if is_async else log_text)(deployment.pk, writer)
    answer = StreamingHttpResponse(text, content_type="text/plain; charset=utf-8")
    file = slugify(f"{deployment.project.name}-v{deployment.version}")
    answer["Content-Disposition"] = f'attachment; filename="{file}.log"'
    return answer
