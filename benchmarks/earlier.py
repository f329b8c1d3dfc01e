"""The code that this tree is measured against: how fast is "before"?"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks import places

ROOT = Path(__file__).resolve().parent.parent
COMMIT = "edbc0894fac4cc1d53326e94751c717857cc4adc"


def is_here() -> bool:
    """A shallow clone and an unpacked archive do not have the commit."""
    asked = _git("cat-file", "-e", f"{COMMIT}^{{commit}}", check=False)
    return asked.returncode == 0


@contextmanager
def tree() -> Iterator[Path]:
    """Its files in a folder of their own, as a Git worktree; removed in the end."""
    with places.folder() as folder:
        path = folder / "tree"
        # Nobody's hooks run because of a measurement.
        hooks = ("-c", "core.hooksPath=/dev/null")
        _git(*hooks, "worktree", "add", "--quiet", "--detach", str(path), COMMIT)
        try:
            yield path
        finally:
            _git("worktree", "remove", "--force", str(path))


def _git(*arguments: str, check: bool = True) -> "subprocess.CompletedProcess[bytes]":
    command = ["git", "-C", str(ROOT), *arguments]
    # A hook's variables would make Git write to the index of the commit in hand.
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    return subprocess.run(command, check=check, capture_output=True, env=environment)
