"""What a run writes while it goes on: soon enough to be seen, in few transactions."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deployments import lifecycle, runner, services
from deployments.engine.exceptions import LeaseLost
from deployments.engine.redaction import Redactor
from deployments.models import Deployment, Event, Status
from deployments.runner import recorder as recording
from deployments.runner.lease import Lease
from deployments.runner.recorder import Recorder
from projects.models import Environment, Organization, User
from tests import factories
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import SSHD, Sshd

pytestmark = pytest.mark.both_back_ends

#: The claim, the beginning of each of nine steps, a line of output, and the end; a
#: few more on a slow machine, where what was noted is written while something else
#: is waited for.
BUDGET = 12 + 3


def writes_while(act: Callable[[], object]) -> int:
    """How many transactions wrote events."""
    with CaptureQueriesContext(connection) as queries:
        act()
    statements = (query["sql"] for query in queries)
    return sum('INSERT INTO "deployments_event"' in sql for sql in statements)


def written() -> list[tuple[str, str, str]]:
    rows = Event.objects.exclude(kind="status").order_by("seq")
    return [(event.kind, event.step, event.state or event.text) for event in rows]


@pytest.fixture
def recorder(environment: Environment, alice: User) -> Recorder:
    pending = factories.make_deployment(environment, by=alice, status=Status.PENDING)
    claim = lifecycle.claim(pending.pk, worker="test")
    assert claim
    return Recorder(Lease(claim), Redactor(()))


def test_what_ends_a_step_is_written_with_the_beginning_of_the_next(
    recorder: Recorder,
) -> None:
    recorder.step_started("resolve")

    def go_on() -> None:
        recorder.note("Commit 1f0c5d7a9b3e.")
        recorder.step_finished("resolve")
        recorder.step_started("connect")

    assert writes_while(go_on) == 1
    assert written() == [
        ("step", "resolve", "running"),
        ("note", "resolve", "Commit 1f0c5d7a9b3e."),
        ("step", "resolve", "success"),
        ("step", "connect", "running"),
    ]


def test_output_and_notes_keep_their_order(
    recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "FLUSH_SECONDS", 1_000)
    recorder.step_started("build")
    for number in range(3):
        recorder.log(f"line {number}\n".encode())
        recorder.note(f"note {number}")
    recorder.step_finished("build")
    recorder.flush()
    assert [text for _, _, text in written()[1:]] == [
        *("line 0\n", "note 0", "line 1\n", "note 1", "line 2\n", "note 2", "success")
    ]


def test_the_first_line_is_stored_at_once(recorder: Recorder) -> None:
    recorder.step_started("build")
    recorder.log(b"first\n")
    assert written()[-1] == ("log", "build", "first\n")


def test_the_first_line_does_not_wait_because_of_what_was_written_before(
    recorder: Recorder,
) -> None:
    recorder.step_started("transfer")
    recorder.note("4096 bytes of Git objects sent.")
    recorder.step_finished("transfer")
    recorder.step_started("build")
    recorder.log(b"first\n")
    assert written()[-1] == ("log", "build", "first\n")


def test_a_note_is_seen_while_the_run_waits(recorder: Recorder) -> None:
    recorder.step_started("connect")
    recorder.note("The connection was lost. Connecting again …")
    recorder.tick()
    assert written()[-1][0] == "note"
    assert writes_while(recorder.tick) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")
def test_a_whole_run_takes_few_write_transactions(
    organization: Organization, dora: User, tmp_path: Path
) -> None:
    repository = Repository(tmp_path / "repository")
    repository.commit("Open the shop", {"page.html": "Welcome"})
    sshd = Sshd(tmp_path / "sshd")
    sshd.start()
    target = sshd.target
    server = factories.make_server(
        organization,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    environment = factories.make_environment(
        factories.make_project(organization, by=dora, git_url=repository.url),
        server,
        by=dora,
        build_command="echo Baking",
        deploy_path=str(sshd.directory / "shop"),
    )
    deployment = services.deploy(environment, by=dora)

    count = writes_while(lambda: runner.run(deployment.pk))

    sshd.stop()
    last = Deployment.objects.get()
    assert last.status == Status.SUCCESS, last.error_message
    steps = [(step, state) for kind, step, state in written() if kind == "step"]
    assert len(steps) == 18
    assert count <= BUDGET


def test_a_run_whose_lease_may_be_lost_does_not_wait_for_the_database(
    recorder: Recorder, settings: Any
) -> None:
    """It has to end what runs on the server before somebody else begins there."""
    recorder.step_started("build")
    recorder.note("The step is ended.")
    settings.LEASE_SECONDS = 0
    with CaptureQueriesContext(connection) as queries, pytest.raises(LeaseLost):
        recorder.tick()
    assert len(queries) == 0
