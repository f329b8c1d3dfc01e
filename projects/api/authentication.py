"""Tokens: one sign-in makes a family, which ends as a whole.

A refreshing token is exchanged once. Whoever comes with a used one may have stolen it,
or holds what a thief has used: nobody can tell, so the whole family ends (RFC 9700,
section 4.14.2).
"""

from typing import Any, cast

from django.db import transaction
from django.utils import timezone
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.exceptions import InvalidToken, TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import RefreshToken, Token

from projects.models import EndedTokens, User

FAMILY = "family"


class RefreshingToken(RefreshToken):
    """Says of itself which family it is of, as do the access tokens made of it.

    Whether it was used is asked where it is used up, in one step with that.
    """

    def check_blacklist(self) -> None:
        pass

    @classmethod
    def for_user(cls, user: Any) -> "RefreshingToken":
        token: Any = super().for_user(user)
        token[FAMILY] = token[api_settings.JTI_CLAIM]
        return cast(RefreshingToken, token)

    @property
    def family(self) -> str:
        return family_of(self) or str(self[api_settings.JTI_CLAIM])

    def use_up(self) -> bool:
        """False when it was used before; of many at once one gets True."""
        # Its annotation leaves out what it really gives: a row, and whether it is new.
        _, is_first = cast(tuple[Any, bool], self.blacklist())
        return is_first

    def renew(self) -> None:
        """Become the next one of the family."""
        self[FAMILY] = self.family
        self.set_jti()
        self.set_exp()
        self.set_iat()
        self.outstand()


class FamilyAuthentication(JWTAuthentication):
    """Refuses the tokens of families that have ended."""

    def get_user(self, validated_token: Token) -> Any:
        user = super().get_user(validated_token)
        family = family_of(validated_token)
        if family is not None and has_ended(family):
            raise InvalidToken({"detail": "This token was signed out. Sign in again."})
        return user


def family_of(token: Any) -> str | None:
    """None of a token that is of no family, as programs of ours may make them."""
    family = token.get(FAMILY)
    return None if family is None else str(family)


def has_ended(family: str) -> bool:
    return EndedTokens.objects.filter(family=family).exists()


def end(family: str) -> None:
    """For good, and for every process from its next request on."""
    expires_at = timezone.now() + api_settings.REFRESH_TOKEN_LIFETIME
    EndedTokens.objects.get_or_create(
        family=family, defaults={"expires_at": expires_at}
    )
    EndedTokens.objects.filter(expires_at__lt=timezone.now()).delete()


def exchange(text: str) -> tuple[str, str] | None:
    """A new pair for a refreshing token; None when it buys nothing (any more)."""
    token = _opened(text)
    if token is None or has_ended(token.family):
        return None
    user = _user_of(token)
    if user is None or not user.is_active:
        return None
    with transaction.atomic():
        if is_first := token.use_up():
            token.renew()
    if is_first:
        return str(token.access_token), str(token)
    end(token.family)
    return None


def sign_out(text: str) -> User | None:
    """End the family of a refreshing token, also of one that was used; whose it was.

    None when this is no token (any more), or of nobody.
    """
    token = _opened(text)
    if token is None:
        return None
    end(token.family)
    return _user_of(token)


def _opened(text: str) -> RefreshingToken | None:
    try:
        return RefreshingToken(text)  # type: ignore[arg-type]
    except TokenError:
        return None


def _user_of(token: Token) -> User | None:
    pk = token.get(api_settings.USER_ID_CLAIM)
    return User.objects.filter(pk=pk).first() if pk else None
