"""The rows that say who deploys what, from where, to where."""

from projects.models.audit import AuditEntry
from projects.models.environments import Environment
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
from projects.models.serving import CONTRADICTING, Serving
from projects.models.sign_ins import EndedTokens, FailedSignIns
from projects.models.variables import AbstractVariable, ProjectVariable, Variable
from projects.settings import Runtime

__all__ = [
    "CONTRADICTING",
    "AbstractVariable",
    "AuditEntry",
    "EndedTokens",
    "Environment",
    "FailedSignIns",
    "Membership",
    "Organization",
    "OrganizationRole",
    "Project",
    "ProjectGroupPermission",
    "ProjectMembership",
    "ProjectRole",
    "ProjectUserPermission",
    "ProjectVariable",
    "Runtime",
    "Server",
    "Serving",
    "User",
    "Variable",
]
