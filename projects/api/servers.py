"""Servers: list, create, look at, change; the keys of both sides."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from oec.api.viewsets import NoBody, ResourceViewSet
from projects import services
from projects.api.organizations import administered
from projects.api.permissions import MayAdminister
from projects.callers import caller
from projects.models import Server
from projects.serializers import (
    NewServerSerializer,
    ServerKeySerializer,
    ServerSerializer,
)


class ServerViewSet(ResourceViewSet):
    queryset = Server.objects.all()
    serializer_class = ServerSerializer
    lookup_url_kwarg = "server_id"
    requires = {"partial_update": MayAdminister, "generate_key": MayAdminister}
    takes = {"create": NewServerSerializer, "generate_key": NoBody}
    answers = {"key": ServerKeySerializer, "generate_key": ServerKeySerializer}
    refusals = {"create": (403,), "generate_key": (409,)}

    def get_queryset(self) -> Any:
        rows = super().get_queryset()
        if self.detail:
            return rows.select_related("organization")
        return rows.defer("private_key")

    def list(self, request: Request, **path: Any) -> Response:
        """The servers of the caller's organizations, newest first."""
        return self.page()

    def create(self, request: Request, **path: Any) -> Response:
        """A new server of an organization that the caller administers."""
        fields = self.body()
        organization = administered(self.user, fields.pop("organization_id"))
        server = services.create_server(organization, **caller(request), **fields)
        return self.created(server, "api:server")

    def retrieve(self, request: Request, **path: Any) -> Response:
        """One server."""
        return self.row_response(self.get_object())

    def partial_update(self, request: Request, **path: Any) -> Response:
        """Change a server. Giving a host key accepts it, which is audited by itself."""
        server = self.get_object()
        services.change_server(server, **caller(request), **self.body(server))
        return self.row_response(server)

    @action(detail=True, methods=["get"])
    def key(self, request: Request, **path: Any) -> Response:
        """The public half of the stored key, for the account's `authorized_keys`."""
        return Response(ServerKeySerializer(self.get_object()).data)

    @key.mapping.post
    def generate_key(self, request: Request, **path: Any) -> Response:
        """Make a key pair for a server that has none; a stored key stays, with 409.

        Add the public half to the account's `authorized_keys`; the private half is
        never shown.
        """
        server = services.generate_server_key(self.get_object(), **caller(request))
        return Response(ServerKeySerializer(server).data)
