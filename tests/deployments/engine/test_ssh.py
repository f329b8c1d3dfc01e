"""One connection to a real sshd: commands, floods, and ways to fail."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from paramiko import Transport
from paramiko.common import MSG_CHANNEL_SUCCESS

from deployments.engine import ssh
from deployments.engine.exceptions import CancelRequested, EngineError
from deployments.engine.ssh import Host, Target, connection, generate_key
from deployments.engine.ssh import host as host_module
from deployments.engine.ssh.process import RemoteProcess
from tests.deployments.engine.lab import wait_until
from tests.deployments.sshd import Sshd


@pytest.fixture
def host(sshd: Sshd) -> Iterator[Host]:
    with ssh.connect(sshd.target) as host:
        yield host


@pytest.fixture
def silent_port() -> Iterator[int]:
    """Something that accepts connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_a_command_gets_its_input_and_tells_output_and_exit_code(host: Host) -> None:
    code, output = _run(host, "cat; echo error >&2; exit 3", [b"in\xff", b"", b"put\n"])
    assert (code, sorted(output.splitlines())) == (3, [b"error", b"in\xffput"])


def test_waiting_for_a_name_server_can_be_interrupted(
    sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: answered.wait(20) and [])

    def cancel() -> None:
        raise CancelRequested

    began = time.monotonic()
    with pytest.raises(CancelRequested):
        ssh.connect(sshd.target, tick=cancel)
    assert time.monotonic() - began < 5
    answered.set()


def test_several_commands_run_on_one_connection_at_once(host: Host) -> None:
    held = host.start("cat")
    assert _run(host, "echo second") == (0, b"second\n")
    held.send(b"first\n")
    held.finish_sending()
    wait_until(held.wait, "the first command")
    assert held.receive() == b"first\n"
    assert held.exit_code() == 0


@pytest.mark.parametrize(
    "command",
    [
        "head -c 20000000 /dev/zero >&2",
        "head -c 20000000 /dev/zero",
        "head -c 10000000 /dev/zero >&2 & head -c 10000000 /dev/zero; wait",
    ],
    ids=["stderr", "stdout without a newline", "both"],
)
def test_floods_do_not_hang(host: Host, command: str) -> None:
    code, output = _run(host, command)
    assert (code, len(output)) == (0, 20_000_000)


def test_a_large_input_and_a_large_output_do_not_block_each_other(host: Host) -> None:
    chunk = bytes(1_000_000)
    code, output = _run(host, "cat", [chunk] * 12)
    assert (code, len(output)) == (0, 12_000_000)


def test_a_command_that_does_not_read_its_input_ends(host: Host) -> None:
    code, output = _run(host, "echo enough; exit 4", [bytes(1_000_000)] * 10)
    assert (code, output) == (4, b"enough\n")


def test_a_daemon_that_holds_the_output_does_not_delay_the_result(host: Host) -> None:
    started = time.monotonic()
    code, output = _run(host, "sleep 20 & echo $!; exit 5")
    assert code == 5
    assert time.monotonic() - started < 10
    _run(host, f"kill {output.decode()}")


def test_output_that_comes_together_with_the_end_is_not_lost(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A busy server says nothing for a while, then everything at once."""
    receive = RemoteProcess.receive

    def receive_too_early(process: RemoteProcess) -> bytes | None:
        if process.has_ended:
            return receive(process)
        wait_until(lambda: process.has_ended, "the end")
        return None

    monkeypatch.setattr(RemoteProcess, "receive", receive_too_early)
    assert _run(host, "echo said") == (0, b"said\n")


def test_a_command_that_was_killed_has_no_exit_code(host: Host) -> None:
    assert _run(host, "kill -9 $$") == (None, b"")


def test_a_cut_connection_is_no_result_either(own_sshd: Sshd) -> None:
    with ssh.connect(own_sshd.target) as host:
        cutter = threading.Timer(0.2, own_sshd.cut)
        cutter.start()
        assert _failure_of_run(host, "sleep 20").code == "connection_lost"
        cutter.join()
        assert _failure_of_run(host, "true").code == "connection_lost"


def test_whoever_waits_may_give_up(host: Host) -> None:
    def tick() -> None:
        raise EngineError("step_timeout")

    with pytest.raises(EngineError, match="step_timeout"):
        host.run("sleep 20", receive=lambda _: None, tick=tick)
    assert _run(host, "echo still usable") == (0, b"still usable\n")


def test_a_server_that_never_answers_a_request_is_given_up(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_module, "CHANNEL_SECONDS", 0.3)
    monkeypatch.setitem(
        Transport._channel_handler_table,  # type: ignore[attr-defined]
        MSG_CHANNEL_SUCCESS,
        lambda *_: None,
    )
    assert _failure_of_run(host, "sleep 20").code == "connection_lost"


def test_weak_algorithms_are_not_agreed_on(host: Host) -> None:
    transport: Any = host._transport
    assert transport.agreed_on_strict_kex
    assert "cbc" not in transport.remote_cipher
    assert "sha2" in transport.remote_mac
    assert not set(transport.preferred_macs) & set(connection.WEAK["macs"])


def test_a_refused_connection(sshd: Sshd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    failure = _failure(replace(sshd.target, port=port))
    assert (failure.code, failure.facts["port"]) == ("connect_refused", port)


def test_a_server_without_a_banner_times_out(
    sshd: Sshd, silent_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "HANDSHAKE_SECONDS", 0.3)
    before = threading.active_count()
    failure = _failure(replace(sshd.target, port=silent_port))
    assert failure.code == "connect_timeout"
    wait_until(lambda: threading.active_count() == before, "the thread to end")


def test_a_server_that_hangs_up_at_once_is_a_lost_connection(sshd: Sshd) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        port = server.getsockname()[1]
        assert _failure(replace(sshd.target, port=port)).code == "connection_lost"
        thread.join()


def test_a_connection_cut_before_signing_in_is_a_lost_connection(
    sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut(transport: Transport, *_: object) -> None:
        transport.sock.shutdown(socket.SHUT_RDWR)
        wait_until(lambda: not transport.is_active(), "the end of the connection")

    monkeypatch.setattr(connection, "_verify", cut)
    assert _failure(sshd.target).code == "connection_lost"


def test_waiting_for_a_connection_can_be_interrupted(
    sshd: Sshd, silent_port: int
) -> None:
    def tick() -> None:
        raise EngineError("total_timeout")

    with pytest.raises(EngineError, match="total_timeout"):
        ssh.connect(replace(sshd.target, port=silent_port), tick=tick)


def test_an_unknown_name(sshd: Sshd) -> None:
    failure = _failure(replace(sshd.target, host="nowhere.invalid"))
    assert failure.code == "name_not_resolved"


def test_a_key_that_the_server_does_not_accept(sshd: Sshd) -> None:
    stranger, _ = generate_key()
    before = threading.active_count()
    for _ in range(3):
        failure = _failure(replace(sshd.target, private_key=stranger))
        assert failure.code == "auth_failed"
        assert failure.facts["username"] == sshd.target.username
    wait_until(lambda: threading.active_count() == before, "the threads to end")


@pytest.mark.parametrize("key", ["rubbish", "-----BEGIN OPENSSH PRIVATE KEY-----"])
def test_a_private_key_that_is_none(sshd: Sshd, key: str) -> None:
    failure = _failure(replace(sshd.target, private_key=key))
    assert failure.code == "server_key_invalid"


def test_without_a_stored_key_it_is_that_which_is_said(sshd: Sshd) -> None:
    failure = _failure(replace(sshd.target, private_key=""))
    assert failure.code == "ssh_key_missing"
    assert "detail" not in failure.facts


def test_another_host_key_is_refused_before_anything_is_sent(own_sshd: Sshd) -> None:
    pinned = own_sshd.target
    own_sshd.stop()
    actual = own_sshd.change_host_key()
    own_sshd.start()

    failure = _failure(pinned)

    assert failure.code == "host_key_mismatch"
    assert failure.facts["expected"] == ssh.fingerprint(pinned.host_key)
    assert failure.facts["actual"] == ssh.fingerprint(actual)


@pytest.mark.parametrize("host_key", ["", "ssh-ed25519", "ssh-ed25519 not-base64!"])
def test_a_host_key_that_nobody_accepted(sshd: Sshd, host_key: str) -> None:
    failure = _failure(replace(sshd.target, host_key=host_key))
    assert failure.code == "host_key_unknown"


def test_the_key_of_a_server_can_be_read_before_it_is_accepted(sshd: Sshd) -> None:
    scanned = ssh.scan_host_key("127.0.0.1", sshd.port)
    assert scanned == sshd.host_key.strip()
    assert ssh.fingerprint(scanned).startswith("SHA256:")


def test_the_private_key_does_not_show_in_a_printed_target(sshd: Sshd) -> None:
    assert "PRIVATE" not in repr(sshd.target)


def _run(
    host: Host, command: str, send: list[bytes] | None = None
) -> tuple[int | None, bytes]:
    output = bytearray()
    code = host.run(command, send=send or [], receive=output.extend, tick=lambda: None)
    return code, bytes(output)


def _failure(target: Target) -> EngineError:
    with pytest.raises(EngineError) as caught:
        ssh.connect(target)
    return caught.value


def _failure_of_run(host: Host, command: str) -> EngineError:
    with pytest.raises(EngineError) as caught:
        _run(host, command)
    return caught.value


@pytest.mark.parametrize(
    ("option", "kind"),
    [
        ("Ciphers chacha20-poly1305@openssh.com", "cipher"),
        ("KexAlgorithms sntrup761x25519-sha512@openssh.com", "key exchange"),
        ("MACs umac-64@openssh.com\nCiphers aes128-ctr", "MAC"),
    ],
)
def test_no_common_algorithm_is_told_with_both_lists(
    own_sshd: Sshd, option: str, kind: str
) -> None:
    own_sshd.configure(option)
    with pytest.raises(EngineError) as failure:
        ssh.connect(own_sshd.target)
    facts = failure.value.facts
    assert failure.value.code == "ssh_algorithms"
    assert facts["detail"] == f"no {kind}"
    assert option.split()[1] in facts["actual"]
    assert facts["expected"]


def test_a_refused_session_is_no_lost_connection(own_sshd: Sshd) -> None:
    own_sshd.configure("MaxSessions 1")
    with ssh.connect(own_sshd.target) as host:
        held = host.start("cat")
        with pytest.raises(EngineError) as failure:
            host.start("true")
        held.close()
    assert failure.value.code == "ssh_channel_refused"
