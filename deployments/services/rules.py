"""What is allowed and what is worth saying first: pure rules over known facts.

``Facts`` are gathered for one deployment by the verbs and for whole lists by
``Situation``; both then ask the same functions. Whether the caller may is asked before,
by ``projects.permissions``.
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
from deployments.services.targets import NO_TARGETS, Targets, can_be_left
from projects.models import Environment, Runtime

#: The attempt from which a retry is no longer offered without a word of caution.
MANY_ATTEMPTS = 4

#: What to do instead of a retry.
VERB_THAT_FITS = {
    Status.SUCCESS: "redeploy",
    Status.CANCELLED: "deploy",
    Status.PENDING: "cancel",
    Status.RUNNING: "cancel",
}

Warnings = list[dict[str, str]]


@dataclass(frozen=True, slots=True)
class Facts:
    """What the rules need to know beyond the deployment itself."""

    #: The project's deployment that waits or runs.
    active: Deployment | None = None
    rollback: Targets = NO_TARGETS
    #: The version of a newer success of the environment.
    newer_success: int | None = None
    #: Whether the environment is configured otherwise than the deployment was.
    configuration_changed: bool = False


def refuse_retry(failed: Deployment, facts: Facts) -> None:
    """Raises the first reason against a retry, in the order that leaks nothing."""
    status = Status(failed.status)
    if status is not Status.FAILED:
        raise NotRetryable(status=status, verb=VERB_THAT_FITS[status])
    _refuse_second(facts)
    if not failed.environment.is_enabled:
        raise TargetUnavailable(
            f"The environment {failed.environment} is disabled. "
            "Enable it, or redeploy to another one."
        )
    if not failed.server.is_enabled:
        raise TargetUnavailable(
            f"The server {failed.server} is disabled. Enable it, or give the "
            "environment another server and redeploy."
        )


def refuse_deploy(environment: Environment, facts: Facts) -> None:
    """Raises the first reason against deploying to the environment as it is now."""
    _refuse_second(facts)
    if environment.server is None:
        raise TargetUnavailable(
            f"The environment {environment} has no server. Assign one, then deploy."
        )
    if not environment.is_enabled or not environment.server.is_enabled:
        off = environment.server if environment.is_enabled else environment
        raise TargetUnavailable(f"{off} is disabled. Enable it, then deploy.")


def refuse_redeploy(before: Deployment, facts: Facts) -> None:
    if not before.is_terminal:
        raise NotFinished(
            f"v{before.version} is still {before.status}. Wait for its end, "
            "or cancel it."
        )
    refuse_deploy(before.environment, facts)


def refuse_rollback(current: Deployment, facts: Facts) -> None:
    """Whatever it would go to."""
    refuse_redeploy(current, facts)
    if not can_be_left(current):
        raise NoRollbackTarget(f"Nothing to leave: v{current.version} never went live.")
    if facts.rollback.newest is None:
        raise NoRollbackTarget(
            f"There is no earlier success of {current.environment} with another "
            "release to go back to."
        )


def refuse_rollback_without_choice(current: Deployment, facts: Facts) -> None:
    """When nobody says to which success."""
    refuse_rollback(current, facts)
    if facts.rollback.preselected is None:
        raise NoRollbackTarget(_all_were_left(current.environment))


def refuse_cancel(deployment: Deployment, _: Facts) -> None:
    if deployment.is_terminal:
        raise NotActive(
            f"v{deployment.version} has already ended: {deployment.status}.",
            deployment_status=deployment.status,
        )


def refuse_force_finish(deployment: Deployment, _: Facts) -> None:
    if deployment.status != Status.RUNNING or not deployment.is_cancelling:
        raise NotActive(
            f"v{deployment.version} is not being cancelled. Cancel it first.",
            deployment_status=deployment.status,
        )


def _refuse_second(facts: Facts) -> None:
    if facts.active:
        raise DeploymentInProgress(facts.active)


def warn_before_retry(deployment: Deployment, facts: Facts) -> Warnings:
    """What a person should know before confirming; none of it forbids the retry."""
    warnings = []
    if facts.newer_success is not None:
        warnings.append(
            _warning(
                "newer_success",
                f"v{facts.newer_success} has succeeded since."
                + _what_comes_back(deployment),
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
    return warnings + _warn_of_gap(FrozenSettings.of(deployment.release).values)


def _what_comes_back(deployment: Deployment) -> str:
    """Nothing where the same release is live: then a retry changes nothing.

    Which of two commits is the older one is not known here, so it is not said.
    """
    live = deployment.environment.live
    if live is None or live.release_id == deployment.release_id:
        return ""
    mine, theirs = deployment.release, live.release
    if not mine.git_commit or mine.git_commit == theirs.git_commit:
        return ""
    return (
        f" A retry of v{deployment.version} puts its commit "
        f"{mine.git_commit[:7]} in place of {theirs.git_commit[:7]}."
    )


def warn_before_deploy(environment: Environment, _: Facts) -> Warnings:
    return _warn_of_gap(vars(environment))


def warn_before_redeploy(before: Deployment, _: Facts) -> Warnings:
    return _warn_of_gap(vars(before.environment))


def warn_before_rollback(current: Deployment, facts: Facts) -> Warnings:
    warnings = []
    if facts.newer_success is not None:
        warnings.append(
            _warning(
                "newer_success",
                f"v{facts.newer_success} has succeeded since. A rollback takes the "
                f"place of v{facts.newer_success}, not of v{current.version}.",
            )
        )
    if facts.rollback.preselected is None:
        warnings.append(_warning("choice_needed", _all_were_left(current.environment)))
    return warnings + _warn_of_gap(FrozenSettings.of(current.release).values)


def _all_were_left(environment: Environment) -> str:
    return (
        f"Every earlier success of {environment} with another release was rolled back "
        "from. Choose the one to go to all the same, or redeploy once a fix has been "
        "pushed."
    )


def warn_of_nothing(_: Deployment, __: Facts) -> Warnings:
    return []


def _warn_of_gap(configuration: Mapping[str, Any]) -> Warnings:
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


def _warning(code: str, detail: str) -> dict[str, str]:
    return {"code": code, "detail": detail}
