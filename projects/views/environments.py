"""Creating an environment; its Settings tab."""

from copy import copy
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from oec.pages import SignedInRequest, page
from projects import permissions, services
from projects.callers import caller
from projects.forms import EnvironmentForm
from projects.models import Environment, Project, Server
from projects.views.forms import fill_in


@page
def create_environment(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("organization"),
        pk=project_id,
    )
    permissions.require_change(request.user, project)
    form = EnvironmentForm(_servers_of(project), request.POST or None)
    created: list[Environment] = []

    def create() -> None:
        created.append(
            services.create_environment(project, **caller(request), **form.cleaned_data)
        )

    return fill_in(
        request,
        form,
        create,
        template="projects/environment_create.html",
        done=lambda: reverse("environment", args=[created[0].pk]),
        project=project,
    )


@page
def environment_settings(
    request: SignedInRequest, environment_id: UUID
) -> HttpResponse:
    """Everybody who sees the environment reads its settings; some change them."""
    environment = visible_environment(request, environment_id)
    if request.method == "POST":
        permissions.require_change(request.user, environment.project)
    form = EnvironmentForm(
        _servers_of(environment.project), request.POST or None, instance=environment
    )

    def change() -> None:
        # A copy: when it is refused, the page goes on showing what is stored.
        services.change_environment(
            copy(environment), **caller(request), **form.changes()
        )

    return fill_in(
        request,
        form,
        change,
        template="projects/environment_settings.html",
        done=lambda: reverse("environment-settings", args=[environment.pk]),
        environment=environment,
        misplacement=environment.misplacement(),
        can_change=permissions.can_change(request.user, environment.project),
        refusal=permissions.CHANGE_MISSING,
    )


def visible_environment(request: SignedInRequest, environment_id: UUID) -> Environment:
    return get_object_or_404(
        Environment.objects.visible_to(request.user).select_related(
            "project__organization", "server"
        ),
        pk=environment_id,
    )


def _servers_of(project: Project) -> object:
    return Server.objects.filter(organization=project.organization_id)
