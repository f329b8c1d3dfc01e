"""Put back means asked: the log says of the old version only what it answered."""

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.deployments.engine.lab import Lab
from tests.ports import free_port

#: Serves the release's own folder, as a daemon that lets go of the step.
SERVE = (
    "nohup setsid python3 -m http.server {port} --bind 127.0.0.1 "
    ">>../../served.log 2>&1 & echo $! >>../../pids"
)
STOP = "for pid in $(cat ../../pids); do kill $pid || :; done; : >../../pids; "


@pytest.fixture
def port(lab: Lab) -> Iterator[int]:
    yield free_port()
    file: Path = lab.path / "pids"
    for pid in file.read_text().split() if file.exists() else []:
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)


def test_a_version_that_answers_again_is_live_again(lab: Lab, port: int) -> None:
    restart = STOP + SERVE.format(port=port)
    url = f"http://127.0.0.1:{port}/app.txt"
    before = lab.succeed(restart_command=restart, health_check_url=url)

    failed = lab.deploy(
        restart_command=STOP,
        health_check_url=url,
        health_check_timeout_seconds=1,
    )

    assert failed.code == "health_check_failed"
    assert failed.notes[-1] == (
        f"{before.release} is live again: it passes its health check."
    )
    assert failed.remains.serving == "old"


def test_where_nothing_answers_after_the_put_back_the_log_says_so(
    lab: Lab, port: int
) -> None:
    """As when the old version's restart does not start it: nobody serves."""
    url = f"http://127.0.0.1:{port}/app.txt"
    start = f"test -e ../../broken || {{ {SERVE.format(port=port)}; }}"
    before = lab.succeed(
        restart_command=start, health_check_url=url, health_check_timeout_seconds=1
    )

    failed = lab.deploy(
        restart_command=f"{STOP} touch ../../broken", health_check_url=url
    )

    said = failed.notes[-1]
    assert said.startswith(f"{before.release} was put back, but is not healthy: {url}")
    assert "did not answer" in said
    assert failed.remains.serving == "none"
    assert not any("is live again" in note for note in failed.notes)


def test_a_version_that_answers_badly_is_not_called_live_again(
    lab: Lab, port: int
) -> None:
    url = f"http://127.0.0.1:{port}/flag"
    before = lab.succeed(
        build_command="touch ../../flag",
        restart_command=f"test -e ../../pids || "
        f"{{ cd ../..; {SERVE.format(port=port).replace('../../', '')}; }}",
        health_check_url=url,
        health_check_timeout_seconds=1,
    )

    failed = lab.deploy(restart_command="rm ../../flag; false")

    assert failed.notes[-1] == (
        f"{before.release} was put back, but is not healthy: {url} answered 404"
    )
    assert failed.remains.serving == "unknown"


def test_a_command_that_fails_says_nothing_of_who_answers(lab: Lab) -> None:
    before = lab.succeed(
        health_check_command="test ! -e ../../sick || { echo too sick; exit 1; }",
        health_check_timeout_seconds=1,
    )

    failed = lab.deploy(restart_command="touch ../../sick; exit 7")

    assert failed.notes[-1] == (
        f"{before.release} was put back, but is not healthy: too sick"
    )
    assert failed.remains.serving == "unknown"


def test_a_check_that_hangs_ends_with_its_time(lab: Lab) -> None:
    before = lab.succeed(
        health_check_command="test ! -e ../../sick || sleep 600",
        health_check_timeout_seconds=1,
    )

    failed = lab.deploy(restart_command="touch ../../sick; exit 7")

    assert failed.notes[-1].startswith(
        f"{before.release} was put back, but its health is not known"
    )
    assert failed.remains.serving == "unknown"


def test_a_first_version_that_fails_leaves_nothing_to_ask(lab: Lab) -> None:
    failed = lab.deploy(restart_command="exit 7", health_check_command="true")
    assert failed.notes[-1] == "No release is live, as before."


def test_where_no_check_is_kept_nobody_claims_to_have_asked(lab: Lab) -> None:
    before = lab.succeed()
    failed = lab.deploy(restart_command="exit 7")
    assert failed.notes[-1] == (
        f"{before.release} was put back. No health check is kept with it, so whether "
        "it answers is not known."
    )
    assert failed.remains.serving == ""
