"""Signing in and out for programs: a password becomes a pair of tokens."""

import logging
from typing import Any

from django.contrib.auth import authenticate
from django.db import transaction
from rest_framework.request import Request
from rest_framework.response import Response

from oec.api.problems import TooManyRequests
from oec.api.viewsets import ResourceViewSet
from oec.exceptions import ApplicationError
from oec.pages import client_address
from projects import audit
from projects.api import authentication
from projects.api.authentication import RefreshingToken
from projects.models import User
from projects.serializers import (
    CredentialsSerializer,
    RefreshSerializer,
    TokensSerializer,
)
from projects.services import sign_ins

logger = logging.getLogger(__name__)


class SignInRefused(ApplicationError):
    """The same for a wrong password, an unknown and a deactivated account."""

    code = "sign_in_refused"
    status_code = 401


class TokenRefused(ApplicationError):
    code = "token_not_valid"
    status_code = 401

    def __init__(self) -> None:
        super().__init__("This token is not valid any more. Sign in again.")


class TokenViewSet(ResourceViewSet):
    """For everybody: this is where one signs in."""

    authentication_classes = ()
    permission_classes = ()
    serializer_class = TokensSerializer
    takes = {
        "obtain": CredentialsSerializer,
        "refresh": RefreshSerializer,
        "revoke": RefreshSerializer,
    }
    answers = {"revoke": None}
    refusals = {"obtain": (429,)}

    def obtain(self, request: Request, **path: Any) -> Response:
        """Exchange user name and password for a pair of tokens."""
        credentials = self.body()
        who = (credentials["username"], client_address(request._request))
        if wait := sign_ins.begin(*who):
            raise TooManyRequests(
                f"Too many failed sign-ins. Try again in {wait} seconds.",
                wait_seconds=wait,
            )
        user = authenticate(request._request, **credentials)
        if not isinstance(user, User):
            logger.warning("Failed sign-in of %r from %s", *who)
            raise SignInRefused("User name or password is wrong.")
        sign_ins.succeed(*who)
        with transaction.atomic():
            refresh = RefreshingToken.for_user(user)
            audit.record(user, "user.signed_in", user, address=who[1], door="api")
        return _tokens(str(refresh.access_token), str(refresh))

    def refresh(self, request: Request, **path: Any) -> Response:
        """Exchange a refreshing token for a new pair; it is used up by that.

        Used a second time it ends all tokens of its sign-in.
        """
        tokens = authentication.exchange(self.body()["refresh"])
        if tokens is None:
            raise TokenRefused
        return _tokens(*tokens)

    def revoke(self, request: Request, **path: Any) -> Response:
        """Sign out: all tokens that came of the same sign-in open nothing any more."""
        user = authentication.sign_out(self.body()["refresh"])
        if user is None:
            raise TokenRefused
        address = client_address(request._request)
        audit.record(user, "user.signed_out", user, address=address, door="api")
        return Response(status=204)


def _tokens(access: str, refresh: str) -> Response:
    return Response(
        {"access": access, "refresh": refresh}, headers={"Cache-Control": "no-store"}
    )
