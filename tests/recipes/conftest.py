"""What every recipe needs: a server with a stand-in for systemd."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from projects.models import Organization, User
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import SSHD, Sshd
from tests.deployments.systemd import Systemd
from tests.recipes.place import Place
from tests.recipes.recipe import Recipe


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    systemd = Systemd(tmp_path / "systemd")
    yield systemd
    systemd.stop()


@pytest.fixture
def sshd(tmp_path: Path, systemd: Systemd) -> Iterator[Sshd]:
    if SSHD is None:
        pytest.skip("openssh-server is not installed")
    server = Sshd(tmp_path / "sshd", environment={"PATH": systemd.path})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make_place(
    tmp_path: Path,
    sshd: Sshd,
    systemd: Systemd,
    organization: Organization,
    dora: User,
) -> Callable[[Recipe], Place]:
    def make(recipe: Recipe) -> Place:
        return Place(
            recipe,
            server=sshd,
            systemd=systemd,
            repository=Repository(tmp_path / "origin"),
            organization=organization,
            by=dora,
        )

    return make
