"""The frozen configuration of a deployment, and what differs from it, as JSON."""

from typing import Any

import pytest

from deployments.models import Deployment, Status
from deployments.services.releases import freeze
from projects.models import Environment, Project, User
from projects.services import change_environment, set_variable
from tests.api import Api
from tests.factories import COMMIT, make_deployment

SECRET = "s3cret-value-of-many-characters"
NEW_SECRET = "an0ther-value-of-many-characters"


@pytest.fixture
def live(
    project: Project, environment: Environment, alice: User, dora: User
) -> Deployment:
    set_variable(project, name="API_KEY", value=SECRET, by=dora)
    set_variable(environment, name="MODE", value="slow", is_secret=False, by=dora)
    return frozen(environment, alice, Status.SUCCESS)


def frozen(environment: Environment, by: User, status: Status) -> Deployment:
    release = freeze(Environment.objects.get(pk=environment.pk), git_commit=COMMIT)
    return make_deployment(environment, by=by, status=status, release=release)


def asked(user: User, deployment: Deployment) -> Any:
    answer = Api(user).get(f"/deployments/{deployment.pk}/configuration")
    assert answer.status_code == 200
    assert SECRET.encode() not in answer.content
    assert NEW_SECRET.encode() not in answer.content
    return answer.json()


def test_settings_are_plain_and_secrets_are_fingerprints(
    live: Deployment, bob: User
) -> None:
    told = asked(bob, live)
    assert told["config_digest"] == live.release.config_digest
    settings = {one["name"]: one for one in told["settings"]}
    assert settings["build_command"] == {
        "name": "build_command",
        "group": "Commands",
        "value": "make build",
        "is_default": False,
    }
    assert settings["release_command"]["is_default"]
    assert "docker_image" not in settings
    secret, plain = told["variables"]
    assert (secret["name"], secret["is_secret"], secret["value"]) == (
        *("API_KEY", True, None),
    )
    assert len(bytes.fromhex(secret["fingerprint"])) == 6
    assert plain == {
        "name": "MODE",
        "is_secret": False,
        "value": "slow",
        "fingerprint": None,
    }


def test_it_tells_what_has_changed_since_and_what_differs_from_live(
    live: Deployment, project: Project, environment: Environment, bob: User, dora: User
) -> None:
    set_variable(project, name="API_KEY", value=NEW_SECRET, by=dora)
    failed = frozen(environment, dora, Status.FAILED)
    change_environment(environment, by=dora, build_command="make all")

    told = asked(bob, failed)

    assert told["changed_since"] == [
        {
            "name": "build_command",
            "kind": "setting",
            "change": "changed",
            "before": "make build",
            "after": "make all",
            "is_secret": False,
            "turned": "",
        }
    ]
    assert told["live_deployment_id"] == str(live.pk)
    (change,) = told["against_live"]
    fingerprints = [asked(bob, one)["variables"][0] for one in (live, failed)]
    assert [change["before"], change["after"]] == [
        one["fingerprint"] for one in fingerprints
    ]
    assert change["is_secret"]


def test_without_a_success_nothing_is_live(
    environment: Environment, alice: User
) -> None:
    told = asked(alice, frozen(environment, alice, Status.FAILED))
    assert (told["live_deployment_id"], told["against_live"]) == (None, None)
    assert told["changed_since"] == []


def test_a_variable_that_is_a_secret_now_is_not_shown_as_it_was(
    environment: Environment, alice: User, dora: User
) -> None:
    set_variable(environment, name="TOKEN", value=SECRET, is_secret=False, by=dora)
    careless = frozen(environment, alice, Status.SUCCESS)
    set_variable(environment, name="TOKEN", value=SECRET, is_secret=True, by=dora)
    told = asked(alice, careless)
    assert told["variables"][0]["value"] is None
    (change,) = told["changed_since"]
    assert change["turned"] == "secret"
    assert change["before"] == change["after"]


def test_a_stranger_finds_nothing(live: Deployment, charlie: User) -> None:
    answer = Api(charlie).get(f"/deployments/{live.pk}/configuration")
    assert answer.status_code == 404
    assert Api().get(f"/deployments/{live.pk}/configuration").status_code == 401


def test_a_configuration_that_no_key_opens_is_a_clear_503(
    live: Deployment, alice: User, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = ["0" * 43 + "="]
    answer = Api(alice).get(f"/deployments/{live.pk}/configuration")
    assert answer.status_code == 503
    assert answer.json()["code"] == "decrypt_failed"
    assert "OEC_ENCRYPTION_KEYS" in answer.json()["detail"]


def test_more_variables_take_no_more_queries(
    live: Deployment,
    environment: Environment,
    alice: User,
    dora: User,
    django_assert_num_queries: Any,
) -> None:
    api = Api(alice)
    failed = frozen(environment, alice, Status.FAILED)
    path = f"/deployments/{failed.pk}/configuration"
    for count in (0, 100):
        for number in range(count):
            set_variable(environment, name=f"MORE_{number}", value="1", by=dora)
        with django_assert_num_queries(6):
            api.get(path)
