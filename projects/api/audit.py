"""The audit trail: who did what, newest first."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.response import Response

from oec.api.pagination import paged
from oec.api.queries import identifier, refuse_unknown
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import PAGING, page_of, problems
from projects.models import AuditEntry
from projects.serializers import AuditEntrySerializer


@extend_schema(
    operation_id="audit_list",
    parameters=[
        *PAGING,
        OpenApiParameter("project", OpenApiTypes.UUID, description="Of one project."),
        OpenApiParameter("action", str, description="Such as `deployment.retried`."),
    ],
    responses={200: page_of(AuditEntrySerializer), **problems(400, 401)},
)
@endpoint(["GET"])
def audit(request: SignedInRequest) -> Response:
    """What happened in the projects and organizations that the caller can see."""
    refuse_unknown(request, known=("project", "action"))
    entries = AuditEntry.objects.visible_to(request.user)
    if project_id := identifier(request, "project"):
        entries = entries.filter(project=project_id)
    if action := request.query_params.get("action"):
        entries = entries.filter(action=action)
    return paged(
        request,
        entries,
        lambda rows: AuditEntrySerializer(rows, many=True).data,
        keys=["id"],
    )
