"""Retry: the same release on the same server once more."""

from django.db.models import Max

from deployments.models import Deployment, Trigger
from deployments.services import rules
from deployments.services.creation import locked, record, ring
from deployments.services.requests import check_reason
from deployments.services.rules import Facts
from projects import permissions
from projects.models import User

#: What a retry carries over from the attempt that failed. Everything else is fresh.
CARRIED_OVER = ("project", "environment", "server", "release", "root_id")


def retry(
    failed: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """The same release on the same server once more, as a new deployment.

    ``failed`` never changes. Returns the row as it was committed, however quick the
    worker is. Raises in this order: ``DeployPermissionMissing``, ``InvalidInput``,
    ``NotRetryable``, ``DeploymentInProgress``, ``TargetUnavailable``.
    """
    permissions.require_deploy(by, failed.project)
    check_reason(reason)
    with locked(failed.project) as active:
        rules.refuse_retry(failed, Facts(active))
        attempt = Deployment(
            **{name: getattr(failed, name) for name in CARRIED_OVER},
            triggered_by=by,
            trigger=Trigger.MANUAL,
            reason=reason,
            retry_of=failed,
            attempt=_next_attempt(failed),
        )
        record(attempt, "deployment.retried", address=address, retry_of=str(failed.pk))
        ring(attempt)
    return attempt


def _next_attempt(failed: Deployment) -> int:
    """One more than the newest attempt of the chain; the project's lock is held."""
    chain = Deployment.objects.filter(root=failed.root_id)
    newest: int = chain.aggregate(newest=Max("attempt"))["newest"]
    return newest + 1
