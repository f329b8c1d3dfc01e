"""A private OpenSSH server on the loopback interface, run as the current user."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from deployments.engine.ssh import Target, generate_key
from tests.ports import free_port

SSHD = shutil.which("sshd", path="/usr/sbin:/usr/local/sbin:/usr/bin")
START_SECONDS = 15.0


class Sshd:
    """Serves from ``start`` to ``stop``; started again, it has the same port and keys.

    Commands run for real, below the home directory of whoever runs the tests, with
    ``environment`` beside what they have anyway.
    """

    def __init__(
        self, directory: Path, *, environment: Mapping[str, str] | None = None
    ) -> None:
        directory.mkdir()
        self.directory = directory
        self.environment = dict(environment or {})
        self.port = free_port()
        self.private_key, public_key = generate_key()
        (directory / "authorized_keys").write_text(public_key + "\n")
        self.host_key = self.change_host_key()
        self._more = ""
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def target(self) -> Target:
        return Target(
            host="127.0.0.1",
            port=self.port,
            username=getpass.getuser(),
            private_key=self.private_key,
            host_key=self.host_key,
        )

    def change_host_key(self) -> str:
        """Make a new one; the server shows it after its next start."""
        private, public = generate_key()
        file = self.directory / "host_key"
        file.touch(mode=0o600)
        file.write_text(private)
        return public

    def start(self) -> None:
        assert SSHD is not None, "install openssh-server"
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        (self.directory / "sshd_config").write_text(self._configuration())
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [SSHD, "-D", "-e", "-f", self.directory / "sshd_config"],
                stdin=subprocess.DEVNULL,
                stderr=log,
            )
        self._wait_until_it_listens()

    def configure(self, more: str) -> None:
        """Start again with ``more`` lines of sshd_config, which come first."""
        self._more = f"{more}\n"
        self.stop()
        self.start()

    def stop(self) -> None:
        """Stop listening and cut every connection."""
        if self._process is not None:
            sessions = self.sessions()
            self._process.terminate()
            self._process.wait(START_SECONDS)
            self._process = None
            _kill(sessions)

    def cut(self) -> None:
        """Cut the open connections; what runs behind them is left alone."""
        _kill(self.sessions())

    def sessions(self) -> list[int]:
        """The processes that serve open connections."""
        assert self._process is not None
        processes, parents = [], {self._process.pid}
        for pid, parent, name in sorted(_processes()):
            if parent in parents and name.startswith("sshd"):
                parents.add(pid)
                processes.append(pid)
        return processes

    def _configuration(self) -> str:
        lines = {
            "ListenAddress": f"127.0.0.1:{self.port}",
            "HostKey": self.directory / "host_key",
            "AuthorizedKeysFile": self.directory / "authorized_keys",
            "PidFile": "none",
            "StrictModes": "no",
            "UsePAM": "no",
            "PasswordAuthentication": "no",
            "KbdInteractiveAuthentication": "no",
            "PermitRootLogin": "prohibit-password",
            "MaxStartups": "200",
            "MaxSessions": "20",
            "LogLevel": "ERROR",
            # Bash reads nobody's .bashrc when it believes to be inside another shell.
            "SetEnv": " ".join(
                f"{name}={value}"
                for name, value in {"SHLVL": "1", **self.environment}.items()
            ),
        }
        own = "".join(f"{name} {value}\n" for name, value in lines.items())
        return self._more + own

    def _wait_until_it_listens(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            assert self._process is not None
            assert self._process.poll() is None, (self.directory / "log").read_text()
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline, "sshd does not listen"
                time.sleep(0.02)
            else:
                return


def _kill(pids: list[int]) -> None:
    for pid in pids:
        try:
            os.kill(pid, signal.SIGKILL)
        except ProcessLookupError:
            continue


def _processes() -> list[tuple[int, int, str]]:
    """Number, parent and name of every process."""
    processes = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text()
        except OSError:
            continue
        name, _, rest = text.partition("(")[2].rpartition(")")
        processes.append((int(stat.parent.name), int(rest.split()[1]), name))
    return processes
