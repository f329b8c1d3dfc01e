"""Browser pages of people, projects, servers and the audit trail."""

from projects.views.audit import audit
from projects.views.environments import create_environment, environment_settings
from projects.views.people import sign_in, sign_out
from projects.views.projects import create_project, deploy_key, edit_project
from projects.views.secrets import unreadable_secrets
from projects.views.servers import (
    create_server,
    edit_server,
    generate_server_key,
    servers,
)
from projects.views.variables import (
    project_variables,
    remove_project_variable,
    remove_variable,
    variables,
)

__all__ = [
    "audit",
    "create_environment",
    "create_project",
    "create_server",
    "deploy_key",
    "edit_project",
    "edit_server",
    "environment_settings",
    "generate_server_key",
    "project_variables",
    "remove_project_variable",
    "remove_variable",
    "servers",
    "sign_in",
    "sign_out",
    "unreadable_secrets",
    "variables",
]
