"""The verbs, as every door calls them."""

from deployments.configuration import Configuration
from deployments.services.actions import Action, Situation, deploy_action
from deployments.services.catching_up import CatchUp, catch_up
from deployments.services.comparison import Change, Comparisons
from deployments.services.deploy import deploy, redeploy
from deployments.services.ending import (
    can_force_finish,
    cancel,
    force_finish,
    require_force,
)
from deployments.services.git_hosts import fetch_git_host_key
from deployments.services.idempotency import once
from deployments.services.retry import retry
from deployments.services.rollback import rollback
from deployments.services.server_checks import (
    ServerCheck,
    check_server,
    fetch_host_key,
    last_check,
)
from deployments.services.targets import rollback_targets
from deployments.services.verbs import Verb

__all__ = [
    "Action",
    "CatchUp",
    "Change",
    "Comparisons",
    "Configuration",
    "ServerCheck",
    "Situation",
    "Verb",
    "can_force_finish",
    "cancel",
    "catch_up",
    "check_server",
    "deploy",
    "deploy_action",
    "fetch_git_host_key",
    "fetch_host_key",
    "force_finish",
    "last_check",
    "once",
    "redeploy",
    "require_force",
    "retry",
    "rollback",
    "rollback_targets",
]
