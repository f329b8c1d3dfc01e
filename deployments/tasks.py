"""The doorbell: Celery carries an id to a worker, nothing more."""

import logging
from typing import Any
from uuid import UUID

from celery import shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.conf import settings
from kombu.exceptions import OperationalError

from deployments import beats, runner
from deployments.models import Beat
from deployments.runner.shutdown import shutdown
from oec import checks

logger = logging.getLogger(__name__)


@shared_task(name="deployments.run")
def run_deployment(deployment_id: str) -> None:
    """Safe to deliver twice, late or never: the row decides."""
    runner.run(UUID(deployment_id))


def ring(deployment_id: UUID) -> None:
    """Tell the workers that this deployment waits.

    Raises ``kombu.exceptions.OperationalError`` when the broker cannot be reached, or
    has no room.
    """
    try:
        run_deployment.delay(str(deployment_id))
    except OSError as error:
        raise OperationalError(str(error)) from error


@worker_ready.connect
def tell_what_is_missing(**_: Any) -> None:
    for message in checks.git():
        logger.error("%s %s", message.msg, message.hint)


@worker_ready.connect
def show_life(**_: Any) -> None:
    beats.keep_beating(
        Beat.Kind.WORKER, lambda: {"capacity": settings.WORKER_CONCURRENCY}
    )


@worker_shutting_down.connect
def begin_shutdown(**_: Any) -> None:
    shutdown.begin(settings.SHUTDOWN_GRACE_SECONDS)
