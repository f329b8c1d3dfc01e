"""What a look finds between OEC and a server, up to the sign-in."""

import socket
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from deployments.engine import ssh
from deployments.engine.exceptions import EngineError
from deployments.engine.inspection import NAMES, Subject, inspector
from deployments.engine.ssh import connection as ssh_connection
from deployments.engine.ssh import generate_key
from tests.deployments.engine.looking import FAILED, OK, SKIPPED, look, only, states
from tests.deployments.machine import Machine


def test_the_key_of_another_account_is_refused(subject: Subject) -> None:
    stranger = replace(subject.target, private_key=generate_key()[0])
    findings = look(replace(subject, target=stranger))
    refused = only(findings, "authentication")
    assert refused.state is FAILED
    assert refused.facts["code"] == "auth_failed"
    assert "authorized_keys" in refused.sentence
    assert [f.state for f in findings[:3]] == [OK] * 3
    assert {f.state for f in findings[4:]} == {SKIPPED}
    assert set(states(findings)) == NAMES


def test_a_missing_private_key_is_said_at_the_authentication(subject: Subject) -> None:
    keyless = replace(subject, target=replace(subject.target, private_key=""))
    findings = look(keyless)
    missing = only(findings, "authentication")
    assert missing.facts["code"] == "ssh_key_missing"
    assert "Store one, or let the console make one" in missing.sentence
    assert "http" not in missing.sentence
    assert only(findings, "host_key").state is OK


def test_a_server_that_allows_one_session_only_cannot_be_deployed_to(
    machine: Machine, subject: Subject
) -> None:
    machine.configure("MaxSessions 1")
    findings = look(subject)
    refused = only(findings, "tools")
    assert (refused.state, refused.facts["code"]) == (FAILED, "ssh_channel_refused")
    assert "MaxSessions" in refused.sentence
    assert only(findings, "authentication").state is OK
    assert {finding.state for finding in findings[5:]} == {SKIPPED}


def test_a_changed_host_key_is_told_with_both_and_no_credential_is_sent(
    machine: Machine, subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts: list[object] = []
    monkeypatch.setattr(
        ssh_connection, "_authenticate", lambda *args: attempts.append(args)
    )
    machine.stop()
    fingerprint = ssh.fingerprint(machine.change_host_key())
    machine.start()

    findings = look(subject)

    changed = only(findings, "host_key")
    assert changed.state is FAILED
    accepted = ssh.fingerprint(subject.target.host_key)
    assert (changed.facts["expected"], changed.facts["actual"]) == (
        accepted,
        fingerprint,
    )
    assert accepted in changed.sentence
    assert fingerprint in changed.sentence
    assert attempts == []
    assert only(findings, "authentication").state is SKIPPED


def test_a_host_key_that_nobody_accepted_is_shown(subject: Subject) -> None:
    unknown = replace(subject, target=replace(subject.target, host_key=""))
    finding = only(look(unknown), "host_key")
    assert finding.state is FAILED
    assert ssh.fingerprint(subject.target.host_key) in finding.sentence


def test_the_kind_of_key_that_is_pinned_is_asked_for(
    machine: Machine, tmp_path: Path
) -> None:
    """A server has several, and another one of them is no other server."""
    rsa = tmp_path / "rsa"
    command = ["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(rsa)]
    subprocess.run(command, check=True)
    machine.stop()
    machine.more_host_keys.append(rsa)
    machine.start()
    line = " ".join(rsa.with_suffix(".pub").read_text().split()[:2])
    target = replace(machine.target, host_key=line)
    assert only(look(Subject(target)), "host_key").state is OK
    assert ssh.scan_host_key("127.0.0.1", machine.port, like=line) == line


def test_a_closed_port(machine: Machine, subject: Subject) -> None:
    machine.stop()
    findings = look(subject)
    assert only(findings, "connection").facts["code"] == "connect_refused"
    assert [f.state for f in findings][:3] == [OK, FAILED, SKIPPED]
    assert set(states(findings)) == NAMES


def test_a_name_that_does_not_exist(subject: Subject) -> None:
    target = replace(subject.target, host="no-such-host.invalid")
    findings = look(replace(subject, target=target))
    assert only(findings, "name_resolution").facts["code"] == "name_not_resolved"
    assert {f.state for f in findings[1:]} == {SKIPPED}


def test_a_name_server_that_does_not_answer_is_not_waited_for(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    was_asked, answered = threading.Event(), threading.Event()

    def hang(*_: object, **__: object) -> list[object]:
        was_asked.set()
        answered.wait(20)
        return []

    monkeypatch.setattr(inspector, "NAME_SECONDS", 0.3)
    monkeypatch.setattr(socket, "getaddrinfo", hang)
    began = time.monotonic()
    finding = only(look(subject), "name_resolution")
    answered.set()
    assert was_asked.is_set()
    assert finding.state is FAILED
    assert "no name server answered" in finding.facts["detail"]
    assert time.monotonic() - began < 5


def test_a_server_that_accepts_and_says_nothing(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ssh_connection, "HANDSHAKE_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        target = replace(subject.target, port=port)
        findings = look(replace(subject, target=target))
    assert only(findings, "connection").facts["code"] == "connect_timeout"


def test_an_engine_failure_keeps_its_code() -> None:
    with pytest.raises(EngineError) as failure:
        ssh.resolve("no-such-host.invalid", 22, seconds=5)
    assert failure.value.code == "name_not_resolved"
