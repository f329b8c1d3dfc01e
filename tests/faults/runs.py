"""Runs inside the test's own process: as true as a worker's, and much quicker."""

import threading

from django.db import connection

from deployments import runner
from deployments.models import Deployment
from tests.faults.site import ended


class Runs:
    """Starts runs in threads, as a worker does, and waits for them."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []

    def start(self, deployment: Deployment) -> Deployment:
        thread = threading.Thread(target=_run, args=[deployment])
        self._threads.append(thread)
        thread.start()
        return deployment

    def ended(self, deployment: Deployment, *, seconds: float = 30) -> Deployment:
        """The row after its end; by then the run has let go of everything."""
        last = ended(deployment, seconds=seconds)
        self.join()
        return last

    def join(self) -> None:
        while self._threads:
            self._threads.pop().join()


def _run(deployment: Deployment) -> None:
    try:
        runner.run(deployment.pk)
    finally:
        connection.close()
