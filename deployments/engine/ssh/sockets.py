"""A TCP connection that answers at once and notices when the other side is gone."""

import errno
import selectors
import socket
import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import Any

from deployments.engine.exceptions import EngineError

POLL_SECONDS = 0.1
KEEPALIVE_SECONDS = 10
UNANSWERED_SECONDS = 15

_CODES = {
    errno.ECONNREFUSED: "connect_refused",
    errno.ECONNRESET: "connect_refused",
    errno.ETIMEDOUT: "connect_timeout",
    errno.EHOSTUNREACH: "no_route",
    errno.ENETUNREACH: "no_route",
    errno.EADDRNOTAVAIL: "no_route",
}


class PromptSocket(socket.socket):
    """Acknowledges at once: the peer's small packets wait for that (RFC 896, 1122)."""

    def recv(self, size: int, flags: int = 0) -> bytes:
        data = super().recv(size, flags)
        _set(self, "TCP_QUICKACK", 1)  # Linux forgets it after a while
        return data


def resolve(
    host: str,
    port: int,
    *,
    seconds: float,
    tick: Callable[[], None] = lambda: None,
) -> list[str]:
    """The addresses of ``host`` as text. Raises EngineError name_not_resolved."""
    answers = _resolve(host, port, time.monotonic() + seconds, tick)
    return list(dict.fromkeys(address[0] for *_, address in answers))


def open_socket(
    host: str, port: int, *, deadline: float, tick: Callable[[], None]
) -> PromptSocket:
    """Connect to the first address that answers before the monotonic ``deadline``.

    Raises EngineError name_not_resolved, connect_refused, connect_timeout or no_route.
    """
    addresses = _resolve(host, port, deadline, tick)
    failure = errno.ETIMEDOUT
    for left, (family, _, _, _, address) in zip(
        range(len(addresses), 0, -1), addresses, strict=True
    ):
        share = (deadline - time.monotonic()) / left
        connection = PromptSocket(family, socket.SOCK_STREAM)
        try:
            failure = _connect(connection, address, time.monotonic() + share, tick)
            if failure == 0:
                _tune(connection)
                return connection
        finally:
            if failure != 0:
                connection.close()
    raise EngineError(_CODES.get(failure, "no_route"), host=host, port=port)


def _resolve(
    host: str, port: int, deadline: float, tick: Callable[[], None]
) -> list[Any]:
    # In a thread: the system's resolver has no deadline and cannot be interrupted.
    answers: SimpleQueue[list[Any] | Exception] = SimpleQueue()
    threading.Thread(target=_ask, args=(host, port, answers.put), daemon=True).start()
    answer = _wait_for(answers, deadline, tick)
    if isinstance(answer, Exception):
        raise EngineError("name_not_resolved", host=host, port=port, detail=str(answer))
    return answer


def _ask(host: str, port: int, answer: Callable[[Any], None]) -> None:
    try:
        answer(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        answer(error)


def _wait_for(
    answers: SimpleQueue[list[Any] | Exception],
    deadline: float,
    tick: Callable[[], None],
) -> list[Any] | Exception:
    while time.monotonic() < deadline:
        try:
            return answers.get(timeout=POLL_SECONDS)
        except Empty:
            tick()
    return TimeoutError("no name server answered in time")


def _connect(
    connection: socket.socket,
    address: object,
    deadline: float,
    tick: Callable[[], None],
) -> int:
    """The error number of the attempt, 0 when it succeeded."""
    connection.setblocking(False)
    failure = connection.connect_ex(address)  # type: ignore[arg-type]
    if failure != errno.EINPROGRESS:
        return failure
    with selectors.DefaultSelector() as selector:
        selector.register(connection, selectors.EVENT_WRITE)
        while not selector.select(POLL_SECONDS):
            tick()
            if time.monotonic() > deadline:
                return errno.ETIMEDOUT
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)


def _tune(connection: socket.socket) -> None:
    connection.setblocking(True)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    _set(connection, "TCP_NODELAY", 1)
    _set(connection, "TCP_QUICKACK", 1)
    _set(connection, "TCP_KEEPIDLE", KEEPALIVE_SECONDS)
    _set(connection, "TCP_KEEPINTVL", KEEPALIVE_SECONDS // 2)
    _set(connection, "TCP_USER_TIMEOUT", UNANSWERED_SECONDS * 1000)


def _set(connection: socket.socket, option: str, value: int) -> None:
    """Set a TCP option where the operating system has it."""
    number: int | None = vars(socket).get(option)
    if number is not None:
        connection.setsockopt(socket.IPPROTO_TCP, number, value)
