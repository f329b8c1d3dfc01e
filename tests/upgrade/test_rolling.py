"""While a team upgrades, older processes work on the tables of this release."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher

from deployments.events import storage
from deployments.logs.text import AsStored, log_text
from deployments.models import Deployment, Status
from projects.models import Environment, Organization, User
from tests import factories
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import SSHD, Sshd
from tests.processes import Console, empty_broker, wait_until
from tests.upgrade import old

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed"),
]


class Door:
    """The API of a web process, as a program uses it."""

    def __init__(self, url: str, username: str) -> None:
        self._base = f"{url}/api/v1"
        self._headers = {"Content-Type": "application/json"}
        credentials = {"username": username, "password": factories.PASSWORD}
        access = self.post("/auth/token", credentials)["access"]
        self._headers["Authorization"] = f"Bearer {access}"

    def post(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            f"{self._base}{path}", json.dumps(body).encode(), self._headers
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    sshd = Sshd(tmp_path / "sshd")
    sshd.start()
    yield sshd
    sshd.stop()


@pytest.fixture
def older(transactional_db: None, tmp_path: Path) -> Iterator[Console]:
    """Processes of the last release, with the database and broker of this test."""
    empty_broker()
    (tmp_path / "old").mkdir()
    with ExitStack() as stack:
        yield Console(tmp_path, stack, old.unpack(tmp_path / "old"))


def test_an_older_web_process_and_worker_deploy_and_retry_on_the_new_tables(
    older: Console, organization: Organization, dora: User, sshd: Sshd, tmp_path: Path
) -> None:
    # The tests' own passwords are quicker than any release takes.
    hasher = PBKDF2PasswordHasher()
    dora.password = hasher.encode(factories.PASSWORD, hasher.salt())
    dora.save()
    repository = Repository(tmp_path / "repository")
    repository.commit("Open the shop", {"page.html": "Welcome"})
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
    project = factories.make_project(organization, by=dora, git_url=repository.url)
    older.worker()
    door = Door(older.web().url, "dora")
    made = door.post(
        f"/projects/{project.pk}/environments",
        {
            "name": "production",
            "type": "production",
            "vm_id": str(server.pk),
            "deploy_path": str(tmp_path / "deploy"),
            "build_command": f"seq 2000; test -e {tmp_path}/repaired",
        },
    )
    environment = Environment.objects.get(pk=made["id"])

    door.post(f"/environments/{environment.pk}/deployments", {})
    failed = ended(version=1)
    (tmp_path / "repaired").touch()
    door.post(f"/deployments/{failed.pk}/retry", {})
    retried = ended(version=2)

    assert (failed.status, retried.status) == (Status.FAILED, Status.SUCCESS)
    assert retried.release_id == failed.release_id
    before = "".join(log_text(failed, AsStored()))
    assert "2000\n" in before
    storage.compress()
    assert "".join(log_text(failed, AsStored())) == before


def ended(version: int) -> Deployment:
    rows = Deployment.objects.filter(version=version, completed_at__isnull=False)
    wait_until(rows.exists, seconds=60, what=f"v{version} has ended")
    return rows.get()
