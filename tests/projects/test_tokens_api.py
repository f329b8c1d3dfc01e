"""Signing in for programs, and what is no valid token."""

import base64
import json
import time
from typing import Any

import jwt
import pytest
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken

from projects.models import AuditEntry, User
from tests.api import Api
from tests.factories import PASSWORD


def sign_in(username: str, password: str = PASSWORD, **headers: str) -> Any:
    body = {"username": username, "password": password}
    return Api().post("/auth/token", body, **headers)


def with_token(token: str) -> int:
    answer = Api().get("/deployments", Authorization=token)
    return int(answer.status_code)


def test_a_password_becomes_a_token_that_opens_the_api(alice: User) -> None:
    answer = sign_in("alice")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert with_token(f"Bearer {answer.json()['access']}") == 200


def test_a_sign_in_is_audited(alice: User) -> None:
    sign_in("alice")
    entry = AuditEntry.objects.get(action="user.signed_in")
    assert (entry.actor, entry.address) == (alice, "127.0.0.1")
    assert PASSWORD not in json.dumps(entry.facts)


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(alice: User) -> None:
    wrong, unknown = sign_in("alice", "wrong"), sign_in("nobody", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.content == unknown.content
    assert wrong["WWW-Authenticate"].startswith("Bearer")


def test_a_deactivated_account_gets_it_too(alice: User) -> None:
    wrong = sign_in("alice", "wrong")
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert sign_in("alice").content == wrong.content


@pytest.mark.parametrize(
    "body",
    [
        *({}, {"username": "alice"}, {"username": "alice", "password": ""}),
        {"username": "alice", "password": "x" * 1_000_000},
        {"username": "x" * 151, "password": "x"},
        {"username": ["alice"], "password": {"x": 1}},
    ],
    ids=["nothing", "no password", "empty", "a megabyte", "long name", "no text"],
)
def test_what_cannot_be_a_name_and_a_password_is_refused(
    body: dict[str, Any], alice: User
) -> None:
    assert Api().post("/auth/token", body).status_code == 400


def test_an_unknown_name_costs_as_much_work_as_a_wrong_password(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    encode = MD5PasswordHasher.encode

    def counted(self: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", counted)
    User.objects.create_user("gone", password="another", is_active=False)
    hashed.clear()
    for name in ("alice", "nobody", "gone"):
        sign_in(name, f"by {name} here")
        Client().post("/sign-in", {"username": name, "password": f"by {name} there"})
    for name in ("alice", "nobody", "gone"):
        for door in ("here", "there"):
            assert hashed.count(f"by {name} {door}") == 1


# --- Refreshing ----------------------------------------------------------------------


def refresh(token: str) -> Any:
    return Api().post("/auth/token/refresh", {"refresh": token})


def test_a_refreshing_token_works_once(alice: User) -> None:
    first = sign_in("alice").json()
    second = refresh(first["refresh"])
    assert second.status_code == 200
    assert with_token(f"Bearer {second.json()['access']}") == 200
    assert refresh(second.json()["refresh"]).status_code == 200
    assert refresh(first["refresh"]).status_code == 401


@pytest.mark.parametrize("token", ["", "x", "a.b.c", "x" * 100_000])
def test_what_is_no_refreshing_token_is_refused(token: str, db: None) -> None:
    assert refresh(token).status_code in {400, 401}


def test_a_refreshing_token_of_a_deactivated_account_is_refused(alice: User) -> None:
    token = sign_in("alice").json()["refresh"]
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert refresh(token).status_code == 401


def test_a_refreshing_token_of_a_deleted_account_is_refused(alice: User) -> None:
    token = RefreshToken.for_user(alice)
    token["user_id"] = "00000000-0000-4000-8000-000000000000"
    assert refresh(str(token)).status_code == 401


# --- What opens nothing --------------------------------------------------------------


def forged(alice: User, key: str, **claims: Any) -> str:
    payload = {**AccessToken.for_user(alice).payload, **claims}
    return jwt.encode(payload, key, algorithm="HS256")


def unsigned(alice: User) -> str:
    """As an attacker writes it: ``alg`` is none and the signature is empty."""
    header = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=")
    payload = forged(alice, "x" * 32).split(".")[1]
    return f"{header.decode()}.{payload}."


def test_tokens_that_are_none_open_nothing(alice: User) -> None:
    own = settings.TOKEN_KEY
    now = int(time.time())
    tokens = {
        "missing": "",
        "no token": "Bearer",
        "two tokens": "Bearer x y",
        "not a token": "Bearer x",
        "100 KB": "Bearer " + "x" * 100_000,
        "not ASCII": "Bearer é",
        "another scheme": "Basic YWxpY2U6eA==",
        "unsigned": f"Bearer {unsigned(alice)}",
        "another key": f"Bearer {forged(alice, 'x' * 32)}",
        "the key of sessions": f"Bearer {forged(alice, settings.SECRET_KEY)}",
        "expired": f"Bearer {forged(alice, own, exp=now - 10)}",
        "not yet": f"Bearer {forged(alice, own, nbf=now + 60)}",
        "no user": f"Bearer {forged(alice, own, user_id=None)}",
        "refreshing": f"Bearer {RefreshToken.for_user(alice)}",
    }
    assert {name: with_token(token) for name, token in tokens.items()} == dict.fromkeys(
        tokens, 401
    )


def test_a_token_dies_with_the_account(alice: User) -> None:
    token = f"Bearer {sign_in('alice').json()['access']}"
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert with_token(token) == 401


def test_a_token_dies_with_the_password_it_was_made_with(alice: User) -> None:
    signed_in = sign_in("alice").json()
    alice.set_password("another horse")
    alice.save()
    assert with_token(f"Bearer {signed_in['access']}") == 401
    renewed = refresh(signed_in["refresh"]).json()
    assert with_token(f"Bearer {renewed['access']}") == 401
