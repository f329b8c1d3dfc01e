"""Real processes of OEC against the database and the broker of the running test.

They run with the real settings, not with ``tests.settings``: what a test starts here is
what an operator starts. Their output joins the report of a test that fails.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from deployments.models import Beat
from oec.processes import end_with_parent
from tests.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
READY_SECONDS = 90
STOP_SECONDS = 15


def wait_until(
    condition: Callable[[], object], *, seconds: float = 15, what: str = ""
) -> None:
    """Poll until the condition holds; a deadline that passes fails the test."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what or condition.__name__}: not within {seconds} seconds")
        time.sleep(0.05)


@dataclass
class Running:
    """One process of OEC; ``output`` is everything it has printed so far."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path
    url: str = ""

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def output(self) -> str:
        return self.log.read_text(errors="replace")

    def is_alive(self) -> bool:
        return self.popen.poll() is None

    def send(self, number: signal.Signals) -> None:
        self.popen.send_signal(number)

    def kill(self) -> None:
        """End it as a crash would: nothing of it gets to run again."""
        self.popen.kill()
        self.popen.wait(STOP_SECONDS)

    def stop(self) -> None:
        """Ask it to end and wait; a process that will not is killed and reported."""
        # A frozen process takes no signal but these two.
        self.popen.send_signal(signal.SIGCONT)
        self.popen.terminate()
        try:
            self.popen.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"{self.name} did not stop within {STOP_SECONDS} seconds")
        finally:
            print(f"--- {self.name} (pid {self.pid})\n{self.output}")


class Console:
    """Starts the parts of OEC; the fixture that makes it stops what still runs.

    ``tree`` is where the code is: another release's, to run it beside this one.
    """

    def __init__(self, folder: Path, stack: ExitStack, tree: Path = ROOT) -> None:
        self._folder = folder
        self._stack = stack
        self._tree = tree
        self._count = 0

    def worker(self, **variables: str) -> Running:
        command = ["-m", "celery", "--app", "oec", "worker", "--loglevel", "INFO"]
        hostname = f"--hostname=test{self._count}@%h"
        return self._beating(self._start("worker", [*command, hostname], variables))

    def dispatcher(self, **variables: str) -> Running:
        command = ["manage.py", "dispatcher"]
        return self._beating(self._start("dispatcher", command, variables))

    def web(self, **variables: str) -> Running:
        _collect_static(os.environ["OEC_DATA_DIR"])
        port = free_port()
        command = ["-m", "uvicorn", "oec.asgi:application", "--port", str(port)]
        command += ["--timeout-graceful-shutdown", "2", "--lifespan", "off"]
        started = self._start("web", command, variables)
        started.url = f"http://127.0.0.1:{port}"
        self._wait(started, lambda: answers(started.url))
        return started

    def _start(
        self, name: str, command: list[str], variables: dict[str, str]
    ) -> Running:
        self._count += 1
        log = self._folder / f"{self._count}-{name}.log"
        with log.open("wb") as output:
            popen = subprocess.Popen(
                [sys.executable, "-u", *command],
                cwd=self._tree,
                env=environment(variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=partial(end_with_parent, os.getpid()),
            )
        started = Running(name, popen, log)
        self._stack.callback(started.stop)
        return started

    def _beating(self, started: Running) -> Running:
        """Wait for the first sign of life; it is given when the work can begin."""
        beats = Beat.objects.filter(name__endswith=f":{started.pid}")
        self._wait(started, beats.exists)
        return started

    def _wait(self, started: Running, is_ready: Callable[[], bool]) -> None:
        wait_until(
            lambda: is_ready() or not started.is_alive(),
            seconds=READY_SECONDS,
            what=f"{started.name} is ready",
        )
        if not started.is_alive():
            pytest.fail(f"{started.name} ended at its start:\n{started.output}")


def environment(variables: dict[str, str]) -> dict[str, str]:
    """The variables of a process that shares the test's database, broker and data."""
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "oec.settings",
        "DATABASE_URL": _database_url(),
        **variables,
    }


@cache
def _collect_static(_data_dir: str) -> None:
    """Once for each folder: it takes longer than starting the web process."""
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--noinput", "-v", "0"],
        cwd=ROOT,
        env=environment({}),
        check=True,
    )


def _database_url() -> str:
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        return f"sqlite:///{name}"
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    return f"{server}/{name}"


def answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True


@pytest.fixture
def console(transactional_db: None, tmp_path: Path) -> Iterator[Console]:
    """Start workers, dispatchers and web servers that see what the test commits."""
    empty_broker()
    with ExitStack() as stack:
        yield Console(tmp_path, stack)


def empty_broker() -> None:
    """Messages of earlier tests ring for rows that are gone."""
    if settings.REDIS_URL:
        redis.Redis.from_url(settings.REDIS_URL).flushdb()
    else:
        for message in (settings.BROKER_DIR / "queue").iterdir():
            message.unlink()
