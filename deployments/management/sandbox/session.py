"""One exec request: a command, its three streams and its exit status.

Behaves as OpenSSH's sshd does without a terminal. The exit status is sent when the
command has ended, even while a process it left behind still holds the output open; the
channel closes when the output ends. When the client goes away, the pipes are closed and
the command is left alone: one that writes dies of SIGPIPE, a silent one lives on.
"""

import os
import select
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from paramiko import Channel, SSHException

CHUNK = 32 * 1024
CLOSED_CHECK_MILLISECONDS = 200
CANNOT_START = 126
#: What paramiko raises when it sends to a client that is gone.
GONE = (OSError, EOFError, SSHException)


def serve(
    channel: Channel, command: bytes, home: Path, environment: Mapping[str, str]
) -> None:
    """Run ``command`` with /bin/sh in ``home``; return when the channel is closed."""
    try:
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=home,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        _refuse(channel, f"The sandbox cannot run this command: {error}\n")
        return
    _connect(channel, process)


def _refuse(channel: Channel, sentence: str) -> None:
    with suppress(*GONE), channel:
        channel.sendall_stderr(sentence.encode())
        channel.send_exit_status(CANNOT_START)


def _connect(channel: Channel, process: subprocess.Popen[bytes]) -> None:
    _start(_feed, channel, process.stdin)
    outputs = [
        _start(_drain, channel, process.stdout, channel.sendall),
        _start(_drain, channel, process.stderr, channel.sendall_stderr),
    ]
    with suppress(*GONE), channel:
        status = process.wait()
        # Death by a signal has no exit status: the client reads "unknown".
        if status >= 0 and not channel.closed:
            channel.send_exit_status(status)
        for output in outputs:
            output.join()


def _start(target: Callable[..., None], *args: object) -> threading.Thread:
    thread = threading.Thread(target=target, args=args, daemon=True)
    thread.start()
    return thread


def _feed(channel: Channel, stdin: IO[bytes]) -> None:
    """Pass on what the client sends; keep taking it when nobody reads it any more."""
    os.set_blocking(stdin.fileno(), False)
    with suppress(*GONE):
        with stdin:
            while data := channel.recv(CHUNK):
                if not _write(channel, stdin, data):
                    break
        while channel.recv(CHUNK):
            pass


def _write(channel: Channel, stdin: IO[bytes], data: bytes) -> bool:
    while data:
        if not _ready(channel, stdin, select.POLLOUT):
            return False
        try:
            data = data[os.write(stdin.fileno(), data) :]
        except BlockingIOError:
            continue
        except BrokenPipeError:
            return False
    return True


def _drain(channel: Channel, output: IO[bytes], send: Callable[[bytes], None]) -> None:
    with output, suppress(*GONE):
        while _ready(channel, output, select.POLLIN):
            data = os.read(output.fileno(), CHUNK)
            if not data:
                return
            send(data)


def _ready(channel: Channel, pipe: IO[bytes], event: int) -> bool:
    """Wait for ``pipe``; False when the channel was closed meanwhile."""
    poll = select.poll()
    poll.register(pipe, event)
    while not channel.closed:
        if poll.poll(CLOSED_CHECK_MILLISECONDS):
            return True
    return False
