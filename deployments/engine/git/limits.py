"""How large a repository may be, and what a fetch that was ended leaves behind."""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from deployments.engine.exceptions import EngineError

LOOK_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one mirror, in bytes, and of one commit, in files."""

    repository_bytes: int = sys.maxsize
    commit_files: int = sys.maxsize


class Growth:
    """Looks at a mirror while it is being filled."""

    def __init__(self, mirror: Path, most_bytes: int) -> None:
        self._objects = mirror / "objects"
        self._most_bytes = most_bytes
        self._next_look = 0.0

    def look(self) -> None:
        """From time to time as ``check``; looking at every object takes a while."""
        if time.monotonic() >= self._next_look:
            self.check()
            self._next_look = time.monotonic() + LOOK_SECONDS

    def check(self) -> None:
        """Raises EngineError git_repository_too_large."""
        size = sum(map(_size, _files(self._objects)))
        if size > self._most_bytes:
            limit = f"{self._most_bytes / 2**20:,.0f} MiB"
            raise EngineError("git_repository_too_large", detail=limit)


def packs(mirror: Path) -> set[Path]:
    return set((mirror / "objects" / "pack").glob("pack-*"))


def remove_unfinished(mirror: Path) -> None:
    """Remove what an ended Git process was writing into ``mirror``."""
    for entry in _files(mirror / "objects"):
        if entry.name.startswith(("tmp_", ".tmp-")) or entry.name.endswith(".temp"):
            with suppress(FileNotFoundError):
                os.unlink(entry.path)


def _size(entry: "os.DirEntry[str]") -> int:
    try:
        return entry.stat(follow_symlinks=False).st_size
    except FileNotFoundError:
        return 0


def _files(folder: Path) -> Iterator["os.DirEntry[str]"]:
    """Files come and go meanwhile."""
    with suppress(FileNotFoundError), os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                yield from _files(Path(entry.path))
            elif entry.is_file(follow_symlinks=False):
                yield entry
