"""API addresses of environments and deployments."""

from django.urls import path

from deployments.api import environments, history, lists, live, verbs

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
    path("deployments/<uuid:deployment_id>/retry", verbs.retry, name="retry"),
    path("deployments/<uuid:deployment_id>/redeploy", verbs.redeploy, name="redeploy"),
    path("deployments/<uuid:deployment_id>/rollback", verbs.rollback, name="rollback"),
    path("deployments/<uuid:deployment_id>/cancel", verbs.cancel, name="cancel"),
    path("deployments/<uuid:deployment_id>/events", history.events, name="events"),
    path("deployments/<uuid:deployment_id>/stream", live.stream, name="stream"),
    path("deployments/<uuid:deployment_id>/log", history.log, name="log"),
]
