"""Environments through the API."""

from typing import Any
from uuid import uuid4

import pytest

from deployments.models import Status
from projects.models import AuditEntry, Environment, Project, Server, User
from tests import factories
from tests.api import Api
from tests.factories import make_deployment

MEMBERS = [
    *("id", "project_id", "vm_id", "name", "type", "git_branch", "runtime"),
    *("deploy_path", "build_command", "release_command", "verify_command"),
    "after_command",
    *("shared_paths", "activate_command", "systemd_unit", "systemd_scope"),
    *("restart_command", "application_logs", "docker_image", "dockerfile"),
    *("docker_network", "docker_ports", "docker_volumes"),
    *("docker_domain", "docker_port"),
    *("health_check_url", "health_check_host", "health_check_insecure"),
    *("health_check_command", "health_check_timeout_seconds"),
    "start_grace_seconds",
    *("step_timeout_seconds", "silence_timeout_seconds", "total_timeout_seconds"),
    *("keep_releases", "auto_deploy", "live_deployment"),
    *("serving", "serving_since", "is_enabled"),
    *("created_at", "updated_at"),
]
ABSENT = "00000000-0000-4000-8000-000000000000"
ODD_NAMES: list[Any] = ["", "  ", "a\nb", "x" * 101, 5, None, [], {}]
REFUSED: list[tuple[str, Any]] = [
    *[("git_branch", value) for value in ("-x", "a..b", "a b", "main\n", "a~b", "")],
    *[("deploy_path", value) for value in ("srv/x", "/etc", "/srv/../x", "~", "/")],
    *[("name", value) for value in ODD_NAMES],
    *[("keep_releases", value) for value in (0, -1, 101, 2**31, 10**20, 1.5, True)],
    *[("step_timeout_seconds", value) for value in (0, "1e3", "22.", 22.0, "x")],
    *[("type", value) for value in ("prod", "", None, 1)],
    *[("runtime", value) for value in ("k8s", "", True)],
    *[("vm_id", value) for value in ("abc", 5, True, ABSENT)],
    *[("build_command", value) for value in ("x" * 8193, 5, ["make"])],
    *[("shared_paths", value) for value in ("/etc", "../x", "a/../b", "REVISION")],
    *[("shared_paths", value) for value in ("a b", "a\na/b", "~", "-x")],
    *[("systemd_unit", value) for value in ("shop", "-x.service", "a b.service")],
    ("systemd_scope", "root"),
    *[("docker_image", value) for value in ("UPPER", "a b", "-x", "x:y:z", "x@sha1:1")],
    *[("dockerfile", value) for value in ("/etc/passwd", "../Dockerfile", "a b")],
    *[("docker_network", value) for value in ("", "-x", "a b", "--privileged")],
    *[("docker_ports", value) for value in ("80", "0:80", "x:80:80", "80:80 -v")],
    *[("docker_volumes", value) for value in ("/:/host", "/etc:/x", "a", "a:../b")],
    *[("docker_domain", value) for value in ("a b", "`id`", "http://x")],
    *[("docker_port", value) for value in (0, 65536, "x", 1.5)],
    ("health_check_url", "ftp://127.0.0.1/"),
    ("health_check_url", "http://0x7f000001/"),
    ("health_check_host", "shop.example/up"),
    ("health_check_host", "shop.example:"),
    ("health_check_insecure", "perhaps"),
]


def create(by: User, project: Project, **fields: Any) -> Any:
    body = {"name": "staging", "deploy_path": "/srv/staging", **fields}
    return Api(by).post(f"/projects/{project.pk}/environments", body)


def test_an_environment_is_created_with_defaults(
    project: Project, server: Server, dora: User
) -> None:
    answer = create(dora, project, vm_id=str(server.pk), type="staging")
    assert answer.status_code == 201
    new = answer.json()
    assert list(new) == MEMBERS
    assert new["vm_id"] == str(server.pk)
    assert new["git_branch"] == "main"
    assert new["live_deployment"] is None
    assert answer["Location"].endswith(f"/api/v1/environments/{new['id']}")


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_a_value_that_cannot_be_is_refused(
    name: str, value: Any, project: Project, dora: User
) -> None:
    answer = create(dora, project, **{name: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]
    assert not Environment.objects.exists()


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_nor_can_it_be_changed_to_that(
    name: str, value: Any, environment: Environment, dora: User
) -> None:
    before = Environment.objects.values().get()
    answer = Api(dora).patch(f"/environments/{environment.pk}", {name: value})
    assert answer.status_code == 400
    assert Environment.objects.values().get() == before


def test_a_change_is_audited_with_what_it_changed(
    environment: Environment, dora: User
) -> None:
    answer = Api(dora).patch(
        f"/environments/{environment.pk}", {"build_command": "make\nmake check\n"}
    )
    assert answer.json()["build_command"] == "make\nmake check\n"
    entry = AuditEntry.objects.get(action="environment.changed")
    assert entry.actor == dora
    assert list(entry.facts["changes"]) == ["build_command"]


def test_another_tenants_server_does_not_exist(
    environment: Environment, dora: User, charlie: User
) -> None:
    elsewhere = charlie.memberships.get().organization
    foreign = factories.make_server(elsewhere, by=charlie)
    path = f"/environments/{environment.pk}"
    hidden = Api(dora).patch(path, {"vm_id": str(foreign.pk)})
    absent = Api(dora).patch(path, {"vm_id": str(uuid4())})
    assert hidden.status_code == 400
    assert hidden.json() == absent.json()


def test_an_own_server_of_another_organization_is_refused_too(
    environment: Environment, dora: User
) -> None:
    second = factories.make_organization(dora, name="Second")
    server = factories.make_server(second, by=dora)
    answer = Api(dora).patch(
        f"/environments/{environment.pk}", {"vm_id": str(server.pk)}
    )
    assert answer.status_code == 400


def test_the_server_can_be_taken_away(environment: Environment, dora: User) -> None:
    answer = Api(dora).patch(f"/environments/{environment.pk}", {"vm_id": None})
    assert answer.json()["vm_id"] is None


def test_what_the_server_owns_is_not_changed(
    environment: Environment, dora: User
) -> None:
    answer = Api(dora).patch(
        f"/environments/{environment.pk}",
        {"id": str(uuid4()), "project_id": str(uuid4()), "created_at": "2000-01-01"},
    )
    assert answer.status_code == 200
    assert answer.json()["id"] == str(environment.pk)
    assert answer.json()["project_id"] == str(environment.project_id)
    assert not answer.json()["created_at"].startswith("2000")


def test_nothing_deploys_by_itself_yet_and_nobody_can_say_so(
    environment: Environment, dora: User
) -> None:
    # From when it could be set, although nothing read it.
    Environment.objects.filter(pk=environment.pk).update(auto_deploy=True)
    answer = Api(dora).patch(f"/environments/{environment.pk}", {"auto_deploy": True})
    assert answer.status_code == 200
    assert answer.json()["auto_deploy"] is False
    new = create(dora, environment.project, auto_deploy=True)
    assert new.status_code == 201
    assert not Environment.objects.get(pk=new.json()["id"]).auto_deploy


def test_two_environments_cannot_share_a_name_or_a_folder(
    environment: Environment, server: Server, dora: User
) -> None:
    project = environment.project
    same_name = create(dora, project, name=environment.name)
    same_folder = create(
        dora, project, deploy_path=environment.deploy_path, vm_id=str(server.pk)
    )
    assert (same_name.status_code, same_folder.status_code) == (400, 400)


def test_the_newest_success_is_what_is_live(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    live = make_deployment(environment, by=alice, status=Status.SUCCESS)
    make_deployment(environment, by=alice, status=Status.FAILED)
    shown = Api(alice).get(f"/environments/{environment.pk}").json()["live_deployment"]
    assert shown["id"] == str(live.pk)
    assert shown["version"] == 2
    assert shown["git_commit"] == live.release.git_commit
