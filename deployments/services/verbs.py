"""Deploy, retry, redeploy, roll back: what each puts where.

Each verb returns the deployment or raises an ``ApplicationError``; then nothing was
changed. The new row, its first event and its audit entry are one transaction; the bell
rings after the commit, and if it cannot be rung the dispatcher does it later.
"""

from deployments.exceptions import NoRollbackTarget
from deployments.models import Deployment, Release, Status, Trigger
from deployments.services import releases, rules
from deployments.services.checks import (
    check_commit,
    check_reason,
    raise_if,
)
from deployments.services.creation import create
from deployments.services.rules import Facts
from projects import permissions
from projects.models import Environment, Server, User

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
    permissions.require_deploy(by, environment.project)
    check_reason(reason)
    if git_commit:
        check_commit(git_commit)

    def build(active: Deployment | None) -> Deployment:
        raise_if(rules.refuse_new_release(environment, Facts(True, active)))
        return _new_release_deployment(
            environment, by=by, git_commit=git_commit, reason=reason, trigger=trigger
        )

    return create(
        environment.project, build, action="deployment.created", address=address
    )


def retry(
    failed: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """The same release on the same server once more, as a new deployment.

    ``failed`` never changes. Raises in this order: ``DeployPermissionMissing``,
    ``NotRetryable``, ``DeploymentInProgress``, ``TargetUnavailable``.
    """
    permissions.require_deploy(by, failed.project)
    check_reason(reason)

    def build(active: Deployment | None) -> Deployment:
        raise_if(rules.refuse_retry(failed, Facts(True, active)))
        return Deployment(
            **{name: getattr(failed, name) for name in CARRIED_OVER},
            triggered_by=by,
            reason=reason,
            trigger=Trigger.MANUAL,
            retry_of=failed,
            attempt=_next_attempt(failed),
        )

    return create(
        failed.project,
        build,
        action="deployment.retried",
        address=address,
        retry_of=str(failed.pk),
    )


def redeploy(
    deployment: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """The head of the deployment's branch, now, with today's configuration."""
    permissions.require_deploy(by, deployment.project)
    check_reason(reason)

    def build(active: Deployment | None) -> Deployment:
        raise_if(rules.refuse_redeploy(deployment, Facts(True, active)))
        return _new_release_deployment(
            deployment.environment,
            by=by,
            reason=reason,
            git_branch=deployment.release.git_branch,
        )

    return create(
        deployment.project,
        build,
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
    permissions.require_deploy(by, current.project)
    check_reason(reason)
    if to is not None and (
        to.environment_id != current.environment_id or to.status != Status.SUCCESS
    ):
        raise NoRollbackTarget(
            f"v{to.version} is not a success of {current.environment}. Choose one of "
            "its successful deployments."
        )

    def build(active: Deployment | None) -> Deployment:
        target = to or rollback_target(current)
        facts = Facts(True, active, rollback_target=target)
        raise_if(rules.refuse_rollback(current, facts))
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

    return create(
        current.project,
        build,
        action="deployment.rolled_back",
        address=address,
        rollback_from=str(current.pk),
    )


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
