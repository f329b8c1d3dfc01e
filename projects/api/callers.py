"""Who is asking, as the services want to know it."""

from typing import TypedDict

from oec.api.requests import SignedInRequest
from oec.pages import client_address
from projects.models import User


class Caller(TypedDict):
    by: User
    address: str | None


def caller(request: SignedInRequest) -> Caller:
    """For the services, which write it into the audit trail."""
    return {"by": request.user, "address": client_address(request._request)}
