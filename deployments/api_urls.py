"""API addresses of environments and deployments."""

from django.urls import path

from deployments.api import (
    configuration,
    environments,
    git_hosts,
    history,
    lists,
    live,
    servers,
    verbs,
)

urlpatterns = [
    path(
        "projects/<uuid:project_id>/environments",
        environments.of_project,
        name="project-environments",
    ),
    path(
        "projects/<uuid:project_id>/deployments",
        lists.of_project,
        name="project-deployments",
    ),
    path(
        "projects/<uuid:project_id>/git-host-key",
        git_hosts.host_key,
        name="project-git-host-key",
    ),
    path(
        "environments/<uuid:environment_id>",
        environments.environment,
        name="environment",
    ),
    path(
        "environments/<uuid:environment_id>/deployments",
        lists.of_environment,
        name="environment-deployments",
    ),
    path("deployments", lists.deployments, name="deployments"),
    path("deployments/<uuid:deployment_id>", lists.deployment, name="deployment"),
    path(
        "deployments/<uuid:deployment_id>/configuration",
        configuration.configuration,
        name="configuration",
    ),
    path("deployments/<uuid:deployment_id>/retry", verbs.retry, name="retry"),
    path("deployments/<uuid:deployment_id>/redeploy", verbs.redeploy, name="redeploy"),
    path("deployments/<uuid:deployment_id>/rollback", verbs.rollback, name="rollback"),
    path("deployments/<uuid:deployment_id>/cancel", verbs.cancel, name="cancel"),
    path(
        "deployments/<uuid:deployment_id>/force-finish",
        verbs.force_finish,
        name="force-finish",
    ),
    path("deployments/<uuid:deployment_id>/events", history.events, name="events"),
    path("deployments/<uuid:deployment_id>/stream", live.stream, name="stream"),
    path("deployments/<uuid:deployment_id>/log", history.log, name="log"),
    path("servers/<uuid:server_id>/check", servers.check, name="server-check"),
    path("servers/<uuid:server_id>/host-key", servers.host_key, name="server-host-key"),
]
