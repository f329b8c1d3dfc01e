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
    would take the beginning of a script, and a shell runs what is left. From the word
    on ours complains where it prints, so that whatever comes by standard error is of
    the start files, however late.
    """

    def __init__(self) -> None:
        self._word = f"oec-shell {secrets.token_hex(8)}"

    def before(self, command: str) -> str:
        """``command``, run by an ``sh`` that has taken the login shell's place."""
        # What was printed until then may lack its line end.
        text = rf'printf "\n{self._word}\n"; exec 2>&1; {command}'
        return f"exec sh -c {shlex.quote(text)}"

    def wait(self, process: RemoteProcess, tick: Callable[[], None]) -> bytes:
        """What was printed before the word. Raises Silent."""
        word = f"\n{self._word}\n".encode()
        heard = b""
        until = time.monotonic() + SHELL_SECONDS
        while word not in heard:
            tick()
            data = process.receive()
            if data == b"" or time.monotonic() > until:
                raise Silent(heard)
            heard = heard[-KEPT_NOISE_BYTES:] + (data or b"")
        noise, _, rest = heard.partition(word)
        process.give_back(rest)
        return noise
