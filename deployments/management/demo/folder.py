"""Where the demo lies: below one folder, so that removing that folder removes it."""

import sys
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

PROJECT = "bakery"


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Names of files and of the command that serves them."""

    path: Path

    @classmethod
    def of_this_console(cls) -> "DemoFolder":
        return cls(settings.DATA_DIR / "demo")

    @property
    def repository(self) -> Path:
        """A Git repository with a work tree: commit there and deploy again."""
        return self.path / PROJECT

    @property
    def home(self) -> Path:
        """The root of the sandbox server."""
        return self.path / "server"

    @property
    def host_key(self) -> Path:
        return self.path / "host_key"

    @property
    def authorized_key(self) -> Path:
        return self.path / "authorized_key.pub"

    @property
    def is_seeded(self) -> bool:
        return self._port.exists()

    @property
    def port(self) -> int:
        """The port of the sandbox server."""
        return int(self._port.read_text())

    def finish(self, port: int) -> None:
        """Remember the port, and by that, that all the files are there."""
        self._port.write_text(str(port))

    @property
    def _port(self) -> Path:
        return self.path / "port"

    def deploy_path(self, environment: str) -> Path:
        return self.home / PROJECT / environment

    def server_command(self) -> list[str]:
        """What serves the sandbox server as long as the process runs."""
        return [
            *(sys.executable, str(settings.BASE_DIR / "manage.py"), "sandbox_server"),
            *("--root", str(self.home), "--port", str(self.port)),
            *("--host-key", str(self.host_key)),
            *("--authorized-key", str(self.authorized_key)),
        ]
