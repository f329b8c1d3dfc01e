"""Every change to people, projects, environments and servers, with its audit entry.

All of them validate first and raise ``InvalidInput`` with the sentences of each field;
none asks whether the caller may: that is the door's first question.
"""

from projects.services.environments import (
    change_environment,
    create_environment,
    remove_variable,
    set_variable,
)
from projects.services.people import (
    create_organization,
    remove_member,
    remove_project_member,
    set_member,
    set_project_member,
)
from projects.services.projects import change_project, create_project
from projects.services.servers import change_server, create_server

__all__ = [
    "change_environment",
    "change_project",
    "change_server",
    "create_environment",
    "create_organization",
    "create_project",
    "create_server",
    "remove_member",
    "remove_project_member",
    "remove_variable",
    "set_member",
    "set_project_member",
    "set_variable",
]
