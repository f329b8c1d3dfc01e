"""The database and the broker that one test run has to itself.

``sqlite`` is what OEC runs on without configuration: SQLite and a broker made of files.
``postgres`` is PostgreSQL and Redis: private instances, started here, that nothing else
reaches and that are gone when the run ends.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis

from tests import databases
from tests.ports import free_port

#: The first that is installed runs every test, the others what is marked for both.
TITLES = {
    "postgres": "PostgreSQL and Redis",
    "sqlite": "SQLite and the filesystem broker",
}
PROGRAMS = {"sqlite": (), "postgres": ("initdb", "postgres", "redis-server")}
#: One for each parallel test process.
REDIS_DATABASES = 64
#: The PostgreSQL database that those of the test processes are copies of.
MIGRATED = "oec_migrated"
START_SECONDS = 60


def chosen() -> str:
    """The back end of this process."""
    return os.environ.get("OEC_TEST_BACKEND", "sqlite")


def missing(backend: str) -> list[str]:
    """The programs that this back end needs and this machine lacks."""
    return [program for program in PROGRAMS[backend] if find(program) is None]


def find(program: str) -> str | None:
    """Where a program is; Debian keeps some of them off the usual PATH."""
    folders = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
    return shutil.which(
        program, path=os.pathsep.join([*folders, os.environ["PATH"], "/usr/sbin"])
    )


def program(name: str) -> str:
    """Where a program is that must be there."""
    path = find(name)
    assert path is not None, f"{name} is not installed"
    return path


@contextmanager
def started(backend: str) -> Iterator[dict[str, str]]:
    """Start the back end and yield the variables that ``tests.settings`` reads."""
    with ExitStack() as stack:
        folder = stack.enter_context(_folder("oec-tests-"))
        variables = {"OEC_TEST_BACKEND": backend, "OEC_TEST_FOLDER": str(folder)}
        if backend == "postgres":
            variables["OEC_TEST_DATABASE_URL"] = stack.enter_context(_postgresql())
            variables["OEC_TEST_REDIS_URL"] = stack.enter_context(_redis())
        else:
            databases.migrated_sqlite()
        yield variables


@contextmanager
def _postgresql() -> Iterator[str]:
    identity = _unprivileged()
    with _folder("oec-postgresql-", owner=identity.get("user")) as folder:
        initdb: list[Any] = [
            program("initdb"),
            "--pgdata",
            folder / "data",
            "--username",
            "oec",
        ]
        subprocess.run(
            [*initdb, "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=folder,
            **identity,
        )
        command = [
            *(program("postgres"), "-D", folder / "data", "-k", folder, "-h", ""),
            # Durability is wasted on a database that lives for one run.
            *("-c", "fsync=off", "-c", "full_page_writes=off"),
            *("-c", "max_connections=300"),
        ]
        # Nobody else may enter the folder, so a socket without a password is private.
        server = f"postgresql://oec@{quote(str(folder), safe='')}"
        with _running(command, folder, **identity) as wait_until:
            wait_until(lambda: psycopg.connect(f"{server}/postgres").close())
            with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {MIGRATED}")
            databases.migrate(f"{server}/{MIGRATED}")
            yield f"{server}/oec"


@contextmanager
def _redis() -> Iterator[str]:
    with _folder("oec-redis-") as folder:
        port = free_port()
        command = [
            *(program("redis-server"), "--port", str(port), "--bind", "127.0.0.1"),
            *("--databases", str(REDIS_DATABASES), "--save", "", "--dir", folder),
        ]
        with _running(command, folder) as wait_until:
            wait_until(redis.Redis(port=port).ping)
            yield f"redis://127.0.0.1:{port}"


def _unprivileged() -> dict[str, Any]:
    # PostgreSQL refuses to run as root.
    if os.geteuid() != 0:
        return {}
    users = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def _folder(prefix: str, owner: int | None = None) -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix=prefix) as name:
        if owner is not None:
            os.chown(name, owner, -1)
        yield Path(name)


@contextmanager
def _running(
    command: list[Any], folder: Path, **identity: Any
) -> Iterator[Callable[[Callable[[], object]], None]]:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            stdout=output,
            stderr=output,
            # Ctrl-C is for the tests, which then stop the server themselves.
            start_new_session=True,
            **identity,
        )

    def wait_until(probe: Callable[[], object]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                probe()
            except (psycopg.OperationalError, redis.ConnectionError) as error:
                if process.poll() is not None or time.monotonic() > deadline:
                    complaint = f"{command[0]} did not start:\n{log.read_text()}"
                    raise RuntimeError(complaint) from error
                time.sleep(0.05)
            else:
                return

    try:
        yield wait_until
    finally:
        # SIGINT: PostgreSQL ends its sessions at once, Redis simply ends.
        process.send_signal(signal.SIGINT)
        process.wait(timeout=START_SECONDS)
