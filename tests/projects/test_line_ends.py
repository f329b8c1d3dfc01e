"""Lines of a command end as they do on a server, whatever door they came through."""

from collections.abc import Callable

import pytest
from django.test import Client

from projects.models import AuditEntry, Environment, User
from tests.administration import enter_as_superuser, page_of, submit
from tests.api import Api
from tests.pages import send, signed_in
from tests.projects.places import fresh

pytestmark = pytest.mark.ignore_template_errors

Write = Callable[[Environment, User, dict[str, str]], object]

TYPED = {
    "a line end of Windows": "make\r\nmake check",
    "one at the end": "make\r\nmake check\r\n",
    "a last line without its end": "make\r\nmake check\r",
    "two returns": "make\r\r\nmake check",
}
COMMANDS = [
    *("build_command", "release_command", "activate_command", "restart_command"),
    *("after_command", "health_check_command"),
]


def by_form(environment: Environment, by: User, changes: dict[str, str]) -> object:
    client: Client = signed_in(by)
    return send(client, f"/environments/{environment.pk}/settings", **changes)


def by_admin(environment: Environment, by: User, changes: dict[str, str]) -> object:
    return submit(enter_as_superuser(by), page_of(environment), **changes)


def by_json(environment: Environment, by: User, changes: dict[str, str]) -> object:
    return Api(by).patch(f"/environments/{environment.pk}", changes)


def by_form_of_the_api(
    environment: Environment, by: User, changes: dict[str, str]
) -> object:
    headers = {"Authorization": Api(by).authorization}
    client = Client(headers=headers)
    body = "&".join(f"{name}={value}" for name, value in changes.items())
    body = body.replace("\r", "%0D").replace("\n", "%0A").replace(" ", "+")
    return client.patch(
        f"/api/v1/environments/{environment.pk}",
        body,
        content_type="application/x-www-form-urlencoded",
    )


DOORS = [by_form, by_admin, by_json, by_form_of_the_api]


@pytest.mark.parametrize("typed", TYPED.values(), ids=TYPED)
@pytest.mark.parametrize("write", DOORS)
def test_carriage_returns_at_line_ends_are_dropped(
    write: Write, typed: str, environment: Environment, dora: User
) -> None:
    write(environment, dora, dict.fromkeys(COMMANDS, typed))
    stored = fresh(environment)
    commands = {getattr(stored, name) for name in COMMANDS}
    # The administration drops an empty end as well.
    assert commands <= {"make\nmake check", "make\nmake check\n"}


def test_a_return_within_a_line_is_part_of_the_command(
    environment: Environment, dora: User
) -> None:
    by_json(environment, dora, {"build_command": "printf 'a\rb'"})
    assert fresh(environment).build_command == "printf 'a\rb'"


def test_a_new_environment_has_none_either(
    environment: Environment, dora: User
) -> None:
    body = {"name": "staging", "deploy_path": "/srv/s", "build_command": "a\r\nb\r\n"}
    path = f"/projects/{environment.project_id}/environments"
    assert Api(dora).post(path, body).json()["build_command"] == "a\nb\n"


def test_the_same_command_with_other_line_ends_is_no_change(
    environment: Environment, dora: User
) -> None:
    by_json(environment, dora, {"build_command": "a\nb"})
    before = AuditEntry.objects.count()
    by_json(environment, dora, {"build_command": "a\r\nb"})
    assert AuditEntry.objects.count() == before
