"""The bundled sandbox server, dressed as the private sshd of these tests."""

import os
from pathlib import Path

from deployments.engine.ssh import Target, generate_key
from deployments.management.sandbox import SandboxServer


class Sandbox:
    """Offers what ``Sshd`` offers as far as a deployment needs it."""

    def __init__(self, directory: Path) -> None:
        directory.mkdir()
        self.private_key, authorized = generate_key()
        private_host_key, self.host_key = generate_key()
        host_key_file = directory / "host_key"
        host_key_file.touch(mode=0o600)
        host_key_file.write_text(private_host_key)
        authorized_file = directory / "authorized_key"
        authorized_file.write_text(authorized + os.linesep)
        self._server = SandboxServer(directory / "root", host_key_file, authorized_file)

    @property
    def target(self) -> Target:
        return Target(
            host="127.0.0.1",
            port=self._server.port,
            username="alice",
            private_key=self.private_key,
            host_key=self.host_key,
        )

    def start(self) -> None:
        self._server.start()

    def stop(self) -> None:
        self._server.stop()
