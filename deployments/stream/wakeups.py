"""Listening to announcements: one Redis connection and one thread for a whole process.

A thread, because it can be told to end: tasks of the asynchronous Redis client do not
always notice that they are cancelled.
"""

import asyncio
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from uuid import UUID

import redis
from django.conf import settings

from deployments.events.announcements import CHANNEL

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
#: How long it may take until a thread notices that it is no longer wanted.
LOOK_UP_SECONDS = 0.5
PREFIX = CHANNEL.format("")

Poke = Callable[[UUID], None]


class WakeUps:
    """Calls ``poke`` in the event loop with the id of each announced deployment."""

    def __init__(self, poke: Poke) -> None:
        self._poke = poke
        self._listener: _Listener | None = None

    @property
    def are_live(self) -> bool:
        """Whether announcements arrive at all; without Redis never."""
        return self._listener is not None and self._listener.is_subscribed

    def start(self) -> None:
        if settings.REDIS_URL and self._listener is None:
            self._listener = _Listener(self._poke, asyncio.get_running_loop())
            self._listener.start()

    def stop(self) -> None:
        if self._listener is not None:
            self._listener.is_unwanted.set()
            self._listener = None


class _Listener(threading.Thread):
    def __init__(self, poke: Poke, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(name="announcements", daemon=True)
        self.is_subscribed = False
        self.is_unwanted = threading.Event()
        self._poke = poke
        self._loop = loop

    def run(self) -> None:
        while not self.is_unwanted.is_set():
            try:
                self._listen()
            except redis.RedisError as error:
                logger.warning("Live streams poll, Redis is away: %s", error)
            finally:
                self.is_subscribed = False
            self.is_unwanted.wait(PAUSE_SECONDS)

    def _listen(self) -> None:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=3)
        with client, client.pubsub() as channel:
            channel.psubscribe(CHANNEL.format("*"))
            while not self.is_unwanted.is_set():
                message = channel.get_message(timeout=LOOK_UP_SECONDS)
                if message is not None:
                    self.is_subscribed = True
                    self._pass_on(message)

    def _pass_on(self, message: dict[str, bytes | str]) -> None:
        channel = message["channel"]
        if message["type"] == "pmessage" and isinstance(channel, bytes):
            deployment_id = UUID(channel.decode().removeprefix(PREFIX))
            # The loop has closed: so have all streams.
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self._poke, deployment_id)
