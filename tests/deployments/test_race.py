"""Many at once, with real threads and transactions: exactly one is first."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.utils import timezone

from deployments import diagnosis, events, lifecycle
from deployments.engine.exceptions import LeaseLost
from deployments.exceptions import DeploymentInProgress
from deployments.lifecycle import Claim
from deployments.models import TERMINAL, Deployment, Event, Status
from deployments.services import cancel, deploy, retry
from projects.models import Environment, Project, User
from tests.factories import make_deployment
from tests.races import at_once

pytestmark = [pytest.mark.both_back_ends, pytest.mark.django_db(transaction=True)]

CROWD = 50


def versions(project: Project) -> list[int]:
    rows = Deployment.objects.filter(project=project).order_by("version")
    return list(rows.values_list("version", flat=True))


def last_version(project: Project) -> int:
    return Project.objects.values_list("last_version", flat=True).get(pk=project.pk)


def assert_one_was_first(outcomes: Sequence[object]) -> Deployment:
    """One deployment; everybody else was told, by name, what is in the way."""
    first = [outcome for outcome in outcomes if isinstance(outcome, Deployment)]
    refused = [
        outcome for outcome in outcomes if isinstance(outcome, DeploymentInProgress)
    ]
    assert (len(first), len(refused)) == (1, len(outcomes) - 1), outcomes
    for refusal in refused:
        assert refusal.extra["active_deployment"]["id"] == str(first[0].pk)
    return first[0]


def test_fifty_retries_of_one_failure_make_one_deployment(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)

    def press(_: int) -> Deployment:
        # As each request does: the row is read afresh.
        return retry(Deployment.objects.get(pk=failed.pk), by=alice)

    fresh = assert_one_was_first(at_once(CROWD, press))
    assert (fresh.version, last_version(failed.project)) == (2, 2)
    assert versions(failed.project) == [1, 2]
    assert Event.objects.filter(deployment__project=failed.project).count() == 1


def test_retries_of_two_failures_of_one_project_make_one_deployment(
    environment: Environment, alice: User
) -> None:
    failures = [make_deployment(environment, by=alice) for _ in range(2)]
    outcomes = at_once(CROWD, lambda number: retry(failures[number % 2], by=alice))
    assert_one_was_first(outcomes)
    assert versions(environment.project) == [1, 2, 3]


def test_a_retry_and_a_deploy_at_once_make_one_deployment(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)

    def press(number: int) -> Deployment:
        if number % 2:
            return deploy(environment, by=alice)
        return retry(failed, by=alice)

    assert_one_was_first(at_once(CROWD, press))
    assert versions(environment.project) == [1, 2]


def test_versions_have_no_gaps_however_many_collide(
    environment: Environment, alice: User
) -> None:
    for _ in range(5):
        newest = assert_one_was_first(
            at_once(10, lambda _: deploy(environment, by=alice))
        )
        cancel(newest, by=alice)
    assert versions(environment.project) == [1, 2, 3, 4, 5]
    assert last_version(environment.project) == 5


def test_of_fifty_workers_one_gets_the_deployment(
    environment: Environment, alice: User
) -> None:
    waiting = make_deployment(environment, by=alice, status=Status.PENDING)

    outcomes = at_once(
        CROWD, lambda number: lifecycle.claim(waiting.pk, worker=f"worker-{number}")
    )

    assert sorted(outcomes, key=str) == [
        Claim(waiting.pk, epoch=1),
        *[None] * (CROWD - 1),
    ]
    waiting.refresh_from_db()
    assert (waiting.epoch, waiting.last_seq) == (1, 1)


@pytest.mark.parametrize("round_", range(5))
def test_cancel_and_claim_at_once_agree(
    round_: int, environment: Environment, alice: User
) -> None:
    waiting = make_deployment(environment, by=alice, status=Status.PENDING)

    def act(number: int) -> object:
        if number % 2:
            return lifecycle.cancel_pending(waiting.pk, by=alice)
        return lifecycle.claim(waiting.pk, worker="worker-1")

    winners = [outcome for outcome in at_once(10, act) if outcome]
    assert len(winners) == 1, winners
    waiting.refresh_from_db()
    expected = Status.CANCELLED if winners == [True] else Status.RUNNING
    assert waiting.status == expected


@pytest.mark.parametrize("round_", range(5))
def test_all_ends_of_one_run_at_once_leave_one_end(
    round_: int, environment: Environment, alice: User
) -> None:
    running = make_deployment(
        environment,
        by=alice,
        status=Status.RUNNING,
        lease_until=timezone.now() - timedelta(hours=1),
    )
    claim = Claim(running.pk, running.epoch)
    ends = [
        lambda: lifecycle.succeed(claim),
        lambda: lifecycle.fail(claim, diagnosis.failure("internal_error")),
        lambda: lifecycle.cancel(claim),
        lambda: lifecycle.lose(running.pk),
        lambda: lifecycle.force_finish(running.pk, by=alice),
    ]
    outcomes = at_once(10, lambda number: ends[number % len(ends)]())
    assert sorted(map(bool, outcomes)) == [False] * 9 + [True], outcomes
    running.refresh_from_db()
    assert running.status in TERMINAL
    assert Event.objects.filter(deployment=running, kind="status").count() == 1


def test_a_lease_is_renewed_or_lost_but_never_both(
    environment: Environment, alice: User
) -> None:
    running = make_deployment(
        environment,
        by=alice,
        status=Status.RUNNING,
        lease_until=timezone.now() - timedelta(hours=1),
    )
    claim = Claim(running.pk, running.epoch)

    def act(number: int) -> bool:
        if number % 2:
            return lifecycle.lose(running.pk)
        lifecycle.renew(claim)
        return True

    outcomes = at_once(10, act)

    renewed, lost = outcomes[0::2], outcomes[1::2]
    running.refresh_from_db()
    if running.status == Status.RUNNING:
        assert (renewed, lost) == ([True] * 5, [False] * 5)
    else:
        assert sorted(map(bool, lost)) == [False] * 4 + [True]
        assert {type(outcome) for outcome in renewed} == {LeaseLost}


def test_events_written_at_once_are_numbered_without_gaps(
    environment: Environment, alice: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    claim = Claim(running.pk, running.epoch)

    def write(number: int) -> None:
        lifecycle.write(
            claim, [events.output("build", f"{number}"), events.note("", "")]
        )

    assert at_once(20, write) == [None] * 20
    numbers = Event.objects.filter(deployment=running).order_by("seq")
    assert list(numbers.values_list("seq", flat=True)) == list(range(1, 41))
