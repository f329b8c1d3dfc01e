"""A stand-in for systemd: units that really run, and the words of the real tools.

``programs.py`` plays systemctl, journalctl, loginctl, sudo and id. They come first in
the PATH of a test's server and keep everything below one folder.
"""

import json
import os
import shlex
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

PROGRAMS = ("systemctl", "journalctl", "loginctl", "sudo", "id")
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Systemd:
    """What the server's administrator would have set up.

    ``facts``: who deploys (``is_root``), whether sudo lets them (``sudo_allows``),
    whether the account lingers and has its own manager, whether systemd runs at all.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.programs = directory / "bin"
        self.programs.mkdir(parents=True)
        for scope in ("system", "user"):
            (directory / scope).mkdir()
        for name in PROGRAMS:
            self._add_program(name)
        self.set()

    @property
    def path(self) -> str:
        """The PATH of a server with these programs."""
        return f"{self.programs}:{PATH}"

    def set(self, **facts: Any) -> None:
        usual = {
            "is_root": True,
            "sudo_allows": True,
            "lingers": True,
            "has_manager": True,
            "is_booted": True,
        }
        (self.directory / "facts.json").write_text(json.dumps(usual | facts))

    def install(self, name: str, text: str, *, scope: str = "system") -> None:
        """Put a unit file where systemd finds it."""
        (self.directory / scope / name).write_text(text)

    def restarts(self, name: str, *, scope: str = "system") -> int:
        return len(list(self.directory.glob(f"{scope}/{name}.journal.*")))

    def stop(self) -> None:
        """End every service."""
        for file in self.directory.glob("*/*.pid"):
            with suppress(ProcessLookupError):
                os.killpg(int(file.read_text()), signal.SIGKILL)

    def _add_program(self, name: str) -> None:
        script = Path(__file__).with_name("programs.py")
        words = [sys.executable, "-I", "-S", str(script), str(self.directory), name]
        program = self.programs / name
        program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
        program.chmod(0o755)
