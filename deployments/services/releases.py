"""Freezing: an environment's configuration of today becomes a release."""

import json
from typing import Any

from deployments.models import Release
from projects.models import Environment
from projects.secrets import fingerprint

FROZEN = (
    "runtime",
    "deploy_path",
    "build_command",
    "release_command",
    "after_command",
    "shared_paths",
    "activate_command",
    "restart_command",
    "systemd_unit",
    "systemd_scope",
    "docker_image",
    "dockerfile",
    "docker_network",
    "docker_ports",
    "docker_volumes",
    "docker_domain",
    "docker_port",
    "health_check_url",
    "health_check_command",
    "health_check_timeout_seconds",
    "step_timeout_seconds",
    "silence_timeout_seconds",
    "total_timeout_seconds",
    "keep_releases",
)


def freeze(
    environment: Environment, *, git_commit: str = "", git_branch: str = ""
) -> Release:
    """Write the release of this moment; without a commit the branch is resolved later.

    Connection credentials (SSH key, Git token, address) are not part of it: repairing
    those is what a retry is for.
    """
    variables = _variables(environment)
    release = Release(
        environment=environment,
        git_branch=git_branch or environment.git_branch,
        git_commit=git_commit,
        configuration=_configuration(environment),
        variables=_canonical(variables),
        config_digest=digest(environment),
    )
    release.save()
    return release


def digest(environment: Environment) -> str:
    """Equal for equal configurations of one environment.

    Keyed, so that a short secret cannot be found by trying: HMAC-SHA-256 in hex.
    """
    frozen = [_configuration(environment), _variables(environment)]
    return fingerprint(_canonical(frozen), key=environment.fingerprint_key)


def differences(release: Release, environment: Environment) -> list[str]:
    """Names of the settings and variables that have changed since; never a value."""
    then, now = release.configuration, _configuration(environment)
    settings = [name for name in FROZEN if then.get(name) != now[name]]
    before, after = json.loads(release.variables), _variables(environment)
    variables = sorted(
        name for name in {*before, *after} if before.get(name) != after.get(name)
    )
    return settings + variables


def _configuration(environment: Environment) -> dict[str, Any]:
    return {name: getattr(environment, name) for name in FROZEN}


def _variables(environment: Environment) -> dict[str, list[Any]]:
    return {
        variable.name: [variable.value, variable.is_secret]
        for variable in environment.variables.all()
    }


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))
