"""Refusals: the caller is told why, and nothing was changed."""

from deployments.models import Deployment
from oec.exceptions import ApplicationError


class NotRetryable(ApplicationError):
    """Only FAILED deployments can be retried; ``verb`` names what fits instead."""

    code = "not_failed"

    def __init__(self, *, status: str, verb: str) -> None:
        super().__init__(
            "Can only retry failed deployments", deployment_status=status, verb=verb
        )


class NotFinished(ApplicationError):
    """Redeploy starts from a finished deployment; this one still waits or runs."""

    code = "not_finished"


class NotActive(ApplicationError):
    """Only a PENDING or RUNNING deployment can be cancelled; the error tells its
    final ``deployment_status``."""

    code = "not_active"


class NoRollbackTarget(ApplicationError):
    """There is no earlier SUCCESS to go back to, or nothing that could be left."""

    code = "no_rollback_target"


class DeploymentInProgress(ApplicationError):
    """One deployment at a time per project; ``active_deployment`` says which."""

    code = "deployment_in_progress"
    status_code = 409

    def __init__(self, active: Deployment | None) -> None:
        super().__init__(
            "A deployment is already in progress for this project",
            active_deployment=active
            and {
                "id": str(active.pk),
                "version": active.version,
                "status": active.status,
                "triggered_by": active.triggered_by.display_name,
                "created_at": active.created_at.isoformat(),
            },
        )


class TargetUnavailable(ApplicationError):
    """The environment or its server is gone or disabled."""

    code = "target_unavailable"
    status_code = 409


class CheckInProgress(ApplicationError):
    """One check at a time per server; what it finds can be watched meanwhile."""

    code = "check_in_progress"
    status_code = 409


class ServerUnreachable(ApplicationError):
    """The server showed no host key; ``reason`` is a code of the catalogue."""

    code = "server_unreachable"
    status_code = 409


class GitHostUnreachable(ApplicationError):
    """The Git host showed no host key; ``reason`` is a code of the catalogue."""

    code = "git_host_unreachable"
    status_code = 409
