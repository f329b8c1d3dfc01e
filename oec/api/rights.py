"""What a row must allow, asked before a body is read."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from oec.exceptions import PermissionMissing


class Right(BasePermission):
    """``require`` calls the function that the service calls, too.

    The door has no rule of its own; it only asks earlier. The refusal becomes one of
    the framework's, which hides the forms of the browsable API from whoever may not.
    """

    def require(self, user: Any, row: Any) -> None:
        """Raises ``PermissionMissing``."""
        raise NotImplementedError

    def has_object_permission(self, request: Request, view: Any, obj: Any) -> bool:
        try:
            self.require(request.user, obj)
        except PermissionMissing as refusal:
            self.message = refusal.detail
            return False
        return True
