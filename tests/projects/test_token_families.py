"""The tokens of one sign-in: used once each, and signed out together."""

import time
from typing import Any

import jwt
import pytest
from django.conf import settings
from rest_framework_simplejwt.tokens import RefreshToken

from oec.keys import token_key_of
from projects.models import AuditEntry, EndedTokens, User
from tests.api import Api
from tests.factories import PASSWORD
from tests.races import at_once


def sign_in(username: str = "alice") -> dict[str, str]:
    body = {"username": username, "password": PASSWORD}
    tokens: dict[str, str] = Api().post("/auth/token", body).json()
    return tokens


def refresh(token: str) -> Any:
    return Api().post("/auth/token/refresh", {"refresh": token})


def revoke(token: str) -> Any:
    return Api().post("/auth/token/revoke", {"refresh": token})


def opens(access: str) -> bool:
    answer = Api().get("/deployments", Authorization=f"Bearer {access}")
    return bool(answer.status_code == 200)


@pytest.mark.both_back_ends
@pytest.mark.django_db(transaction=True)
def test_of_many_who_use_a_token_at_once_one_gets_a_new_pair(alice: User) -> None:
    token = sign_in()["refresh"]
    answers = at_once(8, lambda _: refresh(token).status_code)
    assert sorted(map(str, answers)) == ["200", *["401"] * 7]


def test_a_token_that_is_used_again_ends_its_whole_family(alice: User) -> None:
    first = sign_in()
    second = refresh(first["refresh"]).json()
    third = refresh(second["refresh"]).json()
    assert opens(third["access"])
    again = refresh(first["refresh"])
    assert (again.status_code, again.json()["code"]) == (401, "token_not_valid")
    assert refresh(third["refresh"]).status_code == 401
    assert [opens(pair["access"]) for pair in (first, second, third)] == [False] * 3


def test_the_families_of_other_sign_ins_go_on(alice: User, bob: User) -> None:
    used, other, of_bob = sign_in(), sign_in(), sign_in("bob")
    refresh(used["refresh"])
    refresh(used["refresh"])
    for pair in (other, of_bob):
        assert opens(pair["access"])
        assert refresh(pair["refresh"]).status_code == 200


def test_a_family_begins_also_with_a_token_that_names_none(alice: User) -> None:
    first = str(RefreshToken.for_user(alice))
    second = refresh(first).json()
    assert refresh(first).status_code == 401
    assert refresh(second["refresh"]).status_code == 401
    assert not opens(second["access"])


def test_signing_out_ends_every_token_of_the_sign_in(alice: User) -> None:
    first = sign_in()
    second = refresh(first["refresh"]).json()
    answer = revoke(second["refresh"])
    assert (answer.status_code, answer.content) == (204, b"")
    assert refresh(second["refresh"]).status_code == 401
    refused = Api().get("/projects", Authorization=f"Bearer {second['access']}")
    assert (refused.status_code, refused.json()["code"]) == (401, "token_not_valid")
    assert not opens(first["access"])
    entry = AuditEntry.objects.get(action="user.signed_out")
    assert (entry.actor, entry.facts) == (alice, {"door": "api"})


def test_signing_out_twice_or_with_a_used_token_is_no_error(alice: User) -> None:
    first = sign_in()
    second = refresh(first["refresh"]).json()
    assert [revoke(first["refresh"]).status_code for _ in range(2)] == [204, 204]
    assert not opens(second["access"])


@pytest.mark.parametrize("body", [{}, {"refresh": ""}, {"access": "x"}])
def test_signing_out_wants_a_token(body: dict[str, str], db: None) -> None:
    answer = Api().post("/auth/token/revoke", body)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"


def test_what_is_no_refreshing_token_signs_nobody_out(alice: User) -> None:
    pair = sign_in()
    for text in ("x", "a.b.c", pair["access"]):
        assert revoke(text).json()["code"] == "token_not_valid"
    assert opens(pair["access"])


def test_what_has_ended_is_forgotten_when_it_would_have_expired(alice: User) -> None:
    revoke(sign_in()["refresh"])
    EndedTokens.objects.update(expires_at="2020-01-01T00:00Z")
    revoke(sign_in()["refresh"])
    assert EndedTokens.objects.count() == 1


def test_tokens_are_signed_with_a_key_of_their_own(alice: User) -> None:
    access = sign_in()["access"]
    key = settings.TOKEN_KEY
    assert key not in {settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS}
    claims = jwt.decode(access, key, algorithms=["HS256"])
    assert claims["exp"] > time.time()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(access, settings.SECRET_KEY, algorithms=["HS256"])


def test_a_configured_secret_key_makes_the_same_token_key_everywhere() -> None:
    one, other = token_key_of("a secret key"), token_key_of("another")
    assert one == token_key_of("a secret key") != other
    assert len(one) >= 32
    assert token_key_of("") == ""
