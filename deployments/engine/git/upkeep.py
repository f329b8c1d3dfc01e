"""A mirror is a cache: whatever a crash left of it is put right, or made anew.

All of this holds the mirror's lock, so what lies there unfinished can only be dead.
"""

import fcntl
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from deployments.engine.exceptions import CommandFailed
from deployments.engine.git.access import Access
from deployments.engine.git.directory import GitDirectory
from deployments.engine.git.limits import remove_unfinished
from projects import syntax

RELEASES = "refs/oec/releases"
WAIT_SECONDS = 0.1


class Busy(Exception):
    """Somebody else holds the mirror."""


def leave() -> None:
    """The ``tick`` of those who do not wait. Raises Busy."""
    raise Busy


@contextmanager
def held(mirror: Path, tick: Callable[[], None]) -> Iterator[None]:
    """The right to write into ``mirror``, for which ``tick`` is called while waiting.

    It is the process's: the end of a worker gives it back.
    """
    mirror.parent.mkdir(parents=True, exist_ok=True)
    place = mirror.with_name(f"{mirror.name}.lock")
    if place.is_dir():
        discard(place)
    with place.open("ab") as file:
        while not _is_locked(file.fileno()):
            tick()
            time.sleep(WAIT_SECONDS)
        yield


def tidy(mirror: Path) -> None:
    """Remove what ended Git processes left, and let the owner write again."""
    if not mirror.is_dir():
        mirror.unlink(missing_ok=True)
        return
    # A folder is opened before what is in it is looked at.
    _open(mirror)
    for name, folders, files in os.walk(mirror):
        folder = Path(name)
        for entry in folders:
            _open(folder / entry)
        # A commit is pinned without the mirror's lock, so that it waits for no fetch.
        if folder != mirror / RELEASES:
            for entry in (*folders, *files):
                if entry.endswith(".lock"):
                    discard(folder / entry)
    remove_unfinished(mirror)


def make_way(mirror: Path, reference: str) -> None:
    """Remove what an ended process left where only one writes ``reference``."""
    place = mirror / reference
    discard(place.with_name(f"{place.name}.lock"))
    if place.is_dir():
        discard(place)


def discard(path: Path) -> None:
    """Remove ``path``, whatever it is and whatever may be written in it."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
        return
    _open(path)
    for name, folders, _ in os.walk(path):
        for entry in folders:
            _open(Path(name) / entry)
    shutil.rmtree(path)


def renew(directory: GitDirectory) -> None:
    """An empty mirror in its place, with the pinned commits that can still be read."""
    mirror = directory.path
    old = mirror.with_name(f"{mirror.name}.damaged")
    if not old.exists():
        mirror.rename(old)
    discard(mirror)
    directory.read("init", "--quiet", "--bare", "--template=")
    salvage(directory)


def salvage(directory: GitDirectory) -> None:
    """Take the pinned commits over from the damaged mirror, and remove that one."""
    old = directory.path.with_name(f"{directory.path.name}.damaged")
    if not old.is_dir():
        old.unlink(missing_ok=True)
        return
    tidy(old)
    for reference, commit in _pins(old).items():
        with suppress(CommandFailed):
            _copy(directory, commit, old)
            directory.read("update-ref", reference, commit)
    discard(old)


def _copy(directory: GitDirectory, commit: str, old: Path) -> None:
    """Raises CommandFailed if the old mirror cannot give all of ``commit``."""
    code, _, _ = directory.run("cat-file", "-e", f"{commit}^{{commit}}", quiet=True)
    if code == 0:
        return
    have = directory.read("for-each-ref", "--format=^%(objectname)").splitlines()
    objects = {"GIT_ALTERNATE_OBJECT_DIRECTORIES": f"{old}/objects"}
    packing = directory.stream(
        *("pack-objects", "--revs", "--stdout", "-q"),
        access=Access(variables=objects),
        request="".join(f"{line}\n" for line in (commit, *have)).encode(),
    )
    with closing(packing):
        pack = b"".join(directory.ticking(packing))
    indexing = directory.stream("index-pack", "--stdin", "--strict", request=pack)
    with closing(indexing):
        list(directory.ticking(indexing))


def _pins(mirror: Path) -> dict[str, str]:
    """Read without Git, which may refuse what is left of the mirror."""
    lines: list[str] = []
    with suppress(OSError):
        lines += (mirror / "packed-refs").read_text(errors="replace").splitlines()
    for file in (mirror / RELEASES).glob("*"):
        with suppress(OSError):
            content = file.read_text(errors="replace").strip()
            lines.append(f"{content} {RELEASES}/{file.name}")
    pins: dict[str, str] = {}
    for line in lines:
        commit, _, reference = line.partition(" ")
        with suppress(ValueError):
            syntax.check_commit(commit)
            if reference.startswith(f"{RELEASES}/"):
                pins[reference] = commit
    return pins


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _open(folder: Path) -> None:
    """Let the owner read, write and enter ``folder``."""
    if not folder.is_symlink():
        mode = folder.stat().st_mode
        if mode & stat.S_IRWXU != stat.S_IRWXU:
            folder.chmod(stat.S_IMODE(mode) | stat.S_IRWXU)
