"""Many press Retry at once, while a worker is only waiting for something to do."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest

from deployments.models import Status
from projects.models import User
from tests.faults.console import Answer, Api, FaultConsole
from tests.faults.site import Site, ended

#: The first few are part of every run, all of them of a release.
ROUNDS = [6, pytest.param(30, marks=pytest.mark.release)]
CLIENTS = 20
#: Held open until its version is let go, and then it fails, so that it can be retried.
BUILD = "until test -e {folder}/let-$OEC_VERSION-go; do sleep 0.02; done; exit 1"
FRESH = ("started_at", "completed_at", "duration_seconds", "waited_seconds")


def let_go(site: Site, version: int) -> None:
    (site.folder / f"let-{version}-go").touch()


def press_at_once(api: Api, failed: UUID) -> list[Answer]:
    with ThreadPoolExecutor(CLIENTS) as crowd:
        answers = [
            crowd.submit(api.post, f"/deployments/{failed}/retry")
            for _ in range(CLIENTS)
        ]
        return [answer.result() for answer in answers]


@pytest.mark.fault
@pytest.mark.back_end("postgres")
def test_the_process_says_that_it_lives_beside_a_hundred_and_twenty_clients(
    console: FaultConsole, dora: User
) -> None:
    api = Api(console.web(), dora)
    with ThreadPoolExecutor(120) as crowd:
        busy = [crowd.submit(api.get, "/deployments") for _ in range(360)]
        alive = [api.health("/healthz") for _ in range(5)]
        assert not all(request.done() for request in busy)

    assert {answer.status for answer in alive} == {200}
    slowest = max(answer.seconds for answer in alive)
    # One second is promised; the clients of this test share its processors.
    assert slowest < 5, slowest


@pytest.mark.fault
@pytest.mark.back_end("postgres")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("rounds", ROUNDS)
def test_of_twenty_clients_one_is_answered_the_retry_as_it_was_committed(
    console: FaultConsole, site: Site, dora: User, rounds: int
) -> None:
    site.change(build_command=BUILD.format(folder=site.folder))
    console.crew()
    web = console.web()
    failed = site.deploy()
    let_go(site, failed.version)
    assert ended(failed).status == Status.FAILED

    for _ in range(rounds):
        answers = press_at_once(Api(web, dora), failed.pk)

        accepted = [answer.body for answer in answers if answer.status == 200]
        assert len(accepted) == 1, [answer.body for answer in answers]
        retried = accepted[0]
        assert retried["status"] == "pending"
        assert [retried[name] for name in FRESH] == [None] * len(FRESH)
        for answer in answers:
            if answer.status != 200:
                assert answer.status == 409
                assert answer.body["active_deployment"]["id"] == retried["id"]

        let_go(site, retried["version"])
        failed = ended(UUID(retried["id"]))
        assert failed.status == Status.FAILED
