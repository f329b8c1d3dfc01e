"""Deploy, retry, redeploy, roll back, cancel: rules, rows, audit, doorbell.

Each verb returns the deployment or raises an ``ApplicationError``; then nothing was
changed. The new row, its first event and its audit entry are one transaction; the bell
rings after the commit, and if it cannot be rung the dispatcher does it later.
"""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F

from deployments import events, lifecycle, tasks
from deployments.exceptions import (
    DeploymentInProgress,
    DeployPermissionMissing,
    NoRollbackTarget,
    NotActive,
)
from deployments.models import Deployment, Release, Status, Trigger
from deployments.models.deployments import MAX_REASON
from deployments.services import releases, rules
from deployments.services.rules import Facts
from oec.exceptions import ApplicationError, InvalidInput, PermissionMissing
from projects import audit, permissions, syntax
from projects.models import Environment, Project, Server, User

#: What a retry carries over from the attempt that failed. Everything else is fresh.
CARRIED_OVER = ("project", "environment", "server", "release", "root")


def deploy(
    environment: Environment,
    *,
    by: User,
    git_commit: str = "",
    reason: str = "",
    trigger: str = Trigger.MANUAL,
    address: str | None = None,
) -> Deployment:
    """The head of the environment's branch, or a commit of it, as configured now."""
    _require_deploy(by, environment.project)
    _check_reason(reason)
    if git_commit:
        _check_commit(git_commit)

    def create(active: Deployment | None) -> Deployment:
        _raise(rules.refuse_new_release(environment, Facts(True, active)))
        return _new_release_deployment(
            environment, by=by, git_commit=git_commit, reason=reason, trigger=trigger
        )

    return _create(
        environment.project, create, action="deployment.created", address=address
    )


def retry(
    failed: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """The same release on the same server once more, as a new deployment.

    ``failed`` never changes. Raises in this order: ``DeployPermissionMissing``,
    ``NotRetryable``, ``DeploymentInProgress``, ``TargetUnavailable``.
    """
    _require_deploy(by, failed.project)
    _check_reason(reason)

    def create(active: Deployment | None) -> Deployment:
        _raise(rules.refuse_retry(failed, Facts(True, active)))
        return Deployment(
            **{name: getattr(failed, name) for name in CARRIED_OVER},
            triggered_by=by,
            reason=reason,
            trigger=Trigger.MANUAL,
            retry_of=failed,
            attempt=_next_attempt(failed),
        )

    return _create(
        failed.project,
        create,
        action="deployment.retried",
        address=address,
        retry_of=str(failed.pk),
    )


def redeploy(
    deployment: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """The head of the deployment's branch, now, with today's configuration."""
    _require_deploy(by, deployment.project)
    _check_reason(reason)

    def create(active: Deployment | None) -> Deployment:
        _raise(rules.refuse_redeploy(deployment, Facts(True, active)))
        return _new_release_deployment(
            deployment.environment,
            by=by,
            reason=reason,
            git_branch=deployment.release.git_branch,
        )

    return _create(
        deployment.project,
        create,
        action="deployment.redeployed",
        address=address,
        redeploy_of=str(deployment.pk),
    )


def rollback(
    current: Deployment,
    *,
    by: User,
    to: Deployment | None = None,
    reason: str = "",
    address: str | None = None,
) -> Deployment:
    """Leave ``current`` for an earlier success: its commit and its configuration.

    Without ``to`` it is the newest earlier success of another release.
    """
    _require_deploy(by, current.project)
    _check_reason(reason)
    if to is not None and (
        to.environment_id != current.environment_id or to.status != Status.SUCCESS
    ):
        raise NoRollbackTarget(
            f"v{to.version} is not a success of {current.environment}. Choose one of "
            "its successful deployments."
        )

    def create(active: Deployment | None) -> Deployment:
        target = to or rollback_target(current)
        facts = Facts(True, active, rollback_target=target)
        _raise(rules.refuse_rollback(current, facts))
        assert target is not None  # noqa: S101 - refuse_rollback has just said so
        return Deployment(
            project=current.project,
            environment=current.environment,
            server=_server_of(current.environment),
            release=target.release,
            triggered_by=by,
            reason=reason,
            trigger=Trigger.ROLLBACK,
            rollback_from=current,
        )

    return _create(
        current.project,
        create,
        action="deployment.rolled_back",
        address=address,
        rollback_from=str(current.pk),
    )


def cancel(
    deployment: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """End a waiting deployment at once, and ask a running one to end.

    Asking again changes nothing. Raises ``NotActive`` when it has ended already.
    """
    _require_deploy(by, deployment.project)
    facts = Facts(True, active=None)
    _raise(rules.refuse_cancel(deployment, facts))
    _check_reason(reason)
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
        _raise(rules.refuse_cancel(fresh, facts))
    return fresh


def force_finish(
    deployment: Deployment, *, by: User, reason: str, address: str | None = None
) -> Deployment:
    """An administrator's last resort for a cancel that nobody carries out.

    Raises ``PermissionMissing`` for others, ``NotActive`` unless a cancel was asked
    for and the deployment is still running.
    """
    if not permissions.can_administer(by, deployment.project.organization):
        raise PermissionMissing(
            "Only an administrator of the organization can finish by force."
        )
    _check_reason(reason)
    with transaction.atomic():
        if not deployment.is_cancelling or not lifecycle.force_finish(
            deployment.pk, by=by
        ):
            raise NotActive(
                f"v{deployment.version} is not being cancelled. Cancel it first.",
                status=deployment.status,
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


def rollback_target(current: Deployment) -> Deployment | None:
    """The newest earlier success of the environment with another release."""
    return (
        Deployment.objects.successes()
        .filter(environment=current.environment_id, version__lt=current.version)
        .exclude(release=current.release_id)
        .select_related("release")
        .order_by("-version")
        .first()
    )


def _create(
    project: Project,
    create: Callable[[Deployment | None], Deployment],
    *,
    action: str,
    address: str | None,
    **facts: Any,
) -> Deployment:
    try:
        with transaction.atomic():
            version = _allot_version(project)
            deployment = create(_active(project))
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


def _next_attempt(failed: Deployment) -> int:
    """One more than the newest attempt of the chain; the project's lock is held."""
    newest = Deployment.objects.filter(root=failed.root_id).order_by("-attempt").first()
    return (newest.attempt if newest else failed.attempt) + 1


def _new_release_deployment(
    environment: Environment,
    *,
    by: User,
    git_commit: str = "",
    git_branch: str = "",
    reason: str,
    trigger: str = Trigger.MANUAL,
) -> Deployment:
    release: Release = releases.freeze(
        environment, git_commit=git_commit, git_branch=git_branch
    )
    return Deployment(
        project=environment.project,
        environment=environment,
        server=_server_of(environment),
        release=release,
        triggered_by=by,
        reason=reason,
        trigger=trigger,
    )


def _server_of(environment: Environment) -> Server:
    assert environment.server is not None  # noqa: S101 - refuse_new_release asked
    return environment.server


def _ring_after_commit(deployment: Deployment) -> None:
    def ring() -> None:
        tasks.ring(deployment.pk)

    # robust: a broker that is down must not turn a stored deployment into an error.
    transaction.on_commit(ring, robust=True)


def _require_deploy(by: User, project: Project) -> None:
    if not permissions.can_deploy(by, project):
        raise DeployPermissionMissing


def _check_reason(reason: str) -> None:
    if len(reason) > MAX_REASON:
        raise InvalidInput(
            {"reason": [f"A reason has {MAX_REASON} characters at most."]}
        )
    if "\0" in reason or any("\ud800" <= char <= "\udfff" for char in reason):
        raise InvalidInput({"reason": ["A reason is text without control characters."]})


def _check_commit(commit: str) -> None:
    try:
        syntax.check_commit(commit)
    except ValueError as error:
        raise InvalidInput({"git_commit": [str(error)]}) from None


def _raise(refusal: ApplicationError | None) -> None:
    if refusal is not None:
        raise refusal
