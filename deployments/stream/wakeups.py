"""Listening to announcements: one Redis connection for a whole process."""

import asyncio
import logging
from collections.abc import Callable
from uuid import UUID

import redis
from django.conf import settings
from redis import asyncio as redis_asyncio

from deployments.announcements import CHANNEL

logger = logging.getLogger(__name__)

PAUSE_SECONDS = 5.0
PREFIX = CHANNEL.format("")


class WakeUps:
    """Calls ``poke`` with the id of each announced deployment.

    ``are_live`` tells whether announcements arrive at all; without Redis never.
    """

    def __init__(self, poke: Callable[[UUID], None]) -> None:
        self.are_live = False
        self._poke = poke
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        if settings.REDIS_URL and self._task is None:
            self._task = asyncio.create_task(self._listen(settings.REDIS_URL))

    def stop(self) -> None:
        self.are_live = False
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _listen(self, url: str) -> None:
        while True:
            try:
                await self._subscribe(url)
            except (redis.RedisError, OSError) as error:
                logger.warning("Live streams poll, Redis is away: %s", error)
            finally:
                self.are_live = False
            await asyncio.sleep(PAUSE_SECONDS)

    async def _subscribe(self, url: str) -> None:
        async with (
            redis_asyncio.Redis.from_url(url, socket_connect_timeout=3) as client,
            client.pubsub() as pubsub,
        ):
            await pubsub.psubscribe(CHANNEL.format("*"))
            async for message in pubsub.listen():
                self.are_live = True
                if message["type"] == "pmessage":
                    channel = message["channel"].decode()
                    self._poke(UUID(channel.removeprefix(PREFIX)))
