"""From the verb to the server and back: real worker, real Git, real SSH."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import kombu.exceptions
import pytest

from deployments import tasks
from deployments.models import Deployment, Status
from deployments.services import deploy, retry
from projects import services as project_services
from projects.models import Environment, Organization, User
from tests import factories
from tests.deployments.sshd import SSHD, Sshd
from tests.processes import Console, wait_until

pytestmark = [pytest.mark.both_back_ends, pytest.mark.django_db(transaction=True)]

needs_sshd = pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")


class Repository:
    """A Git repository with one branch, ``main``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = f"file://{folder}"
        self._git("init", "--quiet", "--initial-branch=main", str(folder), cwd="/")

    def commit(self, message: str) -> str:
        """Add one file and return the commit's 40 hex digits."""
        (self._folder / "page.html").write_text(message)
        self._git("add", ".")
        self._git(
            *("-c", "user.name=Alice", "-c", "user.email=alice@example.org"),
            *("commit", "--quiet", "--message", message),
        )
        return self._git("rev-parse", "HEAD")

    def _git(self, *arguments: str, cwd: Any = None) -> str:
        finished = subprocess.run(
            ["git", *arguments],
            cwd=cwd or self._folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return finished.stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "repository")
    repository.commit("First")
    return repository


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """A server that is down until the test starts it."""
    sshd = Sshd(tmp_path / "sshd")
    yield sshd
    sshd.stop()


@pytest.fixture
def environment(
    organization: Organization, repository: Repository, dora: User, sshd: Sshd
) -> Environment:
    """Deploys to a server that is down."""
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
    return factories.make_environment(
        factories.make_project(organization, by=dora, git_url=repository.url),
        server,
        by=dora,
        build_command="",
        deploy_path=str(sshd.directory / "shop"),
    )


def ended(pk: UUID) -> Deployment:
    """The deployment, once it has come to its end."""
    rows = Deployment.objects.filter(pk=pk)
    wait_until(
        lambda: rows.get().is_terminal, seconds=30, what="the deployment has ended"
    )
    return rows.select_related("release").get()


def test_a_retry_whose_bell_could_not_be_rung_runs_all_the_same(
    console: Console,
    environment: Environment,
    dora: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failed = factories.make_deployment(environment, by=dora)

    def publish(*_: object, **__: object) -> None:
        raise kombu.exceptions.OperationalError("connection refused")

    monkeypatch.setattr(tasks.run_deployment, "apply_async", publish)
    retried = retry(failed, by=dora)
    console.worker()
    console.dispatcher(OEC_DISPATCH_SECONDS="0.2", OEC_RING_AGAIN_SECONDS="1")

    # The made-up commit is not in the repository, so it was looked for.
    end = ended(retried.pk)
    assert (end.status, end.error_code) == (Status.FAILED, "commit_unavailable")


@needs_sshd
def test_a_retry_puts_the_same_commit_live_once_the_server_is_back(
    console: Console,
    environment: Environment,
    repository: Repository,
    sshd: Sshd,
    dora: User,
) -> None:
    console.worker()
    failed = ended(deploy(environment, by=dora).pk)
    assert (failed.status, failed.error_code) == (Status.FAILED, "connect_refused")
    commit = failed.release.git_commit
    assert repository.commit("Second") != commit

    sshd.start()
    retried = ended(retry(failed, by=dora, reason="Started the server.").pk)

    assert (retried.status, retried.error_message) == (Status.SUCCESS, "")
    assert retried.release.git_commit == commit
    live = sshd.directory / "shop" / "current" / "page.html"
    assert live.read_text() == "First"


@needs_sshd
def test_a_killed_worker_fails_its_run_and_a_retry_ends_what_it_left_behind(
    console: Console, environment: Environment, sshd: Sshd, dora: User, tmp_path: Path
) -> None:
    first = tmp_path / "first"
    hang_once = f"test -e {first} || {{ echo $$ > {first}; sleep 60; }}"
    project_services.change_environment(environment, by=dora, build_command=hang_once)
    sshd.start()
    console.dispatcher(OEC_DISPATCH_SECONDS="0.2")
    worker = console.worker(OEC_LEASE_SECONDS="3", OEC_HEARTBEAT_SECONDS="0.5")
    started = deploy(environment, by=dora)
    wait_until(lambda: first.exists() and first.read_text(), what="the build runs")

    worker.kill()

    lost = ended(started.pk)
    assert (lost.status, lost.error_code) == (Status.FAILED, "worker_lost")
    left_behind = int(first.read_text())
    assert is_running(left_behind)

    console.worker()
    retried = ended(retry(lost, by=dora).pk)
    assert (retried.status, retried.error_message) == (Status.SUCCESS, "")
    assert not is_running(left_behind)


def is_running(pid: int) -> bool:
    """Whether a process still does something: a zombie has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
