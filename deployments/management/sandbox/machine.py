"""The sandbox as a machine: switched on, it starts its services; off, it ends them all.

The process that calls ``run`` plays init. It forks the SSH server, adopts what commands
leave running in the background, and ends every one of those when it stops. A service
that shall be there again after the next start leaves a shell script in ``.boot/``.
Needs Linux, where a process can adopt orphans.
"""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

from deployments.management.sandbox.server import SandboxServer, environment
from oec.processes import adopt_orphans, end_with_parent

BOOT_DIRECTORY = ".boot"
GRACE_SECONDS = 5.0
POLL_SECONDS = 0.05
AWAITED = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}

logger = logging.getLogger(__name__)


def run(server: SandboxServer) -> int:
    """Serve until SIGTERM or SIGINT, then end everything; return the exit status.

    The status is 1 when the SSH server ended by itself, which it does when its port is
    taken. Must be called before ``server.start`` and while this process has one thread.
    """
    init = os.getpid()
    adopt_orphans()
    signal.pthread_sigmask(signal.SIG_BLOCK, AWAITED)
    ssh = os.fork()
    if ssh == 0:
        _become_server(server, init)
    status = _wait(ssh)
    _end_everything()
    return status


def _become_server(server: SandboxServer, init: int) -> NoReturn:
    end_with_parent(init)
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    # Commands inherit the mask; with SIGTERM blocked nobody could end them.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, AWAITED)
    try:
        server.start()
    except OSError as error:
        logger.error("cannot listen on port %s: %s", server.port, error.strerror)
        os._exit(1)
    logger.info("listening on 127.0.0.1:%s", server.port)
    _boot(server.root)
    stopping.wait()
    server.stop()
    os._exit(0)


def _boot(root: Path) -> None:
    """Start each boot script by itself; one that stays in the foreground may."""
    for script in sorted((root / BOOT_DIRECTORY).glob("*.sh")):
        logger.info("starting %s", script.stem)
        threading.Thread(
            target=subprocess.run,
            args=(["/bin/sh", script],),
            kwargs={
                "cwd": root,
                "env": environment(root),
                "stdin": subprocess.DEVNULL,
                "start_new_session": True,
            },
            daemon=True,
        ).start()


def _wait(ssh: int) -> int:
    while signal.sigwait(AWAITED) == signal.SIGCHLD:
        if ssh in _reap():
            return 1
    return 0


def _reap() -> set[int]:
    """Collect children that ended. Raises ChildProcessError when none is left."""
    ended: set[int] = set()
    while True:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid == 0:
            return ended
        ended.add(pid)


def _end_everything() -> None:
    """End all descendants: an orphan becomes a child as soon as its parent is gone."""
    deadline = time.monotonic() + GRACE_SECONDS
    terminated: set[int] = set()
    while _any_left():
        for pid in set(_children()):
            if time.monotonic() > deadline:
                os.kill(pid, signal.SIGKILL)
            elif pid not in terminated:
                os.kill(pid, signal.SIGTERM)
                terminated.add(pid)
        time.sleep(POLL_SECONDS)


def _any_left() -> bool:
    try:
        _reap()
    except ChildProcessError:
        return False
    return True


def _children() -> Iterator[int]:
    """The children of this process; they cannot vanish, for only it can reap them."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(errors="replace")
        except OSError:
            continue  # a process of somebody else that has just ended
        # The name in parentheses may itself hold spaces and parentheses.
        parent = int(text.rpartition(")")[2].split()[1])
        if parent == os.getpid():
            yield int(stat.parent.name)
