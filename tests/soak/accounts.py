"""Accounts of this machine that play servers: their login shell is dash.

They need root. Without it everything lands with the current user, in one folder each.
"""

import getpass
import os
import pwd
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SHELL = shutil.which("dash") or "/bin/sh"
#: Set for what a restart command starts: it outlives its step on purpose.
SERVICE = "SOAK_SERVICE"
SMALL_DISK = "16m"
END_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Account:
    name: str
    home: Path
    is_own: bool = True

    @property
    def uid(self) -> int:
        return pwd.getpwnam(self.name).pw_uid

    def owns(self, path: Path) -> Path:
        """Hand the path to the account."""
        if self.is_own:
            shutil.chown(path, self.name, self.name)
        return path

    def processes(self) -> Iterator["Leftover"]:
        """What runs as this account, but services and what is no part of a soak."""
        for folder in Path("/proc").glob("[0-9]*"):
            leftover = _look(folder, self)
            if leftover is not None:
                yield leftover

    def remove(self) -> None:
        """End everything of it, and the account itself."""
        if not self.is_own:
            shutil.rmtree(self.home, ignore_errors=True)
            return
        deadline = time.monotonic() + END_SECONDS
        while (pids := _pids_of(self.uid)) and time.monotonic() < deadline:
            for pid in pids:
                _kill(pid)
            time.sleep(0.1)
        command = ["userdel", "--remove", self.name]
        subprocess.run(command, check=True, capture_output=True)


@dataclass(frozen=True, slots=True)
class Leftover:
    pid: int
    version: str
    command: str
    is_service: bool


def make_accounts(count: int, folder: Path) -> list[Account]:
    """Without root, all of them are the current user, each with a folder below this."""
    if os.geteuid() == 0:
        return [_add(f"soak{os.getpid()}n{number}") for number in range(count)]
    homes = [folder / f"home-{number}" for number in range(count)]
    for home in homes:
        home.mkdir()
    return [Account(getpass.getuser(), home, is_own=False) for home in homes]


def mount_small_disk(path: Path) -> bool:
    """A file system in memory; False where this process may not mount one."""
    command = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK}", "tmpfs", str(path)]
    return os.geteuid() == 0 and subprocess.run(command).returncode == 0


def unmount(path: Path) -> None:
    subprocess.run(["umount", "--lazy", path], check=True)


def _add(name: str) -> Account:
    # "*" is no password, but the account is not locked: sshd lets a key in.
    command = ["useradd", "--create-home", "--shell", SHELL, "--password", "*", name]
    subprocess.run(command, check=True, capture_output=True)
    home = Path(pwd.getpwnam(name).pw_dir)
    home.chmod(0o755)
    return Account(name, home)


def _look(folder: Path, account: Account) -> Leftover | None:
    try:
        if folder.stat().st_uid != account.uid:
            return None
        words = (folder / "environ").read_bytes().decode(errors="replace").split("\0")
        command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:  # it ended meanwhile, or is sshd's
        return None
    variables = dict(word.split("=", 1) for word in words if "=" in word)
    in_release = str(account.home) in variables.get("OEC_DEPLOY_PATH", "")
    # The current user has a life of their own.
    if not command or not (in_release or account.is_own):
        return None
    version = variables.get("OEC_VERSION", "")
    return Leftover(int(folder.name), version, command.strip(), SERVICE in variables)


def _pids_of(uid: int) -> list[int]:
    pids = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_dead = folder.joinpath("stat").read_text().rpartition(")")[2][1] == "Z"
            if folder.stat().st_uid == uid and not is_dead:
                pids.append(int(folder.name))
        except OSError:
            continue
    return pids


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return
