"""Django's ``flush``, which empties the tables after a test that really commits.

Append-only tables refuse that even to us, so here their triggers pause; and the cache,
which stands in a table without a model, is emptied as well.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from django.core.cache import cache
from django.core.management.commands import flush
from django.db import connection


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with paused_triggers():
            super().handle(**options)
        cache.clear()


def paused_triggers() -> AbstractContextManager[None]:
    return _pause_on_sqlite() if connection.vendor == "sqlite" else _pause()


@contextmanager
def _pause() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SET session_replication_role = DEFAULT")


@contextmanager
def _pause_on_sqlite() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _ in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, sql in triggers:
                cursor.execute(sql)
