"""A project on a server that keeps its own record of who worked on it, and when."""

import os
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from deployments import services
from deployments.models import TERMINAL, Deployment, Event
from projects import services as project_services
from projects.models import Environment, Organization, Server, User
from tests import factories
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd
from tests.processes import wait_until

#: Whoever works here says so every 50 ms, in a file of the server, by the server's
#: clock. The work is over when somebody opens the gate.
WORK = """
echo "$OEC_VERSION" >> {folder}/begun
echo "this is version $OEC_VERSION"
until test -e {folder}/gate; do
    echo "$(date +%s.%N) $OEC_VERSION" >> {folder}/times
    sleep 0.05
done
echo "$(date +%s.%N) $OEC_VERSION" >> {folder}/times
"""


@dataclass(frozen=True)
class Site:
    """``environment`` deploys ``repository`` to ``folder``/live on the server."""

    environment: Environment
    sshd: Sshd
    repository: Repository
    folder: Path
    by: User

    @property
    def server(self) -> Server:
        server = self.environment.server
        assert server is not None
        return server

    def deploy(self) -> Deployment:
        return services.deploy(self.environment, by=self.by)

    def retry(self, failed: Deployment) -> Deployment:
        return services.retry(failed, by=self.by)

    def cancel(self, deployment: Deployment) -> Deployment:
        return services.cancel(deployment, by=self.by)

    def start(self) -> Deployment:
        """Deploy, and wait until the build works on the server."""
        deployment = self.deploy()
        self.wait_for_work(deployment)
        return deployment

    def change(self, **fields: Any) -> None:
        project_services.change_environment(self.environment, by=self.by, **fields)

    def open_gate(self) -> None:
        (self.folder / "gate").touch()

    def close_gate(self) -> None:
        (self.folder / "gate").unlink()

    @property
    def chatty_work(self) -> str:
        """The same work, but it never stops talking."""
        work = WORK.format(folder=self.folder)
        return work.replace("sleep 0.05", "sleep 0.05; echo still working")

    @property
    def begun(self) -> list[int]:
        """The version of every build that began, in their order."""
        return [int(word) for word in self._read("begun").split()]

    @property
    def live(self) -> str:
        """The commit that the server shows; empty if none."""
        file = self.folder / "live" / "current" / "REVISION"
        return file.read_text().strip() if file.exists() else ""

    @property
    def live_version(self) -> int:
        """0 if nothing is live."""
        link = self.folder / "live" / "current"
        if not link.is_symlink():
            return 0
        return int(os.readlink(link).rpartition("/")[2].partition("-")[0][1:])

    def times(self) -> dict[int, list[float]]:
        """When each version was seen at work, in seconds of the server's clock."""
        moments: dict[int, list[float]] = {}
        for line in self._read("times").splitlines():
            moment, version = line.split()
            moments.setdefault(int(version), []).append(float(moment))
        return moments

    def wait_for_work(self, deployment: Deployment) -> None:
        wait_until(
            lambda: deployment.version in self.times(),
            seconds=30,
            what=f"v{deployment.version} works on the server",
        )

    def wait_until_quiet(self) -> None:
        """Work says something every 50 ms; half a second of silence is its end."""

        def is_quiet() -> bool:
            newest = max(times[-1] for times in self.times().values())
            return time.time() - newest > 0.5

        wait_until(is_quiet, what="nobody works on the server any more")

    def assert_no_overlap(self) -> None:
        """On the server, one version had stopped before another one began."""
        spans = sorted((min(times), max(times)) for times in self.times().values())
        for (_, end), (begin, _) in pairwise(spans):
            assert end < begin, f"two attempts at once: {self.times()}"

    def _read(self, name: str) -> str:
        file = self.folder / name
        return file.read_text() if file.exists() else ""


def make_site(
    organization: Organization,
    sshd: Sshd,
    repository: Repository,
    *,
    by: User,
    name: str = "Shop",
    port: int | None = None,
    host_key: str | None = None,
    **fields: Any,
) -> Site:
    """A project of its own; ``port`` leads to the server by another way."""
    folder = sshd.directory / name
    folder.mkdir()
    target = sshd.target
    server = factories.make_server(
        organization,
        by=by,
        name=f"server of {name}",
        host=target.host,
        port=port or target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key if host_key is None else host_key,
    )
    project = factories.make_project(
        organization, by=by, name=name, git_url=repository.url
    )
    defaults = {
        "build_command": WORK.format(folder=folder),
        "deploy_path": str(folder / "live"),
    }
    environment = factories.make_environment(
        project, server, by=by, **{**defaults, **fields}
    )
    return Site(environment, sshd, repository, folder, by)


def ended(deployment: Deployment | UUID, *, seconds: float = 30) -> Deployment:
    """The deployment, once it has come to its end."""
    pk = deployment.pk if isinstance(deployment, Deployment) else deployment
    rows = Deployment.objects.filter(pk=pk)
    wait_until(
        lambda: rows.get().is_terminal, seconds=seconds, what="the deployment has ended"
    )
    return rows.with_details().get()


def outcome(deployment: Deployment) -> tuple[str, str]:
    return deployment.status, deployment.error_code


def log_of(deployment: Deployment) -> str:
    rows = Event.objects.filter(deployment=deployment, kind="log").order_by("seq")
    return "".join(rows.values_list("text", flat=True))


def assert_ended_once(deployment: Deployment) -> None:
    """Begun at most once, ended once, and nothing was written after that."""
    events = list(Event.objects.filter(deployment=deployment).order_by("seq"))
    begun = [e for e in events if e.kind == "status" and e.state == "running"]
    assert len(begun) <= 1
    terminal = [e for e in events if e.kind == "status" and e.state in TERMINAL]
    assert terminal == [events[-1]], [str(event) for event in events]
    assert terminal[0].state == Deployment.objects.get(pk=deployment.pk).status
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
