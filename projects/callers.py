"""Who acts, and from where, as the services want to know it from every door."""

from typing import Any, TypedDict

from oec.pages import client_address
from projects.models import User


class Caller(TypedDict):
    by: User
    address: str | None


def caller(request: Any) -> Caller:
    """Of a page, the admin or the API, whose requests are alike in this.

    The services write it into the audit trail. Nobody gets there without signing in.
    """
    return {"by": request.user, "address": client_address(request)}
