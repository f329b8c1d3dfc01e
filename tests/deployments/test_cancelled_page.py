"""A cancelled deployment says who ended it, why, and what the server confirmed."""

import pytest
from django.utils import timezone

from deployments import lifecycle
from deployments.engine.remains import Remains
from deployments.lifecycle import Claim
from deployments.models import Deployment, Status
from deployments.services import cancel
from projects.models import Environment, User
from tests.factories import make_deployment
from tests.pages import read, signed_in


def page_of(deployment: Deployment, reader: User) -> str:
    return read(signed_in(reader), f"/deployments/{deployment.pk}").text


def cancelled(
    environment: Environment, alice: User, remains: Remains, reason: str = ""
) -> Deployment:
    running = make_deployment(
        environment, by=alice, status=Status.RUNNING, started_at=timezone.now()
    )
    row = Deployment.objects.with_details().get(pk=running.pk)
    cancel(row, by=alice, reason=reason)
    assert lifecycle.cancel(Claim(running.pk, running.epoch), remains=remains)
    return running


def test_one_that_was_ended_says_by_whom_why_and_that_it_was_verified(
    environment: Environment, alice: User, bob: User
) -> None:
    remains = Remains()
    remains.started("build")
    remains.ended("build")
    row = cancelled(environment, alice, remains, reason="The wrong branch")
    assert (
        "Cancelled by alice: “The wrong branch”. "
        "All that it had started there was seen to have ended."
    ) in page_of(row, bob)


@pytest.mark.parametrize("is_named", [True, False])
def test_what_was_left_there_is_not_called_ended(
    environment: Environment, alice: User, is_named: bool
) -> None:
    remains = Remains()
    remains.started("build")
    if is_named:
        remains.lives_on("pid 7 of user bob")
    text = page_of(cancelled(environment, alice, remains), alice)
    assert "Cancelled by alice." in text
    assert "seen to have ended" not in text
    expected = (
        "pid 7 of user bob" if is_named else "still run on the server is not known"
    )
    assert expected in text


def test_one_that_waited_says_that_it_had_not_started(
    environment: Environment, alice: User
) -> None:
    waiting = make_deployment(environment, by=alice, status=Status.PENDING)
    row = Deployment.objects.with_details().get(pk=waiting.pk)
    cancel(row, by=alice)
    assert "Cancelled by alice. It had not started." in page_of(waiting, alice)
