"""One tree's web process, alone on a database of its own, and a client of it."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from benchmarks import places
from benchmarks.database import Database
from oec.processes import end_with_parent
from tests.ports import free_port

SEED = Path(__file__).with_name("seed.py")
HOST = "127.0.0.1"
#: As ``manage.py up`` starts it.
WEB = (
    *("-m", "uvicorn", "oec.asgi:application", "--host", HOST),
    *("--timeout-graceful-shutdown", "5", "--lifespan", "off", "--no-access-log"),
    "--no-proxy-headers",
)
READY_SECONDS = 60
STOP_SECONDS = 15


@dataclass
class Web:
    """``deployment`` is the newest one; it has failed and can be retried."""

    tree: Path
    variables: dict[str, str]
    database: Database
    token: str
    deployment: str
    _port: int = 0

    @contextmanager
    def running(self) -> Iterator[None]:
        """The process, from when it answers; no worker runs beside it."""
        self._port = free_port()
        with self._log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, *WEB, "--port", str(self._port)],
                cwd=self.tree,
                env=self.variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                preexec_fn=partial(end_with_parent, os.getpid()),
            )
        try:
            self._wait_for(process)
            yield
        finally:
            process.terminate()
            process.wait(STOP_SECONDS)

    def retry(self) -> float:
        """Seconds until the answer; then the new deployment fails, off the clock."""
        seconds, answer = self._ask("POST", f"{self.deployment}/retry")
        assert answer["retry_of"] == self.deployment, answer
        self.database.fail_the_pending()
        self.deployment = answer["id"]
        return seconds

    def read(self) -> float:
        seconds, answer = self._ask("GET", self.deployment)
        assert answer["status"] == "failed", answer
        return seconds

    @property
    def _log(self) -> Path:
        return Path(self.variables["OEC_DATA_DIR"]) / "web.log"

    def _ask(self, method: str, path: str) -> tuple[float, Any]:
        """A new connection each time, as a script has it."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = None
        if method == "POST":
            headers["Content-Type"] = "application/json"
            body = b"{}"
        begun = time.perf_counter()
        with closing(HTTPConnection(HOST, self._port, timeout=30)) as connection:
            connection.request(method, f"/api/v1/deployments/{path}", body, headers)
            response = connection.getresponse()
            text = response.read()
            seconds = time.perf_counter() - begun
        assert response.status == 200, text
        return seconds, json.loads(text)

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + READY_SECONDS
        while not self._is_ready():
            is_hopeless = process.poll() is not None or time.monotonic() > deadline
            assert not is_hopeless, self._log.read_text()
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        with closing(HTTPConnection(HOST, self._port, timeout=5)) as connection:
            try:
                connection.request("GET", "/healthz")
                return connection.getresponse().status == 200
            except ConnectionRefusedError:
                return False


@contextmanager
def seeded(tree: Path, backend: str) -> Iterator[Web]:
    """The tree's own tables with the same history as any other tree's."""
    with places.started(backend) as variables:
        # A script's own folder would come first and hide what is named alike.
        variables |= {"PYTHONPATH": str(tree), "PYTHONSAFEPATH": "1"}
        _python(tree, variables, "manage.py", "migrate", "--verbosity", "0")
        begin = json.loads(_python(tree, variables, SEED))
        with closing(Database(variables["DATABASE_URL"])) as database:
            yield Web(tree, variables, database, **begin)


def _python(tree: Path, variables: dict[str, str], *arguments: str | Path) -> bytes:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=tree,
        env=variables,
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
