"""Deploy and redeploy: a new release of the environment as it is configured now."""

from deployments.models import Deployment, Trigger
from deployments.services import releases, rules
from deployments.services.creation import locked, record, ring
from deployments.services.requests import check_commit, check_reason
from deployments.services.rules import Facts
from projects import permissions
from projects.models import Environment, Server, User


def deploy(
    environment: Environment,
    *,
    by: User,
    git_commit: str = "",
    reason: str = "",
    trigger: str = Trigger.MANUAL,
    address: str | None = None,
) -> Deployment:
    """The head of the environment's branch, or a commit of it, as configured now.

    Raises in this order: ``DeployPermissionMissing``, ``InvalidInput``,
    ``DeploymentInProgress``, ``TargetUnavailable``.
    """
    permissions.require_deploy(by, environment.project)
    check_reason(reason)
    if git_commit:
        check_commit(git_commit)
    with locked(environment.project) as active:
        rules.refuse_deploy(environment, Facts(active))
        deployment = Deployment(
            project=environment.project,
            environment=environment,
            server=server_of(environment),
            release=releases.freeze(environment, git_commit=git_commit),
            triggered_by=by,
            trigger=trigger,
            reason=reason,
        )
        record(deployment, "deployment.created", address=address)
        ring(deployment)
    return deployment


def redeploy(
    before: Deployment, *, by: User, reason: str = "", address: str | None = None
) -> Deployment:
    """The head of the deployment's branch, now, with today's configuration.

    Raises in this order: ``DeployPermissionMissing``, ``InvalidInput``,
    ``NotFinished``, ``DeploymentInProgress``, ``TargetUnavailable``.
    """
    permissions.require_deploy(by, before.project)
    check_reason(reason)
    with locked(before.project) as active:
        rules.refuse_redeploy(before, Facts(active))
        environment = before.environment
        deployment = Deployment(
            project=before.project,
            environment=environment,
            server=server_of(environment),
            release=releases.freeze(environment, git_branch=before.release.git_branch),
            triggered_by=by,
            trigger=Trigger.MANUAL,
            reason=reason,
        )
        record(
            deployment,
            "deployment.redeployed",
            address=address,
            redeploy_of=str(before.pk),
        )
        ring(deployment)
    return deployment


def server_of(environment: Environment) -> Server:
    """Of an environment that the rules let through: it has one."""
    assert environment.server is not None  # noqa: S101 - refuse_deploy asked
    return environment.server
