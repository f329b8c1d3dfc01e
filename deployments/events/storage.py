"""What becomes of events after the end of their deployment: compressed, later pruned.

Nothing else ever changes or removes one; guards of the database repeat that.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Length, Now

from deployments.models import TERMINAL, Deployment, Event
from deployments.models.chunks import IS_PACKED, LEAST_CHARACTERS, pack
from deployments.models.events import Kind

#: Of one turn, so that it takes less than a second.
CHUNKS_A_TURN = 100
DEPLOYMENTS_A_TURN = 50
#: Rows that one statement of pruning removes.
BATCH = 500

PRINTED = Q(kind__in=[Kind.LOG, Kind.NOTE])


def compress() -> None:
    """Compress some of the output of ended deployments, each chunk by itself.

    It may end at any point and be done by several at once: a chunk is compressed or it
    is not, and both read the same.
    """
    waiting = Deployment.objects.filter(status__in=TERMINAL, log_compressed_at=None)
    room = CHUNKS_A_TURN
    keys = waiting.order_by("completed_at").values_list("pk", flat=True)
    for pk in list(keys[:DEPLOYMENTS_A_TURN]):
        chunks = list(_plain_chunks(pk).order_by("seq")[: room + 1])
        for chunk in chunks[:room]:
            _plain_chunks(pk).filter(pk=chunk.pk).update(text=pack(chunk.text))
        room -= len(chunks)
        if room < 0:
            return
        waiting.filter(pk=pk).update(log_compressed_at=Now())


def prunable(kept: timedelta, *, all_events: bool) -> QuerySet[Deployment]:
    """Deployments that ended before ``kept`` and have something of that left."""
    left = Event.objects.filter(_condition(all_events), deployment=OuterRef("pk"))
    ended = Deployment.objects.filter(
        status__in=TERMINAL, completed_at__lt=Now() - kept
    )
    return ended.filter(Exists(left))


def count_prunable(kept: timedelta, *, all_events: bool) -> int:
    """How many events ``prune`` would remove."""
    deployments = prunable(kept, all_events=all_events)
    events = Event.objects.filter(_condition(all_events))
    return events.filter(deployment__in=deployments.values("pk")).count()


def prune(kept: timedelta, *, all_events: bool) -> int:
    """Remove the log, or all events, of what ended before ``kept``; how many events.

    The row says first that its log was pruned, and when; then they go in batches. May
    be stopped and repeated at any time.
    """
    removed = 0
    columns = ["log_pruned_at", *(["events_pruned_at"] if all_events else [])]
    for pk in _keys(prunable(kept, all_events=all_events)):
        for column in columns:
            rows = Deployment.objects.filter(pk=pk, **{column: None})
            rows.update(**{column: Now()})
        removed += _remove(Event.objects.filter(_condition(all_events), deployment=pk))
    return removed


def _plain_chunks(pk: UUID) -> QuerySet[Event]:
    """Those that are worth it, of a deployment that has ended."""
    return (
        Event.objects.filter(
            deployment=pk, deployment__status__in=TERMINAL, kind=Kind.LOG
        )
        .alias(length=Length("text"))
        .filter(~IS_PACKED, length__gte=LEAST_CHARACTERS)
    )


def _condition(all_events: bool) -> Q:
    return Q() if all_events else PRINTED


def _keys(deployments: QuerySet[Deployment]) -> Iterator[UUID]:
    """In batches, so that no query stays open while rows are removed."""
    rows = deployments.order_by("pk").values_list("pk", flat=True)
    batch = list(rows[:BATCH])
    while batch:
        yield from batch
        batch = list(rows.filter(pk__gt=batch[-1])[:BATCH])


def _remove(events: QuerySet[Event]) -> int:
    removed = 0
    while batch := list(events.values_list("pk", flat=True)[:BATCH]):
        removed += Event.objects.filter(pk__in=batch)._raw_delete("default")
    return removed
