"""A database server and a broker that belong to one test, which may kill them."""

import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import redis
from django.db import connection

from tests import backends
from tests.ports import free_port

START_SECONDS = 60


class Server:
    """One process that can be killed, frozen and started again on the same data."""

    name: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[Any]:
        raise NotImplementedError

    def probe(self) -> object:
        """Raises OSError, or what the client raises, until it serves."""
        raise NotImplementedError

    def identity(self) -> dict[str, Any]:
        return {}

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                self.command(),
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **self.identity(),
            )
        deadline = time.monotonic() + START_SECONDS
        while not _succeeds(self.probe):
            if self._process.poll() is not None or time.monotonic() > deadline:
                log_text = (self.folder / "log").read_text()
                raise RuntimeError(f"{self.name} did not start:\n{log_text}")
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGINT) -> None:
        """SIGINT: PostgreSQL ends its sessions at once, Redis simply ends."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)
            self._process.send_signal(number)
            self._process.wait(START_SECONDS)
            self._process = None

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: int) -> None:
        assert self._process is not None
        self._process.send_signal(number)


class Redis(Server):
    name = "redis-server"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"

    @property
    def client(self) -> "redis.Redis":
        return redis.Redis(port=self.port, socket_timeout=5)

    def command(self) -> list[Any]:
        program = [backends.program("redis-server"), "--port", str(self.port)]
        return [*program, "--bind", "127.0.0.1", "--save", "", "--dir", self.folder]

    def probe(self) -> object:
        return self.client.ping()

    def kill(self) -> None:
        self.stop(signal.SIGKILL)


class PostgreSQL(Server):
    """``folder`` must be short (a socket's path has 107 bytes) and its own."""

    name = "postgres"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.url = f"postgresql://oec@{quote(str(folder), safe='')}"
        if user := self.identity().get("user"):
            os.chown(folder, user, -1)

    def create(self) -> None:
        command: list[Any] = [
            backends.program("initdb"),
            "--pgdata",
            self.folder / "data",
        ]
        subprocess.run(
            [*command, "--username=oec", "--auth=trust", "--no-sync", "--locale=C"],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            env={**os.environ, "LC_ALL": "C"},
            **self.identity(),
        )

    def command(self) -> list[Any]:
        program = [backends.program("postgres"), "-D", self.folder / "data"]
        address = ["-k", self.folder, "-h", ""]
        # The data outlive a killed process without fsync, only no power loss.
        return [*program, *address, "-c", "fsync=off", "-c", "max_connections=100"]

    def probe(self) -> None:
        psycopg.connect(f"{self.url}/postgres").close()

    def identity(self) -> dict[str, Any]:
        # PostgreSQL refuses to run as root.
        if os.geteuid() != 0:
            return {}
        users = {entry.pw_name: entry for entry in pwd.getpwall()}
        user = users.get("postgres") or users["nobody"]
        return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    @property
    def socket(self) -> Path:
        return self.folder / ".s.PGSQL.5432"

    def crash(self) -> None:
        """As ``pg_ctl stop -m immediate``: it will have to recover.

        The connections of this process are forgotten; it will make new ones.
        """
        self.stop(signal.SIGQUIT)
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


def _succeeds(probe: Callable[[], object]) -> bool:
    try:
        probe()
    except (OSError, psycopg.OperationalError, redis.RedisError):
        return False
    return True
