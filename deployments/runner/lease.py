"""A run's hold on its row: renewed in the background, asked at every checkpoint."""

import logging
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Self, TypeVar

from django.conf import settings
from django.db import connection

from deployments import lifecycle
from deployments.engine.exceptions import CancelRequested, LeaseLost, ShuttingDown
from deployments.lifecycle import Claim
from deployments.runner.shutdown import shutdown
from oec.database import AWAY, advice
from oec.offload import let_go

logger = logging.getLogger(__name__)

T = TypeVar("T")

#: How much of the lease is left unused when it cannot be renewed: the run has to end
#: what it started before somebody else may begin.
SAFETY_FRACTION = 1 / 3


class Lease:
    """Keeps a claim alive while the ``with`` block runs."""

    def __init__(self, claim: Claim) -> None:
        self.claim = claim
        self._renewed_at = time.monotonic()
        self._cancel_requested = False
        self._lost = False
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name=f"lease-{claim.deployment_id}", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()

    @property
    def is_lost(self) -> bool:
        """Whether it is, or may be: there was no news of it for too long."""
        return self._lost or self._is_overdue

    def check(self) -> None:
        """Raises ``LeaseLost``, ``CancelRequested`` or ``ShuttingDown``.

        Without news from the database it does as if the lease were lost well before
        it runs out, so that two runs never overlap on a server.
        """
        if self.is_lost:
            raise LeaseLost
        if self._cancel_requested:
            raise CancelRequested
        if shutdown.grace_is_over:
            raise ShuttingDown

    def persist(self, act: Callable[[], T]) -> T:
        """Read or write rows, again and again while the database is away.

        Raises ``LeaseLost`` when it stays away for too long. A run comes to its rows
        in no other way, and leaves the connection to others in between.
        """
        while True:
            try:
                return act()
            except AWAY as error:
                logger.warning("Trying again. %s (%s)", advice(error), error)
                connection.close()
                if self.is_lost:
                    raise LeaseLost from error
            finally:
                # SQLite knows no limit, and tidies up when the last one is closed.
                if connection.vendor != "sqlite":
                    let_go()
            self._over.wait(0.5)

    @property
    def _is_overdue(self) -> bool:
        silence = time.monotonic() - self._renewed_at
        return silence > settings.LEASE_SECONDS * (1 - SAFETY_FRACTION)

    def _beat(self) -> None:
        while not self._over.wait(settings.HEARTBEAT_SECONDS):
            try:
                self._cancel_requested = lifecycle.renew(self.claim)
                self._renewed_at = time.monotonic()
            except LeaseLost:
                self._lost = True
                return
            except AWAY as error:
                logger.warning("Lease not renewed. %s (%s)", advice(error), error)
            finally:
                # This thread sleeps most of its life; it keeps no connection for that.
                connection.close()
