"""/healthz and /readyz."""

from typing import Any

import pytest
import redis
from django.db import OperationalError
from django.test import Client

from deployments import beats
from deployments.models import Beat

pytestmark = pytest.mark.both_back_ends


def parts(answer: Any) -> dict[str, bool]:
    return {name: part["ok"] for name, part in answer.json()["parts"].items()}


def test_a_process_that_answers_is_alive_whatever_else_is_away(client: Client) -> None:
    # Without the db fixture a query would fail this test.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


@pytest.mark.django_db(transaction=True)
def test_without_dispatcher_and_worker_it_is_not_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert parts(answer) == {
        "database": True,
        "broker": True,
        "disk": True,
        "write": False,
        "dispatcher": False,
        "worker": False,
    }


@pytest.mark.django_db(transaction=True)
def test_with_every_part_seen_lately_it_is_ready(client: Client) -> None:
    beats.beat(Beat.Kind.DISPATCHER)
    beats.beat(Beat.Kind.WORKER, capacity=16)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["reasons"]) == ("ready", [])
    assert all(parts(answer).values())


@pytest.mark.django_db(transaction=True)
def test_an_old_sign_of_life_counts_for_nothing(client: Client) -> None:
    beats.beat(Beat.Kind.DISPATCHER)
    beats.beat(Beat.Kind.WORKER, capacity=16)
    Beat.objects.filter(kind=Beat.Kind.WORKER).update(seen_at="2026-01-01T00:00:00Z")
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not parts(answer)["worker"]


def test_without_the_database_it_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(kind: Beat.Kind) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(beats, "seen", away)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not parts(answer)["database"]


@pytest.mark.django_db(transaction=True)
def test_without_redis_it_says_so(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert not parts(answer)["broker"]
    monkeypatch.setattr(redis.Redis, "ping", lambda _: True)
    assert parts(client.get("/readyz"))["broker"]


@pytest.mark.django_db(transaction=True)
def test_it_vouches_for_a_write(client: Client) -> None:
    beats.beat(Beat.Kind.DISPATCHER)
    assert client.get("/readyz").json()["parts"]["write"]["seconds"] < 15
    Beat.objects.update(seen_at="2026-01-01T00:00:00Z")
    answer = client.get("/readyz")
    assert not parts(answer)["write"]
    assert any("takes no writes" in reason for reason in answer.json()["reasons"])


@pytest.mark.django_db(transaction=True)
def test_a_full_disk_is_a_reason_until_there_is_room(
    client: Client, settings: Any
) -> None:
    settings.LEAST_FREE_BYTES = 2**62
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert any("disk is full" in reason for reason in answer.json()["reasons"])
    settings.LEAST_FREE_BYTES = 1
    assert parts(client.get("/readyz"))["disk"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_any_host_is_answered_and_nobody_sent_to_https(
    path: str, client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["deploy.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    answer = client.get(path, headers={"Host": "10.1.2.3:8000"})
    assert answer.status_code in {200, 503}
    assert answer["Content-Type"] == "application/json"
    assert "status" in answer.json()


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_only_looking_is_possible(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405
