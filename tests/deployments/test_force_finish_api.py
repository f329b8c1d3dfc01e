"""POST /deployments/{id}/force-finish: the last resort of administrators."""

from typing import Any

import pytest

from deployments import services
from deployments.models import Deployment, Status
from projects.models import AuditEntry, Environment, User
from tests.api import Api
from tests.factories import make_deployment


@pytest.fixture
def stuck(environment: Environment, alice: User) -> Deployment:
    """Running, asked to end, and nobody ends it."""
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    return services.cancel(running, by=alice)


def force(deployment: Deployment, by: User, **body: Any) -> Any:
    path = f"/deployments/{deployment.pk}/force-finish"
    return Api(by).post(path, {"reason": "The machine burned", **body})


def test_an_administrator_ends_what_nobody_ends(stuck: Deployment, dora: User) -> None:
    answer = force(stuck, dora)
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["status"]) == (
        str(stuck.pk),
        "cancelled",
    )
    entry = AuditEntry.objects.get(action="deployment.force_finished")
    assert entry.facts["reason"] == "The machine burned"
    assert (entry.actor, entry.address) == (dora, "127.0.0.1")


def test_whoever_may_only_deploy_is_refused(stuck: Deployment, alice: User) -> None:
    answer = force(stuck, alice)
    assert answer.status_code == 403
    assert answer.json()["code"] == "permission_denied"
    assert "administrator of the organization" in answer.json()["detail"]
    assert Deployment.objects.get().status == Status.RUNNING


@pytest.mark.parametrize("reason", ["", "  ", "x" * 501, "a\0b", None, 7, []])
def test_it_takes_a_reason(stuck: Deployment, dora: User, reason: Any) -> None:
    answer = force(stuck, dora, reason=reason)
    assert answer.status_code == 400
    assert Deployment.objects.get().status == Status.RUNNING


@pytest.mark.parametrize("status", list(Status))
def test_only_a_cancel_that_is_under_way_is_finished(
    status: Status, environment: Environment, alice: User, dora: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    answer = force(deployment, dora)
    assert answer.status_code == 400
    assert answer.json()["code"] == "not_active"
    assert "Cancel it first" in answer.json()["detail"]
    assert Deployment.objects.get().status == status
    assert not AuditEntry.objects.filter(action="deployment.force_finished").exists()


def test_the_second_of_two_is_told_that_it_has_ended(
    stuck: Deployment, dora: User
) -> None:
    assert force(stuck, dora).status_code == 200
    assert force(stuck, dora).status_code == 400
    assert AuditEntry.objects.filter(action="deployment.force_finished").count() == 1
