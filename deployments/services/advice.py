"""What to make of an end: which verb fits, when none is needed, how a cancel went."""

from deployments.diagnosis import FailureClass
from deployments.models import Deployment, RemoteOutcome, Status
from projects.models import AuditEntry


def settled(deployment: Deployment) -> str:
    """Which success repeated or overtook the failure, as a sentence; else empty."""
    live = deployment.environment.live
    if deployment.status != Status.FAILED or live is None:
        return ""
    if live.version < deployment.version:
        return ""
    if live.release_id == deployment.release_id:
        return f"Settled: v{live.version} repeated it and succeeded."
    return f"Settled: v{live.version} has succeeded since."


def recommended_verb(deployment: Deployment) -> str | None:
    """The verb that fits what happened; None where there is nothing to advise."""
    if deployment.status != Status.FAILED or settled(deployment):
        return None
    if deployment.error_class == FailureClass.CODE:
        return "redeploy"
    return deployment.advised_verb or None


def cancellation(deployment: Deployment) -> str:
    """Who cancelled it and why, and what the server confirmed; empty for any other.

    What could not be ended there is told by ``remote_remark``.
    """
    if deployment.status != Status.CANCELLED:
        return ""
    person, reason = deployment.cancel_requested_by, _reason_of_cancel(deployment)
    who = f"Cancelled by {person.display_name}" if person else "Cancelled"
    confirmed = {
        RemoteOutcome.ENDED: " All that it had started there was seen to have ended.",
        RemoteOutcome.FINISHED: " What it had started there had finished by itself.",
    }.get(deployment.remote_outcome, "")  # type: ignore[call-overload]
    if deployment.started_at is None:
        confirmed = " It had not started."
    return f"{who}{f': “{reason}”' if reason else ''}.{confirmed}"


def _reason_of_cancel(deployment: Deployment) -> str:
    """As the audit has it, which keeps what a person said of an action."""
    entries = AuditEntry.objects.filter(
        project=deployment.project_id,
        object_id=str(deployment.pk),
        action__in=("deployment.cancel_requested", "deployment.force_finished"),
    )
    facts = entries.order_by("-id").values_list("facts", flat=True).first()
    return str((facts or {}).get("reason", ""))
