"""A server, a repository and a console that may be broken; each test has its own."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from dj_database_url import parse
from django.conf import settings
from django.db import connection

from projects.models import Organization, User
from tests import backends, databases, processes
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import SSHD, Sshd
from tests.faults.console import FaultConsole
from tests.faults.disk import Disk
from tests.faults.proxy import Proxy
from tests.faults.runs import Runs
from tests.faults.servers import PostgreSQL, Redis
from tests.faults.site import Site, make_site


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    if SSHD is None:
        pytest.skip("openssh-server is not installed")
    server = Sshd(tmp_path / "sshd")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "origin")
    repository.commit("Begin", {"page.html": "one\n"})
    return repository


@pytest.fixture
def make(
    organization: Organization, dora: User, sshd: Sshd, repository: Repository
) -> Iterator[Callable[..., Site]]:
    """Make a site; ``name`` tells several apart."""
    made: list[Site] = []

    def make(**fields: Any) -> Site:
        made.append(make_site(organization, sshd, repository, by=dora, **fields))
        return made[-1]

    yield make
    for site in made:
        site.open_gate()  # what a killed worker left behind works until then


@pytest.fixture
def site(make: Callable[..., Site]) -> Site:
    return make()


@pytest.fixture
def runs(transactional_db: None) -> Iterator[Runs]:
    runs = Runs()
    yield runs
    runs.join()


@pytest.fixture
def console(transactional_db: None, tmp_path: Path) -> Iterator[FaultConsole]:
    processes.empty_broker()
    with ExitStack() as stack:
        console = FaultConsole(tmp_path, stack)
        try:
            yield console
        finally:
            console.end()


@pytest.fixture
def proxy(sshd: Sshd) -> Iterator[Proxy]:
    """The network between the console and the server."""
    proxy = Proxy(sshd.port)
    yield proxy
    proxy.close()


@pytest.fixture
def mute() -> Iterator[int]:
    """A port that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0), backlog=16) as listener:
        yield int(listener.getsockname()[1])


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.remove()


@pytest.fixture
def data_folder(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Disk]:
    """Database, broker and mirrors of every process that this test starts."""
    disk = Disk(tmp_path / "data", megabytes=12)
    file = disk.path / "oec.sqlite3"
    before = dict(connection.settings_dict)
    shutil.copyfile(databases.migrated_sqlite(), file)
    monkeypatch.setenv("OEC_DATA_DIR", str(disk.path))
    monkeypatch.setenv("OEC_LEAST_FREE_BYTES", "1000000")
    # What the test encrypts and signs is read with its own keys.
    monkeypatch.setenv("OEC_ENCRYPTION_KEYS", ",".join(settings.ENCRYPTION_KEYS))
    monkeypatch.setenv("OEC_TOKEN_KEY", settings.TOKEN_KEY)
    _use(before | {"NAME": str(file)})
    try:
        yield disk
    finally:
        _use(before)
        disk.remove()


@pytest.fixture
def redis_server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """The broker of every process that this test starts."""
    folder = tmp_path / "redis"
    folder.mkdir()
    server = Redis(folder)
    server.start()
    monkeypatch.setenv("REDIS_URL", server.url)
    yield server
    server.stop()


@pytest.fixture
def postgres_server(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PostgreSQL]:
    """The database of this test and of every process that it starts."""
    with tempfile.TemporaryDirectory(prefix="oec-fault-") as folder:
        server = PostgreSQL(Path(folder))
        server.create()
        server.start()
        before = dict(connection.settings_dict)
        url = f"{server.url}/postgres"
        monkeypatch.setenv("DATABASE_URL", url)
        try:
            _fill(url)
            _use(parse(url))
            yield server
        finally:
            _use(before)
            server.stop()


def _fill(url: str) -> None:
    """With every table, as the tests' own databases have them."""
    server, _, _ = os.environ["OEC_TEST_DATABASE_URL"].rpartition("/")
    migrated = f"{server}/{backends.MIGRATED}"
    dump = subprocess.run(
        [backends.program("pg_dump"), migrated], capture_output=True, check=True
    )
    command = [backends.program("psql"), "--quiet", "--set=ON_ERROR_STOP=1", url]
    subprocess.run(command, input=dump.stdout, capture_output=True, check=True)


def _use(place: Mapping[str, Any]) -> None:
    """Every connection of this process is from now on one to ``place``."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()  # type: ignore[attr-defined]
    for name in ("NAME", "HOST", "PORT", "USER", "PASSWORD"):
        connection.settings_dict[name] = place[name]
