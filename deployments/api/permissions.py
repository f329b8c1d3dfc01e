"""The rights that rows of this app give: one question each, that of the service."""

from typing import Any

from deployments import services
from deployments.models import Deployment
from oec.api.rights import Right
from projects import permissions
from projects.models import Server, User


class MayDeploy(Right):
    """To an environment; or act on one of its deployments."""

    def require(self, user: User, row: Any) -> None:
        permissions.require_deploy(user, row.project)


class MayForce(Right):
    def require(self, user: User, row: Deployment) -> None:
        services.require_force(user, row)


class MayCheck(Right):
    def require(self, user: User, row: Server) -> None:
        permissions.require_check(user, row)
