"""F1–F5, F8: the worker dies, or sleeps, at the worst moment."""

import signal

import pytest

from deployments.models import Deployment, Event
from tests.faults.console import LEASE_SECONDS, FaultConsole, freeze
from tests.faults.site import Site, assert_ended_once, ended, log_of, outcome
from tests.processes import wait_until

pytestmark = pytest.mark.both_back_ends

#: The lease, a beat of the dispatcher, and a slow machine.
NOTICED_SECONDS = LEASE_SECONDS + 6
REAL_LEASE = {
    "OEC_LEASE_SECONDS": "30",
    "OEC_HEARTBEAT_SECONDS": "5",
    "OEC_DISPATCH_SECONDS": "2",
}


def test_f01_a_worker_killed_in_mid_step_ends_failed_worker_lost(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    deployment = site.start()
    wait_until(lambda: "this is version 1" in log_of(deployment))

    worker.kill()
    lost = ended(deployment, seconds=NOTICED_SECONDS)

    assert outcome(lost) == ("failed", "worker_lost")
    assert lost.completed_at is not None
    assert "this is version 1" in log_of(lost)
    assert not Deployment.objects.active().exists()
    assert_ended_once(lost)
    assert site.live == ""


@pytest.mark.fault
def test_f01_what_was_lost_is_not_run_again_by_itself(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    lost = site.start()
    worker.kill()
    ended(lost, seconds=NOTICED_SECONDS)

    console.worker()
    other = site.retry(ended(lost))
    site.open_gate()

    assert outcome(ended(other)) == ("success", "")
    assert site.begun == [1, 2]
    assert_ended_once(lost)


@pytest.mark.fault
@pytest.mark.release
def test_f01_with_the_real_lease_a_loss_is_noticed_within_45_seconds(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew(**REAL_LEASE)
    deployment = site.start()

    worker.kill()

    assert outcome(ended(deployment, seconds=45)) == ("failed", "worker_lost")


@pytest.mark.fault
def test_f02_a_retry_at_once_ends_what_the_killed_worker_left_before_it_begins(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    deployment = site.start()
    worker.kill()
    lost = ended(deployment, seconds=NOTICED_SECONDS)

    retried = site.retry(lost)
    console.worker()
    site.wait_for_work(retried)
    site.open_gate()

    assert outcome(ended(retried)) == ("success", "")
    assert (site.live_version, site.begun) == (2, [1, 2])
    site.assert_no_overlap()


@pytest.mark.fault
def test_f03_a_worker_that_dies_right_after_its_claim_ends_failed_worker_lost(
    console: FaultConsole, site: Site
) -> None:
    console.dispatcher()
    console.worker(dies="after_claim")

    lost = ended(site.deploy(), seconds=NOTICED_SECONDS)

    assert outcome(lost) == ("failed", "worker_lost")
    assert site.begun == []
    assert_ended_once(lost)


@pytest.mark.fault
def test_f04_a_worker_that_dies_after_the_switch_says_that_it_may_be_live(
    console: FaultConsole, site: Site
) -> None:
    site.folder.joinpath("gate").touch()
    console.dispatcher()
    console.worker(dies="after_switch")

    lost = ended(site.deploy(), seconds=NOTICED_SECONDS)

    assert outcome(lost) == ("failed", "worker_lost")
    assert site.live_version == 1
    assert "may already" in lost.error_message
    console.worker()
    retried = ended(site.retry(lost))
    assert outcome(retried) == ("success", "")
    assert (site.live_version, site.live) == (2, lost.release.git_commit)


@pytest.mark.fault
@pytest.mark.parametrize(
    ("point", "expected"),
    [
        ("before_last_commit", ("failed", "worker_lost")),
        ("after_last_commit", ("success", "")),
    ],
)
def test_f05_a_worker_that_dies_around_its_last_commit_leaves_one_true_end(
    console: FaultConsole, site: Site, point: str, expected: tuple[str, str]
) -> None:
    site.open_gate()
    console.dispatcher()
    console.worker(dies=point)

    last = ended(site.deploy(), seconds=NOTICED_SECONDS)

    assert outcome(last) == expected
    assert site.live_version == 1
    assert_ended_once(last)


def test_f08_a_frozen_worker_that_wakes_up_after_its_lease_cannot_write(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    deployment = site.start()

    freeze(worker)
    lost = ended(deployment, seconds=NOTICED_SECONDS)
    events = Event.objects.filter(deployment=lost).count()
    worker.send(signal.SIGCONT)

    site.wait_until_quiet()
    wait_until(lambda: "Lost the lease" in worker.output, what="it has noticed")
    lost.refresh_from_db()
    assert outcome(lost) == ("failed", "worker_lost")
    assert Event.objects.filter(deployment=lost).count() == events
    assert_ended_once(lost)


@pytest.mark.fault
def test_f08_a_retry_takes_the_server_from_a_frozen_worker_for_good(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew(**REAL_LEASE)
    deployment = site.start()
    freeze(worker)
    lost = ended(deployment, seconds=45)

    console.worker()
    retried = site.retry(lost)
    site.wait_for_work(retried)
    worker.send(signal.SIGCONT)
    wait_until(lambda: "Lost the lease" in worker.output, what="it has noticed")
    site.open_gate()

    assert outcome(ended(retried)) == ("success", "")
    assert (site.live_version, site.begun) == (2, [1, 2])
    site.assert_no_overlap()
    assert_ended_once(lost)
