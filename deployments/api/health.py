"""Whether this process lives, and whether the whole of OEC can do its work."""

import logging
import os
import threading
from typing import Any

import redis
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from deployments import beats
from deployments.models import Beat
from projects import services

logger = logging.getLogger(__name__)

BROKER_SECONDS = 1
DATABASE_SECONDS = 2
#: Stored secrets that no key opens.
UNREADABLE = "unreadable_secrets"
UNREADABLE_SECONDS = 60
KINDS = (Beat.Kind.DISPATCHER, Beat.Kind.WORKER)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nobody else, so a restart would not help others."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part that a deployment needs; 503 when one is missing."""
    parts = {
        "database": {"ok": True},
        "broker": _broker(),
        "dispatcher": {"ok": False},
        "worker": {"ok": False},
    }
    counts = _counts_in_time()
    unreadable = counts.pop(UNREADABLE) if counts else None
    if counts is None:
        parts["database"] = {"ok": False, "detail": "It cannot be reached."}
    else:
        parts |= {name: {"ok": n > 0, "count": n} for name, n in counts.items()}
    is_ready = all(part["ok"] for part in parts.values())
    # Names are for whoever is signed in, and one lost token makes nobody unready.
    answer = JsonResponse(
        {
            "status": "ready" if is_ready else "not_ready",
            "parts": parts,
            "unreadable_secrets": unreadable,
        },
        status=200 if is_ready else 503,
    )
    if not is_ready:
        answer["Retry-After"] = "5"
    return answer


def _counts_in_time() -> dict[str, int] | None:
    """How many of each kind were seen; None when the database does not say so in time.

    In a thread of its own, because a network that swallows everything keeps a query
    for longer than those who ask for our health would wait.
    """
    counts: dict[str, int] = {}

    def count() -> None:
        try:
            for kind in KINDS:
                counts[kind.value] = beats.seen(kind).count()
            counts[UNREADABLE] = _count_unreadable()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Not ready, the database is away: %s", error)
        finally:
            connection.close()

    asking = threading.Thread(target=count, name="readyz", daemon=True)
    asking.start()
    asking.join(DATABASE_SECONDS)
    return dict(counts) if len(counts) == len(KINDS) + 1 else None


def _count_unreadable() -> int:
    """Of those that are not frozen; looked at again every minute."""
    count = cache.get_or_set(
        UNREADABLE,
        lambda: len(services.unreadable_secrets(frozen=False)),
        UNREADABLE_SECONDS,
    )
    return int(count or 0)


def _broker() -> dict[str, Any]:
    if not settings.REDIS_URL:
        writable = os.access(settings.BROKER_DIR / "queue", os.W_OK | os.X_OK)
        return {"ok": writable, "kind": "filesystem"}
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
    )
    try:
        client.ping()
    except redis.RedisError:
        return {"ok": False, "kind": "redis", "detail": "It cannot be reached."}
    finally:
        client.close()
    return {"ok": True, "kind": "redis"}
