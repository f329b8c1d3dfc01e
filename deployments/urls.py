"""Addresses of the pages about what runs where, of the verbs, and of our health."""

from django.urls import path

from deployments import views

ONE = "deployments/<uuid:deployment_id>"
SERVER = "servers/<uuid:server_id>"
PROJECT = "projects/<uuid:project_id>"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("projects/<uuid:project_id>", views.project, name="project"),
    path(f"{PROJECT}/catch-up", views.catch_up, name="project-catch-up"),
    path(f"{PROJECT}/git-host-key", views.git_host_key, name="project-git-host-key"),
    path(
        f"{PROJECT}/git-host-key/accept",
        views.accept_git_host_key,
        name="project-git-host-key-accept",
    ),
    path("environments/<uuid:environment_id>", views.environment, name="environment"),
    path(
        "environments/<uuid:environment_id>/deploy",
        views.deploy,
        name="environment-deploy",
    ),
    path(ONE, views.deployment, name="deployment"),
    path(f"{ONE}/configuration", views.configuration, name="deployment-configuration"),
    path(f"{ONE}/live", views.live, name="deployment-live"),
    path(f"{ONE}/retry", views.retry, name="deployment-retry"),
    path(f"{ONE}/redeploy", views.redeploy, name="deployment-redeploy"),
    path(f"{ONE}/rollback", views.rollback, name="deployment-rollback"),
    path(f"{ONE}/cancel", views.cancel, name="deployment-cancel"),
    path(f"{ONE}/force-finish", views.force_finish, name="deployment-force-finish"),
    path(SERVER, views.server, name="server"),
    path(f"{SERVER}/findings", views.findings, name="server-findings"),
    path(f"{SERVER}/check", views.check_server, name="server-check"),
    path(f"{SERVER}/host-key", views.fetch_host_key, name="server-host-key"),
    path(
        f"{SERVER}/host-key/accept",
        views.accept_host_key,
        name="server-host-key-accept",
    ),
]
