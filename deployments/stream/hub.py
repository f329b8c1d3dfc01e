"""All that is being watched in this process, and who watches it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from deployments.stream.feeds import Feed
from deployments.stream.wakeups import WakeUps


class Hub:
    """Feeds live as long as somebody watches them."""

    def __init__(self) -> None:
        self._feeds: dict[UUID, tuple[Feed, asyncio.Task[None]]] = {}
        self._wake_ups = WakeUps(self.poke)

    @asynccontextmanager
    async def watch(self, deployment_id: UUID, after: int) -> AsyncIterator[Feed]:
        """The feed of this deployment; a new one begins after ``after``."""
        if deployment_id not in self._feeds:
            self._open(Feed(deployment_id, after))
        feed, _ = self._feeds[deployment_id]
        feed.viewers += 1
        try:
            yield feed
        finally:
            feed.viewers -= 1
            if not feed.viewers:
                self._close(feed)

    def viewers_of(self, deployment_id: UUID) -> int:
        """How many watch it at this moment."""
        watched = self._feeds.get(deployment_id)
        return watched[0].viewers if watched else 0

    @property
    def is_woken(self) -> bool:
        """Whether announcements arrive, so that nobody has to poll."""
        return self._wake_ups.are_live

    def _open(self, feed: Feed) -> None:
        self._wake_ups.start()
        task = asyncio.create_task(feed.follow(self._wake_ups))
        self._feeds[feed.deployment_id] = feed, task

    def _close(self, feed: Feed) -> None:
        _, task = self._feeds.pop(feed.deployment_id)
        task.cancel()
        if not self._feeds:
            self._wake_ups.stop()

    def poke(self, deployment_id: UUID) -> None:
        """Something new stands in the database; nobody may be watching, though."""
        if deployment_id in self._feeds:
            self._feeds[deployment_id][0].poke()


hub = Hub()
