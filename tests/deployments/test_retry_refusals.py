"""What refuses a retry, in which order and words, and that nothing is written then."""

from collections.abc import Callable
from itertools import combinations
from uuid import UUID

import pytest

from deployments.exceptions import (
    DeploymentInProgress,
    NotRetryable,
    TargetUnavailable,
)
from deployments.models import Deployment, Status
from deployments.services import retry
from oec.exceptions import ApplicationError, InvalidInput
from projects.models import Environment, Project, Server, User
from projects.permissions import DeployPermissionMissing
from tests import factories
from tests.deployments.rows import written
from tests.factories import make_deployment


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice)


def succeed_instead(deployment: Deployment, by: User) -> None:
    deployment.status = Status.SUCCESS


def keep_the_project_busy(deployment: Deployment, by: User) -> None:
    make_deployment(deployment.environment, by=by, status=Status.RUNNING)


def disable_the_environment(deployment: Deployment, by: User) -> None:
    deployment.environment.is_enabled = False
    deployment.environment.save()


def disable_the_server(deployment: Deployment, by: User) -> None:
    deployment.server.is_enabled = False
    deployment.server.save()


def nothing(deployment: Deployment, by: User) -> None:
    pass


Obstacle = tuple[Callable[[Deployment, User], None], type[ApplicationError]]
# In the order of the checks. Whose turn comes first decides what the caller learns.
OBSTACLES: dict[str, Obstacle] = {
    "no right": (nothing, DeployPermissionMissing),
    "not failed": (succeed_instead, NotRetryable),
    "busy": (keep_the_project_busy, DeploymentInProgress),
    "environment disabled": (disable_the_environment, TargetUnavailable),
    "server disabled": (disable_the_server, TargetUnavailable),
}


@pytest.mark.parametrize("name", OBSTACLES)
def test_an_obstacle_refuses_the_retry_and_nothing_is_written(
    name: str, failed: Deployment, alice: User, bob: User, rung: list[UUID]
) -> None:
    obstruct, refusal = OBSTACLES[name]
    obstruct(failed, alice)
    before = written(failed.project)

    with pytest.raises(refusal):
        retry(failed, by=bob if name == "no right" else alice)

    assert written(failed.project) == before
    assert rung == []


@pytest.mark.parametrize(("first", "second"), list(combinations(OBSTACLES, 2)))
def test_of_two_obstacles_the_earlier_check_speaks(
    first: str, second: str, failed: Deployment, alice: User, bob: User
) -> None:
    for name in (first, second):
        OBSTACLES[name][0](failed, alice)
    with pytest.raises(OBSTACLES[first][1]):
        retry(failed, by=bob if first == "no right" else alice)


def test_the_sentences_are_those_of_the_feature(
    environment: Environment, failed: Deployment, alice: User, bob: User
) -> None:
    with pytest.raises(ApplicationError) as missing_right:
        retry(failed, by=bob)
    assert missing_right.value.detail == "You don't have permission to deploy"
    assert missing_right.value.status_code == 403

    success = make_deployment(environment, by=alice, status=Status.SUCCESS)
    with pytest.raises(ApplicationError) as not_failed:
        retry(success, by=alice)
    assert not_failed.value.detail == "Can only retry failed deployments"
    assert not_failed.value.status_code == 400

    make_deployment(environment, by=alice, status=Status.PENDING)
    with pytest.raises(ApplicationError) as busy:
        retry(failed, by=alice)
    assert busy.value.detail == "A deployment is already in progress for this project"
    assert busy.value.status_code == 409


@pytest.mark.parametrize(
    ("status", "verb"),
    [
        (Status.SUCCESS, "redeploy"),
        (Status.CANCELLED, "deploy"),
        (Status.PENDING, "cancel"),
        (Status.RUNNING, "cancel"),
    ],
)
def test_what_did_not_fail_is_refused_with_the_verb_that_fits(
    status: Status, verb: str, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    with pytest.raises(NotRetryable) as refusal:
        retry(deployment, by=alice)
    assert refusal.value.code == "not_failed"
    assert refusal.value.extra == {"deployment_status": status, "verb": verb}


def test_a_busy_project_names_what_is_in_the_way(
    environment: Environment, failed: Deployment, alice: User, dora: User
) -> None:
    active = make_deployment(environment, by=dora, status=Status.RUNNING)
    with pytest.raises(DeploymentInProgress) as refusal:
        retry(failed, by=alice)
    assert refusal.value.extra["active_deployment"] == {
        "id": str(active.pk),
        "version": 2,
        "status": "running",
        "triggered_by": "dora",
        "created_at": active.created_at.isoformat(),
    }


def test_a_busy_other_project_is_not_in_the_way(
    failed: Deployment, project: Project, server: Server, alice: User, dora: User
) -> None:
    other = factories.make_project(project.organization, by=dora, name="Blog")
    elsewhere = factories.make_environment(
        other, server, by=dora, deploy_path="/srv/blog"
    )
    make_deployment(elsewhere, by=dora, status=Status.RUNNING)
    assert retry(failed, by=alice).status == Status.PENDING


@pytest.mark.parametrize("reason", ["x" * 501, "nul \0", "surrogate \ud800"])
def test_a_reason_that_cannot_be_stored_is_refused(
    reason: str, failed: Deployment, alice: User
) -> None:
    before = written(failed.project)
    with pytest.raises(InvalidInput) as refusal:
        retry(failed, by=alice, reason=reason)
    assert list(refusal.value.extra["errors"]) == ["reason"]
    assert written(failed.project) == before


def test_without_the_right_nobody_learns_that_the_reason_was_malformed(
    failed: Deployment, bob: User
) -> None:
    with pytest.raises(DeployPermissionMissing):
        retry(failed, by=bob, reason="x" * 501)
