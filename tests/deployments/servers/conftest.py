"""A server that is there, one that is not, and a quick look at any."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployments.engine import inspection
from deployments.engine.inspection import Subject
from projects import services as project_services
from projects.models import Server, User
from tests.deployments.servers.looking import CLOSED, SEEN
from tests.deployments.sshd import SSHD, Sshd


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    if SSHD is None:
        pytest.skip("openssh-server is not installed")
    sshd = Sshd(tmp_path / "sshd")
    sshd.start()
    yield sshd
    sshd.stop()


@pytest.fixture
def reachable(server: Server, sshd: Sshd, dora: User) -> Server:
    """The cast's server, and it is really there."""
    target = sshd.target
    return project_services.change_server(
        server,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )


@pytest.fixture
def away(server: Server, dora: User) -> Server:
    """Nobody listens there, which is known at once."""
    return project_services.change_server(server, by=dora, **CLOSED)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[Subject]:
    """Looking at a server finds one thing at once; holds whom it was asked about."""
    subjects: list[Subject] = []

    def inspect(subject: Subject, report: Any) -> None:
        subjects.append(subject)
        report(SEEN)

    monkeypatch.setattr(inspection, "inspect", inspect)
    return subjects
