"""Deadlines: looked at whenever the engine waits, on the monotonic clock."""

import math
import time
from collections.abc import Callable

from deployments.engine.exceptions import EngineError

PAUSE_SECONDS = 0.1


class Watch:
    """The limits of one step, from now on.

    ``tick`` raises what ``checkpoint`` raises, or EngineError step_timeout,
    silence_timeout or total_timeout.
    """

    def __init__(
        self,
        step: str,
        *,
        seconds: float,
        silence_seconds: float = math.inf,
        total_seconds: float = math.inf,
        total_since: float = 0.0,
        checkpoint: Callable[[], None] = lambda: None,
    ) -> None:
        self._step = step
        self._seconds = seconds
        self._silence_seconds = silence_seconds
        self._total_seconds = total_seconds
        self._total_since = total_since
        self._checkpoint = checkpoint
        self._started = self._heard = time.monotonic()

    @property
    def silence_seconds(self) -> float | None:
        """How long it may be silent; None for as long as it likes."""
        return None if math.isinf(self._silence_seconds) else self._silence_seconds

    def heard(self) -> None:
        """There was a sign of life: the silence begins anew."""
        self._heard = time.monotonic()

    def tick(self) -> None:
        self._checkpoint()
        now = time.monotonic()
        if now - self._total_since > self._total_seconds:
            raise EngineError("total_timeout", seconds=self._total_seconds)
        if now - self._started > self._seconds:
            raise EngineError("step_timeout", step=self._step, seconds=self._seconds)
        if now - self._heard > self._silence_seconds:
            raise EngineError(
                "silence_timeout", step=self._step, seconds=self._silence_seconds
            )

    def pause(self, seconds: float) -> None:
        """Wait, ticking."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            time.sleep(min(left, PAUSE_SECONDS))
            self.tick()
