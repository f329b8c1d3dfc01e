"""Why a deployment waits: what the row, the signs of life and the queue tell."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from deployments import beats
from deployments.models import Beat, Deployment, Status
from deployments.waiting import Queue, waiting
from projects.models import Environment, User
from tests.api import Api
from tests.factories import make_deployment

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def queue(
    *,
    workers: int = 1,
    dispatchers: int = 1,
    running: int = 0,
    pending_since: tuple[datetime, ...] = (),
) -> Queue:
    places = 16 * workers
    return Queue(workers, places, dispatchers, running, list(pending_since))


def reasons(deployment: Deployment, queue: Queue) -> list[str]:
    why = waiting(deployment, queue)
    return [reason.code for reason in why.reasons] if why else []


def pending(**columns: object) -> Deployment:
    return Deployment(status=Status.PENDING, **columns)


@pytest.mark.parametrize(
    ("queue", "expected"),
    [
        (queue(), ["starting"]),
        (queue(workers=0), ["no_worker"]),
        (queue(dispatchers=0), ["no_dispatcher"]),
        (queue(workers=0, dispatchers=0), ["no_worker", "no_dispatcher"]),
        (queue(running=16), ["every_place_taken"]),
        (queue(pending_since=(LONG_AGO,)), ["queue"]),
        (queue(workers=2, running=31), ["starting"]),
    ],
)
def test_the_reason_is_what_stands_in_the_way(
    queue: Queue, expected: list[str]
) -> None:
    assert reasons(pending(), queue) == expected


def test_with_everybody_there_and_free_the_message_got_lost() -> None:
    since = timezone.now() - timedelta(seconds=20)
    assert reasons(pending(created_at=since), queue()) == ["not_announced"]
    rung = pending(created_at=since, rung_at=since)
    assert reasons(rung, queue()) == ["broker_unreachable"]


@pytest.mark.parametrize(
    "status", [status for status in Status if status != Status.PENDING]
)
def test_only_what_is_pending_waits(status: Status) -> None:
    assert waiting(Deployment(status=status), queue()) is None


def test_a_clock_that_was_set_back_makes_no_negative_time() -> None:
    why = waiting(pending(created_at=timezone.now() + timedelta(hours=1)), queue())
    assert why
    assert why.seconds == 0


def test_the_api_says_why_and_since_when(environment: Environment, alice: User) -> None:
    deployment = make_deployment(environment, by=alice, status=Status.PENDING)
    path = f"/deployments/{deployment.pk}"
    answer = Api(alice).get(path).json()["waiting"]
    assert answer["since"] == Api(alice).get(path).json()["created_at"]
    assert answer["seconds"] >= 0
    codes = [reason["code"] for reason in answer["reasons"]]
    assert codes == ["no_worker", "no_dispatcher"]

    beats.beat(Beat.Kind.WORKER, capacity=16)
    beats.beat(Beat.Kind.DISPATCHER)
    answer = Api(alice).get(path).json()["waiting"]
    assert [reason["code"] for reason in answer["reasons"]] == ["starting"]
