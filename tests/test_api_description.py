"""What the API says of itself: OPTIONS, and the OpenAPI document."""

import os
from typing import Any

import pytest
from django.core.management import call_command

from projects.models import Environment, User
from tests.api import Api
from tests.factories import make_deployment


def fields_of(answer: Any) -> dict[str, list[str]]:
    """By method, the names of the fields that can be sent."""
    return {
        method: [name for name, field in fields.items() if not field.get("read_only")]
        for method, fields in answer.json()["actions"].items()
    }


def test_options_name_the_fields_of_a_verb(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice)
    answer = Api(alice).ask("OPTIONS", f"/deployments/{deployment.pk}/rollback")
    assert answer.json()["name"] == "Rollback"
    assert fields_of(answer) == {"POST": ["reason", "to"]}


def test_options_name_the_fields_of_an_object(
    environment: Environment, alice: User
) -> None:
    answer = Api(alice).ask("OPTIONS", f"/servers/{environment.server_id}")
    assert answer.json()["name"] == "Server"
    names = ["name", "host", "port", "username", "private_key"]
    names += ["remove_private_key", "host_key"]
    assert fields_of(answer) == {"PATCH": [*names, "is_enabled"]}


def test_options_of_what_takes_no_body_name_no_field(
    environment: Environment, alice: User
) -> None:
    path = f"/servers/{environment.server_id}/check"
    assert fields_of(Api(alice).ask("OPTIONS", path)) == {"POST": []}


@pytest.mark.parametrize("path", ["/audit", "/deployments"])
def test_options_of_what_is_only_read_have_no_fields(path: str, alice: User) -> None:
    assert "actions" not in Api(alice).ask("OPTIONS", path).json()


def test_head_answers_like_get_without_a_body(alice: User) -> None:
    answer = Api(alice).ask("HEAD", "/deployments")
    assert answer.status_code == 200
    assert answer.content == b""


def test_the_openapi_document_is_valid_and_nothing_in_it_is_guessed() -> None:
    call_command("spectacular", file=os.devnull, validate=True, fail_on_warn=True)
