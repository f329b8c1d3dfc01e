"""The machines that are deployed to."""

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from oec.pages import SignedInRequest, page
from projects import permissions, services
from projects.callers import caller
from projects.forms import NewServerForm, ServerForm
from projects.models import Server
from projects.views.forms import fill_in

REFUSAL = "Only an administrator of the organization can change its servers."


@page
def servers(request: SignedInRequest) -> HttpResponse:
    administered = set(permissions.administered_organizations(request.user))
    visible = (
        Server.objects.visible_to(request.user)
        .select_related("organization")
        .defer("private_key")
        .order_by("organization__name", "name")
    )
    context = {
        "rows": [(server, server.organization in administered) for server in visible],
        "can_create": bool(administered),
        "refusal": REFUSAL,
    }
    return render(request, "projects/servers.html", context)


@page
def create_server(request: SignedInRequest) -> HttpResponse:
    organizations = permissions.require_administered(request.user, REFUSAL)
    form = NewServerForm(organizations, request.POST or None)

    def create() -> None:
        services.create_server(**caller(request), **form.cleaned_data)

    return fill_in(
        request,
        form,
        create,
        template="projects/server_form.html",
        done=lambda: reverse("servers"),
        server=None,
    )


@page
def edit_server(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    server = get_object_or_404(
        Server.objects.visible_to(request.user).select_related("organization"),
        pk=server_id,
    )
    permissions.require_administer(request.user, server.organization, REFUSAL)
    form = ServerForm(request.POST or None, instance=server)

    def change() -> None:
        # A copy: when it is refused, the page goes on showing what is stored.
        services.change_server(copy(server), **caller(request), **form.changes())

    return fill_in(
        request,
        form,
        change,
        template="projects/server_form.html",
        done=lambda: reverse("server", args=[server.pk]),
        server=server,
    )


@page
@require_POST
def generate_server_key(request: SignedInRequest, server_id: UUID) -> HttpResponse:
    server = get_object_or_404(
        Server.objects.visible_to(request.user).select_related("organization"),
        pk=server_id,
    )
    permissions.require_administer(request.user, server.organization, REFUSAL)
    try:
        services.generate_server_key(server, **caller(request))
    except services.KeyStored as refusal:
        messages.error(request, refusal.detail)
    else:
        messages.success(request, "A new key pair. Add its public line to the account.")
    return redirect("server", server.pk)
