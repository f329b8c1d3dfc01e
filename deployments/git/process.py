"""Git processes: started from argument lists, watched, ended with their children."""

import os
import selectors
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO, cast

WAIT_SECONDS = 0.2
CHUNK_BYTES = 64 * 1024


@contextmanager
def started(
    arguments: Sequence[str], environment: Mapping[str, str], request: bytes = b""
) -> Iterator[subprocess.Popen[bytes]]:
    """Run ``git`` with ``request`` (a few KiB) on its standard input.

    Whatever happens inside, the process and its children have ended afterwards.
    """
    with subprocess.Popen(
        ["git", *arguments],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    ) as process:
        try:
            with suppress(BrokenPipeError), cast(IO[bytes], process.stdin) as stdin:
                stdin.write(request)
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)


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
