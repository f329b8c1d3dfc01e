"""POST /deployments/{id}/rollback: back to an earlier success."""

from uuid import uuid4

import pytest

from deployments.models import Deployment, Status
from projects.models import Environment, User
from tests import factories
from tests.api import Api
from tests.factories import make_deployment


@pytest.fixture
def older(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice, status=Status.SUCCESS)


@pytest.fixture
def newer(older: Deployment, environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice, status=Status.SUCCESS)


@pytest.fixture
def current(newer: Deployment, environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice, status=Status.SUCCESS)


def path(current: Deployment) -> str:
    return f"/deployments/{current.pk}/rollback"


def test_without_a_target_it_is_the_newest_earlier_success(
    current: Deployment, newer: Deployment, alice: User
) -> None:
    answer = Api(alice).post(path(current))
    assert answer.status_code == 200
    new = answer.json()
    assert new["trigger"] == "rollback"
    assert new["rollback_from_id"] == str(current.pk)
    assert new["git_commit"] == newer.release.git_commit
    assert Deployment.objects.get(pk=new["id"]).release_id == newer.release_id


def test_a_target_can_be_chosen(
    current: Deployment, older: Deployment, alice: User
) -> None:
    new = Api(alice).post(path(current), {"to": str(older.pk)}).json()
    assert Deployment.objects.get(pk=new["id"]).release_id == older.release_id


def test_there_must_be_an_earlier_success(older: Deployment, alice: User) -> None:
    answer = Api(alice).post(path(older))
    assert answer.status_code == 400
    assert answer.json()["code"] == "no_rollback_target"


def test_a_failure_is_no_target(
    current: Deployment, environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice, status=Status.FAILED)
    answer = Api(alice).post(path(current), {"to": str(failed.pk)})
    assert answer.status_code == 400
    assert answer.json()["code"] == "no_rollback_target"


def test_another_tenants_deployment_is_no_target(
    current: Deployment, alice: User, charlie: User
) -> None:
    elsewhere = charlie.memberships.get().organization
    foreign = make_deployment(
        factories.make_environment(
            factories.make_project(elsewhere, by=charlie),
            factories.make_server(elsewhere, by=charlie),
            by=charlie,
        ),
        by=charlie,
        status=Status.SUCCESS,
    )
    hidden = Api(alice).post(path(current), {"to": str(foreign.pk)})
    absent = Api(alice).post(path(current), {"to": str(uuid4())})
    assert hidden.status_code == absent.status_code == 400
    assert hidden.json() == absent.json()


@pytest.mark.parametrize("target", ["abc", 5, True, [], {"id": 1}])
def test_a_target_that_is_no_id_is_refused(
    target: object, current: Deployment, alice: User
) -> None:
    assert Api(alice).post(path(current), {"to": target}).status_code == 400
