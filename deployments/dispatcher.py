"""Nothing accepted is forgotten: the loop that looks after every active deployment.

It needs the database only, so it works while the broker is down, and any number of
copies do no harm: every change is a compare-and-set.
"""

import logging
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from kombu.exceptions import OperationalError as BrokerError

from deployments import beats, diagnosis, lifecycle, tasks
from deployments.events import storage
from deployments.models import Beat, Deployment, IdempotencyKey, Status

logger = logging.getLogger(__name__)


def sweep() -> None:
    """One round; raises ``django.db.DatabaseError`` when the database is away."""
    beats.beat(Beat.Kind.DISPATCHER)
    end_lost_runs()
    age_out()
    ring_again()
    storage.compress()


def tidy() -> None:
    """Remove what is no longer needed; once in a while is enough."""
    if days := settings.KEEP_DAYS["keys"]:
        kept = timedelta(days=days)
        IdempotencyKey.objects.filter(created_at__lt=Now() - kept).delete()
    beats.forget_old()


def end_lost_runs() -> None:
    """Running, but nobody has renewed the lease."""
    running = Deployment.objects.filter(status=Status.RUNNING)
    for pk in _keys(running.filter(lease_until__lt=Now())):
        if lifecycle.lose(pk):
            logger.warning("Deployment %s lost its worker.", pk)


def age_out() -> None:
    """Waiting for so long that nobody expects it to start any more."""
    limit = timedelta(seconds=settings.NEVER_STARTED_SECONDS)
    waiting = Deployment.objects.filter(status=Status.PENDING)
    for pk in _keys(waiting.filter(created_at__lt=Now() - limit)):
        failure = diagnosis.failure(
            "never_started", seconds=settings.NEVER_STARTED_SECONDS
        )
        if lifecycle.refuse(pk, failure):
            logger.warning("Deployment %s was never started.", pk)


def ring_again() -> None:
    """Waiting, and the bell was not heard, or never rung.

    Who commits a deployment rings at once and leaves no trace of it, so the first ring
    from here may be the second one, which changes nothing.
    """
    again = timedelta(seconds=settings.RING_AGAIN_SECONDS)
    first = timedelta(seconds=settings.DISPATCH_SECONDS)
    unheard = Q(rung_at__lt=Now() - again) | Q(
        rung_at=None, created_at__lt=Now() - first
    )
    for pk in _keys(Deployment.objects.filter(unheard, status=Status.PENDING)):
        try:
            tasks.ring(pk)
            lifecycle.mark_rung(pk)
        except BrokerError as error:
            logger.warning("The broker cannot be reached: %s", error)
            return


def _keys(deployments: QuerySet[Deployment]) -> list[UUID]:
    return list(deployments.values_list("pk", flat=True))
