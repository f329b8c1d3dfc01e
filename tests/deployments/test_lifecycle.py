"""Every transition, allowed or not, as a compare-and-set on a real database."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from deployments import diagnosis, events, lifecycle
from deployments.engine.exceptions import LeaseLost
from deployments.engine.remains import REMOTE_STATE_UNKNOWN, Remains
from deployments.lifecycle import Claim
from deployments.models import ACTIVE, TERMINAL, Deployment, Event, Status
from projects.models import Environment, User
from tests.factories import make_deployment

pytestmark = pytest.mark.both_back_ends

PENDING, RUNNING = Status.PENDING, Status.RUNNING
LONG_AGO = timezone.now() - timedelta(hours=1)

Act = Callable[[Deployment, User], object]


def claim_of(deployment: Deployment) -> Claim:
    return Claim(deployment.pk, deployment.epoch)


def disk_full() -> diagnosis.Diagnosis:
    return diagnosis.failure("disk_full", path="/srv/shop", free_bytes=0)


def lose_after_expiry(deployment: Deployment, _: User) -> bool:
    Deployment.objects.filter(pk=deployment.pk, status=RUNNING).update(
        lease_until=LONG_AGO
    )
    return lifecycle.lose(deployment.pk)


TRANSITIONS: dict[str, tuple[Status, Status, Act]] = {
    "claim": (
        PENDING,
        RUNNING,
        lambda row, _: lifecycle.claim(row.pk, worker="worker-2"),
    ),
    "refuse": (
        PENDING,
        Status.FAILED,
        lambda row, _: lifecycle.refuse(row.pk, disk_full()),
    ),
    "cancel_pending": (
        PENDING,
        Status.CANCELLED,
        lambda row, by: lifecycle.cancel_pending(row.pk, by=by),
    ),
    "succeed": (
        RUNNING,
        Status.SUCCESS,
        lambda row, _: lifecycle.succeed(claim_of(row)),
    ),
    "fail": (
        RUNNING,
        Status.FAILED,
        lambda row, _: lifecycle.fail(claim_of(row), disk_full()),
    ),
    "cancel": (
        RUNNING,
        Status.CANCELLED,
        lambda row, _: lifecycle.cancel(claim_of(row)),
    ),
    "lose": (RUNNING, Status.FAILED, lose_after_expiry),
    "force_finish": (
        RUNNING,
        Status.CANCELLED,
        lambda row, by: lifecycle.force_finish(row.pk, by=by),
    ),
}
ALLOWED = [(name, source) for name, (source, _, _) in TRANSITIONS.items()]
FORBIDDEN = [
    (name, status)
    for name, (source, _, _) in TRANSITIONS.items()
    for status in Status
    if status != source
]


def row_of(deployment: Deployment) -> dict[str, Any]:
    return dict(Deployment.objects.filter(pk=deployment.pk).values().get())


def newest_event(deployment: Deployment) -> Event:
    return Event.objects.filter(deployment=deployment).latest("seq")


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_an_allowed_transition_moves_the_row_and_tells_it_last(
    name: str, source: Status, environment: Environment, alice: User
) -> None:
    _, target, act = TRANSITIONS[name]
    deployment = make_deployment(environment, by=alice, status=source)

    assert act(deployment, alice)

    deployment.refresh_from_db()
    assert deployment.status == target
    assert (deployment.completed_at is not None) == (target in TERMINAL)
    assert (deployment.lease_until is not None) == (target == RUNNING)
    event = newest_event(deployment)
    assert (event.kind, event.state) == ("status", target)
    assert event.seq == deployment.last_seq


@pytest.mark.parametrize(("name", "status"), FORBIDDEN)
def test_a_forbidden_transition_changes_nothing_and_says_so(
    name: str, status: Status, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    before = row_of(deployment)

    assert not TRANSITIONS[name][2](deployment, alice)

    assert row_of(deployment) == before
    assert not Event.objects.filter(deployment=deployment).exists()


def test_a_claim_counts_the_epoch_and_starts_clock_and_lease(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=PENDING)

    claim = lifecycle.claim(deployment.pk, worker="worker-2")

    deployment.refresh_from_db()
    assert claim == Claim(deployment.pk, epoch=1)
    assert (deployment.epoch, deployment.worker) == (1, "worker-2")
    assert deployment.started_at is not None
    assert deployment.lease_until is not None
    lease = deployment.lease_until - deployment.started_at
    assert abs(lease - timedelta(seconds=30)) < timedelta(seconds=1)


def test_a_second_claim_gets_nothing(environment: Environment, alice: User) -> None:
    deployment = make_deployment(environment, by=alice, status=PENDING)
    assert lifecycle.claim(deployment.pk, worker="worker-1")
    assert lifecycle.claim(deployment.pk, worker="worker-2") is None


def test_what_is_being_cancelled_is_not_claimed(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(
        environment, by=alice, status=PENDING, cancel_requested_at=timezone.now()
    )
    assert lifecycle.claim(deployment.pk, worker="worker-1") is None


STALE_WRITES: dict[str, Callable[[Claim], object]] = {
    "write": lambda claim: lifecycle.write(claim, [events.note("", "hello")]),
    "step": lambda claim: lifecycle.write(
        claim, [events.step_change("build", "running")], step="build"
    ),
    "renew": lifecycle.renew,
}


@pytest.mark.parametrize("name", STALE_WRITES)
@pytest.mark.parametrize("epoch", [0, 2])
def test_a_run_of_another_epoch_cannot_write(
    name: str, epoch: int, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    before = row_of(deployment)

    with pytest.raises(LeaseLost):
        STALE_WRITES[name](Claim(deployment.pk, epoch))

    assert row_of(deployment) == before
    assert not Event.objects.filter(deployment=deployment).exists()


@pytest.mark.parametrize("name", ["succeed", "fail", "cancel"])
@pytest.mark.parametrize("epoch", [0, 2])
def test_a_run_of_another_epoch_cannot_end_it(
    name: str, epoch: int, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    before = row_of(deployment)
    deployment.epoch = epoch

    assert not TRANSITIONS[name][2](deployment, alice)

    assert row_of(deployment) == before


@pytest.mark.parametrize("name", STALE_WRITES)
def test_a_run_cannot_write_after_the_end(
    name: str, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    lifecycle.force_finish(deployment.pk, by=alice)
    last_seq = row_of(deployment)["last_seq"]

    with pytest.raises(LeaseLost):
        STALE_WRITES[name](claim_of(deployment))

    assert newest_event(deployment).seq == last_seq
    assert newest_event(deployment).state == Status.CANCELLED


def test_renewing_prolongs_the_lease_and_tells_of_no_cancel(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(
        environment, by=alice, status=RUNNING, lease_until=LONG_AGO
    )
    assert lifecycle.renew(claim_of(deployment)) is False
    deployment.refresh_from_db()
    assert deployment.lease_until is not None
    assert deployment.lease_until > timezone.now() + timedelta(seconds=20)


def test_renewing_tells_that_somebody_asked_for_the_end(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    assert lifecycle.request_cancel(deployment.pk, by=alice)
    assert lifecycle.renew(claim_of(deployment)) is True


def test_asking_twice_to_cancel_is_asked_once(
    environment: Environment, alice: User, dora: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    assert lifecycle.request_cancel(deployment.pk, by=alice)
    assert not lifecycle.request_cancel(deployment.pk, by=dora)
    deployment.refresh_from_db()
    assert deployment.cancel_requested_by == alice
    assert deployment.status == RUNNING


@pytest.mark.parametrize("status", [PENDING, *TERMINAL])
def test_only_a_running_deployment_is_asked_to_end(
    status: Status, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    before = row_of(deployment)
    assert not lifecycle.request_cancel(deployment.pk, by=alice)
    assert row_of(deployment) == before


def test_a_run_that_is_live_succeeded_even_if_somebody_asked_for_its_end(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    lifecycle.request_cancel(deployment.pk, by=alice)
    assert lifecycle.succeed(claim_of(deployment))
    assert row_of(deployment)["status"] == Status.SUCCESS


def test_a_cancel_says_when_the_server_was_left_in_an_unknown_state(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    remains = Remains()
    remains.started("build")
    lifecycle.cancel(claim_of(deployment), remains=remains)
    assert newest_event(deployment).text == REMOTE_STATE_UNKNOWN
    assert row_of(deployment)["remote_outcome"] == "unknown"


def test_who_could_not_be_ended_is_named_in_the_row(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    remains = Remains()
    remains.started("build")
    remains.lives_on("pid 7 of user bob")
    lifecycle.cancel(claim_of(deployment), remains=remains)
    row = row_of(deployment)
    assert (row["status"], row["remote_outcome"]) == ("cancelled", "unknown")
    assert row["still_running"] == "pid 7 of user bob"
    expected = "Still runs on the server: pid 7 of user bob."
    assert newest_event(deployment).text == expected


@pytest.mark.parametrize("serving", ["new", "old", "none", "unknown"])
def test_who_was_seen_to_answer_is_stored_with_the_moment(
    environment: Environment, alice: User, serving: str
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    remains = Remains(serving=serving)
    full = diagnosis.failure("disk_full")
    lifecycle.fail(claim_of(deployment), full, remains=remains)
    row = row_of(deployment)
    assert row["serving"] == serving
    assert row["serving_since"] is not None


def test_where_nobody_looked_who_answers_is_not_known(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    lifecycle.fail(claim_of(deployment), diagnosis.failure("disk_full"))
    row = row_of(deployment)
    assert (row["serving"], row["serving_since"]) == ("unknown", None)


def test_a_failure_is_stored_as_diagnosed(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    diagnosis = disk_full()
    lifecycle.fail(claim_of(deployment), diagnosis)
    deployment.refresh_from_db()
    assert deployment.error_code == "disk_full"
    assert deployment.error_message == diagnosis.message
    assert deployment.error_class == "external"
    assert deployment.advised_verb == "retry"
    assert newest_event(deployment).text == diagnosis.message


def test_a_run_whose_lease_ran_out_failed_because_its_worker_was_lost(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(
        environment, by=alice, status=RUNNING, lease_until=LONG_AGO
    )
    assert lifecycle.lose(deployment.pk)
    deployment.refresh_from_db()
    assert (deployment.status, deployment.error_code) == ("failed", "worker_lost")


def test_a_lost_run_that_was_to_be_cancelled_is_cancelled(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    lifecycle.request_cancel(deployment.pk, by=alice)
    assert lose_after_expiry(deployment, alice)
    deployment.refresh_from_db()
    assert (deployment.status, deployment.error_code) == ("cancelled", "")
    assert newest_event(deployment).text == REMOTE_STATE_UNKNOWN


def test_a_run_with_a_lease_is_not_lost(environment: Environment, alice: User) -> None:
    deployment = make_deployment(environment, by=alice, status=RUNNING)
    before = row_of(deployment)
    assert not lifecycle.lose(deployment.pk)
    assert row_of(deployment) == before


def test_events_are_numbered_without_gaps(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=PENDING)
    claim = lifecycle.claim(deployment.pk, worker="worker-1")
    assert claim
    lifecycle.write(claim, [events.note("", "one"), events.note("", "two")])
    lifecycle.write(claim, [events.output("build", "three")], step="build")
    lifecycle.succeed(claim)
    numbers = deployment.events.order_by("seq").values_list("seq", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]
    deployment.refresh_from_db()
    assert (deployment.last_seq, deployment.step) == (5, "build")


def test_saving_a_deployment_again_is_refused(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice)
    deployment.reason = "changed"
    with pytest.raises(TypeError, match="lifecycle"):
        deployment.save()


def test_active_and_terminal_share_out_all_statuses() -> None:
    assert {*ACTIVE, *TERMINAL} == set(Status)
    assert not {*ACTIVE} & {*TERMINAL}
