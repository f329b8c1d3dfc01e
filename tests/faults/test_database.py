"""F17–F20, F34–F37: the database goes away, is full, or is asked by many at once."""

import threading
import time
from typing import Any

import psycopg
import pytest
from django.db import connection

from deployments import lifecycle
from deployments.models import Beat, Deployment
from projects.models import Environment, User
from tests import factories
from tests.faults.console import LEASE_SECONDS, Answer, Api, FaultConsole
from tests.faults.proxy import Proxy
from tests.faults.runs import Runs
from tests.faults.servers import PostgreSQL
from tests.faults.site import Site, assert_ended_once, ended, log_of, outcome
from tests.processes import wait_until
from tests.races import at_once

pytestmark = pytest.mark.both_back_ends

on_postgresql = pytest.mark.back_end("postgres")

#: By now a pool that doubles its pauses would sleep for another ten seconds.
OUTAGE_SECONDS = 20
#: Nobody who asks shall wait for longer than this, in seconds: a person, a probe.
PATIENCE = 6
QUICKLY = 3
#: Two seconds are promised; a busy machine may take longer.
BACK_SECONDS = 10
COUNTING = "for i in $(seq 1 60); do echo line $i; sleep 0.1; done"
COUNTED = "".join(f"line {number}\n" for number in range(1, 61))


@on_postgresql
@pytest.mark.fault
def test_f17_a_deployment_survives_a_restart_of_postgresql_without_losing_a_line(
    postgres_server: PostgreSQL, console: FaultConsole, site: Site, dora: User
) -> None:
    site.change(build_command=COUNTING)
    api = Api(console.web(), dora)
    console.crew(OEC_LEASE_SECONDS="30")
    deployment = site.deploy()
    wait_until(lambda: "line 5\n" in log_of(deployment))

    postgres_server.crash()
    away = api.get("/deployments")
    postgres_server.start()

    assert (away.status, away.body["code"]) == (503, "database_unavailable")
    assert "Retry-After" in away.headers
    last = ended(deployment)
    assert outcome(last) == ("success", "")
    assert log_of(last).endswith(COUNTED)
    assert_ended_once(last)
    assert api.get("/deployments").status == 200


@on_postgresql
@pytest.mark.fault
def test_f17_the_first_requests_after_a_restart_are_answered(
    postgres_server: PostgreSQL, console: FaultConsole, dora: User
) -> None:
    api = Api(console.web(), dora)
    # Each connection that the process keeps is dead afterwards.
    at_once(40, lambda _: api.get("/deployments"))
    postgres_server.crash()
    postgres_server.start()

    begun = time.monotonic()
    wait_until(lambda: api.get("/deployments").status == 200, seconds=BACK_SECONDS)

    assert time.monotonic() - begun < BACK_SECONDS
    assert _statuses(at_once(20, lambda _: api.get("/deployments"))) == [200] * 20


@on_postgresql
@pytest.mark.fault
def test_f17_a_database_that_goes_right_after_the_claim_fails_nothing(
    postgres_server: PostgreSQL,
    runs: Runs,
    site: Site,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    site.open_gate()
    deployment = site.deploy()
    claim = lifecycle.claim

    def claim_and_lose_the_database(*args: Any, **facts: Any) -> Any:
        claimed = claim(*args, **facts)
        postgres_server.crash()
        threading.Timer(2, postgres_server.start).start()
        return claimed

    monkeypatch.setattr(lifecycle, "claim", claim_and_lose_the_database)
    runs.start(deployment)
    runs.join()
    connection.close()  # this thread's own is dead as well

    last = ended(deployment)
    assert outcome(last) == ("success", "")
    assert_ended_once(last)


@on_postgresql
@pytest.mark.fault
def test_f17_without_the_database_everybody_is_told_so_within_seconds(
    postgres_server: PostgreSQL, console: FaultConsole, dora: User
) -> None:
    api = Api(console.web(), dora)
    assert api.get("/deployments").status == 200

    postgres_server.crash()
    # At once, and when the pool has given up trying.
    for _ in range(2):
        page, health = api.get("/deployments"), api.health()
        assert page.status == health.status == 503
        assert "Retry-After" in page.headers
        assert "Retry-After" in health.headers
        assert page.seconds < PATIENCE
        assert health.seconds < QUICKLY
    postgres_server.start()

    wait_until(lambda: api.get("/deployments").status == 200, seconds=5)


@on_postgresql
@pytest.mark.fault
def test_f18_a_database_that_the_network_swallows_is_told_of_within_three_seconds(
    postgres_server: PostgreSQL, console: FaultConsole, dora: User
) -> None:
    proxy = Proxy(postgres_server.socket)
    url = f"postgresql://oec@127.0.0.1:{proxy.port}/postgres"
    api = Api(console.web(DATABASE_URL=url), dora)
    assert api.health().body["parts"]["database"]["ok"]

    proxy.swallow()
    answer = api.health()
    proxy.release()
    proxy.close()

    assert answer.seconds < QUICKLY
    assert not answer.body["parts"]["database"]["ok"]


@on_postgresql
@pytest.mark.fault
def test_f18_a_database_that_is_away_for_longer_than_the_lease_ends_the_run(
    postgres_server: PostgreSQL, console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    deployment = site.start()

    postgres_server.crash()
    wait_until(lambda: "Lost the lease" in worker.output, seconds=LEASE_SECONDS + 10)
    site.wait_until_quiet()
    postgres_server.start()

    lost = ended(deployment)
    assert outcome(lost) == ("failed", "worker_lost")
    assert_ended_once(lost)
    site.open_gate()
    assert outcome(ended(site.retry(lost))) == ("success", "")
    site.assert_no_overlap()


@on_postgresql
@pytest.mark.fault
def test_f18_after_a_long_outage_everybody_is_back_within_seconds(
    postgres_server: PostgreSQL, console: FaultConsole
) -> None:
    console.dispatcher()
    postgres_server.crash()
    time.sleep(OUTAGE_SECONDS)
    postgres_server.start()
    last_before = Beat.objects.get().seen_at

    wait_until(lambda: Beat.objects.get().seen_at > last_before, seconds=7)


@on_postgresql
@pytest.mark.fault
@pytest.mark.release
def test_f18_a_worker_cut_off_from_the_database_alone_is_replaced(
    postgres_server: PostgreSQL, console: FaultConsole, site: Site
) -> None:
    """The network swallows what it says; everybody else goes on."""
    site.change(build_command=site.chatty_work)
    proxy = Proxy(postgres_server.socket)
    url = f"postgresql://oec@127.0.0.1:{proxy.port}/postgres"
    console.dispatcher()
    # The server takes the lock of a console that has been silent for 20 seconds.
    worker = console.worker(DATABASE_URL=url, OEC_LEASE_SECONDS="30")
    deployment = site.start()

    proxy.swallow()
    lost = ended(deployment, seconds=45)
    assert outcome(lost) == ("failed", "worker_lost")
    console.worker()
    retried = site.retry(lost)
    site.wait_for_work(retried)
    proxy.release()
    site.open_gate()

    assert outcome(ended(retried)) == ("success", "")
    wait_until(lambda: "Lost the lease" in worker.output, seconds=40)
    assert (site.live_version, site.begun) == (2, [1, 2])
    site.assert_no_overlap()
    assert_ended_once(lost)
    proxy.close()


@on_postgresql
@pytest.mark.fault
def test_f19_without_a_free_connection_the_answer_is_503_and_nothing_is_half_made(
    postgres_server: PostgreSQL, console: FaultConsole, site: Site, dora: User
) -> None:
    failed = factories.make_deployment(site.environment, by=dora)
    api = Api(console.web(OEC_DATABASE_POOL_SIZE="60"), dora)
    crowd = _take_every_connection(postgres_server)

    answers = at_once(50, lambda _: api.post(f"/deployments/{failed.pk}/retry"))

    for taken in crowd:
        taken.close()
    answered = [answer for answer in answers if isinstance(answer, Answer)]
    assert len(answered) == 50, answers
    assert {answer.status for answer in answered} <= {200, 409, 503}, answers
    refused = [answer for answer in answered if answer.status == 503]
    assert refused
    assert all("Retry-After" in answer.headers for answer in refused)
    wait_until(lambda: api.get("/deployments").status == 200)
    made = sum(answer.status == 200 for answer in answered)
    assert Deployment.objects.exclude(pk=failed.pk).count() == made


@on_postgresql
@pytest.mark.fault
def test_f20_a_migration_gives_up_rather_than_freeze_the_site(
    postgres_server: PostgreSQL, console: FaultConsole, site: Site
) -> None:
    console.crew()
    deployment = site.start()
    with psycopg.connect(f"{postgres_server.url}/postgres") as reader:
        for table in ("deployments_deployment", "deployments_release"):
            reader.execute(f"SELECT count(*) FROM {table}")  # noqa: S608

        assert console.manage("migrate", "deployments", "zero") != 0

        site.open_gate()
    assert outcome(ended(deployment)) == ("success", "")


def test_f34_of_fifty_clients_that_retry_one_failure_one_is_first(
    console: FaultConsole, site: Site, dora: User
) -> None:
    failed = factories.make_deployment(site.environment, by=dora)
    api = Api(console.web(), dora)

    answers = at_once(50, lambda _: api.post(f"/deployments/{failed.pk}/retry"))

    assert _statuses(answers) == [200] + [409] * 49
    retried = Deployment.objects.exclude(pk=failed.pk).get()
    assert retried.version == failed.version + 1
    for answer in answers:
        assert isinstance(answer, Answer)
        if answer.status == 409:
            assert answer.body["active_deployment"]["id"] == str(retried.pk)


@pytest.mark.fault
def test_f35_of_two_retries_of_one_project_at_once_one_is_first(
    console: FaultConsole, site: Site, dora: User
) -> None:
    failures = [factories.make_deployment(site.environment, by=dora) for _ in "ab"]
    api = Api(console.web(), dora)

    answers = at_once(
        2, lambda number: api.post(f"/deployments/{failures[number].pk}/retry")
    )

    assert _statuses(answers) == [200, 409]


@pytest.mark.fault
def test_f36_a_retry_beside_an_active_deployment_names_it(
    console: FaultConsole, site: Site, dora: User
) -> None:
    failed = factories.make_deployment(site.environment, by=dora)
    api = Api(console.web(), dora)
    active = site.deploy()

    def refused() -> tuple[int, str, str]:
        answer = api.post(f"/deployments/{failed.pk}/retry")
        body = answer.body["active_deployment"]
        return answer.status, body["id"], body["status"]

    assert refused() == (409, str(active.pk), "pending")
    console.crew()
    site.wait_for_work(active)
    assert refused() == (409, str(active.pk), "running")
    site.open_gate()
    ended(active)
    assert api.post(f"/deployments/{failed.pk}/retry").status == 200


@pytest.mark.fault
def test_f37_fifty_deployments_of_fifty_projects_do_not_disturb_each_other(
    console: FaultConsole, site: Site, dora: User
) -> None:
    environments = _fifty_projects_like(site, dora)
    site.sshd.stop()  # what each of them does there is not the question
    api = Api(console.web(), dora)
    console.crew(OEC_LEASE_SECONDS="30")

    def deploy(number: int) -> Answer:
        return api.post(f"/environments/{environments[number].pk}/deployments")

    answers = at_once(50, deploy)

    assert _statuses(answers) == [201] * 50
    for deployment in Deployment.objects.all():
        last = ended(deployment, seconds=60)
        assert outcome(last) == ("failed", "connect_refused")
        assert last.version == 1
        assert_ended_once(last)


def _fifty_projects_like(site: Site, dora: User) -> list[Environment]:
    example = site.environment
    projects = [
        factories.make_project(
            example.project.organization,
            by=dora,
            name=f"Shop {number}",
            git_url=site.repository.url,
        )
        for number in range(50)
    ]
    return [
        factories.make_environment(
            project, example.server, by=dora, deploy_path=f"/srv/shop-{number}"
        )
        for number, project in enumerate(projects)
    ]


def _statuses(answers: list[Answer | BaseException]) -> list[int]:
    assert all(isinstance(answer, Answer) for answer in answers), answers
    return sorted(answer.status for answer in answers if isinstance(answer, Answer))


def _take_every_connection(server: PostgreSQL) -> list[psycopg.Connection]:
    taken: list[psycopg.Connection] = []
    while True:
        try:
            taken.append(psycopg.connect(f"{server.url}/postgres"))
        except psycopg.OperationalError:
            return taken
