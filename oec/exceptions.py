"""The base of every refusal, known to all doors and to no framework."""

from typing import Any, ClassVar


class ApplicationError(Exception):
    """A request that was understood and refused.

    The docstring of a subclass never reaches people; ``detail`` does. ``code`` is
    stable and meant for machines, ``status_code`` is the HTTP answer (RFC 9110), and
    ``extra`` holds further members of the problem document (RFC 9457).
    """

    code: ClassVar[str] = "refused"
    status_code: ClassVar[int] = 400

    def __init__(self, detail: str, *, code: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.extra = extra
        if code is not None:
            self.__dict__["code"] = code


class InvalidInput(ApplicationError):
    """A value that cannot be stored: ``errors`` maps each field to its sentences."""

    code = "invalid"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        first = next(iter(errors.values()))[0]
        super().__init__(first, errors=errors)


class PermissionMissing(ApplicationError):
    """Visible to the caller, who nevertheless may not do this."""

    code = "permission_denied"
    status_code = 403
