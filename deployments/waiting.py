"""Why a pending deployment has not started yet, as far as the database can tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from deployments import beats
from deployments.models import Beat, Deployment, Status

#: By then a free worker would have taken it, had the bell reached one.
EXPECTED_START = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class Reason:
    """``code`` is stable; ``detail`` is a sentence for people."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Waiting:
    since: datetime
    seconds: float
    reasons: list[Reason]


@dataclass(frozen=True, slots=True)
class Queue:
    """What stands between a pending deployment and its start.

    ``places`` is how many deployments the living workers can run at once.
    """

    workers: int
    places: int
    dispatchers: int
    running: int
    pending_since: list[datetime]


def queue_now() -> Queue:
    """In two queries, however many deployments are explained with it."""
    alive = list(beats.seen(Beat.Kind.WORKER, Beat.Kind.DISPATCHER))
    workers = [beat for beat in alive if beat.kind == Beat.Kind.WORKER]
    capacities = [worker.facts["capacity"] for worker in workers]
    active = list(Deployment.objects.active().values_list("status", "created_at"))
    return Queue(
        workers=len(workers),
        places=sum(capacities),
        dispatchers=len(alive) - len(workers),
        running=sum(status == Status.RUNNING for status, _ in active),
        pending_since=[at for status, at in active if status == Status.PENDING],
    )


def waiting(deployment: Deployment, queue: Queue) -> Waiting | None:
    """None unless it is pending; otherwise at least one reason."""
    if deployment.status != Status.PENDING:
        return None
    since = deployment.created_at
    age = max(timedelta(), timezone.now() - since)
    return Waiting(since, age.total_seconds(), _reasons(deployment, queue, age))


def _reasons(deployment: Deployment, queue: Queue, age: timedelta) -> list[Reason]:
    reasons = []
    if not queue.workers:
        reasons.append(
            Reason("no_worker", "No worker has been seen for 15 seconds. Start one.")
        )
    elif queue.running >= queue.places:
        reasons.append(
            Reason(
                "every_place_taken",
                f"All {queue.places} places are taken. It starts when one is free.",
            )
        )
    if not queue.dispatchers:
        reasons.append(
            Reason(
                "no_dispatcher",
                "No dispatcher has been seen for 15 seconds. Start one: it tells the "
                "workers again what they missed.",
            )
        )
    ahead = sum(at < deployment.created_at for at in queue.pending_since)
    if ahead:
        reasons.append(Reason("queue", f"Waiting before it: {ahead}."))
    return reasons or [_delivery(deployment, age)]


def _delivery(deployment: Deployment, age: timedelta) -> Reason:
    """Somebody could take it; so it is a matter of the message."""
    if age < EXPECTED_START:
        return Reason("starting", "A worker is about to take it.")
    if deployment.rung_at is None:
        return Reason(
            "not_announced",
            "No worker has been told of it yet. Look at the dispatcher's log.",
        )
    return Reason(
        "broker_unreachable",
        "The workers have free places and have not heard of it: most likely the "
        "broker cannot be reached. It starts by itself when the broker is back.",
    )
