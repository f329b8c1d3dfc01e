"""The sandbox as a machine: what runs on it starts and ends with it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox import DEADLINE_SECONDS, connect, eventually, execute, make_keys

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="the machine needs Linux"),
    pytest.mark.timeout(60),
]

SWITCH_ON = """
import logging, sys
from pathlib import Path
from deployments.management import sandbox
logging.basicConfig(level=logging.INFO)
logging.getLogger("paramiko").setLevel(logging.CRITICAL)
root, keys, port = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
server = sandbox.SandboxServer(root, keys / "host", keys / "client.pub", port)
sys.exit(sandbox.run(server))
"""


class Machine:
    """A sandbox machine in a process of its own."""

    def __init__(self, root: Path, keys: Path) -> None:
        self.root = root
        self.keys = keys
        self._log = keys / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SWITCH_ON, root, keys, "0"], stderr=log
            )
        assert eventually(lambda: self.port), self._log.read_text()

    @property
    def port(self) -> int:
        """The port that it chose; 0 while it does not listen."""
        match = re.search(r"listening on 127\.0\.0\.1:(\d+)", self._log.read_text())
        return int(match[1]) if match else 0

    @property
    def ssh(self) -> str:
        """The process that serves SSH: the first child of the machine."""
        pid = self.process.pid
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0]

    def run(self, command: str) -> str:
        with connect(self.port, self.keys / "client") as client:
            return execute(client, command).stdout.decode().strip()

    def switch_off(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS)


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "home", make_keys(tmp_path / "keys"))
    yield machine
    machine.switch_off()


def is_alive(pid: str) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


DAEMON = "setsid sleep 600 < /dev/null > /dev/null 2>&1 & echo $!"
STUBBORN = (
    "(trap '' TERM; setsid sh -c 'echo $$ > pid; while :; do sleep 1; done')"
    " < /dev/null > /dev/null 2>&1 & until test -s pid; do :; done; cat pid"
)


def test_a_background_process_outlives_its_connection(machine: Machine) -> None:
    assert is_alive(machine.run(DAEMON))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_switching_off_ends_background_processes(
    machine: Machine, number: signal.Signals
) -> None:
    pid, ssh = machine.run(DAEMON), machine.ssh
    assert machine.switch_off(number) == 0
    assert not is_alive(pid)
    assert not is_alive(ssh)


def test_switching_off_ends_what_ignores_the_polite_signal(machine: Machine) -> None:
    pid = machine.run(STUBBORN)
    machine.switch_off()
    assert not is_alive(pid)


def test_ended_orphans_leave_no_zombie(machine: Machine) -> None:
    pid = machine.run(DAEMON)
    os.kill(int(pid), signal.SIGKILL)
    assert eventually(lambda: not Path(f"/proc/{pid}").exists())


def test_boot_scripts_start_with_the_machine(machine: Machine) -> None:
    machine.run("mkdir .boot; echo 'echo $HOME > booted; sleep 600' > .boot/site.sh")
    machine.switch_off()
    again = Machine(machine.root, machine.keys)
    booted = machine.root / "booted"
    assert eventually(lambda: booted.exists() and booted.read_text() != "")
    assert booted.read_text().strip() == str(machine.root)
    assert again.switch_off() == 0


def test_commands_can_be_ended_by_the_polite_signal(machine: Machine) -> None:
    """A blocked SIGTERM is inherited, which would make every command immortal."""
    assert machine.run("sleep 600 & kill $!; wait $!; echo $?") == str(128 + 15)


def test_the_ssh_server_does_not_outlive_a_killed_machine(machine: Machine) -> None:
    ssh = machine.ssh
    machine.switch_off(signal.SIGKILL)
    assert eventually(lambda: not is_alive(ssh))


def test_a_taken_port_ends_the_machine_with_a_sentence(machine: Machine) -> None:
    command = [sys.executable, "-c", SWITCH_ON, str(machine.root), str(machine.keys)]
    second = subprocess.run(
        [*command, str(machine.port)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    assert second.returncode == 1
    assert f"cannot listen on port {machine.port}" in second.stderr
