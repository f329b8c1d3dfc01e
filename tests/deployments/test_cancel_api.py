"""POST /deployments/{id}/cancel."""

from typing import Any

import pytest

from deployments.models import TERMINAL, Deployment, Status
from projects.models import AuditEntry, Environment, User
from tests.api import Api
from tests.factories import make_deployment


def cancel(deployment: Deployment, by: User, reason: str = "") -> Any:
    return Api(by).post(f"/deployments/{deployment.pk}/cancel", {"reason": reason})


def test_a_waiting_deployment_is_cancelled_at_once(
    environment: Environment, alice: User
) -> None:
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    answer = cancel(pending, alice, "Not now.")
    assert answer.status_code == 200
    assert answer.json()["id"] == str(pending.pk)
    assert answer.json()["status"] == "cancelled"
    entry = AuditEntry.objects.get(action="deployment.cancel_requested")
    assert entry.facts["reason"] == "Not now."
    assert entry.address == "127.0.0.1"


def test_a_running_deployment_is_asked_to_end(
    environment: Environment, alice: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    answer = cancel(running, alice)
    assert answer.status_code == 200
    assert answer.json()["status"] == "running"
    assert answer.json()["cancel_requested_at"] is not None


def test_asking_twice_is_asking_once(environment: Environment, alice: User) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    assert cancel(running, alice).status_code == 200
    assert cancel(running, alice).status_code == 200
    entries = AuditEntry.objects.filter(action="deployment.cancel_requested")
    assert entries.count() == 1


@pytest.mark.parametrize("status", TERMINAL)
def test_a_late_cancel_learns_how_it_ended(
    status: Status, environment: Environment, alice: User
) -> None:
    ended = make_deployment(environment, by=alice, status=status)
    answer = cancel(ended, alice)
    assert answer.status_code == 400
    assert answer.json()["code"] == "not_active"
    assert answer.json()["deployment_status"] == status
