"""What OEC says when it fails itself holds no secret of what it was doing."""

import json
from typing import Any
from unittest.mock import Mock

import pytest
from django.test import Client
from django.urls import reverse

from deployments.engine.exceptions import CommandFailed
from deployments.engine.redaction import MASK, Redactor
from deployments.runner.recorder import Recorder
from deployments.runner.run import _diagnose
from projects import services
from projects.models import User
from tests.administration import send as administer
from tests.deployments.canaries import (
    Canaries,
    new_text,
)

pytestmark = pytest.mark.ignore_template_errors


@pytest.mark.parametrize("door", ["page", "api", "admin"])
def test_a_page_that_breaks_shows_and_logs_no_secret_it_was_sent(
    door: str,
    environment: Any,
    dora: User,
    canaries: Canaries,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    mailoutbox: list[Any],
) -> None:
    text = new_text()
    canaries.add("value", text)

    def fail(*_: object, value: str, **__: object) -> None:
        assert value == text
        raise RuntimeError("The disk is made of cheese.")

    monkeypatch.setattr(services, "set_variable", fail)
    client = Client(raise_request_exception=False)
    User.objects.filter(pk=dora.pk).update(is_staff=True, is_superuser=True)
    client.force_login(User.objects.get(pk=dora.pk))
    answer = SENDING[door](client, environment, text)

    assert answer.status_code == 500
    assert "made of cheese" in caplog.text
    assert canaries.found_in(answer.content) == set()
    assert canaries.found_in(caplog.text) == set()
    assert mailoutbox == []


def by_page(client: Client, environment: Any, text: str) -> Any:
    fields = {"name": "TOKEN", "value": text, "is_secret": "on"}
    return client.post(f"/environments/{environment.pk}/variables", fields)


def by_api(client: Client, environment: Any, text: str) -> Any:
    return client.put(
        f"/api/v1/environments/{environment.pk}/variables/TOKEN",
        json.dumps({"value": text}),
        content_type="application/json",
    )


def by_admin(client: Client, environment: Any, text: str) -> Any:
    url = reverse("admin:project_environment_change", args=[environment.pk])
    return administer(
        client,
        url,
        **{
            "variables-TOTAL_FORMS": 1,
            "variables-0-name": "TOKEN",
            "variables-0-value": text,
            "variables-0-is_secret": "on",
        },
    )


SENDING = {"page": by_page, "api": by_api, "admin": by_admin}


def test_what_goes_wrong_inside_a_run_is_logged_without_its_secrets(
    canaries: Canaries, caplog: pytest.LogCaptureFixture
) -> None:
    text = new_text()
    canaries.add("value", text)
    try:
        try:
            raise ValueError(f"could not parse {text}")
        except ValueError as cause:
            raise RuntimeError("A bug.") from cause
    except RuntimeError as error:
        diagnosis = _diagnose(error, Recorder(Mock(), Redactor(())), Redactor([text]))
    assert diagnosis.code == "internal_error"
    assert "A bug." in caplog.text
    assert f"could not parse {MASK}" in caplog.text
    assert canaries.found_in(caplog.text + diagnosis.message) == set()


def test_a_part_of_a_secret_is_not_picked_out_of_what_a_command_printed() -> None:
    output = "ModuleNotFoundError: No module named 'first-half/second-half'"
    failure = CommandFailed(1, output)
    redactor = Redactor(["first-half/second-half"])
    diagnosis = _diagnose(failure, Recorder(Mock(), redactor), redactor)
    assert diagnosis.code == "module_missing"
    assert diagnosis.evidence == f"ModuleNotFoundError: No module named '{MASK}'"
    assert "half" not in diagnosis.message


def test_a_long_secret_is_masked_before_its_line_is_shortened() -> None:
    secret = new_text() * 30
    failure = CommandFailed(1, f"No module named 'x' {secret}")
    diagnosis = _diagnose(failure, Recorder(Mock(), Redactor(())), Redactor([secret]))
    assert "canary" not in diagnosis.evidence
