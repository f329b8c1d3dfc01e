"""Servers: list, create, look at, change, accept a host key."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.reverse import reverse

from oec.api.lookup import found
from oec.api.pagination import paged
from oec.api.queries import refuse_unknown
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import PAGING, page_of, problems
from projects import permissions, services
from projects.api.projects import administered
from projects.callers import caller
from projects.models import Server
from projects.serializers import NewServerSerializer, ServerSerializer


@extend_schema(
    methods=["GET"],
    operation_id="servers_list",
    parameters=PAGING,
    responses={200: page_of(ServerSerializer), **problems(400, 401)},
)
@extend_schema(
    methods=["POST"],
    request=NewServerSerializer,
    responses={201: ServerSerializer, **problems(400, 401, 403)},
)
@endpoint(["GET", "POST"])
def servers(request: SignedInRequest) -> Response:
    """The servers of the caller's organizations, newest first; or a new one."""
    if request.method == "POST":
        return _create(request)
    refuse_unknown(request)
    return paged(
        request,
        Server.objects.visible_to(request.user).defer("private_key"),
        lambda rows: ServerSerializer(rows, many=True).data,
    )


def _create(request: SignedInRequest) -> Response:
    given = NewServerSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    fields: dict[str, Any] = given.validated_data
    organization = administered(request.user, fields.pop("organization_id"))
    created = services.create_server(organization, **caller(request), **fields)
    location = reverse("api:server", args=[created.pk], request=request)
    return Response(
        ServerSerializer(created).data, status=201, headers={"Location": location}
    )


@extend_schema(methods=["GET"], responses={200: ServerSerializer, **problems(401, 404)})
@extend_schema(
    methods=["PATCH"],
    request=ServerSerializer,
    responses={200: ServerSerializer, **problems(400, 401, 403, 404)},
)
@endpoint(["GET", "PATCH"])
def server(request: SignedInRequest, server_id: UUID) -> Response:
    """One server. Giving a host key accepts it, which is audited by itself."""
    visible = Server.objects.visible_to(request.user).select_related("organization")
    asked = found(visible, pk=server_id)
    if request.method == "PATCH":
        permissions.require_change_server(request.user, asked)
        given = ServerSerializer(asked, data=request.data, partial=True)
        given.is_valid(raise_exception=True)
        services.change_server(asked, **caller(request), **given.validated_data)
    return Response(ServerSerializer(asked).data)
