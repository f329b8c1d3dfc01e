"""POST /environments/{id}/deployments, and redeploy: a new release of today."""

import pytest

from deployments.models import Deployment, Status
from projects import services
from projects.models import Environment, User
from tests.api import Api
from tests.factories import COMMIT, make_deployment


def path(environment: Environment) -> str:
    return f"/environments/{environment.pk}/deployments"


def test_the_head_of_the_branch_is_deployed(
    environment: Environment, alice: User
) -> None:
    answer = Api(alice).post(path(environment), {"reason": "Go"})
    assert answer.status_code == 201
    new = answer.json()
    assert new["git_branch"] == environment.git_branch
    assert new["git_commit"] is None
    assert new["vm_id"] == str(environment.server_id)
    assert new["reason"] == "Go"
    assert new["root"] == new["id"]
    assert new["extra_data"] == {"retry_of": None}
    assert answer["Location"].endswith(f"/api/v1/deployments/{new['id']}")


def test_a_chosen_commit_is_deployed(environment: Environment, alice: User) -> None:
    answer = Api(alice).post(path(environment), {"git_commit": COMMIT})
    assert answer.json()["git_commit"] == COMMIT


@pytest.mark.parametrize(
    "commit",
    [
        *(COMMIT[:39], COMMIT + "0", COMMIT[:12], COMMIT.upper(), "HEAD", "main"),
        *("v1^{}", "g" * 40, "0" * 40, COMMIT + "\n", f" {COMMIT}", "-" * 40),
    ],
)
def test_what_is_no_full_commit_is_refused(
    commit: str, environment: Environment, alice: User
) -> None:
    answer = Api(alice).post(path(environment), {"git_commit": commit})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["git_commit"]
    assert not Deployment.objects.exists()


def test_an_environment_without_a_server_cannot_be_deployed_to(
    environment: Environment, alice: User, dora: User
) -> None:
    services.change_environment(environment, by=dora, server=None)
    answer = Api(alice).post(path(environment))
    assert answer.status_code == 409
    assert answer.json()["code"] == "target_unavailable"


def test_a_repeated_deploy_gets_the_first_answer_and_its_location(
    environment: Environment, alice: User
) -> None:
    key = {"Idempotency-Key": "deploy-1"}
    first = Api(alice).post(path(environment), **key)
    again = Api(alice).post(path(environment), **key)
    assert (again.status_code, again.json()) == (201, first.json())
    assert again["Location"] == first["Location"]
    assert Deployment.objects.count() == 1


def test_redeploying_takes_todays_configuration(
    environment: Environment, alice: User, dora: User
) -> None:
    failed = make_deployment(environment, by=alice)
    services.change_environment(environment, by=dora, build_command="make faster")
    answer = Api(alice).post(f"/deployments/{failed.pk}/redeploy")
    assert answer.status_code == 200
    new = Deployment.objects.get(pk=answer.json()["id"])
    assert new.release.configuration["build_command"] == "make faster"
    assert answer.json()["retry_of"] is None


@pytest.mark.parametrize("status", [Status.PENDING, Status.RUNNING])
def test_what_has_not_ended_cannot_be_redeployed(
    status: Status, environment: Environment, alice: User
) -> None:
    active = make_deployment(environment, by=alice, status=status)
    answer = Api(alice).post(f"/deployments/{active.pk}/redeploy")
    assert answer.status_code == 400
    assert answer.json()["code"] == "not_finished"
