"""Looking at a server, and at the host key that it or a Git host shows."""

from typing import Any

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from deployments import services
from deployments.api.permissions import MayCheck
from deployments.api.serializers import CatchUpSerializer, HostKeySerializer
from oec.api.viewsets import NoBody, ResourceViewSet
from projects.api.permissions import MayChange
from projects.callers import caller
from projects.models import Project, Server
from projects.serializers import ServerCheckSerializer


class ServerCheckViewSet(ResourceViewSet):
    queryset = Server.objects.select_related("organization")
    lookup_url_kwarg = "server_id"
    requires = {"check": MayCheck, "host_key": MayCheck}
    takes = {"check": NoBody, "host_key": NoBody}
    answers = {"check": ServerCheckSerializer, "host_key": HostKeySerializer}
    refusals = {"check": (409, 503), "host_key": (409,)}

    @action(detail=True, methods=["post"])
    def check(self, request: Request, **path: Any) -> Response:
        """Look at the server now and answer with every finding, within 30 seconds.

        Meanwhile `last_check` of the server shows what has been found so far.
        """
        checked = services.check_server(self.get_object(), **caller(request))
        return Response(ServerCheckSerializer(checked).data)

    @action(detail=True, methods=["post"], url_path="host-key")
    def host_key(self, request: Request, **path: Any) -> Response:
        """Fetch the key that the server shows now. Nothing is accepted by this."""
        server = self.get_object()
        line, fingerprint = services.fetch_host_key(server, by=self.user)
        return _host_key_response(
            line, fingerprint, accepted=server.host_key_fingerprint
        )


class GitHostViewSet(ResourceViewSet):
    queryset = Project.objects.all()
    lookup_url_kwarg = "project_id"
    requires = {"git_host_key": MayChange, "catch_up": MayChange}
    takes = {"git_host_key": NoBody, "catch_up": NoBody}
    answers = {"git_host_key": HostKeySerializer, "catch_up": CatchUpSerializer}
    refusals = {"git_host_key": (400, 409)}

    @action(detail=True, methods=["post"], url_path="git-host-key")
    def git_host_key(self, request: Request, **path: Any) -> Response:
        """Fetch the key that the Git host shows now. Nothing is accepted by this: give
        the line to PATCH `/projects/{id}` as `git_host_key` once it was compared.
        """
        project = self.get_object()
        line, fingerprint = services.fetch_git_host_key(project, by=self.user)
        return _host_key_response(
            line, fingerprint, accepted=project.git_host_key_fingerprint
        )

    @action(detail=True, methods=["post"], url_path="catch-up")
    def catch_up(self, request: Request, **path: Any) -> Response:
        """After a restored backup: ask every server of the project for the newest
        version that it has seen, and continue after the highest of them.
        """
        caught_up = services.catch_up(self.get_object(), **caller(request))
        return Response(CatchUpSerializer(caught_up).data)


def _host_key_response(line: str, fingerprint: str, *, accepted: str) -> Response:
    facts = {
        "host_key": line,
        "fingerprint": fingerprint,
        "accepted_fingerprint": accepted,
        "matches": fingerprint == accepted,
    }
    return Response(HostKeySerializer(facts).data)
