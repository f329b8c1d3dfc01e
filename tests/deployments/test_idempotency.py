"""One Idempotency-Key, sent by many requests at once: one of them acts, all agree."""

from typing import Any

import pytest

from deployments.models import Deployment, IdempotencyKey
from projects.models import Environment, User
from tests.api import Api
from tests.factories import make_deployment
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

CROWD = 20
KEY = {"Idempotency-Key": "pressed once"}


def assert_all_got_one_answer(outcomes: list[Any]) -> Deployment:
    answers = [(outcome.status_code, outcome.json()) for outcome in outcomes]
    assert answers == [answers[0]] * CROWD
    _, body = answers[0]
    return Deployment.objects.get(pk=body["id"])


def test_twenty_retries_with_one_key_make_one_deployment(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    clients = [Api(alice) for _ in range(CROWD)]

    outcomes = at_once(
        CROWD,
        lambda number: clients[number].post(f"/deployments/{failed.pk}/retry", **KEY),
    )

    new = assert_all_got_one_answer(outcomes)
    assert new.retry_of == failed
    assert Deployment.objects.count() == 2
    assert IdempotencyKey.objects.get().deployment == new


def test_twenty_deploys_with_one_key_make_one_deployment(
    environment: Environment, alice: User
) -> None:
    clients = [Api(alice) for _ in range(CROWD)]

    outcomes = at_once(
        CROWD,
        lambda number: clients[number].post(
            f"/environments/{environment.pk}/deployments", **KEY
        ),
    )

    new = assert_all_got_one_answer(outcomes)
    assert list(Deployment.objects.all()) == [new]
    assert IdempotencyKey.objects.get().deployment == new
