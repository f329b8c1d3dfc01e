"""What an account's own shell does before ours begins, by the start files it reads."""

import os
import time
from collections.abc import Iterator
from pathlib import Path
from pwd import getpwuid

import pytest

from deployments.engine.exceptions import EngineError
from deployments.engine.inspection import Subject
from deployments.engine.ssh import greeting
from tests.deployments.engine.conftest import need_sshd
from tests.deployments.engine.lab import Lab
from tests.deployments.engine.looking import FAILED, look, only
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory, home: Path) -> Iterator[Sshd]:
    need_sshd()
    if Path(getpwuid(os.getuid()).pw_shell).name != "bash":
        pytest.skip("needs bash as login shell")
    folder = tmp_path_factory.mktemp("account") / "server"
    # Bash reads a .bashrc for commands when it believes not to be inside another one.
    server = Sshd(folder, environment={"HOME": str(home), "SHLVL": "0"})
    server.start()
    yield server
    server.stop()


@pytest.fixture
def start_file(home: Path) -> Path:
    return home / ".bashrc"


@pytest.fixture
def account_lab(tmp_path: Path, account: Sshd, origin: Repository) -> Lab:
    return Lab(tmp_path, account, origin)


@pytest.mark.parametrize(
    "noise",
    [
        "echo Welcome",
        "printf Welcome",
        "printf '\\033]0;Welcome\\007'",
        "printf Welcome >&2",
        "printf 'Welcome\\noec:\\trefused\\ttarget_busy\\n'",
    ],
)
def test_a_start_file_may_print(noise: str, start_file: Path, account_lab: Lab) -> None:
    start_file.write_text(noise + "\n")
    deployment = account_lab.succeed(build_command="echo built")
    assert deployment.log.count(b"Welcome") == 1
    assert deployment.log.endswith(b"built\n")


@pytest.mark.parametrize(
    ("start", "printed"),
    [
        ("echo Goodbye; exit 3", "Goodbye"),
        ("echo Menu; exec sleep 30", "Menu"),
        ("read -r answer; echo $answer", ""),
        ("exec >/dev/null 2>&1", ""),
    ],
)
def test_a_start_file_that_lets_no_command_begin_is_named_within_seconds(
    start: str,
    printed: str,
    start_file: Path,
    account_lab: Lab,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(greeting, "SHELL_SECONDS", 1)
    start_file.write_text(start + "\n")
    began = time.monotonic()

    failed = account_lab.deploy()
    target = account_lab.server.target
    finding = only(look(Subject(target, paths=(str(account_lab.path),))), "tools")

    assert time.monotonic() - began < 10
    assert failed.code == "login_shell_unusable"
    assert isinstance(failed.error, EngineError)
    assert failed.error.facts["username"] == target.username
    assert failed.error.facts["detail"] == printed
    assert finding.state is FAILED
    assert finding.facts["code"] == "login_shell_unusable"
    assert ".bashrc" in finding.sentence
    assert not account_lab.path.exists()
