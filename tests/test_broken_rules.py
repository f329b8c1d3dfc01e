"""A constraint says what it means: busy, taken, or a defect with an id in the log."""

import logging
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import Model
from django.test import Client

from deployments.exceptions import DeploymentInProgress
from deployments.models import Deployment, Status
from deployments.services import creation
from projects.models import Environment, Project, User
from tests.api import Api
from tests.factories import make_deployment, make_project
from tests.pages import read, signed_in

pytestmark = pytest.mark.both_back_ends


@pytest.fixture
def blind(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody sees before the write that a name is taken, as in a race."""
    monkeypatch.setattr(Model, "validate_unique", lambda *_, **__: None)
    monkeypatch.setattr(Model, "validate_constraints", lambda *_, **__: None)


def named_twice(dora: User, environment: Environment) -> dict[str, tuple[str, Any]]:
    project, server = environment.project, environment.server
    assert server
    organization = f"/organizations/{project.organization_id}"
    place = {"name": environment.name, "type": "staging", "deploy_path": "/srv/other"}
    path = {"name": "other", "type": "staging", "deploy_path": "/srv/shop"}
    return {
        "project": (
            "/projects",
            {
                "name": project.name,
                "git_url": project.git_url,
                "organization_id": str(project.organization_id),
            },
        ),
        "environment": (f"/projects/{project.pk}/environments", place),
        "folder": (
            f"/projects/{project.pk}/environments",
            {**path, "vm_id": str(server.pk)},
        ),
        "server": (
            "/servers",
            {
                "name": server.name,
                "host": "web-2.example.org",
                "username": "deploy",
                "organization_id": organization.rpartition("/")[2],
            },
        ),
    }


@pytest.mark.parametrize("what", ["project", "environment", "folder", "server"])
def test_a_name_that_was_taken_at_the_same_moment_is_refused_as_a_name(
    what: str, blind: None, dora: User, environment: Environment
) -> None:
    path, body = named_twice(dora, environment)[what]
    answer = Api(dora).post(path, body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    taken = "Shop production deploys to" if what == "folder" else "already exists"
    assert taken in answer.json()["detail"]


def test_a_page_says_so_too(blind: None, dora: User, project: Project) -> None:
    other = make_project(project.organization, by=dora, name="Other")
    client, address = signed_in(dora), f"/projects/{other.pk}/edit"
    fields = {**read(client, address).fields, "name": project.name}
    answer = client.post(address, fields)
    assert answer.status_code == 400
    assert "already exists" in answer.content.decode()


def test_only_the_constraint_that_means_it_says_that_the_project_is_busy(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice, status=Status.PENDING)
    with pytest.raises(DeploymentInProgress), creation.locked(environment.project):
        make_deployment(environment, by=alice, status=Status.PENDING)


BROKEN: dict[str, dict[str, Any]] = {
    "no project": {"project_id": None},
    "no version": {"version": None},
    "an unknown trigger": {"trigger": "magic"},
    "no end": {"completed_at": None},
}


@pytest.mark.parametrize("flaw", BROKEN)
def test_any_other_constraint_is_a_defect(
    flaw: str, environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice)
    rows = Deployment.objects.filter(pk=make_deployment(environment, by=alice).pk)
    with pytest.raises(IntegrityError), creation.locked(environment.project):
        rows.update(**BROKEN[flaw])


@pytest.mark.parametrize("path", ["api", "page"])
def test_a_defect_is_answered_with_an_id_that_stands_in_the_log(
    path: str,
    environment: Environment,
    alice: User,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = make_deployment(environment, by=alice)

    def fail(*_: Any, **__: Any) -> None:
        raise IntegrityError("CHECK constraint failed: known_trigger")

    monkeypatch.setattr("deployments.events.begin", fail)
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    address = f"/deployments/{failed.pk}/retry"
    with caplog.at_level(logging.ERROR):
        if path == "api":
            answer = client.post(f"/api/v1{address}", {}, "application/json")
        else:
            answer = client.post(address, read(client, address).fields)
    assert answer.status_code == 500
    ids = [
        record.args[0]
        for record in caplog.records
        if record.name == "oec.api.views" and isinstance(record.args, tuple)
    ]
    assert len(ids) == 1
    assert str(ids[0]) in answer.content.decode()
    assert "known_trigger" in caplog.text
    assert "known_trigger" not in answer.content.decode()
