"""What the measurements of one run share: a server, an origin, and people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import places
from benchmarks.plain import PlainSsh
from projects.models import Environment, Organization, Server, User
from tests import factories
from tests.deployments.engine.repository import Repository, git
from tests.deployments.sshd import Sshd

FILES = 300
CHANGED_FILES = 10


@dataclass
class Bench:
    """``folder`` holds the server, ``disk`` what belongs to the console."""

    folder: Path
    disk: Path
    sshd: Sshd
    ssh: PlainSsh
    origin: Repository
    user: User
    organization: Organization
    server: Server

    def environment(self, name: str, **fields: Any) -> Environment:
        """One of a project of its own, so that none waits for another."""
        project = factories.make_project(
            self.organization, by=self.user, name=name, git_url=self.origin.url
        )
        path = str(self.folder / name)
        return factories.make_environment(
            project, self.server, by=self.user, deploy_path=path, **fields
        )

    def commit(self, number: int) -> str:
        """Change a few of the origin's files; the commit's 40 hex digits."""
        changed = {name: f"{text}{number}\n" for name, text in _files(CHANGED_FILES)}
        return self.origin.commit(f"Change {number}", changed)


@contextmanager
def started() -> Iterator[Bench]:
    """A private OpenSSH server and an origin with one commit of 300 files."""
    with places.folder() as disk, places.memory(disk / "server") as folder:
        origin = Repository(folder / "origin")
        origin.commit("Begin", dict(_files(FILES)))
        # Loose objects would make every fetch a contest in delta compression.
        git(origin.path, "repack", "-adq")
        sshd = Sshd(folder / "sshd")
        sshd.start()
        try:
            yield _bench(folder, disk, sshd, origin)
        finally:
            sshd.stop()


def _bench(folder: Path, disk: Path, sshd: Sshd, origin: Repository) -> Bench:
    user = factories.make_user("dora")
    organization = factories.make_organization(user)
    target = sshd.target
    server = factories.make_server(
        organization,
        by=user,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    ssh = PlainSsh(disk, target)
    return Bench(folder, disk, sshd, ssh, origin, user, organization, server)


def _files(count: int) -> list[tuple[str, str]]:
    text = "".join(f"line {line} of a file of ordinary size\n" for line in range(60))
    return [(f"part{n % 10}/file{n}.txt", f"{n}\n{text}") for n in range(count)]
