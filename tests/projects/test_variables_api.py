"""The variables of an environment through the API."""

from typing import Any

import pytest

from projects.models import AuditEntry, Environment, User, Variable
from tests.api import Api

VALUE = "'; id; $(id) `id` % ! \n é"


def path(environment: Environment, name: str = "") -> str:
    return f"/environments/{environment.pk}/variables{name and '/' + name}"


def test_a_secret_is_set_and_never_shown_again(
    environment: Environment, dora: User
) -> None:
    answer = Api(dora).put(path(environment, "API_KEY"), {"value": "s3cret-value"})
    assert answer.status_code == 200
    assert answer.json() == {**answer.json(), "name": "API_KEY", "value": None}
    shown = [
        answer,
        Api(dora).get(path(environment)),
        Api(dora).get(path(environment, "API_KEY")),
        Api(dora).get("/audit"),
    ]
    assert all(b"s3cret-value" not in one.content for one in shown)
    assert Variable.objects.get().value == "s3cret-value"
    assert AuditEntry.objects.filter(action="variable.set").count() == 1


def test_a_plain_value_comes_back_exactly(environment: Environment, dora: User) -> None:
    body = {"value": VALUE, "is_secret": False}
    assert Api(dora).put(path(environment, "MODE"), body).json()["value"] == VALUE


def test_setting_again_replaces(environment: Environment, dora: User) -> None:
    for value in ("one", "two"):
        body = {"value": value, "is_secret": False}
        Api(dora).put(path(environment, "MODE"), body)
    items = Api(dora).get(path(environment)).json()["items"]
    assert [(item["name"], item["value"]) for item in items] == [("MODE", "two")]


def test_a_variable_is_removed(environment: Environment, dora: User) -> None:
    Api(dora).put(path(environment, "MODE"), {"value": "x"})
    assert Api(dora).delete(path(environment, "MODE")).status_code == 204
    assert Api(dora).delete(path(environment, "MODE")).status_code == 404
    assert Api(dora).get(path(environment, "MODE")).status_code == 404


@pytest.mark.parametrize(
    "name", ["1A", "A-B", "A%20B", "A=B", "A%0A", "é", "A" * 129, "PATH", "GIT_DIR"]
)
def test_a_name_that_cannot_be_is_refused(
    name: str, environment: Environment, dora: User
) -> None:
    answer = Api(dora).put(path(environment, name), {"value": "x"})
    assert answer.status_code == 400
    assert not Variable.objects.exists()


@pytest.mark.parametrize("name", ["UID", "EUID", "PPID", "BASHOPTS", "OPTIND", "_"])
def test_a_name_that_shells_use_themselves_is_refused_with_another_way(
    name: str, environment: Environment, dora: User
) -> None:
    answer = Api(dora).put(path(environment, name), {"value": "1000"})
    assert answer.status_code == 400
    assert f"Write env {name}=" in answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [{}, {"value": None}, {"value": 5}, {"value": "x" * 40_000}, {"value": []}],
    ids=["nothing", "null", "a number", "40 KB", "a list"],
)
def test_a_value_that_cannot_be_is_refused(
    body: dict[str, Any], environment: Environment, dora: User
) -> None:
    answer = Api(dora).put(path(environment, "MODE"), body)
    assert answer.status_code == 400
    assert not Variable.objects.exists()


def test_an_empty_value_is_a_value(environment: Environment, dora: User) -> None:
    assert Api(dora).put(path(environment, "MODE"), {"value": ""}).status_code == 200


def test_a_name_with_a_nul_names_nothing(environment: Environment, dora: User) -> None:
    assert Api(dora).get(path(environment, "A%00")).status_code == 404
