"""What a look at a server finds, against a real sshd."""

import contextlib
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from deployments.diagnosis.model import PROBES
from deployments.engine import inspection
from deployments.engine.inspection import NAMES, Finding, State, Subject, inspector
from deployments.engine.ssh import greeting
from tests.deployments.engine.lab import wait_until
from tests.deployments.engine.looking import (
    FAILED,
    OK,
    SKIPPED,
    WARNING,
    look,
    only,
    states,
)
from tests.deployments.machine import Machine


@pytest.fixture
def registry() -> Iterator[str]:
    class Refuse(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(401)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Refuse) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_a_server_on_which_all_is_well(subject: Subject, tmp_path: Path) -> None:
    findings = look(subject)
    assert {f.name: f.sentence for f in findings if f.state not in {OK, SKIPPED}} == {}
    assert {f.name for f in findings if f.state is SKIPPED} == {"docker", "registry"}
    assert set(states(findings)) == NAMES
    assert only(findings, "host_key").facts["actual"].startswith("SHA256:")
    assert only(findings, "disk").facts["free_bytes"] > 0
    # The deploy path is not made by looking.
    assert not (tmp_path / "srv").exists()
    assert list(tmp_path.glob(".oec-check*")) == []


def test_a_diagnosis_can_name_every_finding_as_its_probe() -> None:
    assert NAMES <= PROBES


def test_a_path_where_nothing_can_be_made(subject: Subject, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    below = str(tmp_path / "file" / "shop")
    finding = only(look(replace(subject, paths=(below,))), "write_permission")
    assert finding.state is FAILED
    assert finding.facts["path"] == below
    assert "is not a directory" in finding.sentence


def test_a_deploy_path_that_belongs_to_somebody_else(
    subject: Subject, machine: Machine, tmp_path: Path
) -> None:
    place = tmp_path / "srv"
    place.mkdir(mode=0o555)
    if machine.accepts_everything:
        # No permission stops root, so mkdir does what it does for others.
        machine.replace(
            "mkdir", f"echo 'mkdir: {place}: Permission denied' >&2; exit 1"
        )
    finding = only(look(subject), "write_permission")
    assert finding.state is FAILED
    assert "Permission denied" in finding.sentence
    assert f"chown -R {subject.target.username} {place}" in finding.sentence


def test_each_deploy_path_has_findings_of_its_own(
    subject: Subject, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    paths = (str(tmp_path / "file" / "a"), str(tmp_path / "b"))
    findings = look(replace(subject, paths=paths))
    states = [
        (f.facts["path"], f.state) for f in findings if f.name == "write_permission"
    ]
    assert states == [(paths[0], FAILED), (paths[1], OK)]
    assert [f.facts["path"] for f in findings if f.name == "disk"] == list(paths)


def test_a_server_without_environments_has_no_paths_to_look_at(
    subject: Subject,
) -> None:
    findings = look(replace(subject, paths=()))
    assert only(findings, "write_permission").state is SKIPPED
    assert only(findings, "disk").state is SKIPPED
    assert only(findings, "memory").state is OK


@pytest.mark.parametrize(
    ("free_kib", "state"), [(100, FAILED), (500_000, WARNING), (5_000_000, OK)]
)
def test_little_disk_space(
    free_kib: int, state: State, machine: Machine, subject: Subject
) -> None:
    line = f"/dev/vda1 9000000 1 {free_kib} 99% /"
    machine.replace("df", f"echo 'Filesystem blocks Used Free Use On'; echo '{line}'")
    finding = only(look(subject), "disk")
    assert finding.state is state
    assert finding.facts["free_bytes"] == free_kib * 1024


@pytest.mark.parametrize("tool", ["git", "flock", "setsid", "sort"])
def test_a_tool_that_is_missing(tool: str, machine: Machine, subject: Subject) -> None:
    machine.take_away(tool)
    findings = look(subject)
    finding = only(findings, "tools")
    assert finding.state is FAILED
    assert finding.facts["missing"] == tool
    assert only(findings, "write_permission").state is OK


def test_without_df_the_disk_is_not_judged(machine: Machine, subject: Subject) -> None:
    machine.take_away("df", "find")
    findings = look(subject)
    assert only(findings, "tools").facts["missing"] == "find, df"
    assert only(findings, "disk").state is SKIPPED


@pytest.mark.parametrize(
    ("offset", "state"),
    [(0, OK), (-30, WARNING), (30, WARNING), (-3600, FAILED), (3600, FAILED)],
)
def test_a_clock_that_is_wrong(
    offset: int, state: State, machine: Machine, subject: Subject
) -> None:
    machine.replace("date", f"echo $(($(/bin/date +%s) + {offset}))")
    finding = only(look(subject), "clock")
    assert finding.state is state
    assert abs(finding.facts["skew_seconds"] - offset) <= 2
    if offset:
        assert ("behind" if offset < 0 else "ahead of") in finding.sentence


REFUSED = (
    "permission denied while trying to connect to the Docker daemon socket at unix"
)
AWAY = "Cannot connect to the Docker daemon at unix:///var/run/docker.sock."


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("", "is not installed"),
        (f"echo '{REFUSED}' >&2; exit 1", "may not use Docker"),
        (f"echo '{AWAY}' >&2; exit 1", "its daemon does not answer"),
        ("echo 'segmentation fault' >&2; exit 139", "segmentation fault"),
    ],
)
def test_docker_fails_only_where_an_environment_needs_it(
    script: str, word: str, machine: Machine, subject: Subject
) -> None:
    if script:
        machine.replace("docker", script)
    needed = only(look(replace(subject, needs_docker=True)), "docker")
    spare = only(look(subject), "docker")
    assert (needed.state, spare.state) == (FAILED, SKIPPED)
    assert word in needed.sentence
    assert "No environment here needs it" in spare.sentence


def test_docker_answers_with_its_version(machine: Machine, subject: Subject) -> None:
    machine.replace("docker", 'test "$1" = version && echo 27.3.1')
    finding = only(look(replace(subject, needs_docker=True)), "docker")
    assert (finding.state, finding.facts["version"]) == (OK, "27.3.1")


@pytest.mark.parametrize("tools", [(), ("curl",), ("curl", "wget")])
def test_a_registry_is_reached_whatever_it_answers(
    tools: tuple[str, ...], machine: Machine, subject: Subject, registry: str
) -> None:
    """Nobody has signed in to it, so it answers 401."""
    machine.take_away(*tools)
    with socket.create_server(("127.0.0.1", 0)) as closed:
        away = f"127.0.0.1:{closed.getsockname()[1]}"
    findings = look(replace(subject, registries=(registry, away)))
    reached = [f for f in findings if f.name == "registry"]
    assert [f.state for f in reached] == [OK, FAILED]
    assert [f.facts["registry"] for f in reached] == [registry, away]
    assert f"cannot reach {away}: " in reached[1].sentence
    assert reached[1].facts["detail"]


def test_without_any_tool_nobody_can_tell_what_a_server_reaches(
    machine: Machine, subject: Subject
) -> None:
    machine.take_away("curl", "wget", "python3")
    finding = only(look(replace(subject, registries=("127.0.0.1:1",))), "registry")
    assert finding.state is SKIPPED


def test_a_server_that_hangs_is_left_in_time(
    machine: Machine,
    subject: Subject,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    pid = tmp_path / "pid"
    machine.replace("df", f"echo $$ >{pid}; exec sleep 60")
    monkeypatch.setattr(inspector, "SECONDS", 4.0)
    began = time.monotonic()
    findings = look(subject)
    assert time.monotonic() - began < 10
    finding = only(findings, "disk")
    assert finding.state is FAILED
    assert "did not answer within 4 s" in finding.sentence
    assert only(findings, "write_permission").state is OK
    assert only(findings, "memory").state is SKIPPED
    wait_until(pid.exists, "df runs")
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(pid.read_text()), signal.SIGKILL)


@pytest.mark.parametrize(
    ("shell", "words"),
    [
        ("echo 'This account is currently not available.'; exit 1", "not available"),
        ("echo Welcome to the menu", "Welcome to the menu"),
        ("exit 0", "usual shell"),
        ("yes", "it printed: y"),
    ],
)
def test_an_account_without_a_usual_shell(
    shell: str,
    words: str,
    machine: Machine,
    subject: Subject,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(greeting, "SHELL_SECONDS", 1)
    machine.replace("sh", shell)
    findings = look(subject)
    finding = only(findings, "tools")
    assert finding.state is FAILED
    assert finding.facts["code"] == "login_shell_unusable"
    assert words in finding.sentence
    assert only(findings, "memory").state is SKIPPED


def test_what_a_hostile_server_says_is_bounded_and_plain(
    machine: Machine, subject: Subject
) -> None:
    """Fields of any length, control characters, answers that nobody asked for."""
    machine.replace(
        "sh",
        # What begins our shell is said as it was asked for, and then lies follow.
        """w=${2%%; *}; eval "$w";"""
        r"printf 'oec:\ttools\tmissing=a\000b\033[31m%01000d\n' 7;"
        r"printf 'oec:\tdisk\tabout=/etc\tfree=1\noec:\tunheard\noec:\tclock\n';"
        r"printf 'oec:\tfollowing\n'",
    )
    findings = look(subject)
    said = only(findings, "tools").facts["missing"]
    assert len(said) < 400
    assert said.isprintable()
    assert only(findings, "clock").state is WARNING
    assert only(findings, "write_permission").state is FAILED
    assert only(findings, "disk").facts["path"] == subject.paths[0]


def test_a_server_that_prints_the_private_key_does_not_get_it_stored(
    machine: Machine, subject: Subject
) -> None:
    secret = machine.private_key.splitlines()[1]
    machine.replace("docker", f"echo 'key {secret}' >&2; exit 1")
    machine.replace("git", f"echo {secret}")
    assert secret not in str(look(replace(subject, needs_docker=True)))


def test_findings_are_reported_while_the_rest_is_still_looked_at(
    machine: Machine, subject: Subject, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    machine.replace("docker", f"until test -e {gate}; do sleep 0.02; done; echo 27")
    findings: list[Finding] = []
    thread = threading.Thread(
        target=inspection.inspect, args=(subject, findings.append)
    )
    thread.start()
    wait_until(lambda: "memory" in states(list(findings)), "the finding before docker")
    assert "docker" not in states(findings)
    gate.touch()
    thread.join(20)
    assert states(findings)["docker"] is OK


def test_a_current_that_is_no_link_is_seen_before_a_deployment_needs_it(
    subject: Subject,
) -> None:
    (path,) = subject.paths
    Path(path, "current").mkdir(parents=True)
    finding = only(look(subject), "write_permission")
    assert finding.state is FAILED
    assert f"{path}/current" in finding.sentence
    assert "mv current current.old" in finding.sentence
