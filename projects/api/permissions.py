"""The rights that rows of this app give: one question each, that of the service."""

from typing import Any

from oec.api.rights import Right
from projects import permissions
from projects.models import Project, Server, User


class MayChange(Right):
    """A project, or what belongs to it."""

    def require(self, user: User, row: Any) -> None:
        permissions.require_change(user, project_of(row))


class MayAdminister(Right):
    """A server, which belongs to an organization."""

    def require(self, user: User, row: Server) -> None:
        permissions.require_change_server(user, row)


def project_of(row: Any) -> Project:
    project: Project = row if isinstance(row, Project) else row.project
    return project
