"""Git processes: started from argument lists, watched, ended with their children."""

import os
import selectors
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, cast

from deployments.engine.exceptions import EngineError

WAIT_SECONDS = 0.2
CHUNK_BYTES = 64 * 1024
#: For Git to remove its lock files after TERM.
ENDING_SECONDS = 1.0


@contextmanager
def started(
    arguments: Sequence[str], environment: Mapping[str, str], request: bytes = b""
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``git`` with ``request`` on its standard input.

    Whatever happens inside, the process and its children have ended afterwards. Raises
    EngineError git_missing.
    """
    with (
        _file_with(request) as stdin,
        _start(arguments, environment, stdin) as process,
    ):
        try:
            yield process
        finally:
            if process.poll() is None:
                _end(process)


def output_of(
    process: subprocess.Popen[bytes], complaints: Callable[[bytes], None]
) -> Iterator[bytes]:
    """Standard output as it comes; an empty chunk at least every 200 ms without any.

    What comes on standard error goes to ``complaints``.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(cast(IO[bytes], process.stdout), selectors.EVENT_READ)
        selector.register(cast(IO[bytes], process.stderr), selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(WAIT_SECONDS)
            if not ready:
                yield b""
            for key, _ in ready:
                data = os.read(key.fd, CHUNK_BYTES)
                if not data:
                    selector.unregister(key.fileobj)
                elif key.fileobj is process.stderr:
                    complaints(data)
                    yield b""
                else:
                    yield data


def _start(
    arguments: Sequence[str], environment: Mapping[str, str], stdin: IO[bytes]
) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(
            ["git", *arguments],
            env=environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except FileNotFoundError:
        raise EngineError("git_missing") from None


@contextmanager
def _file_with(request: bytes) -> Iterator[IO[bytes]]:
    """A file, because a pipe would have to be filled while the output is read."""
    with tempfile.TemporaryFile() as file:
        file.write(request)
        file.seek(0)
        yield file


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(ENDING_SECONDS)
    # Also those of its children that did not listen.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
