"""What is kept for how long, and removing what is older. Deployments always stay."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.db.models.functions import Now

from deployments.events import storage
from deployments.models import IdempotencyKey
from projects import audit

#: Rows that one statement removes.
BATCH = 500


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that grows; ``count`` and ``remove`` concern what is older."""

    title: str
    count: Callable[[timedelta], int]
    remove: Callable[[timedelta], int]


@dataclass(frozen=True, slots=True)
class Pruned:
    """``days`` is 0 where it is kept for ever, and then ``rows`` is 0 as well."""

    name: str
    title: str
    days: int
    rows: int


def policy() -> dict[str, int]:
    """Days by name; 0 means for ever."""
    return {name: settings.KEEP_DAYS[name] for name in KEPT}


def survey(days: dict[str, int]) -> Iterator[Pruned]:
    """How many rows ``prune`` would remove."""
    for name, kept in KEPT.items():
        age = timedelta(days=days[name])
        yield Pruned(name, kept.title, days[name], kept.count(age) if age else 0)


def prune(days: dict[str, int]) -> Iterator[Pruned]:
    """Remove what is older, in batches. May be stopped and repeated at any time."""
    ages = {name: count for name, count in days.items() if count}
    audit.record_operation("console.pruning_started", "console", "OEC", days=ages)
    removed = {}
    for name, kept in KEPT.items():
        age = timedelta(days=days[name])
        rows = kept.remove(age) if age else 0
        removed[name] = rows
        yield Pruned(name, kept.title, days[name], rows)
    audit.record_operation("console.pruned", "console", "OEC", removed=removed)


def _logs(*, all_events: bool) -> tuple[Callable[[timedelta], int], ...]:
    def count(age: timedelta) -> int:
        return storage.count_prunable(age, all_events=all_events)

    def remove(age: timedelta) -> int:
        return storage.prune(age, all_events=all_events)

    return count, remove


def _rows(label: str, column: str) -> tuple[Callable[[timedelta], int], ...]:
    """Rows of a model by when they were made, or by when they expired."""

    def old(age: timedelta) -> "QuerySet[Any]":
        rows = apps.get_model(label)._base_manager
        return rows.filter(**{f"{column}__lt": Now() - age})

    def count(age: timedelta) -> int:
        return old(age).count()

    def remove(age: timedelta) -> int:
        removed = 0
        while batch := list(old(age).values_list("pk", flat=True)[:BATCH]):
            old(age).filter(pk__in=batch).delete()
            removed += len(batch)
        return removed

    return count, remove


KEPT = {
    "logs": Kept("Events of logs", *_logs(all_events=False)),
    "events": Kept("Events of all kinds", *_logs(all_events=True)),
    "sessions": Kept("Sessions", *_rows(Session._meta.label, "expire_date")),
    "tokens": Kept(
        "Refresh tokens", *_rows("token_blacklist.OutstandingToken", "expires_at")
    ),
    "keys": Kept("Idempotency keys", *_rows(IdempotencyKey._meta.label, "created_at")),
}
