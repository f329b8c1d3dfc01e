"""One reader for each watched deployment of this process, shared by its viewers."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator
from uuid import UUID

from django.db import DatabaseError, InterfaceError

from deployments.stream.frames import PING, end_frame, event_frame
from deployments.stream.history import Batch, read
from deployments.stream.wakeups import WakeUps
from oec.offload import offload

logger = logging.getLogger(__name__)

POLL_SECONDS = 0.3
#: With somebody to wake us, looking without being asked is only a precaution.
PRECAUTION_SECONDS = 2.0
PAUSE_SECONDS = 1.0
#: What a viewer may fall behind before it has to read for itself.
KEPT_BYTES = 2_000_000

Frame = tuple[int, bytes]
Frames = AsyncGenerator[Frame, None]


async def read_patiently(deployment_id: UUID, after: int) -> Batch:
    """As ``history.read``, and again while the database is away."""
    while True:
        try:
            return await offload(read, deployment_id, after)
        except (DatabaseError, InterfaceError) as error:
            logger.warning("A live stream waits for the database: %s", error)
            await asyncio.sleep(PAUSE_SECONDS)


class Feed:
    """The newest frames of one deployment, from ``floor`` (exclusive) on.

    Viewers keep their own place in it, so a slow one costs nothing: what has left the
    feed meanwhile still stands in the database. ``end`` is the frame that says so.
    """

    def __init__(self, deployment_id: UUID, after: int) -> None:
        self.deployment_id = deployment_id
        self.viewers = 0
        self.floor = self.position = after
        self.end = b""
        self.is_closed = False
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()
        self._poked = asyncio.Event()

    async def frames(self, seq: int, silence_seconds: float) -> Frames:
        """What follows ``seq``, until the end or until some of it is no longer kept.

        A silence is filled with a ping for every ``silence_seconds``.
        """
        while seq >= self.floor:
            for frame in [kept for kept in self._frames if kept[0] > seq]:
                yield frame
                seq = frame[0]
            if seq < self.position:
                continue
            if self.is_closed:
                yield seq, self.end
                return
            if not await _happens(self._changed, silence_seconds):
                yield seq, PING

    def poke(self) -> None:
        """Look now."""
        self._poked.set()

    async def follow(self, wake_ups: WakeUps) -> None:
        """Read on until the deployment has ended."""
        try:
            while not self.end:
                batch = await read_patiently(self.deployment_id, self.position)
                self._take(batch)
                if not batch.has_more and not self.end:
                    await _happens(
                        self._poked,
                        PRECAUTION_SECONDS if wake_ups.are_live else POLL_SECONDS,
                    )
                    self._poked.clear()
        finally:
            self.is_closed = True
            self._wake_viewers()

    def _take(self, batch: Batch) -> None:
        for event in batch.events:
            self._keep((event.seq, event_frame(event, batch)))
        if batch.is_last:
            self.end = end_frame(self.deployment_id, self.position, batch.status)
        if batch.events or self.end:
            self._wake_viewers()

    def _keep(self, frame: Frame) -> None:
        self._frames.append(frame)
        self.position = frame[0]
        self._bytes += len(frame[1])
        while self._bytes > KEPT_BYTES:
            self.floor, forgotten = self._frames.popleft()
            self._bytes -= len(forgotten)

    def _wake_viewers(self) -> None:
        # Whoever waits from now on waits for the next change.
        self._changed.set()
        self._changed = asyncio.Event()


async def _happens(event: asyncio.Event, seconds: float) -> bool:
    try:
        # Not wait_for(): in Python 3.11 it swallows a cancellation that comes together
        # with the event, and whoever was to end would go on for ever.
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return False
    return True
