"""Browser pages of deployments."""

from deployments.views.deployment import deployment, live
from deployments.views.environment import environment
from deployments.views.overview import overview, project
from deployments.views.verbs import (
    cancel,
    deploy,
    force_finish,
    redeploy,
    retry,
    rollback,
)

__all__ = [
    "cancel",
    "deploy",
    "deployment",
    "environment",
    "force_finish",
    "live",
    "overview",
    "project",
    "redeploy",
    "retry",
    "rollback",
]
