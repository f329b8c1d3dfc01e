"""What runs where: all projects, and one project."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from deployments.models import Deployment
from deployments.views.rows import (
    EnvironmentRow,
    deployment_rows,
    environment_rows,
    listed,
)
from oec.pages import SignedInRequest, page
from projects import permissions
from projects.models import Environment, Project

RECENT = 10


@page
def overview(request: SignedInRequest) -> HttpResponse:
    projects = (
        Project.objects.visible_to(request.user)
        .select_related("organization")
        .defer("git_token")
        .order_by("organization__name", "name")
    )
    rows: dict[UUID, list[EnvironmentRow]] = {}
    for row in environment_rows(Environment.objects.visible_to(request.user)):
        rows.setdefault(row.environment.project_id, []).append(row)
    context = {
        "projects": [(project, rows.get(project.pk, [])) for project in projects],
        "can_create": permissions.administered_organizations(request.user).exists(),
        "is_busy": _is_busy(row for group in rows.values() for row in group),
    }
    return render(request, "deployments/overview.html", context)


@page
def project(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = get_object_or_404(
        Project.objects.visible_to(request.user).select_related("organization"),
        pk=project_id,
    )
    recent = listed(Deployment.objects.filter(project=project))[:RECENT]
    environments = environment_rows(Environment.objects.filter(project=project))
    context = {
        "project": project,
        "environments": environments,
        "rows": deployment_rows(recent, request.user),
        "can_change": permissions.can_change(request.user, project),
        "is_busy": _is_busy(environments),
    }
    return render(request, "deployments/project.html", context)


def _is_busy(rows: object) -> bool:
    return any(row.last and row.last.is_active for row in rows)  # type: ignore[attr-defined]
