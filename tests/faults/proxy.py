"""A TCP proxy that can cut, refuse, swallow: a network that fails on demand."""

import ctypes
import selectors
import socket
import struct
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

CHUNK_BYTES = 64 * 1024

#: Linux, socket(7). One instruction of classic BPF: keep 0 bytes of every packet. The
#: kernel drops what arrives before TCP sees it, so nothing is acknowledged any more.
SO_ATTACH_FILTER = 26
SO_DETACH_FILTER = 27
_KEEP_NOTHING = ctypes.create_string_buffer(struct.pack("HBBI", 0x06, 0, 0, 0))
_FILTER = struct.pack("HL", 1, ctypes.addressof(_KEEP_NOTHING))
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards to a port of the loopback address, or a Unix socket, until closed."""

    def __init__(self, target: int | Path) -> None:
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._pairs: dict[socket.socket, socket.socket] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)
        self._inbox, self._outbox = socket.socketpair()
        self._selector.register(self._inbox, selectors.EVENT_READ, self._obey)
        self._orders: list[tuple[Callable[[], None], threading.Event]] = []
        self._is_open = True
        self._thread = threading.Thread(target=self._forward, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        """Reset every open connection; new ones are accepted."""
        self._order(self._cut)

    def swallow(self) -> None:
        """A black hole: nobody gets an answer, not even of the kernel."""
        self._order(partial(self._filter, SO_ATTACH_FILTER, _FILTER))

    def release(self) -> None:
        """The end of the black hole; what was sent into it is sent again by TCP."""
        self._order(partial(self._filter, SO_DETACH_FILTER, struct.pack("i", 0)))

    def close(self) -> None:
        self._order(self._close)
        self._thread.join()

    def _order(self, act: Callable[[], None]) -> None:
        done = threading.Event()
        self._orders.append((act, done))
        self._outbox.send(b"!")
        if not done.wait(10):
            raise TimeoutError("The proxy does not obey.")

    def _forward(self) -> None:
        while self._is_open:
            for key, _ in self._selector.select():
                # An earlier one of this round may have dropped it.
                if key.fd in self._selector.get_map():
                    key.data()

    def _obey(self) -> None:
        self._inbox.recv(1)
        act, done = self._orders.pop(0)
        act()
        done.set()

    def _accept(self) -> None:
        near, _ = self._listener.accept()
        try:
            far = _connect(self._target)
        except OSError:
            _reset(near)
            return
        for source, sink in ((near, far), (far, near)):
            self._pairs[source] = sink
            read = partial(self._copy, source, sink)
            self._selector.register(source, selectors.EVENT_READ, read)

    def _copy(self, source: socket.socket, sink: socket.socket) -> None:
        data = b""
        with suppress(OSError):
            data = source.recv(CHUNK_BYTES)
            sink.sendall(data)
        if not data:
            self._drop(source)
            self._drop(sink)

    def _drop(self, connection: socket.socket) -> None:
        if self._pairs.pop(connection, None) is not None:
            self._selector.unregister(connection)
            connection.close()

    def _cut(self) -> None:
        for connection in list(self._pairs):
            self._selector.unregister(connection)
            _reset(connection)
        self._pairs.clear()

    def _filter(self, option: int, value: bytes) -> None:
        for connection in (self._listener, *self._pairs):
            if connection.family != socket.AF_UNIX:
                with suppress(FileNotFoundError):  # it came after the filters
                    connection.setsockopt(socket.SOL_SOCKET, option, value)

    def _close(self) -> None:
        self._cut()
        self._is_open = False
        self._selector.close()
        for connection in (self._listener, self._inbox, self._outbox):
            connection.close()


def _connect(target: int | Path) -> socket.socket:
    if isinstance(target, int):
        return socket.create_connection(("127.0.0.1", target))
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(str(target))
    return connection


def _reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    connection.close()
