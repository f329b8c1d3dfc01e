"""Signing in and out."""

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from projects.models import AuditEntry, User
from projects.services.sign_ins import MAX_FAILURES
from tests.factories import PASSWORD
from tests.pages import Page, read, signed_in

SENTENCE = "User name or password is wrong."


def sign_in(name: str, password: str = PASSWORD, **fields: str) -> tuple[Client, Page]:
    client = Client()
    answer = client.post("/sign-in", {"username": name, "password": password, **fields})
    return client, Page(answer)


def test_every_page_asks_a_stranger_to_sign_in_and_then_goes_on(alice: User) -> None:
    client = Client()
    answer = client.get("/servers")
    assert answer.headers["Location"] == "/sign-in?next=/servers"

    fields = read(client, answer.headers["Location"]).fields
    entered = client.post(
        "/sign-in", {**fields, "username": "alice", "password": PASSWORD}
    )

    assert entered.headers["Location"] == "/servers"
    assert "Servers" in read(client, "/servers").text


def test_signing_in_and_out_is_recorded_with_the_address(alice: User) -> None:
    client, _ = sign_in("alice")
    client.post("/sign-out")
    entries = AuditEntry.objects.filter(actor=alice).order_by("id")
    assert [(entry.action, entry.address) for entry in entries] == [
        ("user.signed_in", "127.0.0.1"),
        ("user.signed_out", "127.0.0.1"),
    ]
    assert client.get("/").status_code == 302


def test_signing_out_takes_more_than_following_a_link(alice: User) -> None:
    client = signed_in(alice)
    assert client.get("/sign-out").status_code == 405
    assert client.get("/").status_code == 200


@pytest.mark.parametrize("name", ["alice", "nobody", "gone"])
def test_a_wrong_password_an_unknown_and_a_closed_account_get_one_sentence(
    alice: User, name: str
) -> None:
    User.objects.create_user("gone", password="wrong anyway", is_active=False)
    _, page = sign_in(name, "wrong")
    assert page.status == 400
    assert SENTENCE in page.text


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_after_many_failures_even_the_right_password_has_to_wait(
    alice: User, name: str
) -> None:
    for _ in range(MAX_FAILURES):
        sign_in(name, "wrong")
    _, page = sign_in(name)
    assert page.status == 429
    assert "Too many failed sign-ins. Try again in 5 minutes." in page.text


def test_failures_somewhere_else_leave_the_others_alone(alice: User, bob: User) -> None:
    elsewhere = Client(REMOTE_ADDR="192.0.2.7")
    for _ in range(MAX_FAILURES):
        elsewhere.post("/sign-in", {"username": "bob", "password": "wrong"})
    _, page = sign_in("alice")
    assert page.status == 302


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https:evil.example", "\\\\evil.example", "javascript:alert(1)"],
)
def test_nobody_is_sent_to_another_site(alice: User, wanted: str) -> None:
    answer = Client().post(
        "/sign-in", {"username": "alice", "password": PASSWORD, "next": wanted}
    )
    assert answer.headers["Location"] == "/"


def test_the_page_allows_no_inline_scripts_and_no_frames(db: None) -> None:
    policy = Client().get("/sign-in").headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy
    assert "frame-ancestors 'none'" in policy


def test_a_browser_that_asks_for_an_icon_by_its_old_name_gets_one(db: None) -> None:
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    assert finders.find(answer.headers["Location"].removeprefix("/static/"))
