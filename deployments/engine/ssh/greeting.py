"""Proof that a shell of ours has begun, whatever the account's own shell does first."""

import secrets
import shlex
import time
from collections.abc import Callable

from deployments.engine.ssh.process import RemoteProcess

#: For the account's own shell, which reads its start files and then runs ours.
SHELL_SECONDS = 15.0
KEPT_NOISE_BYTES = 128 * 1024


class Silent(Exception):
    """Our shell did not begin. ``noise`` was printed instead."""

    def __init__(self, noise: bytes) -> None:
        super().__init__()
        self.noise = noise


class Greeting:
    """A fresh word on a line of its own, printed before the command begins.

    The line is one that every login shell understands: sh, bash, zsh, ksh, fish, csh.
    Nothing may be sent before the word has come: a start file that reads standard input
    would take the beginning of a script, and a shell runs what is left. It comes by
    both ways of printing, because what comes by one says nothing of the other.
    """

    def __init__(self) -> None:
        self._words = [f"oec-shell {secrets.token_hex(8)}" for _ in range(2)]

    def before(self, command: str) -> str:
        """``command``, run by an ``sh`` that has taken the login shell's place."""
        # What was printed until then may lack its line end.
        said, complained = (rf'printf "\n{word}\n"' for word in self._words)
        return f"exec sh -c {shlex.quote(f'{said}; {complained} >&2; {command}')}"

    def wait(self, process: RemoteProcess, tick: Callable[[], None]) -> bytes:
        """What was printed before the words. Raises Silent."""
        words = [f"\n{word}\n".encode() for word in self._words]
        heard = b""
        until = time.monotonic() + SHELL_SECONDS
        while any(word not in heard for word in words):
            tick()
            data = process.receive()
            if data == b"" or time.monotonic() > until:
                raise Silent(heard)
            heard = heard[-KEPT_NOISE_BYTES:] + (data or b"")
        end = max(heard.index(word) + len(word) for word in words)
        noise, rest = heard[:end], heard[end:]
        process.give_back(rest)
        for word in words:
            noise = noise.replace(word, b"")
        return noise
