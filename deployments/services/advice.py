"""Which verb fits what happened, and when none is needed any more."""

from deployments.diagnosis import FailureClass
from deployments.models import Deployment, Status


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
