"""The host key that a project's Git host shows."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from deployments import services
from deployments.api.serializers import HostKeySerializer
from oec.api.lookup import found
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import problems
from projects import permissions
from projects.models import Project


@extend_schema(
    request=None,
    responses={200: HostKeySerializer, **problems(400, 401, 403, 404, 409)},
)
@endpoint(["POST"])
def host_key(request: SignedInRequest, project_id: UUID) -> Response:
    """Fetch the key that the Git host shows now. Nothing is accepted by this: give
    the line to PATCH `/projects/{id}` as `git_host_key` once it was compared.
    """
    project = found(Project.objects.visible_to(request.user), pk=project_id)
    permissions.require_change(request.user, project)
    line, fingerprint = services.fetch_git_host_key(project, by=request.user)
    accepted = project.git_host_key_fingerprint
    return Response(
        HostKeySerializer(
            {
                "host_key": line,
                "fingerprint": fingerprint,
                "accepted_fingerprint": accepted,
                "matches": fingerprint == accepted,
            }
        ).data
    )
