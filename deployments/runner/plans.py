"""From the rows of a deployment to the plain values that the engine works with."""

import json

from django.conf import settings

from deployments.engine.git import Limits
from deployments.engine.pipeline import Configuration, Plan, Registry
from deployments.engine.ssh import Target
from deployments.models import Deployment


def plan_for(deployment: Deployment) -> Plan:
    """Frozen: commit, configuration, variables. Live: how to get there.

    Raises ``DecryptFailed`` when a stored secret cannot be opened.
    """
    release, server, project = (
        deployment.release,
        deployment.server,
        deployment.project,
    )
    return Plan(
        project_id=project.pk,
        deployment_id=deployment.pk,
        release_id=release.pk,
        version=deployment.version,
        environment_name=deployment.environment.name,
        git_url=project.git_url,
        git_branch=release.git_branch,
        git_commit=release.git_commit,
        commit_is_frozen=bool(release.git_commit) and _was_deployed_before(deployment),
        git_token=project.git_token,
        mirror=settings.MIRRORS_DIR / f"{project.pk}.git",
        target=Target(
            host=server.host,
            port=server.port,
            username=server.username,
            private_key=server.private_key,
            host_key=server.host_key,
        ),
        configuration=Configuration(
            **release.configuration,
            variables={
                name: value for name, (value, _) in _variables(deployment).items()
            },
        ),
        allow_local_git=settings.ALLOW_LOCAL_GIT,
        registry=Registry(
            project.registry_host, project.registry_username, project.registry_password
        ),
        git_key=project.git_deploy_key,
        git_host_key=project.git_host_key,
        git_allowed_hosts=tuple(settings.GIT_ALLOWED_HOSTS),
        git_limits=Limits(
            repository_bytes=settings.MAX_REPOSITORY_BYTES,
            commit_files=settings.MAX_COMMIT_FILES,
        ),
        pulled_image=release.pulled_image,
    )


def secrets_of(deployment: Deployment) -> list[str]:
    """Every value that may not appear in a log."""
    secret = [value for value, hidden in _variables(deployment).values() if hidden]
    project = deployment.project
    token = project.git_token
    # Git sends user and password of "user:token" apart.
    parts = [token, token.rpartition(":")[2]]
    keys = [project.git_deploy_key, deployment.server.private_key]
    return [*secret, *parts, *keys, project.registry_password]


def _variables(deployment: Deployment) -> dict[str, tuple[str, bool]]:
    stored = json.loads(deployment.release.variables)
    return {name: (value, hidden) for name, (value, hidden) in stored.items()}


def _was_deployed_before(deployment: Deployment) -> bool:
    """A chosen commit still has to prove that it is on the branch, once."""
    return (
        Deployment.objects.filter(release=deployment.release, started_at__isnull=False)
        .exclude(pk=deployment.pk)
        .exists()
    )
