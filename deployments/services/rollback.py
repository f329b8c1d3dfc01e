"""Roll back: an earlier success takes the place of what is live."""

from deployments.exceptions import NoRollbackTarget
from deployments.models import Deployment, Status, Trigger
from deployments.services import rules
from deployments.services.creation import locked, record, ring
from deployments.services.deploy import server_of
from deployments.services.requests import check_reason
from deployments.services.rules import Facts
from deployments.services.targets import NO_TARGETS, rollback_targets, targets_of
from projects import permissions
from projects.models import CONTRADICTING, Environment, User


def rollback(
    current: Deployment,
    *,
    by: User,
    to: Deployment | None = None,
    reason: str = "",
    address: str | None = None,
) -> Deployment:
    """Leave ``current`` for an earlier success: its commit and its configuration.

    Without ``to`` it is the preselected one of ``rollback_targets``. Raises in this
    order: ``DeployPermissionMissing``, ``InvalidInput``, ``NoRollbackTarget`` for a
    ``to`` that is no success of the environment, ``NotFinished``,
    ``DeploymentInProgress``, ``TargetUnavailable``, ``NoRollbackTarget``.
    """
    permissions.require_deploy(by, current.project)
    check_reason(reason)
    if to is not None:
        _refuse_foreign(current, to)
    with locked(current.project) as active:
        targets = targets_of([current.environment_id])
        facts = Facts(active, targets.get(current.environment_id, NO_TARGETS))
        if to is None:
            rules.refuse_rollback_without_choice(current, facts)
            key = facts.rollback.preselected
            assert key is not None  # noqa: S101 - the rule has just said so
            target: Deployment = rollback_targets(current).get(pk=key)
        else:
            rules.refuse_rollback(current, facts)
            _refuse_live(to)
            target = to
        deployment = Deployment(
            project=current.project,
            environment=current.environment,
            server=server_of(current.environment),
            release=target.release,
            triggered_by=by,
            trigger=Trigger.ROLLBACK,
            reason=reason,
            rollback_from=current,
        )
        record(
            deployment,
            "deployment.rolled_back",
            address=address,
            rollback_from=str(current.pk),
        )
        ring(deployment)
    return deployment


def _refuse_foreign(current: Deployment, to: Deployment) -> None:
    if to.environment_id != current.environment_id or to.status != Status.SUCCESS:
        raise NoRollbackTarget(
            f"v{to.version} is not a success of {current.environment}. Choose one of "
            "its successful deployments."
        )


def _refuse_live(to: Deployment) -> None:
    """Asked of the database, because the caller may have read it a while ago."""
    live = Environment.objects.filter(
        pk=to.environment_id, live__release=to.release_id
    ).exclude(serving__in=CONTRADICTING)
    if live.exists():
        raise NoRollbackTarget(
            f"The release of v{to.version} is the one that is live on "
            f"{to.environment}. Choose a success of another release."
        )
