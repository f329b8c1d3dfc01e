"""The host key of a project's Git host: fetched, compared by a person, accepted."""

from copy import copy
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from deployments import services
from deployments.exceptions import GitHostUnreachable
from oec.exceptions import InvalidInput
from oec.pages import SignedInRequest, page
from projects import permissions
from projects.callers import caller
from projects.models import Project
from projects.services import change_project


@page
def git_host_key(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """A POST asks the Git host; a GET shows what is accepted and offers that."""
    project = _changeable(request, project_id)
    context = {"project": project, "host_key": "", "fingerprint": "", "matches": False}
    if request.method == "POST":
        try:
            line, fingerprint = services.fetch_git_host_key(project, by=request.user)
        except (GitHostUnreachable, InvalidInput) as refusal:
            messages.error(request, refusal.detail)
            return redirect("project-git-host-key", project.pk)
        context |= {
            "host_key": line,
            "fingerprint": fingerprint,
            "matches": fingerprint == project.git_host_key_fingerprint,
        }
    return render(request, "deployments/git_host_key.html", context)


@page
@require_POST
def accept_git_host_key(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """Accept exactly the key that was shown, not the one that is shown by now."""
    project = _changeable(request, project_id)
    changed = change_project(
        copy(project),
        git_host_key=request.POST.get("git_host_key", ""),
        **caller(request),
    )
    messages.success(request, f"Accepted: {changed.git_host_key_fingerprint}.")
    return redirect("project-edit", project.pk)


def _changeable(request: SignedInRequest, project_id: UUID) -> Project:
    visible = Project.objects.visible_to(request.user).select_related("organization")
    project = get_object_or_404(visible, pk=project_id)
    permissions.require_change(request.user, project)
    return project
