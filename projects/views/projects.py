"""Creating and editing a project."""

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from oec.pages import SignedInRequest, page
from projects import permissions, services
from projects.callers import caller
from projects.forms import NewProjectForm, ProjectForm
from projects.models import Project
from projects.views.forms import fill_in


@page
def create_project(request: SignedInRequest) -> HttpResponse:
    organizations = permissions.require_administered(
        request.user, "Only an administrator of an organization can add a project."
    )
    form = NewProjectForm(organizations, request.POST or None)
    created: list[Project] = []

    def create() -> None:
        created.append(services.create_project(**caller(request), **form.cleaned_data))

    return fill_in(
        request,
        form,
        create,
        template="projects/project_form.html",
        done=lambda: reverse("project", args=[created[0].pk]),
        project=None,
    )


@page
def edit_project(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = _changeable(request, project_id)
    form = ProjectForm(request.POST or None, instance=project)

    def change() -> None:
        # A copy: when it is refused, the page goes on showing what is stored.
        services.change_project(copy(project), **caller(request), **form.changes())

    return fill_in(
        request,
        form,
        change,
        template="projects/project_form.html",
        done=lambda: reverse("project", args=[project.pk]),
        project=project,
    )


@page
def deploy_key(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Shows the public half; whoever replaces or removes it has seen it."""
    project = _changeable(request, project_id)
    if request.method != "POST":
        return render(request, "projects/deploy_key.html", {"project": project})
    if request.POST.get("replaces", "") != project.git_public_key_fingerprint:
        messages.error(
            request, "Somebody has just generated another key, which is kept."
        )
    elif "remove" in request.POST:
        services.remove_deploy_key(project, **caller(request))
        messages.success(request, "The deploy key is removed.")
    else:
        services.generate_deploy_key(project, **caller(request))
        messages.success(request, "A new key pair. Allow its public half now.")
    return redirect("project-deploy-key", project.pk)


def _changeable(request: SignedInRequest, project_id: UUID) -> Project:
    project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("organization"),
        pk=project_id,
    )
    permissions.require_change(request.user, project)
    return project
