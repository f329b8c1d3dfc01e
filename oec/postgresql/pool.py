"""Connections to PostgreSQL that outlive a request."""

import select
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, TransactionStatus

Connection = psycopg.Connection[Any]


class Pool:
    """At most ``most`` connections at a time, the one that was used last first.

    Whoever takes one connects by itself when none is at hand, so that a server that is
    back serves the very next request, and one that is away is told of at once:
    ``psycopg_pool`` connects in threads of its own, which pause after a failure. One
    connection that has died speaks for all of them.
    """

    def __init__(self, *, most: int, wait_seconds: float, idle_seconds: float) -> None:
        self._places = threading.BoundedSemaphore(most)
        self._wait_seconds = wait_seconds
        self._idle_seconds = idle_seconds
        #: Each with the moment since when nobody uses it, the oldest first.
        self._idle: deque[tuple[Connection, float]] = deque()
        self._is_closed = False

    def take(self, connect: Callable[[], Connection]) -> Connection:
        """Raises ``psycopg.OperationalError`` when there is none to be had."""
        if not self._places.acquire(timeout=self._wait_seconds):
            raise psycopg.OperationalError(
                f"every connection is in use, for {self._wait_seconds} seconds"
            )
        connection = None
        try:
            connection = self._take_idle() or connect()
        finally:
            if connection is None:
                self._places.release()
        return connection

    def give_back(self, connection: Connection) -> None:
        """Take a connection back, whatever state it is in."""
        try:
            if connection.pgconn.status != ConnStatus.OK:
                self.forget()
            elif self._is_closed or not _is_clean(connection):
                connection.close()
            else:
                self._idle.append((connection, time.monotonic()))
                self._close_old()
        finally:
            self._places.release()

    def forget(self) -> None:
        """Close those that nobody uses."""
        while idle := _pop(self._idle.pop):
            idle[0].close()

    def close(self) -> None:
        """From now on nothing is kept, nor what somebody still gives back."""
        self._is_closed = True
        self.forget()

    def _take_idle(self) -> Connection | None:
        while idle := _pop(self._idle.pop):
            connection, _ = idle
            if is_alive(connection):
                return connection
            connection.close()
            self.forget()
        return None

    def _close_old(self) -> None:
        before = time.monotonic() - self._idle_seconds
        while oldest := _pop(self._idle.popleft):
            connection, since = oldest
            if since > before:
                self._idle.appendleft(oldest)
                return
            connection.close()


def is_alive(connection: Connection) -> bool:
    """Whether the server has not hung up, as far as this machine knows."""
    try:
        poll = select.poll()
        poll.register(connection.fileno(), select.POLLIN)
        # Nothing was asked, so what is there to read is a notice, or the end.
        while poll.poll(0):
            connection.pgconn.consume_input()
    except psycopg.OperationalError:
        return False
    return connection.pgconn.status == ConnStatus.OK


def _is_clean(connection: Connection) -> bool:
    """Outside of any transaction, be it by ending the one that was left open."""
    if connection.pgconn.transaction_status != TransactionStatus.IDLE:
        try:
            connection.rollback()
        except psycopg.Error:
            return False
    return connection.pgconn.transaction_status == TransactionStatus.IDLE


def _pop(
    pop: Callable[[], tuple[Connection, float]],
) -> tuple[Connection, float] | None:
    try:
        return pop()
    except IndexError:  # another thread was faster
        return None
