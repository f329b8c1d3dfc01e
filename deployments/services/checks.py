"""What every verb asks first."""

from deployments.models import Deployment
from deployments.models.deployments import MAX_REASON
from oec.exceptions import ApplicationError, InvalidInput
from projects import permissions, syntax
from projects.models import User


def require_force(by: User, deployment: Deployment) -> None:
    """Only administrators may end a deployment without its run."""
    permissions.require_administer(
        by,
        deployment.project.organization,
        "Only an administrator of the organization can finish by force.",
    )


def check_reason(reason: str) -> None:
    if len(reason) > MAX_REASON:
        raise InvalidInput(
            {"reason": [f"A reason has {MAX_REASON} characters at most."]}
        )
    if "\0" in reason or any("\ud800" <= char <= "\udfff" for char in reason):
        raise InvalidInput({"reason": ["A reason is text without control characters."]})


def check_commit(commit: str) -> None:
    try:
        syntax.check_commit(commit)
    except ValueError as error:
        raise InvalidInput({"git_commit": [str(error)]}) from None


def raise_if(refusal: ApplicationError | None) -> None:
    if refusal is not None:
        raise refusal
