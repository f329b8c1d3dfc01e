"""The demo as a newcomer meets it: seeded by real runs, started, retried, ended."""

import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from pytest_django import Settings

from deployments import services
from deployments.management.demo import history, seeding
from deployments.management.demo.folder import DemoFolder
from deployments.models import Deployment, Status
from projects.models import Server, User
from tests.factories import make_organization, make_user
from tests.ports import free_port
from tests.processes import environment, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(sys.platform != "linux", reason="the sandbox needs Linux"),
]

MANAGE = Path(__file__).resolve().parents[3] / "manage.py"


@pytest.fixture(autouse=True)
def folder(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The demo's folder within the data folder of the tests."""
    settings.PORT = free_port()
    settings.DEMO_PASSWORD = ""
    monkeypatch.setattr(seeding, "SSH_PORT", free_port())
    folder = DemoFolder.of_this_console().path
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def no_history(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(history, "CHAPTERS", ())


def seed() -> str:
    output = StringIO()
    call_command("seed_demo", stdout=output)
    return output.getvalue()


def password_in(text: str) -> str:
    match = re.search(r"password of all four: (\S+)", text)
    assert match
    return match[1]


def read(url: str) -> str:
    with urllib.request.urlopen(url, timeout=5) as answer:
        return str(answer.read().decode())


def is_listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_history_ends_with_a_failure_because_the_server_was_down() -> None:
    output = seed()
    first, second, third = Deployment.objects.order_by("version")
    assert [first.status, second.status, third.status] == ["success"] * 2 + ["failed"]
    assert third.environment == first.environment
    assert third.error_code == "connect_refused"
    assert first.events.filter(kind="log", text__contains="rendered").exists()
    assert str(third.pk) in output


def test_everybody_of_the_cast_signs_in_with_the_printed_password(
    no_history: None,
) -> None:
    password = password_in(seed())
    for username in ("alice", "bob", "charlie", "dora"):
        assert Client().login(username=username, password=password)


def test_seeding_again_keeps_people_rows_and_passwords(no_history: None) -> None:
    password = password_in(seed())
    server = Server.objects.get()
    assert password_in(seed()) == "unchanged"
    assert User.objects.count() == 4
    assert Server.objects.get().host_key == server.host_key
    assert Client().login(username="alice", password=password)


def test_a_password_of_ones_own_replaces_the_one_before(
    no_history: None, settings: Settings
) -> None:
    seed()
    settings.DEMO_PASSWORD = "my own password"
    seed()
    assert Client().login(username="dora", password="my own password")


def test_the_password_is_stored_nowhere_in_clear(
    no_history: None, folder: Path
) -> None:
    password = password_in(seed()).encode()
    files = [path for path in folder.parent.rglob("*") if path.is_file()]
    assert files
    assert not any(password in path.read_bytes() for path in files)


def test_a_console_that_is_in_use_is_left_alone(no_history: None) -> None:
    make_organization(make_user("erin"))
    with pytest.raises(CommandError, match="in use"):
        seed()
    assert not User.objects.filter(username="dora").exists()


def test_a_folder_that_no_deploy_path_may_name_is_refused(
    no_history: None, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path / "with a space"
    with pytest.raises(CommandError, match="OEC_DATA_DIR"):
        seed()


def test_without_local_repositories_the_demo_says_how_to_start_it(
    no_history: None, settings: Settings
) -> None:
    settings.ALLOW_LOCAL_GIT = False
    with pytest.raises(CommandError, match="make demo"):
        seed()


@pytest.fixture
def console(settings: Settings, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """``manage.py up`` on the seeded demo."""
    seed()
    log = tmp_path / "up.log"
    with log.open("wb") as output:
        up = subprocess.Popen(
            [sys.executable, MANAGE, "up"],
            env=environment({"OEC_PORT": str(settings.PORT)}),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    yield up
    if up.poll() is None:
        up.terminate()
        up.wait(30)
    sys.stdout.write(log.read_text())


def test_one_retry_puts_the_failed_version_live_and_ctrl_c_ends_everything(
    console: "subprocess.Popen[bytes]", settings: Settings
) -> None:
    failed = Deployment.objects.with_details().get(status=Status.FAILED)
    site = failed.environment.health_check_url
    port = failed.environment.variables.get(name="PORT").value
    wait_until(lambda: is_listening(settings.PORT), seconds=30, what="web answers")
    wait_until(lambda: is_listening(int(port)), what="the old version is up again")
    assert read(site).startswith("ok v1 ")

    alice = User.objects.get(username="alice")
    retried = services.retry(failed, by=alice, reason="The server is up again")
    wait_until(
        lambda: Deployment.objects.get(pk=retried.pk).is_terminal,
        seconds=60,
        what="the retry ends",
    )
    retried = Deployment.objects.with_details().get(pk=retried.pk)
    assert retried.status == Status.SUCCESS, retried.error_message
    assert read(site) == f"ok v4 {failed.release.short_commit}\n"

    console.send_signal(signal.SIGINT)
    assert console.wait(40) == 0
    left = [settings.PORT, int(port), failed.server.port]
    assert not any(map(is_listening, left))
