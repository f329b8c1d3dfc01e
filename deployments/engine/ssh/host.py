"""Commands on one open connection."""

import math
import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Self

import paramiko

from deployments.engine.exceptions import EngineError
from deployments.engine.ssh.greeting import Greeting, Silent
from deployments.engine.ssh.process import RemoteProcess
from deployments.engine.ssh.target import Target

#: For opening a channel, and again for the answer to what shall run on it.
CHANNEL_SECONDS = 10.0

#: How long an exit code may stay away after the end of the output.
RESULT_SECONDS = 10.0

CLOSING_SECONDS = 1.0
#: How long the end of the output may stay away after that of the command: somebody may
#: hold it open for ever, in silence or not.
SILENT_SECONDS = 2.0
STRAGGLER_SECONDS = 20.0


def close(transport: paramiko.Transport) -> None:
    """Close and wait for the thread that reads: no failed attempt leaves one behind."""
    # It sleeps in recv; closing the socket alone would not wake it.
    with suppress(OSError):
        transport.sock.shutdown(socket.SHUT_RDWR)
    transport.close()
    transport.sock.close()
    if transport.ident is not None:
        transport.join(CLOSING_SECONDS)


class Host:
    """An authenticated connection; several commands may run on it at once."""

    def __init__(self, transport: paramiko.Transport, target: Target) -> None:
        self._transport = transport
        self._target = target

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        close(self._transport)

    def start(
        self,
        command: str,
        *,
        tick: Callable[[], None] = lambda: None,
        noise: Callable[[bytes], None] = lambda _: None,
    ) -> RemoteProcess:
        """Start ``command`` in a shell of ours, without a terminal.

        ``noise`` gets what the account's own shell prints. Raises EngineError
        connection_lost, ssh_channel_refused and login_shell_unusable.
        """
        greeting = Greeting()
        complaints: list[bytes] = []
        with ExitStack() as stack:
            process = self._execute(greeting.before(command), complaints.append)
            stack.callback(process.close)
            try:
                before = greeting.wait(process, tick)
            except Silent as silent:
                printed = silent.noise + b"".join(complaints)
                raise self._unusable(process, printed) from None
            stack.pop_all()
        process.noise = noise
        if before or complaints:
            noise(before + b"".join(complaints))
        return process

    def run(
        self,
        command: str,
        *,
        send: Iterable[bytes] = (),
        receive: Callable[[bytes], None],
        tick: Callable[[], None],
        noise: Callable[[bytes], None] = lambda _: None,
    ) -> int | None:
        """Run ``command`` to its end; None stands for an unknown result.

        ``send`` becomes its standard input (an empty chunk means "nothing yet"), and
        ``receive`` gets what it prints, standard error included. ``tick`` is called at
        least every 200 ms and ends the waiting by raising. The exit code decides when
        it is over: a process left behind may hold the output open for ever.
        Otherwise as ``start``.
        """
        process = self.start(command, tick=tick, noise=noise)
        try:
            for chunk in send:
                tick()
                if not self._send(process, chunk, receive, tick):
                    break
            process.finish_sending()
            self._receive(process, receive, tick)
            return self._exit_code(process, tick)
        finally:
            process.close()

    @staticmethod
    def _send(
        process: RemoteProcess,
        chunk: bytes,
        receive: Callable[[bytes], None],
        tick: Callable[[], None],
    ) -> bool:
        """False when the command no longer listens."""
        while chunk:
            sent = process.send(chunk)
            if sent is None:
                return False
            chunk = chunk[sent:]
            # A command that cannot print stops reading: take its output meanwhile.
            while process.has_output:
                receive(process.receive() or b"")
            tick()
        return True

    @staticmethod
    def _receive(
        process: RemoteProcess,
        receive: Callable[[bytes], None],
        tick: Callable[[], None],
    ) -> None:
        ended_at, heard_at = math.inf, 0.0
        while True:
            data = process.receive()
            if data == b"":
                return
            tick()
            now = time.monotonic()
            if process.has_ended:
                ended_at = min(ended_at, now)
            if data:
                heard_at = now
                receive(data)
            elif now > max(ended_at, heard_at) + SILENT_SECONDS:
                return
            if now > ended_at + STRAGGLER_SECONDS:
                return

    @staticmethod
    def _exit_code(process: RemoteProcess, tick: Callable[[], None]) -> int | None:
        deadline = time.monotonic() + RESULT_SECONDS
        while not process.wait() and time.monotonic() < deadline:
            tick()
        return process.exit_code()

    def _execute(self, command: str, noise: Callable[[bytes], None]) -> RemoteProcess:
        try:
            channel = self._transport.open_session(timeout=CHANNEL_SECONDS)
            with self._answered_in_time():
                # Whoever gives a command here has made it for the shell.
                channel.exec_command(command)  # nosec B601
        except paramiko.ChannelException as error:
            # 4: a shortage of resources, which passes (RFC 4254, 5.1).
            raise (
                self._lost(error) if error.code == 4 else self._refused(error)
            ) from None
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise self._lost(error) from None
        return RemoteProcess(channel, self._lost, noise)

    def _unusable(self, process: RemoteProcess, noise: bytes) -> EngineError:
        """Its own shell stands in the way. Raises if the connection is gone."""
        if process.wait():
            process.exit_code()
        else:
            with self._answered_in_time():
                self._transport.global_request("keepalive@openssh.com", wait=True)
            if not self._transport.is_active():
                raise self._lost()
        detail = noise.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return EngineError(
            "login_shell_unusable",
            host=self._target.host,
            port=self._target.port,
            username=self._target.username,
            detail=detail,
        )

    @contextmanager
    def _answered_in_time(self) -> Iterator[None]:
        """paramiko waits for the answer to a request without any limit."""
        timer = threading.Timer(CHANNEL_SECONDS, self._transport.close)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()

    def _refused(self, reason: paramiko.ChannelException) -> EngineError:
        return EngineError(
            "ssh_channel_refused", host=self._target.host, detail=reason.text
        )

    def _lost(self, reason: BaseException | None = None) -> EngineError:
        detail = str(reason or self._transport.get_exception() or "")
        return EngineError(
            "connection_lost",
            host=self._target.host,
            port=self._target.port,
            detail=detail or "the other side closed the connection",
        )
