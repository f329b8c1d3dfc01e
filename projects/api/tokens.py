"""Signing in for programs: a password becomes a short-lived and a refreshing token."""

import logging
from typing import Any

from django.contrib.auth import authenticate
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import TokenRefreshSerializer
from rest_framework_simplejwt.tokens import RefreshToken

from oec import failed_sign_ins
from oec.api.problems import TooManyRequests
from oec.api.viewsets import ResourceViewSet
from oec.exceptions import ApplicationError
from oec.pages import client_address
from projects import audit
from projects.models import User
from projects.serializers import CredentialsSerializer, TokensSerializer

logger = logging.getLogger(__name__)


class SignInRefused(ApplicationError):
    """The same for a wrong password, an unknown and a deactivated account."""

    code = "sign_in_refused"
    status_code = 401


class TokenRefused(ApplicationError):
    code = "token_not_valid"
    status_code = 401


class TokenViewSet(ResourceViewSet):
    """For everybody: this is where one signs in."""

    authentication_classes = ()
    permission_classes = ()
    serializer_class = TokensSerializer
    takes = {"obtain": CredentialsSerializer, "refresh": TokenRefreshSerializer}
    refusals = {"obtain": (429,)}

    def obtain(self, request: Request, **path: Any) -> Response:
        """Exchange user name and password for a pair of tokens."""
        credentials = self.body()
        username = credentials["username"]
        address = client_address(request._request)
        if wait := failed_sign_ins.seconds_to_wait(username, address):
            raise TooManyRequests(
                f"Too many failed sign-ins. Try again in {wait} seconds.",
                wait_seconds=wait,
            )
        user = authenticate(request._request, **credentials)
        if not isinstance(user, User):
            failed_sign_ins.count(username, address)
            logger.warning("Failed sign-in of %r from %s", username, address)
            raise SignInRefused("User name or password is wrong.")
        with transaction.atomic():
            refresh = RefreshToken.for_user(user)
            audit.record(user, "user.signed_in", user, address=address, door="api")
        return _tokens(str(refresh.access_token), str(refresh))

    def refresh(self, request: Request, **path: Any) -> Response:
        """Exchange a refreshing token for a new pair; it is used up by that."""
        try:
            tokens = self.body()
        except (AuthenticationFailed, TokenError, ObjectDoesNotExist):
            sentence = "This token is not valid any more. Sign in again."
            raise TokenRefused(sentence) from None
        return _tokens(**tokens)


def _tokens(access: str, refresh: str) -> Response:
    return Response(
        {"access": access, "refresh": refresh}, headers={"Cache-Control": "no-store"}
    )
