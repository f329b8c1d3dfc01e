"""The rows that say who deploys what, from where, to where."""

from projects.models.audit import AuditEntry
from projects.models.environments import Environment, Variable
from projects.models.people import (
    Membership,
    Organization,
    OrganizationRole,
    ProjectMembership,
    ProjectRole,
    User,
)
from projects.models.projects import (
    Project,
    ProjectGroupPermission,
    ProjectUserPermission,
)
from projects.models.servers import Server

__all__ = [
    "AuditEntry",
    "Environment",
    "Membership",
    "Organization",
    "OrganizationRole",
    "Project",
    "ProjectGroupPermission",
    "ProjectMembership",
    "ProjectRole",
    "ProjectUserPermission",
    "Server",
    "User",
    "Variable",
]
