"""Organizations: whose projects and servers they are."""

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from oec.api.pagination import paged
from oec.api.queries import refuse_unknown
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import PAGING, page_of, problems
from projects.models import Organization
from projects.serializers import OrganizationSerializer


@extend_schema(
    operation_id="organizations_list",
    parameters=PAGING,
    responses={200: page_of(OrganizationSerializer), **problems(400, 401)},
)
@endpoint(["GET"])
def organizations(request: SignedInRequest) -> Response:
    """The organizations that the caller belongs to, newest first."""
    refuse_unknown(request)
    return paged(
        request,
        Organization.objects.visible_to(request.user),
        lambda rows: OrganizationSerializer(rows, many=True).data,
    )
