"""What people write beside a verb: a reason, a commit."""

from deployments.models.deployments import MAX_REASON
from oec.exceptions import InvalidInput
from projects import syntax


def check_reason(reason: str) -> None:
    """Raises ``InvalidInput``."""
    if len(reason) > MAX_REASON:
        raise InvalidInput(
            {"reason": [f"A reason has {MAX_REASON} characters at most."]}
        )
    try:
        syntax.check_prose(reason)
    except ValueError as error:
        raise InvalidInput({"reason": [str(error)]}) from None


def check_commit(commit: str) -> None:
    """Raises ``InvalidInput``."""
    try:
        syntax.check_commit(commit)
    except ValueError as error:
        raise InvalidInput({"git_commit": [str(error)]}) from None
