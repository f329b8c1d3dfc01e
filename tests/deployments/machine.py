"""A real sshd on a machine whose tools a test can take away or replace."""

import os
import stat
from pathlib import Path

from tests.deployments.sshd import Sshd

PLACES = ("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")


class Machine(Sshd):
    """Finds only what is linked into ``tools``, and there what replaces it first.

    Docker is not there, whatever the machine of the tests has.
    """

    def __init__(self, directory: Path) -> None:
        self.tools = directory.with_name(f"{directory.name}-tools")
        self.tools.mkdir()
        for place in PLACES:
            for file in Path(place).glob("*"):
                link = self.tools / file.name
                if not link.exists() and not link.is_symlink():
                    link.symlink_to(file)
        self.take_away("docker")
        self.more_host_keys: list[Path] = []
        super().__init__(directory, environment={"PATH": str(self.tools)})

    def take_away(self, *names: str) -> None:
        for name in names:
            (self.tools / name).unlink(missing_ok=True)

    def replace(self, name: str, script: str) -> None:
        """From now on ``name`` is this shell script."""
        self.take_away(name)
        file = self.tools / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def _configuration(self) -> str:
        # The first one is shown to whoever has no preference.
        more = (f"HostKey {file}\n" for file in self.more_host_keys)
        return super()._configuration() + "".join(more)

    @property
    def accepts_everything(self) -> bool:
        """Whether its user may write everywhere, as root may."""
        return os.geteuid() == 0
