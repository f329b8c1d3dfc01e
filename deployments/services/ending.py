"""Cancel, and its last resort."""

from django.db import transaction

from deployments import lifecycle
from deployments.exceptions import NotActive
from deployments.models import Deployment, Status
from deployments.services import rules
from deployments.services.checks import (
    check_reason,
    raise_if,
    require_force,
)
from deployments.services.rules import Facts
from oec.exceptions import InvalidInput
from projects import audit, permissions
from projects.models import User


def cancel(
    deployment: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """End a waiting deployment at once, and ask a running one to end.

    Asking again changes nothing. Raises ``NotActive`` when it has ended already.
    """
    permissions.require_deploy(by, deployment.project)
    facts = Facts(True, active=None)
    raise_if(rules.refuse_cancel(deployment, facts))
    check_reason(reason)
    with transaction.atomic():
        changed = lifecycle.cancel_pending(
            deployment.pk, by=by
        ) or lifecycle.request_cancel(deployment.pk, by=by)
        if changed:
            audit.record(
                by,
                "deployment.cancel_requested",
                deployment,
                project=deployment.project,
                address=address,
                reason=reason,
            )
    fresh = Deployment.objects.with_details().get(pk=deployment.pk)
    if not changed and not fresh.is_cancelling:
        raise_if(rules.refuse_cancel(fresh, facts))
    return fresh


def can_force_finish(user: User, deployment: Deployment) -> bool:
    """Whether nothing else is left: a cancel was asked for, and it still runs."""
    return (
        deployment.status == Status.RUNNING
        and deployment.is_cancelling
        and permissions.can_administer(user, deployment.project.organization)
    )


def force_finish(
    deployment: Deployment, *, by: User, reason: str, address: str | None = None
) -> Deployment:
    """An administrator's last resort for a cancel that nobody carries out.

    Raises ``PermissionMissing`` for others, ``InvalidInput`` without a reason, and
    ``NotActive`` unless a cancel was asked for and the deployment is still running.
    """
    require_force(by, deployment)
    check_reason(reason)
    if not reason.strip():
        raise InvalidInput({"reason": ["Say why. The audit trail keeps it."]})
    with transaction.atomic():
        if not can_force_finish(by, deployment) or not lifecycle.force_finish(
            deployment.pk, by=by
        ):
            raise NotActive(
                f"v{deployment.version} is not being cancelled. Cancel it first.",
                deployment_status=deployment.status,
            )
        audit.record(
            by,
            "deployment.force_finished",
            deployment,
            project=deployment.project,
            address=address,
            reason=reason,
        )
    return Deployment.objects.with_details().get(pk=deployment.pk)
