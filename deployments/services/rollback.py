"""Roll back: an earlier success takes the place of what is there."""

from django.db.models import Max, QuerySet

from deployments.exceptions import NoRollbackTarget
from deployments.models import Deployment, Release, Status, Trigger
from deployments.services import rules
from deployments.services.creation import locked, record, ring
from deployments.services.deploy import server_of
from deployments.services.requests import check_reason
from deployments.services.rules import Facts
from projects import permissions
from projects.models import User


def rollback(
    current: Deployment,
    *,
    by: User,
    to: Deployment | None = None,
    reason: str = "",
    address: str | None = None,
) -> Deployment:
    """Leave ``current`` for an earlier success: its commit and its configuration.

    Without ``to`` it is the newest earlier success of another release. Raises in this
    order: ``DeployPermissionMissing``, ``InvalidInput``, ``NoRollbackTarget`` for a
    ``to`` that is none, ``NotFinished``, ``DeploymentInProgress``,
    ``TargetUnavailable``, ``NoRollbackTarget``.
    """
    permissions.require_deploy(by, current.project)
    check_reason(reason)
    if to is not None:
        _refuse_foreign(current, to)
    with locked(current.project) as active:
        target = to or rollback_target(current)
        key = target.pk if target else None
        rules.refuse_rollback(current, Facts(active, rollback_target=key))
        assert target is not None  # noqa: S101 - refuse_rollback has just said so
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


def rollback_target(current: Deployment) -> Deployment | None:
    """The newest earlier success of the environment with another release."""
    return (
        Deployment.objects.successes()
        .filter(environment=current.environment_id, version__lt=current.version)
        .exclude(release=current.release_id)
        .select_related("release")
        .defer("release__variables")
        .order_by("-version")
        .first()
    )


def rollback_targets(current: Deployment) -> QuerySet[Deployment]:
    """Of each other release its newest earlier success, newest first."""
    newest_of_releases = (
        Release.objects.filter(
            environment=current.environment_id,
            deployments__status=Status.SUCCESS,
            deployments__version__lt=current.version,
        )
        .exclude(pk=current.release_id)
        .annotate(version=Max("deployments__version"))
        .values("version")
    )
    return (
        Deployment.objects.successes()
        .filter(environment=current.environment_id, version__in=newest_of_releases)
        .select_related("environment", "release", "triggered_by")
        .defer("release__variables")
        .order_by("-version")
    )


def _refuse_foreign(current: Deployment, to: Deployment) -> None:
    if to.environment_id != current.environment_id or to.status != Status.SUCCESS:
        raise NoRollbackTarget(
            f"v{to.version} is not a success of {current.environment}. Choose one of "
            "its successful deployments."
        )
