"""Signs of life: each background process writes one, pages and probes read them."""

import os
import socket
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import QuerySet
from django.db.models.functions import Now

from deployments.models import Beat

BEAT_SECONDS = 5
FRESH = timedelta(seconds=15)
FORGOTTEN = timedelta(days=1)

PROCESS = f"{socket.gethostname()}:{os.getpid()}"


def beat(kind: Beat.Kind, **facts: Any) -> None:
    Beat.objects.update_or_create(
        kind=kind, name=PROCESS, defaults={"seen_at": Now(), "facts": facts}
    )


def seen(*kinds: Beat.Kind) -> QuerySet[Beat]:
    """Processes of these kinds that gave a sign of life within 15 seconds."""
    return Beat.objects.filter(kind__in=kinds, seen_at__gte=Now() - FRESH)


def seconds_since_write() -> float | None:
    """How long ago a dispatcher wrote, by the database's clock; None when never."""
    newest = (
        Beat.objects.filter(kind=Beat.Kind.DISPATCHER)
        .annotate(now=Now())
        .order_by("-seen_at")
        .values_list("now", "seen_at")
        .first()
    )
    return (newest[0] - newest[1]).total_seconds() if newest else None


def forget_old() -> None:
    Beat.objects.filter(seen_at__lt=Now() - FORGOTTEN).delete()


def keep_beating(kind: Beat.Kind, facts: Callable[[], dict[str, Any]]) -> None:
    """From now on, in a thread of its own, until the process ends."""

    def loop() -> None:
        pause = threading.Event()
        while True:
            try:
                beat(kind, **facts())
            except (DatabaseError, InterfaceError):
                # Nobody can read it either; the next beat comes soon.
                pass
            finally:
                connection.close()
            pause.wait(BEAT_SECONDS)

    threading.Thread(target=loop, name=f"{kind}-beat", daemon=True).start()
