"""The administration's pages of deployments and of what belongs to them."""

from deployments.admin.deployments import DeploymentAdmin
from deployments.admin.records import BeatAdmin, EventAdmin, ReleaseAdmin
from deployments.admin.servers import CheckedServerAdmin

__all__ = [
    "BeatAdmin",
    "CheckedServerAdmin",
    "DeploymentAdmin",
    "EventAdmin",
    "ReleaseAdmin",
]
