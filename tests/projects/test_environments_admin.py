"""Environments and their variables in the administration."""

from typing import Any

import pytest
from django.test import Client

from projects.models import AuditEntry, Environment, Project, Server, User, Variable
from tests import factories
from tests.administration import (
    adding,
    enter_as_superuser,
    inline_row,
    messages,
    page_of,
    send,
    submit,
)
from tests.projects.places import SECRET, fresh, last_entry

pytestmark = pytest.mark.ignore_template_errors


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


def test_a_command_arrives_without_the_carriage_returns_of_the_browser(
    door: Client, environment: Environment
) -> None:
    submit(door, page_of(environment), build_command="make\r\nmake check")
    assert fresh(environment).build_command == "make\nmake check"


def test_an_environment_added_here_is_audited(
    door: Client, project: Project, server: Server
) -> None:
    submit(
        door,
        adding(Environment),
        project=project.pk,
        server=server.pk,
        name="staging",
        deploy_path="/srv/staging",
    )
    environment = project.environments.get(name="staging")
    assert last_entry("environment.created").object_id == str(environment.pk)


def test_a_server_of_another_organization_is_refused_at_its_field(
    door: Client, environment: Environment, dora: User
) -> None:
    other = factories.make_organization(dora, name="Other")
    foreign = factories.make_server(other, by=dora, name="foreign")
    page = send(door, page_of(environment), server=foreign.pk)
    assert page.context["adminform"].form.errors["server"] == [
        "Choose a server of Acme."
    ]
    assert fresh(environment).server != foreign


def test_a_changed_environment_is_audited_with_what_changed(
    door: Client, environment: Environment
) -> None:
    submit(door, page_of(environment), git_branch="next", is_enabled=False)
    assert not fresh(environment).is_enabled
    assert last_entry("environment.changed").facts == {
        "changes": {"git_branch": "next", "is_enabled": "False"}
    }


def test_variables_are_added_changed_and_removed_through_the_services(
    door: Client, environment: Environment, variable: Variable
) -> None:
    url = page_of(environment)
    submit(
        door,
        url,
        **{
            "variables-TOTAL_FORMS": 2,
            "variables-1-name": "NOTE",
            "variables-1-value": " two\r\nlines ",
            "variables-1-is_secret": "on",
        },
    )
    assert environment.variables.get(name="NOTE").value == " two\nlines "
    row = inline_row(door, url, variable)
    submit(door, url, **{f"{row}-value": "another secret", f"{row}-DELETE": False})
    assert environment.variables.get(name="API_KEY").value == "another secret"
    row = inline_row(door, url, variable)
    submit(door, url, **{f"{row}-DELETE": "on"})
    assert not environment.variables.filter(name="API_KEY").exists()
    entries = AuditEntry.objects.filter(object_type="variable")
    assert [entry.action for entry in reversed(entries)] == [
        *("variable.set", "variable.set", "variable.set", "variable.removed")
    ]
    assert not any("secret" in str(entry.facts.values()) for entry in entries)


def test_a_blank_value_keeps_a_secret_and_empties_a_plain_variable(
    door: Client, environment: Environment, variable: Variable, plain: Variable
) -> None:
    url = page_of(environment)
    secret_row = inline_row(door, url, variable)
    plain_row = inline_row(door, url, plain)
    submit(door, url, **{f"{secret_row}-value": "", f"{plain_row}-value": ""})
    assert environment.variables.get(name="API_KEY").value == SECRET
    assert environment.variables.get(name="WORKERS").value == ""


def test_a_plain_variable_is_shown_and_can_become_a_secret(
    door: Client, environment: Environment, plain: Variable
) -> None:
    url = page_of(environment)
    assert "four-workers" in door.get(url).text
    submit(door, url, **{f"{inline_row(door, url, plain)}-is_secret": "on"})
    assert environment.variables.get(name="WORKERS").value == "four-workers"
    assert "four-workers" not in door.get(url).text


def test_a_secret_is_not_revealed_by_calling_it_plain(
    door: Client, environment: Environment, variable: Variable
) -> None:
    url = page_of(environment)
    row = inline_row(door, url, variable)
    page = send(door, url, **{f"{row}-is_secret": False})
    assert page.status_code == 200
    assert "Enter the value anew" in page.text
    assert environment.variables.get(name="API_KEY").is_secret


def test_a_secret_that_no_key_opens_becomes_a_sentence(
    door: Client, environment: Environment, plain: Variable, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = ["0" * 43 + "="]
    answer = door.get(page_of(environment))
    assert answer.status_code == 302
    assert "OEC_ENCRYPTION_KEYS" in messages(answer)[0]
    assert door.get(answer["Location"]).status_code == 200
