"""One command on the other side of a connection."""

from collections.abc import Callable
from contextlib import suppress

import paramiko

from deployments.engine.exceptions import EngineError

CHUNK_BYTES = 64 * 1024
WAIT_SECONDS = 0.2
DYING_SECONDS = 0.5

#: What paramiko raises when it sends to somebody who is no longer there.
GONE = (OSError, EOFError, paramiko.SSHException)


class RemoteProcess:
    """Its streams and its end; every call returns within ``WAIT_SECONDS``.

    ``noise`` gets what comes by standard error, which our own shells do not use.
    """

    def __init__(
        self,
        channel: paramiko.Channel,
        lost: Callable[[], EngineError],
        noise: Callable[[bytes], None],
    ) -> None:
        self._channel = channel
        self._lost = lost
        self.noise = noise
        self._unread = b""
        channel.settimeout(WAIT_SECONDS)

    @property
    def has_output(self) -> bool:
        return bool(self._unread) or self._channel.recv_ready()

    @property
    def has_ended(self) -> bool:
        return self._channel.exit_status_ready()

    def send(self, data: bytes) -> int | None:
        """How many bytes were taken, maybe 0; None when nobody listens any more."""
        try:
            return self._channel.send(data)
        except TimeoutError:
            return 0
        except GONE:
            return None

    def finish_sending(self) -> None:
        with suppress(*GONE):
            self._channel.shutdown_write()

    def receive(self) -> bytes | None:
        """What has been printed; None when nothing came, empty at the end."""
        if self._unread:
            unread, self._unread = self._unread, b""
            return unread
        try:
            return self._channel.recv(CHUNK_BYTES)
        except TimeoutError:
            return None
        finally:
            self._hear_noise()

    def give_back(self, data: bytes) -> None:
        """Let the next ``receive`` have what was read too far."""
        self._unread = data + self._unread

    def _hear_noise(self) -> None:
        """A stream that nobody reads would hold up the other one some day."""
        while self._channel.recv_stderr_ready():
            self.noise(self._channel.recv_stderr(CHUNK_BYTES))

    def wait(self) -> bool:
        """Whether the command has ended, or the connection has."""
        return self._channel.status_event.wait(WAIT_SECONDS)

    def exit_code(self) -> int | None:
        """None after an end by a signal. Raises EngineError after a cut."""
        code = self._channel.exit_status
        if 0 <= code <= 255:
            return code
        # The channels are closed a moment before the connection counts as ended.
        transport = self._channel.get_transport()
        transport.join(DYING_SECONDS)
        if not transport.is_active():
            raise self._lost()
        return None

    def close(self) -> None:
        with suppress(*GONE):
            self._channel.close()
