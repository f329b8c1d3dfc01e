"""A file system in memory, which is soon full."""

import subprocess
from contextlib import suppress
from pathlib import Path


class Disk:
    """A file system of ``megabytes``, until it grows. Needs root."""

    def __init__(self, path: Path, megabytes: int = 3) -> None:
        path.mkdir()
        self.path = path
        self._mount("-o", f"size={megabytes}m", "tmpfs", str(path))

    def fill(self) -> None:
        """To the last byte."""
        with suppress(OSError), (self.path / "filler").open("wb", buffering=0) as file:
            while True:
                file.write(bytes(4096))

    def grow(self) -> None:
        self._mount("-o", "remount,size=100m", str(self.path))

    def remove(self) -> None:
        subprocess.run(["umount", "--lazy", self.path], check=True)

    def _mount(self, *arguments: str) -> None:
        subprocess.run(["mount", "-t", "tmpfs", *arguments], check=True)
