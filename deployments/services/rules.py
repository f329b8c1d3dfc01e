"""What is allowed and what is worth saying first: pure rules over known facts.

``Facts`` are gathered for one deployment by the verbs and for whole lists by
``Situation``; both then ask the same functions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployments.configuration import FrozenSettings
from deployments.diagnosis import FailureClass
from deployments.engine.commands.docker import needs_a_gap
from deployments.exceptions import (
    DeploymentInProgress,
    NoRollbackTarget,
    NotActive,
    NotFinished,
    NotRetryable,
    TargetUnavailable,
)
from deployments.models import Deployment, Status
from oec.exceptions import ApplicationError
from projects.models import Environment, Runtime
from projects.permissions import DeployPermissionMissing

#: The attempt from which a retry is no longer offered without a word of caution.
MANY_ATTEMPTS = 4

VERB_THAT_FITS = {
    Status.SUCCESS: "redeploy",
    Status.CANCELLED: "deploy",
    Status.PENDING: "cancel",
    Status.RUNNING: "cancel",
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know beyond the deployment itself."""

    may_deploy: bool
    active: Deployment | None
    newer_success: int | None = None
    rollback_target: Deployment | None = None
    configuration_changed: bool = False


def refuse_retry(deployment: Deployment, facts: Facts) -> ApplicationError | None:
    """The first reason against a retry, in the order that leaks nothing."""
    if not facts.may_deploy:
        return DeployPermissionMissing()
    status = Status(deployment.status)
    if status is not Status.FAILED:
        return NotRetryable(status=status, verb=VERB_THAT_FITS[status])
    if facts.active:
        return DeploymentInProgress(describe_active(facts.active))
    if not deployment.environment.is_enabled:
        return TargetUnavailable(
            f"The environment {deployment.environment} is disabled. "
            "Enable it, or redeploy to another one."
        )
    if not deployment.server.is_enabled:
        return TargetUnavailable(
            f"The server {deployment.server} is disabled. Enable it, or give the "
            "environment another server and redeploy."
        )
    return None


def refuse_new_release(
    environment: Environment, facts: Facts
) -> ApplicationError | None:
    """The first reason against deploying to the environment as it is now."""
    if not facts.may_deploy:
        return DeployPermissionMissing()
    if facts.active:
        return DeploymentInProgress(describe_active(facts.active))
    if environment.server is None:
        return TargetUnavailable(
            f"The environment {environment} has no server. Assign one, then deploy."
        )
    if not environment.is_enabled or not environment.server.is_enabled:
        off = environment.server if environment.is_enabled else environment
        return TargetUnavailable(f"{off} is disabled. Enable it, then deploy.")
    return None


def refuse_redeploy(deployment: Deployment, facts: Facts) -> ApplicationError | None:
    if not facts.may_deploy:
        return DeployPermissionMissing()
    if not deployment.is_terminal:
        return NotFinished(
            f"v{deployment.version} is still {deployment.status}. Wait for its end, "
            "or cancel it."
        )
    return refuse_new_release(deployment.environment, facts)


def refuse_rollback(deployment: Deployment, facts: Facts) -> ApplicationError | None:
    refusal = refuse_redeploy(deployment, facts)
    if refusal is None and facts.rollback_target is None:
        return NoRollbackTarget(
            f"There is no earlier success of {deployment.environment} with another "
            "release to go back to."
        )
    return refusal


def refuse_cancel(deployment: Deployment, facts: Facts) -> ApplicationError | None:
    if not facts.may_deploy:
        return DeployPermissionMissing()
    if deployment.is_terminal:
        return NotActive(
            f"v{deployment.version} has already ended: {deployment.status}.",
            deployment_status=deployment.status,
        )
    return None


def warn_before_retry(deployment: Deployment, facts: Facts) -> list[dict[str, str]]:
    """What a person should know before confirming; none of it forbids the retry."""
    warnings = []
    if facts.newer_success is not None:
        warnings.append(
            _warning(
                "newer_success",
                f"v{facts.newer_success} has succeeded since. A retry of "
                f"v{deployment.version} puts the older commit back.",
            )
        )
    if deployment.attempt + 1 >= MANY_ATTEMPTS:
        warnings.append(
            _warning(
                "many_attempts",
                f"This would be attempt {deployment.attempt + 1}. Find out what is "
                "wrong before you try once more.",
            )
        )
    if deployment.error_class == FailureClass.CODE:
        warnings.append(
            _warning(
                "code_failure",
                "This looks like a failure of the code itself. Push a fix and "
                "redeploy: the same commit will fail the same way.",
            )
        )
    if facts.configuration_changed:
        warnings.append(
            _warning(
                "configuration_changed",
                "The environment's configuration has changed since. A retry uses the "
                "one of the failed attempt; redeploy to use the new one.",
            )
        )
    if deployment.environment.server_id != deployment.server_id:
        warnings.append(
            _warning(
                "server_changed",
                f"The environment has moved to another server since. A retry goes to "
                f"{deployment.server} again.",
            )
        )
    return warnings + warn_of_gap(FrozenSettings.of(deployment.release).values)


def warn_of_gap(configuration: Mapping[str, Any]) -> list[dict[str, str]]:
    """Of settings, frozen or of today: whether nothing serves for a moment."""
    if configuration.get("runtime") != Runtime.DOCKER or not needs_a_gap(
        configuration["docker_network"], configuration["docker_ports"]
    ):
        return []
    return [
        _warning(
            "short_gap",
            "There is a short gap: old and new container want the same port, so the "
            "old one is stopped before the new one starts. With Traefik in front "
            "there is none.",
        )
    ]


def recommended_verb(deployment: Deployment) -> str | None:
    """The verb that fits what happened; None where there is nothing to advise."""
    if deployment.status != Status.FAILED:
        return None
    if deployment.error_class == FailureClass.CODE:
        return "redeploy"
    return deployment.advised_verb or None


def describe_active(active: Deployment) -> dict[str, Any]:
    """What a 409 says of the deployment that is in the way."""
    return {
        "id": str(active.pk),
        "version": active.version,
        "status": active.status,
        "triggered_by": active.triggered_by.display_name,
        "created_at": active.created_at.isoformat(),
    }


def _warning(code: str, detail: str) -> dict[str, str]:
    return {"code": code, "detail": detail}
