"""The page of a server: who it is, what was found on it, which key it shows."""

from contextlib import suppress
from copy import copy
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from deployments import services
from deployments.exceptions import CheckInProgress, ServerUnreachable
from oec.exceptions import InvalidInput
from oec.pages import SignedInRequest, page
from projects import permissions
from projects.callers import caller
from projects.models import Environment, Server
from projects.secrets import DecryptFailed
from projects.services import change_server

NOT_FOR_YOU = (
    "Only who administers the organization, or deploys to this server, can check it."
)
NOT_TO_ACCEPT = "Only an administrator of the organization can accept a host key."


@page
def server(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    server = get_object_or_404(_visible(request), pk=server_id)
    environments = (
        Environment.objects.visible_to(request.user)
        .filter(server=server)
        .select_related("project")
        .order_by("project__name", "name")
    )
    context = {
        **_check_context(server),
        **_key_context(server),
        "environments": environments,
        "may_change": permissions.can_administer(request.user, server.organization),
        "may_check": permissions.can_check(request.user, server),
        "refusal": NOT_FOR_YOU,
    }
    return render(request, "deployments/server.html", context)


@page
def findings(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    """Those of the newest check, as a part of the page: they appear one by one."""
    server = get_object_or_404(_visible(request).defer("private_key"), pk=server_id)
    return render(request, "deployments/_findings.html", _check_context(server))


@page
@require_POST
def check_server(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    """Answers when the check is over, which is 30 seconds at most."""
    server = _checkable(request, server_id)
    # Whose check runs already stands on the page that this leads to.
    with suppress(CheckInProgress):
        services.check_server(server, **caller(request))
    return redirect("server", server.pk)


@page
@require_POST
def fetch_host_key(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    """Show the key that the server shows now beside the accepted one."""
    server = _checkable(request, server_id)
    try:
        line, fingerprint = services.fetch_host_key(server, by=request.user)
    except ServerUnreachable as refusal:
        messages.error(request, refusal.detail)
        return redirect("server", server.pk)
    context = {
        "server": server,
        "host_key": line,
        "fingerprint": fingerprint,
        "matches": fingerprint == server.host_key_fingerprint,
        "may_change": permissions.can_administer(request.user, server.organization),
        "refusal": NOT_TO_ACCEPT,
    }
    return render(request, "deployments/host_key.html", context)


@page
@require_POST
def accept_host_key(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    """Accept exactly the key that was shown, not the one that is shown by now."""
    server = get_object_or_404(_visible(request), pk=server_id)
    permissions.require_administer(request.user, server.organization, NOT_TO_ACCEPT)
    host_key = request.POST.get("host_key", "")
    if not host_key:
        raise InvalidInput({"host_key": ["There is no key to accept. Fetch it first."]})
    changed = change_server(copy(server), host_key=host_key, **caller(request))
    messages.success(
        request, f"Accepted: {changed.host_key_fingerprint}. Check the server next."
    )
    return redirect("server", server.pk)


def _visible(request: SignedInRequest) -> QuerySet[Server]:
    return Server.objects.visible_to(request.user).select_related("organization")


def _checkable(request: SignedInRequest, server_id: UUID) -> Server:
    server = get_object_or_404(_visible(request), pk=server_id)
    permissions.require_check(request.user, server, NOT_FOR_YOU)
    return server


def _check_context(server: Server) -> dict[str, Any]:
    return {"server": server, "check": services.last_check(server)}


def _key_context(server: Server) -> dict[str, Any]:
    try:
        return {"has_key": bool(server.private_key), "public_key": server.public_key}
    except DecryptFailed as refusal:
        return {"has_key": True, "public_key": "", "unreadable_key": refusal.detail}
