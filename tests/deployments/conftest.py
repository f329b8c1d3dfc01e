"""A real Docker engine, and a server that has it."""

from collections.abc import Iterator

import pytest

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
