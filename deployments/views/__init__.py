"""Browser pages of deployments."""

from deployments.views.catching_up import catch_up
from deployments.views.configuration import configuration
from deployments.views.deployment import deployment, live
from deployments.views.environment import environment
from deployments.views.git_hosts import accept_git_host_key, git_host_key
from deployments.views.overview import overview, project
from deployments.views.servers import (
    accept_host_key,
    check_server,
    fetch_host_key,
    findings,
    server,
)
from deployments.views.verbs import (
    cancel,
    deploy,
    force_finish,
    redeploy,
    retry,
    rollback,
)

__all__ = [
    "accept_git_host_key",
    "accept_host_key",
    "cancel",
    "catch_up",
    "check_server",
    "configuration",
    "deploy",
    "deployment",
    "environment",
    "fetch_host_key",
    "findings",
    "force_finish",
    "git_host_key",
    "live",
    "overview",
    "project",
    "redeploy",
    "retry",
    "rollback",
    "server",
]
