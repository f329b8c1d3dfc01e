"""What a process can decide about its relatives on Linux: prctl(2)."""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


def end_with_parent(parent: int) -> None:
    """Have this process sent SIGTERM when ``parent``, its parent, ends.

    Called between fork and exec. Does nothing where the system is not Linux.
    """
    if sys.platform != "linux":
        return
    _prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)  # the parent ended before the line above


def adopt_orphans() -> None:
    """Become the parent of every descendant whose own parent ends.

    Raises OSError where the system is not Linux.
    """
    if sys.platform != "linux":
        raise OSError("only Linux lets a process adopt orphans")
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
