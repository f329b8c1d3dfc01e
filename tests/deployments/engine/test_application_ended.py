"""Nobody waits for an application that is proven to have ended; for others, they do."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deployments.diagnosis import failure
from tests.deployments.engine.lab import Deployment, Lab, wait_until
from tests.ports import free_port

#: Opens its port late, as an application that loads much does.
SLOW = """\
import http.server, sys, time
time.sleep(2.5)
class Handler(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
"""
#: Fails when the restart command is over, however busy the machine is.
BROKEN = """\
import glob, time
while not glob.glob("../../.oec/steps/*/restart/result"):
    time.sleep(0.05)
import carts_that_nobody_wrote
"""
#: Much longer than any of these tests may take.
PATIENT = {"health_check_timeout_seconds": 600, "step_timeout_seconds": 600}


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def lab(lab: Lab) -> Iterator[Lab]:
    lab.origin.commit("Serve", {"slow.py": SLOW, "broken.py": BROKEN})
    yield lab
    for file in lab.path.glob("pids/*"):
        subprocess.run(["kill", "-9", file.name], check=False, capture_output=True)


def deploy(lab: Lab, port: int, restart: str, seconds: int = 600) -> Deployment:
    limits = PATIENT | {"health_check_timeout_seconds": seconds}
    url = f"http://127.0.0.1:{port}/"
    return lab.deploy(restart_command=restart, health_check_url=url, **limits)


def background(program: str, port: int) -> str:
    """As people start it by hand; its number is noted for the end of the test."""
    note = "mkdir -p ../../pids; : >../../pids/$!"
    return f"nohup {sys.executable} {program} {port} >out 2>&1 & {note}"


# On a busy machine it may end unseen: then the check waits for its whole time.
@pytest.mark.release
def test_an_import_that_breaks_ends_the_check_at_once(lab: Lab, port: int) -> None:
    failed = deploy(lab, port, background("broken.py", port))
    assert failed.code == "application_ended"
    (pid,) = (file.name for file in lab.path.glob("pids/*"))
    detail = failed.error.facts["detail"]  # type: ignore[union-attr]
    assert detail.startswith(
        f"all that the restart had started (pid {pid}) has ended, "
    )
    assert detail.endswith(" s after the check began")
    assert failure("application_ended", detail=detail).message == (
        f"What was started has ended, so the health check did not wait on: {detail}."
    )
    assert lab.live == ""


def test_an_application_that_loads_for_a_while_is_waited_for(
    lab: Lab, port: int
) -> None:
    assert deploy(lab, port, background("slow.py", port)).error is None


def test_a_daemon_that_cleared_its_environment_is_waited_for(
    lab: Lab, port: int
) -> None:
    start = (
        f"cd {lab.path}/current && setsid env -i {sys.executable} slow.py {port} "
        ">out 2>&1 & mkdir -p ../../pids; : >../../pids/$!"
    )
    deployed = deploy(lab, port, f"nohup sh -c 'sleep 0.5; {start}' >/dev/null 2>&1 &")
    assert deployed.error is None


def test_what_a_supervisor_starts_is_waited_for(
    lab: Lab, port: int, tmp_path: Path
) -> None:
    """It is asked in the background, by who is gone and never was the application."""
    asked = tmp_path / "asked"
    children: list[subprocess.Popen[bytes]] = []

    def supervise() -> None:
        wait_until(asked.exists, "the supervisor is asked")
        program = [sys.executable, "slow.py", str(port)]
        children.append(subprocess.Popen(program, cwd=lab.path / "current"))

    supervisor = threading.Thread(target=supervise)
    supervisor.start()
    deployed = deploy(lab, port, f"(sleep 0.3; touch {asked}) >/dev/null 2>&1 &")
    supervisor.join()
    for child in children:
        child.kill()
        child.wait()
    assert deployed.error is None


def test_a_port_that_refuses_alone_proves_nothing(lab: Lab, port: int) -> None:
    failed = deploy(lab, port, "true", seconds=2)
    assert failed.code == "health_check_failed"


def test_another_listener_proves_nothing(lab: Lab) -> None:
    """Whoever it is: the application may be reached through it."""
    with HTTPServer(("127.0.0.1", 0), _Busy) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        port = server.server_port
        failed = deploy(lab, port, background("broken.py", port), seconds=3)
        server.shutdown()
        thread.join()
    assert failed.code == "health_check_failed"


def test_without_an_address_the_check_command_is_not_repeated_in_vain(
    lab: Lab, port: int
) -> None:
    failed = lab.deploy(
        restart_command=background("broken.py", port),
        health_check_command="false",
        **PATIENT,
    )
    assert failed.code == "application_ended"


class _Busy(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_error(503)

    def log_message(self, *_: object) -> None:
        """Say nothing."""
