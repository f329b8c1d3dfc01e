"""The sandbox server against paramiko's client and OpenSSH's."""

import os
import shutil
import socket
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import paramiko
import pytest

from deployments.management.sandbox import SandboxServer
from tests.sandbox import (
    DEADLINE_SECONDS,
    Result,
    connect,
    eventually,
    execute,
    make_keys,
)

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    return make_keys(tmp_path / "keys")


@pytest.fixture
def server(keys: Path, tmp_path: Path) -> Iterator[SandboxServer]:
    with SandboxServer(tmp_path / "home", keys / "host", keys / "client.pub") as it:
        yield it


@pytest.fixture
def client(server: SandboxServer, keys: Path) -> Iterator[paramiko.SSHClient]:
    with connect(server.port, keys / "client") as client:
        yield client


def test_output_errors_and_exit_status_arrive_apart(
    client: paramiko.SSHClient,
) -> None:
    result = execute(client, "echo out; echo err >&2; exit 7")
    assert result == Result(7, b"out\n", b"err\n")


def test_a_command_starts_in_the_root_which_is_its_home(
    client: paramiko.SSHClient, server: SandboxServer
) -> None:
    result = execute(client, 'pwd; echo "$HOME"')
    assert result.stdout.decode().split() == [str(server.root)] * 2


def test_a_command_does_not_see_the_environment_of_the_server(
    client: paramiko.SSHClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OEC_SECRET_KEY", "not-for-the-target")
    assert b"not-for-the-target" not in execute(client, "env").stdout


def test_environment_variables_of_the_client_are_dropped(
    client: paramiko.SSHClient,
) -> None:
    _, stdout, _ = client.exec_command("echo [$LC_ALL]", environment={"LC_ALL": "C"})
    assert stdout.read() == b"[]\n"


def test_python3_exists_for_commands(client: paramiko.SSHClient) -> None:
    assert execute(client, "python3 -c 'print(6 * 7)'").stdout == b"42\n"


def test_standard_input_streams_and_ends(client: paramiko.SSHClient) -> None:
    sent = os.urandom(3_000_000)
    result = execute(client, "sha256sum", sent)
    with_own_shell = subprocess.run(["sha256sum"], input=sent, capture_output=True)
    assert result.stdout == with_own_shell.stdout


def test_input_that_nobody_reads_does_not_block_the_client(
    client: paramiko.SSHClient,
) -> None:
    pipe, stdout, _ = client.exec_command(
        "mkfifo gate; exec 0<&-; cat gate", timeout=DEADLINE_SECONDS
    )
    pipe.write(b"x" * 5_000_000)
    execute(client, "until test -p gate; do :; done; echo open > gate")
    assert stdout.read() == b"open\n"


def test_megabytes_on_both_streams_arrive_complete(
    client: paramiko.SSHClient,
) -> None:
    half = "head -c 4000000 /dev/zero"
    result = execute(client, f"{half}; {half} >&2")
    assert (len(result.stdout), len(result.stderr)) == (4_000_000, 4_000_000)


def test_death_by_a_signal_has_no_exit_status(client: paramiko.SSHClient) -> None:
    assert execute(client, "kill -9 $$").exit_status == -1


def test_the_exit_status_comes_before_the_end_of_a_child_that_holds_the_output(
    client: paramiko.SSHClient,
) -> None:
    _, stdout, _ = client.exec_command(
        "mkfifo gate; (cat gate; echo end) & exit 3", timeout=DEADLINE_SECONDS
    )
    assert stdout.channel.status_event.wait(DEADLINE_SECONDS)
    assert stdout.channel.exit_status == 3
    assert not stdout.channel.closed
    execute(client, "echo open > gate")
    assert stdout.read() == b"open\nend\n"


def test_commands_of_one_connection_run_side_by_side(
    client: paramiko.SSHClient,
) -> None:
    """Each of the two waits for the other, so one after the other would hang."""
    execute(client, "mkfifo ping pong")
    with ThreadPoolExecutor() as pool:
        first = pool.submit(execute, client, "echo 1 > ping; cat pong")
        second = pool.submit(execute, client, "cat ping; echo 2 > pong")
    assert (first.result().stdout, second.result().stdout) == (b"2\n", b"1\n")


def test_a_hundred_short_commands_of_one_connection_all_answer(
    client: paramiko.SSHClient,
) -> None:
    with ThreadPoolExecutor(8) as pool:
        results = pool.map(lambda n: execute(client, f"exit {n}"), range(100))
    assert [result.exit_status for result in results] == list(range(100))


def test_many_connections_are_served_at_once(server: SandboxServer, keys: Path) -> None:
    together = threading.Barrier(12)

    def visit(number: int) -> bytes:
        with connect(server.port, keys / "client") as client:
            together.wait(DEADLINE_SECONDS)
            return execute(client, f"echo {number}").stdout

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(visit, range(12)))
    assert answers == [f"{number}\n".encode() for number in range(12)]


def test_a_silent_command_survives_its_client(
    server: SandboxServer, keys: Path
) -> None:
    os.mkfifo(server.root / "gate")
    with connect(server.port, keys / "client") as client:
        client.exec_command("echo $$ > pid; read line < gate; echo alive > proof")
        pid = server.root / "pid"
        assert eventually(lambda: pid.exists() and pid.read_text().endswith("\n"))
    (server.root / "gate").write_text("go\n")
    assert eventually((server.root / "proof").exists)


def test_a_command_that_writes_dies_with_its_client(
    server: SandboxServer, keys: Path
) -> None:
    with connect(server.port, keys / "client") as client:
        _, stdout, _ = client.exec_command("echo $$; exec yes", timeout=5)
        pid = int(stdout.readline())
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())


def test_a_command_loses_its_input_when_its_client_goes(
    server: SandboxServer, keys: Path
) -> None:
    with connect(server.port, keys / "client") as client:
        client.exec_command("echo > ready; cat; echo > ended")
        assert eventually((server.root / "ready").exists)
    assert eventually((server.root / "ended").exists)


def test_another_key_is_refused(server: SandboxServer, keys: Path) -> None:
    with pytest.raises(paramiko.AuthenticationException):
        connect(server.port, keys / "stranger")


def test_only_public_keys_are_offered(server: SandboxServer, keys: Path) -> None:
    with (
        socket.create_connection(("127.0.0.1", server.port)) as connection,
        paramiko.Transport(connection) as transport,
    ):
        transport.start_client(timeout=DEADLINE_SECONDS)
        with pytest.raises(paramiko.BadAuthenticationType) as refusal:
            transport.auth_password("alice", "secret")
        assert refusal.value.allowed_types == ["publickey"]


@pytest.mark.parametrize(
    "ask",
    [
        lambda transport: transport.open_session().invoke_shell(),
        lambda transport: transport.open_session().get_pty(),
        lambda transport: transport.open_session().invoke_subsystem("sftp"),
        lambda transport: transport.request_port_forward("127.0.0.1", 0),
        lambda transport: transport.open_channel(
            "direct-tcpip", ("127.0.0.1", 22), ("127.0.0.1", 1)
        ),
    ],
    ids=["shell", "terminal", "sftp", "remote forward", "local forward"],
)
def test_nothing_but_exec_is_granted(
    client: paramiko.SSHClient, ask: Callable[[paramiko.Transport], object]
) -> None:
    transport = client.get_transport()
    assert transport is not None
    with pytest.raises(paramiko.SSHException):
        ask(transport)


def test_it_listens_on_the_loopback_interface_only(server: SandboxServer) -> None:
    assert server._listener.getsockname()[0] == "127.0.0.1"


def test_stopping_closes_connections_and_the_port(
    server: SandboxServer, client: paramiko.SSHClient
) -> None:
    server.stop()
    transport = client.get_transport()
    assert transport is not None
    assert eventually(lambda: not transport.is_active())
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", server.port))


def test_a_command_that_cannot_start_says_so(client: paramiko.SSHClient) -> None:
    result = execute(client, "echo \0 nothing")
    assert result.exit_status == 126
    assert b"cannot run this command" in result.stderr


@pytest.mark.skipif(shutil.which("ssh") is None, reason="needs OpenSSH's client")
def test_openssh_client_runs_a_command(
    server: SandboxServer, keys: Path, tmp_path: Path
) -> None:
    known_hosts = tmp_path / "known_hosts"
    host_key = (keys / "host.pub").read_text()
    known_hosts.write_text(f"[127.0.0.1]:{server.port} {host_key}\n")
    sent = os.urandom(500_000)
    finished = subprocess.run(
        [
            "ssh",
            *("-F", "none", "-i", str(keys / "client"), "-p", str(server.port)),
            *("-o", f"UserKnownHostsFile={known_hosts}"),
            *("-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes"),
            "alice@127.0.0.1",
            "cat; echo err >&2; exit 5",
        ],
        input=sent,
        capture_output=True,
        timeout=DEADLINE_SECONDS,
    )
    assert finished.returncode == 5
    assert finished.stdout == sent
    assert finished.stderr == b"err\n"
