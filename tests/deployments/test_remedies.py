"""Fixing the configuration leads to the field concerned, for who may change it."""

from typing import Any

import pytest

from deployments import diagnosis
from deployments.diagnosis.model import STEPS
from deployments.models import Deployment
from projects.models import Environment, User
from projects.settings import SETTINGS
from tests.factories import make_deployment
from tests.pages import read, signed_in

VARIABLE = diagnosis.failure("variable_missing", detail="API_KEY").message


def failed(environment: Environment, by: User, **traces: Any) -> Deployment:
    verb = {"error_class": "configuration", "advised_verb": "fix_configuration"}
    return make_deployment(environment, by=by, **{**verb, **traces})


def test_a_missing_variable_leads_to_its_form_with_its_name_filled_in(
    environment: Environment, dora: User
) -> None:
    row = failed(
        environment, dora, error_code="variable_missing", error_message=VARIABLE
    )
    page = read(signed_in(dora), f"/deployments/{row.pk}")
    link = page.links["Fix the configuration"]

    assert link == f"/environments/{environment.pk}/variables?name=API_KEY#id_name"
    assert "It is about the variable API_KEY" in page.text
    form = read(signed_in(dora), link.partition("#")[0])
    assert form.fields["name"] == "API_KEY"


@pytest.mark.parametrize(
    ("code", "step", "setting"),
    [
        ("deploy_path_taken", "prepare", "#id_deploy_path"),
        ("git_branch_not_found", "resolve", "#id_git_branch"),
        ("command_not_found", "build", "#id_build_command"),
        ("command_not_found", "check", "#id_health_check_command"),
        ("unit_not_found", "activate", "#id_systemd_unit"),
        # The container's image is no setting of what runs by shell commands.
        ("image_not_found", "build", ""),
        ("database_not_found", "release", ""),
        ("variable_missing", "release", ""),
    ],
)
def test_a_setting_leads_to_its_field(
    code: str, step: str, setting: str, environment: Environment, dora: User
) -> None:
    row = failed(environment, dora, error_code=code, step=step)
    page = read(signed_in(dora), f"/deployments/{row.pk}")
    link = page.links["Fix the configuration"]
    assert link == f"/environments/{environment.pk}/settings{setting}"
    field = setting.removeprefix("#")
    settings = read(signed_in(dora), link.partition("#")[0])
    assert f'id="{field}"' in settings.html or not field


def test_who_may_not_change_it_reads_whom_to_ask(
    environment: Environment, dora: User, alice: User
) -> None:
    row = failed(
        environment, dora, error_code="variable_missing", error_message=VARIABLE
    )
    page = read(signed_in(alice), f"/deployments/{row.pk}")
    project = environment.project
    assert "Fix the configuration" not in page.links
    assert (
        f"Ask an administrator of {project.name} or of {project.organization.name} to "
        "change the variable API_KEY."
    ) in page.text


def test_every_setting_that_is_named_exists() -> None:
    named = {
        diagnosis.setting_of(code, step)
        for code in diagnosis.CATALOGUE
        for step in STEPS
    }
    assert named <= {*SETTINGS, ""}
