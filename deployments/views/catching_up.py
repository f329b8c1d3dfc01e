"""After a restored backup: the project catches up with what its servers have seen."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from deployments import services
from oec.pages import SignedInRequest, page
from projects import permissions
from projects.callers import caller
from projects.models import Project


@page
def catch_up(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    """A GET says what it is about; a POST asks the servers and shows their answers."""
    project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("organization"),
        pk=project_id,
    )
    permissions.require_change(request.user, project)
    caught_up = None
    if request.method == "POST":
        caught_up = services.catch_up(project, **caller(request))
    context = {"project": project, "caught_up": caught_up}
    return render(request, "deployments/catch_up.html", context)
