"""The verbs, as every door calls them."""

from deployments.services.actions import (
    Action,
    Situation,
    deploy_action,
    rollback_targets,
)
from deployments.services.ending import cancel, force_finish
from deployments.services.idempotency import once
from deployments.services.verbs import deploy, redeploy, retry, rollback

__all__ = [
    "Action",
    "Situation",
    "cancel",
    "deploy",
    "deploy_action",
    "force_finish",
    "once",
    "redeploy",
    "retry",
    "rollback",
    "rollback_targets",
]
