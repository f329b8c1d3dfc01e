"""The worker process is being stopped: one flag that reaches every run in it."""

import time


class Shutdown:
    """Once begun, nothing new starts, and runs may go on until the grace is over."""

    def __init__(self) -> None:
        self._deadline: float | None = None

    def begin(self, grace_seconds: float) -> None:
        if self._deadline is None:
            self._deadline = time.monotonic() + grace_seconds

    @property
    def has_begun(self) -> bool:
        return self._deadline is not None

    @property
    def grace_is_over(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline


shutdown = Shutdown()
