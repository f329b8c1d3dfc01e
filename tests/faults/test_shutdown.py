"""F9, F50–F52: parts are stopped in good order, killed, doubled, or all gone."""

import signal
import threading
from collections.abc import Callable

import pytest

from deployments.models import Deployment
from projects.models import AuditEntry, User
from tests.faults.console import LEASE_SECONDS, Api, FaultConsole, freeze
from tests.faults.site import Site, assert_ended_once, ended, log_of, outcome
from tests.processes import Running, wait_until


def test_f09_a_stopped_worker_finishes_within_its_grace_and_takes_nothing_new(
    console: FaultConsole, site: Site, make: Callable[..., Site]
) -> None:
    worker, _ = console.crew(OEC_SHUTDOWN_GRACE_SECONDS="25")
    deployment = site.start()
    other = make(name="Other")

    worker.send(signal.SIGTERM)
    wait_until(lambda: "Warm shutdown" in worker.output, what="it has heard")
    waiting = other.deploy()
    site.open_gate()

    assert outcome(ended(deployment)) == ("success", "")
    assert worker.popen.wait(15) == 0
    waiting.refresh_from_db()
    assert waiting.status == "pending"
    other.open_gate()
    console.worker()
    assert outcome(ended(waiting)) == ("success", "")
    assert other.begun == [1]


@pytest.mark.both_back_ends
@pytest.mark.fault
def test_f09_what_outlasts_the_grace_ends_failed_worker_shutdown_and_is_ended(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew(OEC_SHUTDOWN_GRACE_SECONDS="2")
    deployment = site.start()

    worker.send(signal.SIGTERM)

    last = ended(deployment)
    assert outcome(last) == ("failed", "worker_shutdown")
    assert worker.popen.wait(15) == 0
    site.wait_until_quiet()
    assert_ended_once(last)
    console.worker()
    retried = site.retry(last)
    site.wait_for_work(retried)
    site.open_gate()
    assert outcome(ended(retried)) == ("success", "")
    site.assert_no_overlap()


@pytest.mark.fault
def test_f50_a_web_process_with_open_streams_ends_within_10_seconds(
    console: FaultConsole, site: Site, dora: User
) -> None:
    web = console.web()
    console.crew()
    api = Api(web, dora)
    deployment = site.deploy()
    path = f"/deployments/{deployment.pk}"
    streams = [api.open(f"{path}/stream") for _ in range(5)]
    site.wait_for_work(deployment)

    web.send(signal.SIGTERM)
    web.popen.wait(10)

    for stream in streams:
        stream.close()
    api = Api(console.web(), dora)
    site.open_gate()
    last = ended(deployment)
    assert outcome(last) == ("success", "")
    stream = api.open(f"{path}/stream").read().decode()
    assert stream.rstrip().splitlines()[-3] == "event: end"
    assert "this is version 1" in stream


@pytest.mark.fault
def test_f50_what_was_accepted_before_the_web_process_ended_is_not_lost(
    console: FaultConsole, site: Site, dora: User
) -> None:
    site.open_gate()
    web = console.web()
    path = f"/environments/{site.environment.pk}/deployments"
    answers: list[int] = []

    api = Api(web, dora)

    def post() -> None:
        answers.append(api.post(path).status)

    asking = threading.Thread(target=post)
    asking.start()
    wait_until(lambda: Deployment.objects.exists() or answers)
    web.send(signal.SIGTERM)
    web.popen.wait(10)
    asking.join()

    assert answers == [201]
    console.crew()
    assert outcome(ended(Deployment.objects.get())) == ("success", "")


@pytest.mark.both_back_ends
@pytest.mark.fault
def test_f51_two_dispatchers_do_no_harm_and_one_of_them_is_enough(
    console: FaultConsole, site: Site
) -> None:
    worker, first = console.crew()
    console.dispatcher()
    lost = site.start()
    first.kill()
    worker.kill()

    lost = ended(lost, seconds=LEASE_SECONDS + 6)

    assert outcome(lost) == ("failed", "worker_lost")
    assert_ended_once(lost)
    console.dispatcher()
    console.worker()
    retried = site.retry(lost)
    site.open_gate()
    assert outcome(ended(retried)) == ("success", "")
    assert site.begun == [1, 2]
    site.assert_no_overlap()


@pytest.mark.both_back_ends
@pytest.mark.fault
def test_f52_after_a_power_loss_every_accepted_deployment_comes_to_its_end(
    console: FaultConsole, site: Site, make: Callable[..., Site], dora: User
) -> None:
    everything: list[Running] = [console.web(), *console.crew()]
    running = site.start()
    waiting = make(name="Waiting")
    waiting.open_gate()
    audited = AuditEntry.objects.count()
    freeze(everything[1])
    queued = waiting.deploy()

    for process in everything:
        process.kill()
    site.sshd.cut()
    console.crew()

    lost = ended(running, seconds=60)
    assert outcome(lost) == ("failed", "worker_lost")
    assert outcome(ended(queued, seconds=60)) == ("success", "")
    assert waiting.begun == [1]
    assert AuditEntry.objects.count() == audited + 1
    retried = site.retry(lost)
    site.wait_for_work(retried)
    site.open_gate()
    assert outcome(ended(retried)) == ("success", "")
    site.assert_no_overlap()
    assert "this is version 2" in log_of(retried)
