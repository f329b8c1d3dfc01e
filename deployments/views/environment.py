"""The Deployments tab of an environment."""

from collections.abc import Iterable
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render

from deployments import services
from deployments.models import Deployment, Status
from deployments.views.rows import deployment_rows, listed
from oec.pages import SignedInRequest, page
from projects.models import Environment

PAGE_SIZE = 30
MAX_DIGITS = 9


@page
def environment(request: SignedInRequest, environment_id: UUID) -> HttpResponse:
    """Newest first; ``?status=failed`` filters, ``?before=41`` goes on below v41."""
    environment = get_object_or_404(
        Environment.objects.visible_to(request.user).select_related(
            "project__organization", "server"
        ),
        pk=environment_id,
    )
    statuses = [
        status for status in request.GET.getlist("status") if status in Status.values
    ]
    deployments = Deployment.objects.filter(
        project=environment.project_id, environment=environment
    )
    if statuses:
        deployments = deployments.filter(status__in=statuses)
    before = _before(request.GET)
    if before is not None:
        deployments = deployments.filter(version__lt=before)
    rows = deployment_rows(listed(deployments)[: PAGE_SIZE + 1], request.user)
    has_more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    active = Deployment.objects.active().filter(project=environment.project_id)
    context = {
        "environment": environment,
        "rows": rows,
        "active": active.select_related("environment", "triggered_by").first(),
        "deploy": services.deploy_action(environment, request.user),
        "filters": _filters(statuses),
        "is_filtered": bool(statuses),
        "newest": _query(statuses) if before is not None else "",
        "older": _query(statuses, rows[-1].deployment.version) if has_more else "",
        "is_busy": any(row.deployment.is_active for row in rows),
    }
    return render(request, "deployments/environment.html", context)


def _before(query: QueryDict) -> int | None:
    text = query.get("before", "")
    is_number = text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS
    return int(text) if is_number else None


def _filters(statuses: Iterable[str]) -> list[tuple[str, str, bool]]:
    """Label, query and whether it is the one in use."""
    chosen = set(statuses)
    return [("All", "", not chosen)] + [
        (status.label, f"?{urlencode({'status': status.value})}", chosen == {status})
        for status in Status
    ]


def _query(statuses: list[str], before: int | None = None) -> str:
    query: dict[str, list[str] | int] = {"status": statuses}
    if before is not None:
        query["before"] = before
    return "?" + urlencode(query, doseq=True)
