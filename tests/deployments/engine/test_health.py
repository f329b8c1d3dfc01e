"""Health checks: what is asked of a new release, and how a failure is told."""

import re
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from deployments.engine import commands
from deployments.engine.commands import NO_ANSWER, HealthCheck, docker
from deployments.engine.pipeline.docker import EXIT_CODES
from tests.deployments.engine.githost import make_certificate
from tests.deployments.engine.lab import Lab

every_client = pytest.mark.parametrize("client", ["curl", "wget", "python3"])


class _Shop(BaseHTTPRequestHandler):
    """Answers its own name only, and ``/slow`` late."""

    def do_GET(self) -> None:
        if self.path == "/slow":
            time.sleep(1.2)
        own = self.headers["Host"] == "shop.example"
        status = self.path[1:] if self.path[1:].isdigit() else ""
        self.send_response(int(status or (200 if own else 400)))
        self.send_header("Location", "https://sso.example/in")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[str]:
    yield from _serve(None)


@pytest.fixture(scope="module")
def secure_shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    file = make_certificate(tmp_path_factory.mktemp("tls") / "certificate")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    yield from _serve(context)


def _serve(context: ssl.SSLContext | None) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Shop) as server:
        if context:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        scheme = "https" if context else "http"
        yield f"{scheme}://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def ask(directory: Path, client: str, url: str, **more: Any) -> tuple[int, str]:
    """The exit code and what is printed where only ``client`` is installed."""
    check = HealthCheck(**{"command": "", "seconds": 0, "url": url, **more})
    others = "|".join({"curl", "wget", "python3"} - {client})
    text = re.sub(
        rf"command -v ({others})\b", "command -v none", commands.health_check(check)
    )
    script = directory / "script"
    script.write_text(text.replace("in curl wget python3", f"in {client}"))
    done = subprocess.run(["sh", "-e", script], capture_output=True, check=False)
    return done.returncode, done.stdout.decode()


def lives(pid: str) -> bool:
    stat = Path("/proc", pid, "stat")
    return stat.exists() and stat.read_text().rpartition(") ")[2][0] != "Z"


@every_client
def test_every_client_judges_an_answer_the_same_way(
    tmp_path: Path, shop: str, client: str
) -> None:
    for status, healthy in [(200, True), (404, False), (503, False)]:
        code, printed = ask(tmp_path, client, f"{shop}/{status}")
        assert (status, code == 0) == (status, healthy), printed
        if not healthy:
            assert printed == f"{shop}/{status} answered {status}\n"


@every_client
def test_a_redirect_is_an_answer_and_says_where_it_leads(
    tmp_path: Path, shop: str, client: str
) -> None:
    assert ask(tmp_path, client, f"{shop}/302") == (
        0,
        f"{shop}/302 answered 302 and leads to https://sso.example/in\nhealthy\n",
    )


@every_client
def test_a_try_may_take_what_is_left_of_the_time(
    tmp_path: Path, shop: str, client: str
) -> None:
    slow = {"url": f"{shop}/slow", "host": "shop.example"}
    code, printed = ask(tmp_path, client, **slow, seconds=1)
    assert code == NO_ANSWER
    assert re.search(r"did not answer: .*timed out", printed), printed
    assert ask(tmp_path, client, **slow, seconds=4) == (0, "healthy\n")


@every_client
def test_a_host_header_can_be_given(tmp_path: Path, shop: str, client: str) -> None:
    assert ask(tmp_path, client, shop)[1] == f"{shop} answered 400\n"
    assert ask(tmp_path, client, shop, host="shop.example") == (0, "healthy\n")


@every_client
def test_a_certificate_is_judged_unless_any_is_accepted(
    tmp_path: Path, secure_shop: str, client: str
) -> None:
    url = f"{secure_shop}/200"
    code, printed = ask(tmp_path, client, url)
    assert code == NO_ANSWER
    assert "certificate" in printed.lower()
    assert ask(tmp_path, client, url, insecure=True) == (0, "healthy\n")


@every_client
@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://127.0.0.1:1/", "Connection refused"),
        ("http://gone.invalid/", "resolve|Name or service not known"),
    ],
)
def test_the_reason_of_the_client_is_told(
    tmp_path: Path, client: str, url: str, reason: str
) -> None:
    code, printed = ask(tmp_path, client, url)
    assert code == NO_ANSWER
    assert re.fullmatch(rf"{url} did not answer: .*({reason}).*\n", printed), printed


def test_a_server_without_any_client_is_told_at_once(tmp_path: Path) -> None:
    code, printed = ask(tmp_path, "none", "http://127.0.0.1:1/", seconds=60)
    assert code == commands.NO_CLIENT
    assert printed == "None of curl, wget and python3 is installed on this server.\n"


@every_client
def test_a_port_that_still_refuses_after_the_grace_fails_the_check(
    tmp_path: Path, client: str
) -> None:
    url = "http://127.0.0.1:1/"
    code, printed = ask(tmp_path, client, url, seconds=600, grace_seconds=1)
    assert code == 1
    assert printed.splitlines()[-1] == (
        f"{url} still refuses connections after 1 s, the time for its start"
    )


@every_client
def test_the_grace_is_none_of_what_answers_badly(
    tmp_path: Path, shop: str, client: str
) -> None:
    code, printed = ask(tmp_path, client, f"{shop}/503", seconds=3, grace_seconds=1)
    assert (code, printed) == (1, f"{shop}/503 answered 503\n")


def test_the_grace_of_the_settings_ends_the_deployment(lab: Lab) -> None:
    failed = lab.deploy(
        health_check_url="http://127.0.0.1:1/",
        health_check_timeout_seconds=600,
        step_timeout_seconds=600,
        start_grace_seconds=1,
    )
    assert failed.code == "health_check_failed"
    detail = failed.error.facts["detail"]  # type: ignore[union-attr]
    assert "still refuses connections after 1 s" in detail


def test_the_reason_ends_the_deployment(lab: Lab) -> None:
    failed = lab.deploy(
        health_check_url="http://127.0.0.1:1/", health_check_timeout_seconds=1
    )
    assert failed.code == "health_check_failed"
    assert "Connection refused" in failed.error.facts["detail"]  # type: ignore[union-attr]


def test_a_check_command_that_hangs_is_ended_at_its_limit(
    lab: Lab, tmp_path: Path
) -> None:
    began = time.monotonic()
    failed = lab.deploy(
        health_check_command=f"sleep 60 & echo $! > {tmp_path}/pid; wait",
        health_check_timeout_seconds=1,
    )
    assert time.monotonic() - began < 8
    assert failed.code == "health_check_failed"
    detail = failed.error.facts["detail"]  # type: ignore[union-attr]
    assert detail == "the check command did not end within 1 s"
    assert not lives((tmp_path / "pid").read_text().strip())


def test_a_container_is_asked_in_the_same_way(tmp_path: Path) -> None:
    layout = commands.Layout(str(tmp_path), "p", 1, "d", "a" * 40)
    check = HealthCheck("https://container/", "", 9, host="shop.example", insecure=True)
    script = docker.check(layout, check)
    assert commands.health_check(check).split("\n")[:6] == script.split("\n")[1:7]
    assert "oec_need_client" in script
    assert commands.NO_CLIENT not in EXIT_CODES
