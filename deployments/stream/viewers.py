"""What one viewer gets: history first, then live, until the end or a refusal."""

import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from uuid import UUID
from weakref import WeakSet

from deployments.stream.feeds import read_patiently
from deployments.stream.frames import OPENING, PING, end_frame, event_frame
from deployments.stream.hub import hub
from deployments.stream.presence import SignIn, presence
from oec.offload import end_request_thread, offload

PING_SECONDS = 15.0
#: So long nothing happens before somebody looks whether the viewer is still signed in.
LOOK_UP_SECONDS = 1.5
#: A lost right to see this deployment is noticed later than a lost sign-in.
CHECK_SECONDS = 14.0
STREAMS_OF_ONE_USER = 10


class Seat:
    """One open stream of a user; given back by ``leave``, or when it is forgotten."""

    _taken: dict[UUID, "WeakSet[Seat]"] = {}

    def __init__(self, sign_in: SignIn) -> None:
        self.sign_in = sign_in
        self._neighbours = self._taken.setdefault(sign_in.user_id, WeakSet())
        self._neighbours.add(self)

    @classmethod
    def is_free(cls, user_id: UUID) -> bool:
        return len(cls._taken.get(user_id, ())) < STREAMS_OF_ONE_USER

    @classmethod
    def sign_ins(cls) -> set[SignIn]:
        """Of everybody who watches anything in this process."""
        return {seat.sign_in for seats in cls._taken.values() for seat in seats}

    def leave(self) -> None:
        self._neighbours.discard(self)


async def frames(
    deployment_id: UUID, after: int, seat: Seat, may_go_on: Callable[[], bool]
) -> AsyncGenerator[bytes, None]:
    """Everything after the event ``after``; ``may_go_on`` reads the database."""
    try:
        await end_request_thread()
        checked = sent = time.monotonic()
        yield OPENING
        async with aclosing(_follow(deployment_id, after)) as following:
            async for frame in following:
                if await presence.is_over(seat.sign_in, Seat.sign_ins):
                    return
                now = time.monotonic()
                if frame is not PING or now - sent >= PING_SECONDS:
                    sent = now
                    yield frame
                if now - checked >= CHECK_SECONDS:
                    if not await offload(may_go_on):
                        return
                    checked = now
    finally:
        seat.leave()


async def _follow(deployment_id: UUID, cursor: int) -> AsyncGenerator[bytes, None]:
    while True:
        batch = await read_patiently(deployment_id, cursor)
        # A viewer from the future would drag the shared feed along.
        cursor = min(cursor, batch.last_seq)
        for event in batch.events:
            yield event_frame(event, batch)
            cursor = event.seq
        if batch.is_last:
            yield end_frame(deployment_id, cursor, batch.status)
            return
        if batch.has_more:
            continue
        async with (
            hub.watch(deployment_id, cursor) as feed,
            aclosing(feed.frames(cursor, min(LOOK_UP_SECONDS, PING_SECONDS))) as live,
        ):
            async for seq, frame in live:
                yield frame
                cursor = seq
            if cursor >= feed.floor:
                return
