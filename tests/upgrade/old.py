"""The code of the last release, which may run beside this one while a team upgrades.

The file ``old_commit`` names it; each release writes its own commit there.
"""

import io
import os
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes import ROOT

COMMIT = (Path(__file__).parent / "old_commit").read_text().strip()


def migrations() -> Iterator[tuple[str, str]]:
    """App label and name of each that it has."""
    listed = _git("ls-tree", "-r", "--name-only", COMMIT).decode()
    for path in map(Path, listed.splitlines()):
        if path.match("*/migrations/0*.py"):
            label = {"projects": "project"}.get(path.parts[0], path.parts[0])
            yield label, path.stem


def unpack(folder: Path) -> Path:
    """Its files in ``folder``."""
    with tarfile.open(fileobj=io.BytesIO(_git("archive", COMMIT))) as archive:
        archive.extractall(folder, filter="data")
    return folder


def _git(*arguments: str) -> bytes:
    # A hook's variables would lead Git to the repository of the commit in hand.
    variables = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    finished = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, env=variables
    )
    if finished.returncode:
        pytest.skip(f"commit {COMMIT[:7]} is not in this clone")
    return finished.stdout
