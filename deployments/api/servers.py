"""Looking at a server, and at the host key that it shows."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from deployments import services
from deployments.api.serializers import HostKeySerializer
from oec.api.lookup import found
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import problems
from projects import permissions
from projects.callers import caller
from projects.models import Server
from projects.serializers import ServerCheckSerializer


@extend_schema(
    request=None,
    responses={200: ServerCheckSerializer, **problems(401, 403, 404, 409, 503)},
)
@endpoint(["POST"])
def check(request: SignedInRequest, server_id: UUID) -> Response:
    """Look at the server now and answer with every finding, within 30 seconds.

    Meanwhile `last_check` of the server shows what has been found so far.
    """
    server = _checkable(request, server_id)
    checked = services.check_server(server, **caller(request))
    return Response(ServerCheckSerializer(checked).data)


@extend_schema(
    request=None,
    responses={200: HostKeySerializer, **problems(401, 403, 404, 409)},
)
@endpoint(["POST"])
def host_key(request: SignedInRequest, server_id: UUID) -> Response:
    """Fetch the key that the server shows now. Nothing is accepted by this."""
    server = _checkable(request, server_id)
    line, fingerprint = services.fetch_host_key(server, by=request.user)
    accepted = server.host_key_fingerprint
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


def _checkable(request: SignedInRequest, server_id: UUID) -> Server:
    visible = Server.objects.visible_to(request.user).select_related("organization")
    server = found(visible, pk=server_id)
    permissions.require_check(request.user, server)
    return server
