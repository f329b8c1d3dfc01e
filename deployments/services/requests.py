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
    if "\0" in reason or any("\ud800" <= char <= "\udfff" for char in reason):
        raise InvalidInput({"reason": ["A reason is text without control characters."]})


def check_commit(commit: str) -> None:
    """Raises ``InvalidInput``."""
    try:
        syntax.check_commit(commit)
    except ValueError as error:
        raise InvalidInput({"git_commit": [str(error)]}) from None
