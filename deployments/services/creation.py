"""A new deployment: its number, its row, its first event, its audit entry, the bell."""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from deployments import events, tasks
from deployments.exceptions import DeploymentInProgress
from deployments.models import Deployment, Status
from deployments.services import rules
from projects import audit
from projects.models import Project


def create(
    project: Project,
    build: Callable[[Deployment | None], Deployment],
    *,
    action: str,
    address: str | None,
    **facts: Any,
) -> Deployment:
    """Give the project's next version to the deployment that ``build`` returns.

    ``build`` gets the project's active deployment, if there is one, while the project
    is locked, and raises its refusal; then the number is not used up. The bell rings
    after the commit, and if it cannot be rung the dispatcher does it later.
    """
    try:
        with transaction.atomic():
            version = _allot_version(project)
            deployment = build(_active(project))
            deployment.version = version
            if deployment.retry_of_id is None:
                deployment.root_id = deployment.pk
            deployment.save(force_insert=True)
            events.append(
                deployment.pk, [events.status_change(Status.PENDING, deployment.reason)]
            )
            audit.record(
                deployment.triggered_by,
                action,
                deployment,
                project=project,
                address=address,
                version=version,
                reason=deployment.reason,
                **facts,
            )
            _ring_after_commit(deployment)
    except IntegrityError as error:
        if not _is_active_clash(error):
            raise
        # The constraint was faster than the check: somebody else is first.
        active = _active(project)
        raise DeploymentInProgress(
            rules.describe_active(active) if active else None
        ) from error
    return Deployment.objects.with_details().get(pk=deployment.pk)


def _is_active_clash(error: IntegrityError) -> bool:
    # PostgreSQL names the constraint, SQLite only its column.
    text = str(error)
    return "one_active_deployment" in text or text.endswith("deployment.project_id")


def _allot_version(project: Project) -> int:
    """Raise the project's counter first: the UPDATE is also the project's lock."""
    rows = Project.objects.filter(pk=project.pk)
    rows.update(last_version=F("last_version") + 1)
    return rows.values_list("last_version", flat=True).get()


def _active(project: Project) -> Deployment | None:
    return (
        Deployment.objects.active()
        .filter(project=project)
        .select_related("triggered_by")
        .first()
    )


def _ring_after_commit(deployment: Deployment) -> None:
    def ring() -> None:
        tasks.ring(deployment.pk)

    # robust: a broker that is down must not turn a stored deployment into an error.
    transaction.on_commit(ring, robust=True)
