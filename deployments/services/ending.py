"""Cancel, and its last resort."""

from django.db import transaction

from deployments import lifecycle
from deployments.exceptions import NotActive
from deployments.models import Deployment
from deployments.services import rules
from deployments.services.requests import check_reason
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
    rules.refuse_cancel(deployment, Facts())
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
        rules.refuse_cancel(fresh, Facts())
    return fresh


def can_force_finish(user: User, deployment: Deployment) -> bool:
    """An administrator can, once somebody has asked a running one to end."""
    try:
        rules.refuse_force_finish(deployment, Facts())
    except NotActive:
        return False
    return permissions.can_administer(user, deployment.project.organization)


def require_force(user: User, deployment: Deployment) -> None:
    """Raises ``PermissionMissing``."""
    permissions.require_administer(
        user,
        deployment.project.organization,
        "Only an administrator of the organization can finish by force.",
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
    rules.refuse_force_finish(deployment, Facts())
    with transaction.atomic():
        has_ended = lifecycle.force_finish(deployment.pk, by=by)
        if has_ended:
            audit.record(
                by,
                "deployment.force_finished",
                deployment,
                project=deployment.project,
                address=address,
                reason=reason,
            )
    fresh = Deployment.objects.with_details().get(pk=deployment.pk)
    if not has_ended:
        rules.refuse_cancel(fresh, Facts())
    return fresh
