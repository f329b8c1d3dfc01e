"""Signing in for programs: a password becomes a short-lived and a refreshing token."""

import logging

from django.contrib.auth import authenticate
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import (
    api_view,
    authentication_classes,
    permission_classes,
)
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.serializers import TokenRefreshSerializer
from rest_framework_simplejwt.tokens import RefreshToken

from oec import failed_sign_ins
from oec.api.problems import TooManyRequests
from oec.api.schema import problems
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


@extend_schema(
    request=CredentialsSerializer,
    responses={200: TokensSerializer, **problems(400, 401, 429)},
    auth=[],
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([])
def obtain(request: Request) -> Response:
    """Exchange user name and password for a pair of tokens."""
    given = CredentialsSerializer(data=request.data)
    given.is_valid(raise_exception=True)
    username = given.validated_data["username"]
    address = client_address(request._request)
    if wait := failed_sign_ins.seconds_to_wait(username, address):
        raise TooManyRequests(
            f"Too many failed sign-ins. Try again in {wait} seconds.",
            wait_seconds=wait,
        )
    user = authenticate(request._request, **given.validated_data)
    if not isinstance(user, User):
        failed_sign_ins.count(username, address)
        logger.warning("Failed sign-in of %r from %s", username, address)
        raise SignInRefused("User name or password is wrong.")
    with transaction.atomic():
        refresh = RefreshToken.for_user(user)
        audit.record(user, "user.signed_in", user, address=address, door="api")
    return _tokens(str(refresh.access_token), str(refresh))


@extend_schema(
    request=TokenRefreshSerializer,
    responses={200: TokensSerializer, **problems(400, 401)},
    auth=[],
)
@api_view(["POST"])
@authentication_classes([])
@permission_classes([])
def refresh(request: Request) -> Response:
    """Exchange a refreshing token for a new pair; it is used up by that."""
    given = TokenRefreshSerializer(data=request.data)
    try:
        given.is_valid(raise_exception=True)
    except (AuthenticationFailed, TokenError, ObjectDoesNotExist):
        raise TokenRefused("This token is not valid any more. Sign in again.") from None
    return _tokens(**given.validated_data)


def _tokens(access: str, refresh: str) -> Response:
    return Response(
        {"access": access, "refresh": refresh}, headers={"Cache-Control": "no-store"}
    )
