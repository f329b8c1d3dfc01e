"""A real sshd, a real origin, and a place to deploy to."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deployments.engine.inspection import Subject
from tests.deployments.dockerd import Dockerd
from tests.deployments.engine.docker_lab import DOCKERFILE, SERVE, DockerLab
from tests.deployments.engine.lab import Lab
from tests.deployments.engine.machines import Sandbox
from tests.deployments.engine.repository import Repository
from tests.deployments.machine import Machine
from tests.deployments.sshd import SSHD, Sshd


@pytest.fixture(scope="session")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    need_sshd()
    server = Sshd(tmp_path_factory.mktemp("sshd") / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    server = Sandbox(tmp_path_factory.mktemp("sandbox") / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_sshd(tmp_path: Path) -> Iterator[Sshd]:
    """One that a test may stop, cut and change."""
    need_sshd()
    server = Sshd(tmp_path / "own-sshd")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def origin(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "origin")
    repository.commit("Begin", {"app.txt": "one\n"})
    return repository


@pytest.fixture
def lab(tmp_path: Path, sshd: Sshd, origin: Repository) -> Lab:
    return Lab(tmp_path, sshd, origin)


@pytest.fixture
def own_lab(tmp_path: Path, own_sshd: Sshd, origin: Repository) -> Lab:
    return Lab(tmp_path, own_sshd, origin)


@pytest.fixture
def docker(
    tmp_path: Path, docker_sshd: Sshd, origin: Repository, engine: Dockerd
) -> Iterator[DockerLab]:
    origin.commit("Serve", {"Dockerfile": DOCKERFILE, "serve.sh": SERVE})
    lab = DockerLab(tmp_path, docker_sshd, origin, engine)
    lab.path = tmp_path / f"srv-{lab.port}"
    yield lab
    lab.clean()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A server that a look may find in any state."""
    need_sshd()
    machine = Machine(tmp_path / "machine")
    machine.start()
    yield machine
    machine.stop()


@pytest.fixture
def subject(machine: Machine, tmp_path: Path) -> Subject:
    return Subject(machine.target, paths=(str(tmp_path / "srv"),))


@pytest.fixture(scope="session")
def web() -> Iterator[str]:
    """A web server that answers ``/<status>`` with that status."""
    with HTTPServer(("127.0.0.1", 0), _StatusHandler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


class _StatusHandler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path[1:]))
        self.send_header("Location", "http://127.0.0.1:1/")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def need_sshd() -> None:
    if SSHD is None:
        pytest.skip("needs openssh-server")
