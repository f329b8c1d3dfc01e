"""API addresses of people, projects, servers and the audit trail."""

from django.urls import path

from projects.api.audit import audit
from projects.api.organizations import organizations
from projects.api.projects import deploy_key, project, projects
from projects.api.servers import server, servers
from projects.api.tokens import obtain, refresh
from projects.api.variables import (
    project_variable,
    project_variables,
    variable,
    variables,
)

urlpatterns = [
    path("auth/token", obtain, name="token"),
    path("auth/token/refresh", refresh, name="token-refresh"),
    path("organizations", organizations, name="organizations"),
    path("projects", projects, name="projects"),
    path("projects/<uuid:project_id>", project, name="project"),
    path(
        "projects/<uuid:project_id>/deploy-key", deploy_key, name="project-deploy-key"
    ),
    path(
        "projects/<uuid:project_id>/variables",
        project_variables,
        name="project-variables",
    ),
    path(
        "projects/<uuid:project_id>/variables/<str:name>",
        project_variable,
        name="project-variable",
    ),
    path("servers", servers, name="servers"),
    path("servers/<uuid:server_id>", server, name="server"),
    path(
        "environments/<uuid:environment_id>/variables",
        variables,
        name="environment-variables",
    ),
    path(
        "environments/<uuid:environment_id>/variables/<str:name>",
        variable,
        name="environment-variable",
    ),
    path("audit", audit, name="audit"),
]
