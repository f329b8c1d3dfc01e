"""A real Docker engine and a server that has it; the bell; secrets to look for."""

from collections.abc import Iterator
from uuid import UUID

import pytest

from deployments import tasks
from tests.deployments.canaries import Canaries
from tests.deployments.dockerd import Dockerd, missing
from tests.deployments.sshd import SSHD, Sshd


@pytest.fixture(scope="session")
def engine() -> Iterator[Dockerd]:
    if reason := missing():
        pytest.skip(reason)
    engine = Dockerd()
    try:
        engine.start()
        engine.make_base_image()
        yield engine
    finally:
        engine.stop()


@pytest.fixture(scope="session")
def docker_sshd(
    tmp_path_factory: pytest.TempPathFactory, engine: Dockerd
) -> Iterator[Sshd]:
    if SSHD is None:
        pytest.skip("needs openssh-server")
    server = Sshd(
        tmp_path_factory.mktemp("sshd") / "server",
        environment={"DOCKER_HOST": engine.host},
    )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def canaries() -> Canaries:
    """The secrets of this test, which are looked for wherever they may not be."""
    return Canaries()


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The ids for which the bell was rung."""
    ids: list[UUID] = []
    monkeypatch.setattr(tasks, "ring", ids.append)
    return ids
