"""Fields of bodies: unknown ones are refused, and what GET gave can be sent back."""

from typing import Any

import pytest

from deployments.models import Deployment
from projects import services
from projects.keys import generate_key
from projects.models import AuditEntry, Environment, Project, Server, User, Variable
from tests.api import Api
from tests.factories import make_deployment

COMMIT = "0123456789" * 4
KEPT = "kept-secret"


@pytest.fixture
def places(environment: Environment, alice: User, dora: User) -> dict[str, Any]:
    deployment = make_deployment(environment, by=alice)
    for place in (environment, environment.project):
        services.set_variable(place, name="PLAIN", value="v", is_secret=False, by=dora)
        services.set_variable(place, name="MODE", value=KEPT, by=dora)
    services.change_project(
        environment.project, by=dora, git_token=KEPT, registry_password=KEPT
    )
    return {
        "project": f"/projects/{environment.project_id}",
        "environment": f"/environments/{environment.pk}",
        "server": f"/servers/{environment.server_id}",
        "deployment": f"/deployments/{deployment.pk}",
    }


@pytest.mark.parametrize(
    ("method", "path", "body", "nearest"),
    [
        ("POST", "{environment}/deployments", {"git_comit": COMMIT}, "git_commit"),
        ("POST", "{environment}/deployments", {"GIT_COMMIT": COMMIT}, "git_commit"),
        ("POST", "{deployment}/retry", {"raeson": "x"}, "reason"),
        ("POST", "{deployment}/redeploy", {"resaon": "x"}, "reason"),
        ("POST", "{deployment}/rollback", {"too": "x"}, "to"),
        ("POST", "{deployment}/cancel", {"reasons": "x"}, "reason"),
        ("PATCH", "{project}", {"git_tokn": "x"}, "git_token"),
        ("PATCH", "{environment}", {"build_comand": "x"}, "build_command"),
        ("PATCH", "{server}", {"privatekey": "x"}, "private_key"),
        ("PUT", "{environment}/variables/MODE", {"val": "x", "value": "x"}, "value"),
        ("PUT", "{project}/variables/MODE", {"val": "x", "value": "x"}, "value"),
        ("POST", "/auth/token", {"user": "x", "password": "x"}, "username"),
        ("POST", "/auth/token/refresh", {"refreshh": "x"}, "refresh"),
        ("POST", "/auth/token/revoke", {"refreshh": "x"}, "refresh"),
    ],
)
def test_an_unknown_field_is_refused_and_the_nearest_one_named(
    method: str,
    path: str,
    body: dict[str, str],
    nearest: str,
    places: dict[str, str],
    dora: User,
) -> None:
    answer = Api(dora).ask(method, path.format(**places), body)
    assert answer.status_code == 400
    errors = answer.json()["errors"]
    assert f"The nearest one is {nearest}." in str(errors)
    assert Deployment.objects.count() == 1


def test_an_action_that_takes_nothing_takes_no_fields(
    places: dict[str, str], dora: User
) -> None:
    for path in ("{project}/deploy-key", "{server}/check", "{server}/host-key"):
        answer = Api(dora).post(path.format(**places), {"force": True})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, ["force"])
    assert Api(dora).post(f"{places['project']}/deploy-key", {}).status_code == 200


def test_empty_is_not_the_head(places: dict[str, str], alice: User) -> None:
    path = f"{places['environment']}/deployments"
    for value in ("", " ", None):
        assert Api(alice).post(path, {"git_commit": value}).status_code == 400
    form = "application/x-www-form-urlencoded"
    assert Api(alice).raw(path, b"git_commit=", form).status_code == 400
    rollback = f"{places['deployment']}/rollback"
    assert Api(alice).raw(rollback, b"to=", form).json()["code"] == "invalid"
    assert Deployment.objects.count() == 1
    assert Api(alice).post(path, {}).status_code == 201


@pytest.mark.parametrize("name", ["project", "environment", "server"])
def test_what_get_gave_can_be_sent_back(
    name: str, places: dict[str, str], dora: User
) -> None:
    api, entries = Api(dora), AuditEntry.objects.count()
    before = api.get(places[name]).json()
    answer = api.patch(places[name], before)
    assert (answer.status_code, answer.json()) == (200, before)
    assert api.get(places[name]).json() == before
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("place", ["project", "environment"])
@pytest.mark.parametrize("name", ["MODE", "PLAIN"])
def test_a_variable_can_be_sent_back_as_it_was_read(
    place: str, name: str, places: dict[str, str], dora: User
) -> None:
    path = f"{places[place]}/variables/{name}"
    before = Api(dora).get(path).json()
    assert Api(dora).put(path, before).json() == before
    assert [row.value for row in Variable.objects.order_by("name")] == [KEPT, "v"]


@pytest.mark.parametrize("value", ["", "  ", "***", "••••••••"])
def test_an_empty_value_or_a_mask_replaces_no_secret(
    value: str, places: dict[str, str], dora: User
) -> None:
    server_key, _ = generate_key()
    services.change_server(Server.objects.get(), by=dora, private_key=server_key)
    for place, field in (
        ("project", "git_token"),
        ("project", "registry_password"),
        ("server", "private_key"),
    ):
        answer = Api(dora).patch(places[place], {field: value})
        assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    answer = Api(dora).put(f"{places['environment']}/variables/MODE", {"value": value})
    assert answer.status_code == 400
    project = Project.objects.get()
    assert (project.git_token, project.registry_password) == (KEPT, KEPT)
    assert Variable.objects.get(name="MODE").value == KEPT
    assert Server.objects.get().private_key == server_key


def test_a_secret_is_not_made_plain_without_its_value(
    places: dict[str, str], dora: User
) -> None:
    path = f"{places['environment']}/variables/MODE"
    answer = Api(dora).put(path, {"value": None, "is_secret": False})
    assert answer.status_code == 400
    assert Variable.objects.get(name="MODE").is_secret


def test_removing_a_secret_is_asked_for_by_name(
    places: dict[str, str], dora: User
) -> None:
    body = {"remove_git_token": True, "remove_registry_password": True}
    assert Api(dora).patch(places["project"], body).status_code == 200
    project = Project.objects.get()
    assert (project.git_token, project.registry_password) == ("", "")


@pytest.mark.parametrize("char", ["\x1b", "\x07", "\x85", "\u202e", "\u2066", "\u200f"])
def test_reasons_and_names_hold_nothing_that_disguises(
    char: str, places: dict[str, str], dora: User
) -> None:
    retry = Api(dora).post(f"{places['deployment']}/retry", {"reason": f"a{char}b"})
    assert (retry.status_code, list(retry.json()["errors"])) == (400, ["reason"])
    for place in ("project", "environment", "server"):
        renamed = Api(dora).patch(places[place], {"name": f"a{char}b"})
        assert (renamed.status_code, list(renamed.json()["errors"])) == (400, ["name"])
