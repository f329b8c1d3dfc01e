"""From the rows of a deployment to the plain values that the engine works with."""

from dataclasses import fields

from django.conf import settings

from deployments.configuration import FrozenSettings, variables_of
from deployments.engine.git import Limits
from deployments.engine.pipeline import Plan, Registry, Settings
from deployments.engine.ssh import Target
from deployments.models import Deployment, Release


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
        settings=_settings_of(release),
        variables={
            name: variable.text for name, variable in variables_of(release).items()
        },
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
    variables = variables_of(deployment.release).values()
    secret = [variable.text for variable in variables if variable.is_secret]
    project = deployment.project
    token = project.git_token
    # Git sends user and password of "user:token" apart.
    parts = [token, token.rpartition(":")[2]]
    keys = [project.git_deploy_key, deployment.server.private_key]
    return [*secret, *parts, *keys, project.registry_password]


def _settings_of(release: Release) -> Settings:
    """Those that the engine asks for, however long ago they were frozen."""
    values = FrozenSettings.of(release).values
    if not values["deploy_path"]:
        raise ValueError("Without its folder a release belongs nowhere.")
    return Settings(**{known.name: values[known.name] for known in fields(Settings)})


def _was_deployed_before(deployment: Deployment) -> bool:
    """A chosen commit still has to prove that it is on the branch, once."""
    return (
        Deployment.objects.filter(release=deployment.release, started_at__isnull=False)
        .exclude(pk=deployment.pk)
        .exists()
    )
