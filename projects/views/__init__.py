"""Browser pages of people, projects, servers and the audit trail."""

from projects.views.audit import audit
from projects.views.environments import (
    create_environment,
    environment_settings,
    remove_variable,
    variables,
)
from projects.views.people import sign_in, sign_out
from projects.views.projects import create_project, edit_project
from projects.views.servers import create_server, edit_server, servers

__all__ = [
    "audit",
    "create_environment",
    "create_project",
    "create_server",
    "edit_project",
    "edit_server",
    "environment_settings",
    "remove_variable",
    "servers",
    "sign_in",
    "sign_out",
    "variables",
]
