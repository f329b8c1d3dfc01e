"""The yardstick: the ``ssh`` of the operating system, to the same server."""

import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from deployments.engine.ssh import Target

#: The key exchange that paramiko uses; OpenSSH's default one is costlier and safe
#: against quantum computers.
CURVE25519 = "-oKexAlgorithms=curve25519-sha256"

CONNECT_SECONDS = 15


class PlainSsh:
    """Signs in with the same key and pins the same host key as OEC does."""

    def __init__(self, folder: Path, target: Target) -> None:
        self._target = target
        self._key = folder / "key"
        self._key.touch(mode=0o600)
        self._key.write_text(target.private_key)
        self._known_hosts = folder / "known_hosts"
        self._known_hosts.write_text(
            f"[{target.host}]:{target.port} {target.host_key}\n"
        )
        self._socket = folder / "master"

    def run(
        self,
        command: str,
        *options: str,
        script: str = "",
        output: int | IO[bytes] = subprocess.DEVNULL,
    ) -> float:
        """Seconds from the start of ``ssh`` to its end, which must be a good one."""
        begun = time.perf_counter()
        subprocess.run(
            self.arguments(command, *options),
            input=script.encode(),
            stdout=output,
            check=True,
        )
        return time.perf_counter() - begun

    def first_line(self, command: str, *options: str) -> float:
        """Seconds from the start of ``ssh`` to the first line of what it prints."""
        begun = time.perf_counter()
        with subprocess.Popen(
            self.arguments(command, *options),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline()
            return time.perf_counter() - begun

    @contextmanager
    def connected(self) -> Iterator[str]:
        """Keep a connection open; yields the option that makes ``run`` use it."""
        control = f"-oControlPath={self._socket}"
        command = self.arguments("", control, "-N", "-oControlMaster=yes")
        with subprocess.Popen(command, stdin=subprocess.DEVNULL):
            try:
                self._wait_for_socket()
                yield control
            finally:
                # By its own request, because it can miss a signal and wait for ever.
                subprocess.run(self.arguments("", control, "-q", "-Oexit"), check=True)

    def arguments(self, command: str, *options: str) -> list[str]:
        target = self._target
        return [
            *("ssh", "-F", "/dev/null", "-p", str(target.port)),
            *("-oBatchMode=yes", "-oIdentitiesOnly=yes", f"-oIdentityFile={self._key}"),
            *(
                "-oStrictHostKeyChecking=yes",
                f"-oUserKnownHostsFile={self._known_hosts}",
            ),
            *options,
            f"{target.username}@{target.host}",
            *([command] if command else []),
        ]

    def _wait_for_socket(self) -> None:
        deadline = time.monotonic() + CONNECT_SECONDS
        while not self._socket.exists():
            assert time.monotonic() < deadline, "ssh does not connect"
            time.sleep(0.01)
