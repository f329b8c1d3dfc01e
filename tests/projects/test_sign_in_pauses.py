"""Guessing passwords is slowed down, and nobody else has to pay for it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from projects.models import FailedSignIns, User
from projects.services import sign_ins
from tests.api import Api
from tests.factories import PASSWORD
from tests.races import at_once

MOST = sign_ins.MAX_FAILURES


def sign_in(username: str, password: str = PASSWORD, **headers: str) -> Any:
    body = {"username": username, "password": password}
    return Api().post("/auth/token", body, **headers)


def fail(username: str, address: str, times: int = MOST) -> None:
    for _ in range(times):
        sign_ins.begin(username, address)


def later(**ago: float) -> None:
    """As if all that was counted had been counted so long ago."""
    for row in FailedSignIns.objects.all():
        row.ends_at -= timedelta(**ago)
        row.save()


def test_guessing_is_stopped_for_the_account_from_there(alice: User) -> None:
    codes = [sign_in("alice", "wrong").status_code for _ in range(MOST + 1)]
    assert codes == [401] * MOST + [429]
    answer = sign_in("alice")
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= sign_ins.PAUSE.total_seconds()


@pytest.mark.parametrize(
    "written", ["Alice", "ALICE", " alice", "alice ", "\uff41lice", "\u3000alice"]
)
def test_however_the_name_is_written_it_is_one_count(written: str, alice: User) -> None:
    fail(written, "127.0.0.1")
    assert sign_in("alice").status_code == 429


def test_one_address_locks_out_no_other_however_long_it_goes_on(alice: User) -> None:
    for _ in range(12):
        fail("alice", "192.0.2.66", times=2 * MOST)
        later(seconds=sign_ins.PAUSE.total_seconds() + 1)
        fail("alice", "192.0.2.66", times=2 * MOST)
        assert sign_ins.begin("alice", "192.0.2.66") > 0
        assert sign_in("alice").status_code == 200


@pytest.mark.parametrize("last", ["1", "ffff:ffff:ffff:ffff"])
def test_the_addresses_of_one_customer_count_as_one(last: str, alice: User) -> None:
    fail("alice", "2001:db8:0:1::5")
    assert (
        sign_ins.begin(
            "alice", f"2001:db8:0:1::{last}" if last == "1" else f"2001:db8:0:1:{last}"
        )
        > 0
    )
    assert sign_ins.begin("alice", "2001:db8:0:2::5") == 0


def test_many_addresses_together_are_stopped_too(alice: User) -> None:
    for number in range(sign_ins.MAX_FAILURES_OF_NAME // MOST):
        fail("alice", f"192.0.2.{number}")
    assert sign_in("alice").status_code == 429


def test_guessing_is_stopped_for_the_address_whatever_the_account(alice: User) -> None:
    for number in range(sign_ins.MAX_FAILURES_OF_ADDRESS - 1):
        sign_ins.begin(f"user-{number}", "127.0.0.1")
    assert sign_in("somebody", "wrong").status_code == 401
    answer = sign_in("alice")
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0


def test_a_colleagues_typos_lock_nobody_else_out_of_the_office(
    alice: User, bob: User
) -> None:
    codes = [sign_in("bob", "wrong").status_code for _ in range(12)]
    assert codes == [401] * 10 + [429] * 2
    assert sign_in("alice").status_code == 200


def test_a_success_forgets_what_went_before(alice: User) -> None:
    for _ in range(3):
        fail("alice", "127.0.0.1", times=MOST - 1)
        assert sign_in("alice").status_code == 200


def test_a_success_gives_an_address_no_more_guesses_at_others(alice: User) -> None:
    for number in range(sign_ins.MAX_FAILURES_OF_ADDRESS - 1):
        sign_ins.begin(f"user-{number}", "127.0.0.1")
    assert [sign_in("alice").status_code for _ in range(3)] == [200] * 3
    assert sign_in("somebody", "wrong").status_code == 401
    assert sign_in("somebody", "wrong").status_code == 429


def test_after_the_pause_everybody_may_try_again(alice: User) -> None:
    fail("alice", "127.0.0.1")
    later(seconds=sign_ins.PAUSE.total_seconds())
    assert sign_in("alice").status_code == 200


@pytest.mark.parametrize("name", ["alice", "nobody"])
def test_all_doors_count_together(alice: User, name: str) -> None:
    page = Client()
    for _ in range(MOST // 2):
        sign_in(name, "wrong")
        page.post("/sign-in", {"username": name, "password": "wrong"})
    refusals = [
        sign_in(name),
        page.post("/sign-in", {"username": name, "password": PASSWORD}),
        page.post(
            "/admin/login/", {"username": name, "password": PASSWORD}, follow=True
        ),
    ]
    assert [answer.status_code for answer in refusals[:2]] == [429, 429]
    assert all(0 < int(answer["Retry-After"]) <= 300 for answer in refusals[:2])
    # The administration has no form of its own.
    assert refusals[2].redirect_chain[0][0].startswith("/sign-in?")


def test_a_made_up_forwarded_address_changes_nothing(alice: User) -> None:
    codes = [
        sign_in("alice", "wrong", **{"X-Forwarded-For": f"198.51.100.{n}"}).status_code
        for n in range(11)
    ]
    assert codes[-1] == 429


def test_what_ended_long_ago_is_forgotten(alice: User) -> None:
    fail("somebody", "192.0.2.1", times=1)
    later(days=2)
    sign_in("alice")
    assert not FailedSignIns.objects.filter(
        ends_at__lt=timezone.now() - timedelta(days=1)
    ).exists()


@pytest.mark.both_back_ends
@pytest.mark.django_db(transaction=True)
def test_guesses_at_the_same_moment_do_not_pass_together(alice: User) -> None:
    waits = at_once(30, lambda _: sign_ins.begin("alice", "127.0.0.1"))
    assert sorted(wait == 0 for wait in waits) == [False] * 20 + [True] * MOST
