"""The server during one deployment: connection, lock, and coming back after a cut."""

import time
from collections.abc import Callable, Iterable
from itertools import chain, repeat

from deployments.engine import ssh
from deployments.engine.commands import SHELL, ReplyReader
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.pipeline.repetition import NETWORK_CODES, repeated
from deployments.engine.pipeline.tail import Tail
from deployments.engine.pipeline.watch import Watch
from deployments.engine.ssh import Host, RemoteProcess, Target

CONNECT_PAUSES = (0.2, 0.5)
#: The last one again and again.
RECONNECT_PAUSES = (0.2, 0.5, 1.0, 2.0)
#: At least, and at most, where a step may be silent for longer than the first.
RECONNECT_SECONDS = 30.0
MOST_RECONNECT_SECONDS = 60.0
BEAT_SECONDS = 5.0
UNLOCK_SECONDS = 2.0
#: What login shells print is mostly the same each time.
MOST_NOISES = 20


class Remote:
    """One connection, and on it the channel that holds the lock.

    Every method takes the Watch that limits it. What scripts print besides their
    replies goes to ``log``.
    """

    def __init__(
        self,
        target: Target,
        *,
        log: Callable[[bytes], None],
        note: Callable[[str], None],
    ) -> None:
        self._target = target
        self._log = log
        self._note = note
        self._host: Host | None = None
        self._holder: RemoteProcess | None = None
        self._prepare_script = ""
        self._noises: set[bytes] = set()
        self._beat_at = 0.0

    @property
    def host(self) -> Host:
        if self._host is None:
            raise EngineError(
                "connection_lost", host=self._target.host, port=self._target.port
            )
        return self._host

    def connect(self, watch: Watch) -> None:
        """Up to three attempts, because nothing has been done yet."""
        self._host = repeated(
            lambda: ssh.connect(self._target, tick=watch.tick),
            codes=NETWORK_CODES,
            pauses=CONNECT_PAUSES,
            watch=watch,
        )

    def reserve(self, script: str, watch: Watch) -> ReplyReader:
        """Run the prepare script until it is ready; it then holds the lock.

        Raises the refusal of the server as EngineError.
        """
        self._prepare_script = script
        try:
            return self._lock(watch)
        except EngineError as error:
            if error.code != "connection_lost":
                raise
            return self.reconnect(watch, error)

    def ask(self, script: str, watch: Watch) -> ReplyReader:
        """Run a short script that may run twice; after a cut it does.

        Raises the refusal of the server as EngineError, else CommandFailed.
        """
        return self.again_after_a_cut(
            lambda: self.exchange(SHELL, [script.encode()], watch), watch
        )

    def exchange(
        self, command: str, send: Iterable[bytes], watch: Watch
    ) -> ReplyReader:
        """Run ``command`` on this connection and require that it ends well."""
        tail = Tail(self._log)
        reader = ReplyReader(tail.feed)
        code = self.run(command, send, reader.feed, watch)
        reader.close()
        if code != 0:
            raise self._failure(reader, code, tail)
        return reader

    def refusal(self, reader: ReplyReader) -> EngineError | None:
        refusal = reader.refusal()
        if refusal is not None:
            refusal.facts.setdefault("host", self._target.host)
            refusal.facts.setdefault("username", self._target.username)
        return refusal

    def run(
        self,
        command: str,
        send: Iterable[bytes],
        receive: Callable[[bytes], None],
        watch: Watch,
    ) -> int | None:
        def tick() -> None:
            self._beat()
            watch.tick()

        return self.host.run(
            command, send=send, receive=receive, tick=tick, noise=self._hear_noise
        )

    def again_after_a_cut(
        self, action: Callable[[], ReplyReader], watch: Watch
    ) -> ReplyReader:
        try:
            return action()
        except EngineError as error:
            if error.code != "connection_lost":
                raise
            self.reconnect(watch, error)
        return action()

    def reconnect(self, watch: Watch, reason: EngineError) -> ReplyReader:
        """Connect and take the lock again, for 30 s or as long as a step may be silent.

        Raises ``reason`` if the server stays away, or its refusal: by then somebody
        newer may have it.
        """
        self._note("The connection was lost. Connecting again …")
        patience = min(
            watch.silence_seconds or RECONNECT_SECONDS, MOST_RECONNECT_SECONDS
        )
        until = time.monotonic() + max(patience, RECONNECT_SECONDS)
        pauses = chain(RECONNECT_PAUSES, repeat(RECONNECT_PAUSES[-1]))
        while True:
            # Nobody hears the step now; that is not its silence.
            watch.heard()
            if reader := self._connected_again(watch):
                self._note("Connected again.")
                return reader
            pause = next(pauses)
            if time.monotonic() + pause > until:
                raise reason
            watch.pause(pause)

    def _connected_again(self, watch: Watch) -> ReplyReader | None:
        self._drop()
        try:
            self._host = ssh.connect(self._target, tick=watch.tick)
            return self._lock(watch)
        except EngineError as error:
            if error.code not in NETWORK_CODES:
                raise
        return None

    def aside(self, script: str, watch: Watch) -> ReplyReader:
        """As ``ask``, over a connection of its own if this one is gone. No lock."""
        try:
            return self.exchange(SHELL, [script.encode()], watch)
        except EngineError as error:
            if error.code != "connection_lost":
                raise
        self._drop()
        self._host = ssh.connect(self._target, tick=watch.tick)
        return self.exchange(SHELL, [script.encode()], watch)

    def close(self) -> None:
        """Say that it is over, give the lock back, and close the connection.

        As far as that is possible: the next deployment does what could not be done.
        """
        holder = self._holder
        if holder is not None:
            holder.send(b"over\n")
            holder.finish_sending()
            until = time.monotonic() + UNLOCK_SECONDS
            while not holder.wait() and time.monotonic() < until:
                pass
        self._drop()

    def _lock(self, watch: Watch) -> ReplyReader:
        tail = Tail(self._log)
        reader = ReplyReader(tail.feed)
        self._holder = holder = self.host.start(
            SHELL, tick=watch.tick, noise=self._hear_noise
        )
        _send(holder, self._prepare_script.encode(), watch)
        while not reader.has("ready"):
            watch.tick()
            data = holder.receive()
            if data == b"":
                raise self._failure(reader, _code(holder, watch), tail)
            reader.feed(data or b"")
        return reader

    def _failure(
        self, reader: ReplyReader, code: int | None, tail: Tail
    ) -> EngineError | CommandFailed:
        reader.close()
        return self.refusal(reader) or CommandFailed(code, tail.text)

    def _hear_noise(self, noise: bytes) -> None:
        """What the login shell prints each time is told once."""
        if noise not in self._noises and len(self._noises) < MOST_NOISES:
            self._noises.add(noise)
            self._log(noise + b"\n")

    def _beat(self) -> None:
        """The lock of a console that shows no sign of life may be taken away."""
        now = time.monotonic()
        if self._holder is not None and now - self._beat_at > BEAT_SECONDS:
            self._beat_at = now
            self._holder.send(b"\n")

    def _drop(self) -> None:
        host, self._host, self._holder = self._host, None, None
        if host is not None:
            host.close()


def _send(process: RemoteProcess, data: bytes, watch: Watch) -> None:
    while data:
        sent = process.send(data)
        if sent is None:
            return
        data = data[sent:]
        watch.tick()


def _code(process: RemoteProcess, watch: Watch) -> int | None:
    while not process.wait():
        watch.tick()
    return process.exit_code()
