"""F6, F10–F16: the doorbell is cut, jammed, forgetful, or rings too often."""

import contextlib
from collections.abc import Callable
from uuid import uuid4

import pytest
import redis
from django.conf import settings

from deployments import runner
from deployments.models import Deployment, Event
from deployments.tasks import run_deployment
from projects.models import User
from tests import processes
from tests.faults.console import Api, FaultConsole
from tests.faults.servers import Redis
from tests.faults.site import Site, assert_ended_once, ended, outcome
from tests.processes import wait_until
from tests.races import at_once

pytestmark = pytest.mark.both_back_ends

CURES = {"full": ("maxmemory", "0"), "locked": ("requirepass", "")}

on_redis = pytest.mark.back_end("postgres")


@pytest.mark.fault
def test_f06_a_web_process_that_dies_before_it_rings_has_accepted_all_the_same(
    console: FaultConsole, site: Site, dora: User
) -> None:
    site.open_gate()
    web = console.web(dies="before_ring")
    with contextlib.suppress(OSError):
        Api(web, dora).post(f"/environments/{site.environment.pk}/deployments")
    accepted = Deployment.objects.get()
    assert (accepted.status, accepted.rung_at) == ("pending", None)

    console.crew()

    assert outcome(ended(accepted)) == ("success", "")
    assert site.begun == [1]


@on_redis
@pytest.mark.fault
def test_f10_a_retry_is_accepted_while_redis_is_down_and_runs_when_it_is_back(
    redis_server: Redis, console: FaultConsole, site: Site, dora: User
) -> None:
    web = console.web()
    console.crew()
    api = Api(web, dora)
    failed = _failed(console, site)

    redis_server.stop()
    answer = api.post(f"/deployments/{failed.pk}/retry")

    assert (answer.status, answer.body["status"]) == (200, "pending")
    assert answer.seconds < 2
    assert api.get("/deployments").seconds < 2
    ready = api.health()
    assert (ready.status, ready.body["parts"]["broker"]["ok"]) == (503, False)
    redis_server.start()
    assert outcome(ended(_made(answer.body), seconds=10)) == ("success", "")


@on_redis
@pytest.mark.fault
def test_f11_a_frozen_redis_delays_a_retry_by_seconds_and_no_running_deployment(
    redis_server: Redis,
    console: FaultConsole,
    make: Callable[..., Site],
    dora: User,
) -> None:
    running, other = make(name="Running"), make(name="Other")
    web = console.web()
    console.crew()
    failed = _failed(console, other)
    deployment = running.start()

    redis_server.freeze()
    answer = Api(web, dora).post(f"/deployments/{failed.pk}/retry")
    running.open_gate()

    assert (answer.status, answer.body["status"]) == (200, "pending")
    assert answer.seconds < 6.5
    assert outcome(ended(deployment)) == ("success", "")
    redis_server.thaw()
    assert outcome(ended(_made(answer.body), seconds=20)) == ("success", "")


def test_f12_five_waiting_deployments_run_once_each_after_the_broker_forgot_them(
    console: FaultConsole, make: Callable[..., Site]
) -> None:
    sites = [make(name=f"Site-{number}") for number in range(5)]
    waiting = [site.deploy() for site in sites]
    assert _messages() == 5

    processes.empty_broker()
    for site in sites:
        site.open_gate()
    console.crew()

    for site, deployment in zip(sites, waiting, strict=True):
        assert outcome(ended(deployment, seconds=60)) == ("success", "")
        assert site.begun == [1]
        assert_ended_once(deployment)


@on_redis
@pytest.mark.fault
def test_f13_redis_restarts_during_a_deployment_and_the_next_one_is_heard(
    redis_server: Redis, console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    deployment = site.start()

    redis_server.kill()
    redis_server.start()
    site.open_gate()

    assert outcome(ended(deployment)) == ("success", "")
    again = ended(site.deploy(), seconds=20)
    assert outcome(again) == ("success", "")
    assert worker.is_alive()
    assert site.begun == [1, 2]


@on_redis
@pytest.mark.fault
@pytest.mark.parametrize("trouble", ["full", "locked"])
def test_f14_a_redis_that_refuses_is_told_in_the_log_without_a_secret(
    redis_server: Redis, console: FaultConsole, site: Site, dora: User, trouble: str
) -> None:
    site.open_gate()
    web = console.web()
    _, dispatcher = console.crew()
    client = redis_server.client
    if trouble == "full":
        client.config_set("maxmemory", "1")
    else:
        client.config_set("requirepass", "hunter2-hunter2")
        client.execute_command("AUTH", "hunter2-hunter2")
        client.client_kill_filter(_type="normal", skipme=True)

    path = f"/environments/{site.environment.pk}/deployments"
    answer = Api(web, dora).post(path)

    assert (answer.status, answer.body["status"]) == (201, "pending")
    assert answer.seconds < 6
    sentence = "The broker cannot be reached"
    wait_until(lambda: sentence in dispatcher.output, what="the dispatcher says so")
    client.config_set(*CURES[trouble])
    assert outcome(ended(_made(answer.body), seconds=20)) == ("success", "")
    assert "hunter2" not in dispatcher.output + web.output


def test_f15_one_message_delivered_twenty_times_runs_once(
    console: FaultConsole, site: Site
) -> None:
    deployment = site.deploy()
    for _ in range(20):
        run_deployment.delay(str(deployment.pk))
    site.open_gate()
    worker = console.worker()
    console.worker()

    assert outcome(ended(deployment)) == ("success", "")
    wait_until(lambda: _messages() == 0, what="every message was taken")
    assert worker.is_alive()
    assert site.begun == [1]
    assert_ended_once(deployment)


@pytest.mark.fault
def test_f15_twenty_threads_that_hear_the_bell_at_once_run_it_once(
    transactional_db: None, site: Site
) -> None:
    site.open_gate()
    deployment = site.deploy()

    assert at_once(20, lambda _: runner.run(deployment.pk)) == [None] * 20

    assert outcome(ended(deployment)) == ("success", "")
    assert site.begun == [1]
    assert_ended_once(deployment)


def test_f16_a_message_that_comes_late_or_for_nobody_changes_nothing(
    transactional_db: None, site: Site
) -> None:
    site.open_gate()
    cancelled = site.cancel(site.deploy())
    finished = site.deploy()
    runner.run(finished.pk)
    before = _everything()

    for pk in (cancelled.pk, finished.pk, uuid4()):
        run_deployment(str(pk))

    assert _everything() == before
    assert site.begun == [finished.version]


def _failed(console: FaultConsole, site: Site) -> Deployment:
    """A deployment that failed because its server was away for a moment."""
    site.sshd.stop()
    failed = ended(site.deploy())
    site.sshd.start()
    site.open_gate()
    assert outcome(failed) == ("failed", "connect_refused")
    return failed


def _made(body: dict[str, str]) -> Deployment:
    return Deployment.objects.get(pk=body["id"])


def _messages() -> int:
    if settings.REDIS_URL:
        return int(redis.Redis.from_url(settings.REDIS_URL).llen("deployments"))
    return len(list((settings.BROKER_DIR / "queue").iterdir()))


def _everything() -> list[object]:
    return [
        *Deployment.objects.order_by("pk").values_list(),
        *Event.objects.order_by("pk").values_list(),
    ]
