"""Runs several processes as one: starts, labels, starts again, stops together.

One thread does it all, so that starting a child never copies a lock that another thread
holds; it looks at everything at least five times a second.
"""

import os
import selectors
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO, TextIO, cast

from oec.processes import end_with_parent

BACK_OFF_SECONDS = 0.5
BACK_OFF_LIMIT_SECONDS = 30.0
#: A child that lived this long was healthy: its next death starts the back-off anew.
HEALTHY_SECONDS = 10.0
TICK_SECONDS = 0.2
READ_BYTES = 64 * 1024
LINE_BYTES = 64 * 1024
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


@dataclass(frozen=True, slots=True)
class Child:
    """A process to keep running; ``stop_last``: it is asked to end after the others.

    ``environment`` is added to this process's own.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_last: bool = False


class Supervisor:
    """Keeps ``children`` running and copies what they print to ``output``.

    A child that dies is started again after a pause that doubles each time. It is ended
    with SIGTERM, or SIGKILL when that takes longer than ``grace_seconds``. On Linux the
    children end even when this process is killed.
    """

    def __init__(
        self, children: Sequence[Child], output: TextIO, grace_seconds: float
    ) -> None:
        self._width = max(len(child.name) for child in children)
        self._output = output
        self._grace_seconds = grace_seconds
        self._selector = selectors.DefaultSelector()
        self._runs = [_Run(child, self._selector, self._say) for child in children]
        self._stop_requests = 0

    def run(self) -> None:
        """Return after SIGTERM, SIGINT or SIGHUP, when every child has ended.

        A further signal kills those that are being waited for. Must be called in the
        main thread.
        """
        before = {number: signal.getsignal(number) for number in STOP_SIGNALS}
        for number in STOP_SIGNALS:
            signal.signal(number, self._request_stop)
        try:
            while not self._stop_requests:
                for run in self._runs:
                    run.start_when_due()
                self._look()
        finally:
            self._stop()
            self._selector.close()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _request_stop(self, *_: object) -> None:
        self._stop_requests += 1

    def _look(self) -> None:
        for key, _ in self._selector.select(TICK_SECONDS):
            key.data()
        for run in self._runs:
            run.notice_end()

    def _stop(self) -> None:
        self._say("", "stopping; Ctrl-C again stops without waiting")
        for last in (False, True):
            self._stop_wave([run for run in self._runs if run.child.stop_last is last])

    def _stop_wave(self, wave: "Sequence[_Run]") -> None:
        for run in wave:
            run.ask_to_end()
        requests = self._stop_requests
        deadline = time.monotonic() + self._grace_seconds
        while any(run.process for run in wave):
            if self._stop_requests > requests or time.monotonic() > deadline:
                for run in wave:
                    run.kill()
            self._look()

    def _say(self, name: str, line: str) -> None:
        # With the terminal gone the children still have to be stopped in order.
        with suppress(OSError):
            self._output.write(f"{name:<{self._width}} | {line}\n")
            self._output.flush()


class _Run:
    """One child through its lives; ``process`` is None between two of them."""

    def __init__(
        self,
        child: Child,
        selector: selectors.BaseSelector,
        say: Callable[[str, str], None],
    ) -> None:
        self.child = child
        self.process: subprocess.Popen[bytes] | None = None
        self._selector = selector
        self._say = partial(say, child.name)
        self._started = self._due = 0.0
        self._pause = BACK_OFF_SECONDS
        self._rest = b""

    def start_when_due(self) -> None:
        """Start the child unless it runs or its pause lasts."""
        if self.process or time.monotonic() < self._due:
            return
        self._started = time.monotonic()
        self.process = subprocess.Popen(
            self.child.command,
            env={**os.environ, "PYTHONUNBUFFERED": "1", **self.child.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            bufsize=0,
            # Ctrl-C in a terminal must reach the supervisor only: it knows the order.
            start_new_session=True,
            preexec_fn=partial(end_with_parent, os.getpid()),
        )
        self._say(f"started as process {self.process.pid}")
        self._pipe = cast(IO[bytes], self.process.stdout)
        os.set_blocking(self._pipe.fileno(), False)
        self._selector.register(self._pipe, selectors.EVENT_READ, self._copy)

    def ask_to_end(self) -> None:
        """Send SIGTERM to the child, which tells its own children."""
        if self.process:
            self.process.terminate()

    def kill(self) -> None:
        """Send SIGKILL to the child and its process group."""
        if self.process:
            _kill_group(self.process.pid)

    def notice_end(self) -> None:
        """If the child has ended: say so, clear up, and plan its next start."""
        if self.process is None or self.process.poll() is None:
            return
        _kill_group(self.process.pid)
        while self._copy():
            pass
        self._close_pipe()
        self._plan_next_start(self.process.returncode)
        self.process = None

    def _copy(self) -> bool:
        """Pass on the lines that can be read now; False when there are none."""
        if self._pipe.closed:
            return False
        data = self._pipe.read(READ_BYTES)
        if data == b"":  # its end, which select would report again and again
            self._close_pipe()
        *lines, self._rest = (self._rest + (data or b"")).split(b"\n")
        if len(self._rest) > LINE_BYTES or (self._rest and self._pipe.closed):
            lines.append(self._rest)
            self._rest = b""
        for line in lines:
            self._say(line.decode(errors="replace"))
        return bool(data)

    def _close_pipe(self) -> None:
        if not self._pipe.closed:
            self._selector.unregister(self._pipe)
            self._pipe.close()

    def _plan_next_start(self, status: int) -> None:
        self._say(_cause(status))
        if time.monotonic() - self._started > HEALTHY_SECONDS:
            self._pause = BACK_OFF_SECONDS
        self._due = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, BACK_OFF_LIMIT_SECONDS)


def _kill_group(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)


def _cause(status: int) -> str:
    if status < 0:
        return f"ended by {signal.Signals(-status).name}"
    return f"ended with status {status}"
