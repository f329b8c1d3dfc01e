"""A new deployment: the project's lock, the row with its first event, the bell."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from kombu.exceptions import OperationalError as BrokerError

from deployments import events, tasks
from deployments.exceptions import DeploymentInProgress
from deployments.models import Deployment
from oec.constraints import broken_rule
from projects import audit
from projects.models import Project

logger = logging.getLogger(__name__)

#: The constraint ``one_active_deployment``, and no other.
ACTIVE_SLOT = (Deployment, ("project",))


@contextmanager
def locked(project: Project) -> Iterator[Deployment | None]:
    """One transaction that has the project to itself; yields its active deployment.

    Raising the counter is the lock, so ``project.last_version`` is the number of what
    is recorded meanwhile; a refusal gives it back. Raises ``DeploymentInProgress``
    when the constraint was faster than the check: somebody else is first.
    """
    try:
        with transaction.atomic():
            project.last_version = _raise_counter(project)
            yield active_deployment(project)
    except IntegrityError as error:
        if broken_rule(error) != ACTIVE_SLOT:
            raise
        raise DeploymentInProgress(active_deployment(project)) from error


def record(
    deployment: Deployment, action: str, *, address: str | None, **facts: Any
) -> None:
    """Write the row, its first event and its audit entry, within ``locked``."""
    deployment.version = deployment.project.last_version
    if deployment.retry_of is None:
        deployment.root = deployment
    events.begin(deployment)
    audit.record(
        deployment.triggered_by,
        action,
        deployment,
        project=deployment.project,
        address=address,
        version=deployment.version,
        reason=deployment.reason,
        **facts,
    )


def ring(deployment: Deployment) -> None:
    """Once it is committed. If the bell cannot be rung the dispatcher does it later."""

    pk = deployment.pk

    def ring_now() -> None:
        try:
            tasks.ring(pk)
        except BrokerError as error:
            logger.warning("%s waits: the broker cannot be reached: %s", pk, error)

    # robust: whatever the bell does, a stored deployment must not become an error.
    transaction.on_commit(ring_now, robust=True)


def active_deployment(project: Project) -> Deployment | None:
    """The one that waits or runs; at most one does."""
    return Deployment.objects.active().filter(project=project).with_starter().first()


def _raise_counter(project: Project) -> int:
    """The UPDATE comes first: it is the lock."""
    rows = Project.objects.filter(pk=project.pk)
    rows.update(last_version=F("last_version") + 1)
    return rows.values_list("last_version", flat=True).get()
