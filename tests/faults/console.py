"""The parts of OEC as processes that a fault test kills, freezes and starts again."""

import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from rest_framework_simplejwt.tokens import RefreshToken

from deployments.models import Deployment
from projects.models import User
from tests.ports import free_port
from tests.processes import (
    ROOT,
    Console,
    Running,
    answers,
    environment,
    wait_until,
)

#: Long enough for a busy machine, short enough for a test.
LEASE_SECONDS = 6
QUICK = {
    "OEC_LEASE_SECONDS": str(LEASE_SECONDS),
    "OEC_HEARTBEAT_SECONDS": "0.5",
    "OEC_DISPATCH_SECONDS": "0.2",
    "OEC_RING_AGAIN_SECONDS": "1",
}
BASE = "/api/v1"
CELERY = ("celery", "--app", "oec", "worker", "--loglevel", "INFO")


class FaultConsole(Console):
    """Everything runs with short leases, and is killed when the test is over."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        super().__init__(folder, stack)
        self._all: list[Running] = []

    def worker(self, *, dies: str = "", **variables: str) -> Running:
        """``dies`` is a point of ``crashing``."""
        return self._beating(self._worker(dies, variables))

    def dispatcher(self, **variables: str) -> Running:
        return self._beating(self._dispatcher(variables))

    def crew(self, **variables: str) -> tuple[Running, Running]:
        """A worker and a dispatcher, started side by side."""
        worker = self._worker("", variables)
        dispatcher = self._dispatcher(variables)
        return self._beating(worker), self._beating(dispatcher)

    def web(self, *, dies: str = "", **variables: str) -> Running:
        """For the API alone: pages would need the static files."""
        port = free_port()
        server = ["uvicorn", "oec.asgi:application", "--port", str(port)]
        options = ["--timeout-graceful-shutdown", "5", "--lifespan", "off"]
        command = _module(dies, [*server, *options])
        started = self._start("web", command, variables)
        started.url = f"http://127.0.0.1:{port}"
        self._wait(started, lambda: answers(f"{started.url}/healthz"))
        return started

    def manage(self, *arguments: str, dies: str = "") -> int:
        """Run a management command to its end; its exit code."""
        command = _module(dies, ["django", *arguments])
        program = [sys.executable, *command]
        return subprocess.run(program, cwd=ROOT, env=environment(QUICK)).returncode

    def end(self) -> None:
        """Kill what is left: how it would have ended by itself is not asked here."""
        for running in self._all:
            if running.is_alive():
                running.kill()

    def _start(
        self, name: str, command: list[str], variables: dict[str, str]
    ) -> Running:
        started = super()._start(name, command, QUICK | variables)
        self._all.append(started)
        return started

    def _worker(self, dies: str, variables: dict[str, str]) -> Running:
        name = f"--hostname=fault{len(self._all)}@%h"
        return self._start("worker", _module(dies, [*CELERY, name]), variables)

    def _dispatcher(self, variables: dict[str, str]) -> Running:
        return self._start("dispatcher", ["manage.py", "dispatcher"], variables)


def freeze(process: Running) -> None:
    """Stop it as a hypervisor would, at a moment at which it holds no lock.

    Within a write it would hold up all others of the database for as long as it sleeps,
    on SQLite; and those of its row on PostgreSQL.
    """

    def sleeps_without_a_lock() -> bool:
        process.send(signal.SIGSTOP)
        try:
            with transaction.atomic():
                list(Deployment.objects.select_for_update(nowait=True))
        except OperationalError:
            process.send(signal.SIGCONT)
            return False
        return True

    with _impatient():
        wait_until(sleeps_without_a_lock, what=f"{process.name} holds no lock")


@contextmanager
def _impatient() -> Iterator[None]:
    """SQLite waits for a lock for a moment only, and not for twenty seconds."""
    if connection.vendor != "sqlite":
        yield
        return
    patience = settings.DATABASES["default"]["OPTIONS"]["timeout"]
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 500")
        yield
        cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")


class Api:
    """A program that speaks to one web process as one user."""

    def __init__(self, web: Running, user: User) -> None:
        self._web = web.url
        self._token = str(RefreshToken.for_user(user).access_token)

    def post(self, path: str, body: Any = None, *, seconds: float = 30) -> "Answer":
        return self._ask(
            "POST", f"{BASE}{path}", json.dumps(body or {}).encode(), seconds
        )

    def get(self, path: str, *, seconds: float = 30) -> "Answer":
        return self._ask("GET", f"{BASE}{path}", None, seconds)

    def health(self, path: str = "/readyz") -> "Answer":
        return self._ask("GET", path, None, 30)

    def open(self, path: str) -> Any:
        """An answer to read from while it is being written."""
        request = self._request("GET", f"{BASE}{path}", None)
        return urllib.request.urlopen(request, timeout=30)

    def _ask(
        self, method: str, path: str, data: bytes | None, seconds: float
    ) -> "Answer":
        begun = time.monotonic()
        request = self._request(method, path, data)
        try:
            with urllib.request.urlopen(request, timeout=seconds) as response:
                return _answer(response, begun)
        except urllib.error.HTTPError as response:
            return _answer(response, begun)

    def _request(
        self, method: str, path: str, data: bytes | None
    ) -> urllib.request.Request:
        headers = {"Authorization": f"Bearer {self._token}"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        return urllib.request.Request(
            self._web + path, data=data, headers=headers, method=method
        )


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: Any
    headers: dict[str, str]
    seconds: float


def _answer(response: Any, begun: float) -> Answer:
    body = response.read()
    return Answer(
        response.status,
        json.loads(body),
        dict(response.headers),
        time.monotonic() - begun,
    )


def _module(dies: str, arguments: list[str]) -> list[str]:
    if dies:
        return ["-m", "tests.faults.crashing", dies, *arguments]
    return ["-m", *arguments]
