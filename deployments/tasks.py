"""The doorbell: Celery carries an id to a worker, nothing more."""

from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings

from deployments import beats, runner
from deployments.models import Beat
from deployments.runner.shutdown import shutdown


@shared_task(name="deployments.run")
def run_deployment(deployment_id: str) -> None:
    """Safe to deliver twice, late or never: the row decides."""
    runner.run(UUID(deployment_id))


def ring(deployment_id: UUID) -> None:
    """Tell the workers that this deployment waits.

    Raises ``kombu.exceptions.OperationalError`` when the broker cannot be reached.
    """
    run_deployment.delay(str(deployment_id))


@worker_ready.connect
def show_life(**_: Any) -> None:
    beats.keep_beating(
        Beat.Kind.WORKER, lambda: {"capacity": settings.WORKER_CONCURRENCY}
    )


@worker_shutting_down.connect
def begin_shutdown(**_: Any) -> None:
    shutdown.begin(settings.SHUTDOWN_GRACE_SECONDS)
