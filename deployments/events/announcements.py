"""A nudge for readers of a deployment's events: something new stands in the database.

Redis carries it when there is one; the database is the truth, so a nudge may get lost.
"""

import logging
import time
from functools import cache
from uuid import UUID

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

CHANNEL = "oec:deployment:{}"
PAUSE_SECONDS = 10


class Announcer:
    """Publishes, and after a failure leaves Redis alone for a while.

    A frozen Redis would otherwise slow every flush of every log.
    """

    def __init__(self, url: str) -> None:
        self._redis = redis.Redis.from_url(
            url, socket_timeout=0.5, socket_connect_timeout=0.5
        )
        self._paused_until = 0.0

    def announce(self, deployment_id: UUID) -> None:
        if time.monotonic() < self._paused_until:
            return
        try:
            self._redis.publish(CHANNEL.format(deployment_id), "")
        except redis.RedisError as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("Readers are not woken for a while: %s", error)


def announce(deployment_id: UUID) -> None:
    """Wake the readers of this deployment; without Redis they poll anyway."""
    if settings.REDIS_URL:
        _announcer(settings.REDIS_URL).announce(deployment_id)


@cache
def _announcer(url: str) -> Announcer:
    return Announcer(url)
