"""Whether this process lives, and whether the whole of OEC can do its work."""

import asyncio
import logging
import os
import shutil
import threading
from inspect import isawaitable
from typing import Any

import redis
from asgiref.sync import iscoroutinefunction
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, JsonResponse
from django.utils.decorators import sync_and_async_middleware
from django.views.decorators.http import require_safe

from deployments import beats
from deployments.models import Beat
from oec.database import FULL, advice
from projects import services

logger = logging.getLogger(__name__)

BROKER_SECONDS = 1
DATABASE_SECONDS = 2
#: Stored secrets that no key opens.
UNREADABLE = "unreadable_secrets"
UNREADABLE_SECONDS = 60
NO_REDIS = "Redis cannot be reached. Start it, or correct REDIS_URL."
NO_QUEUE = "The broker's folder cannot be written to by the user that runs OEC."
KINDS = (Beat.Kind.DISPATCHER, Beat.Kind.WORKER)


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """This process answers. Asks nobody else, so a restart would not help others."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Every part that a deployment needs; 503 when one is missing, with the reasons."""
    seen = _seen_in_time()
    # Names are for whoever is signed in, and one lost token makes nobody unready.
    unreadable = seen.pop(UNREADABLE, {}).get("count")
    parts = {**seen, "broker": _broker(), "disk": _disk()}
    reasons = [str(part["detail"]) for part in parts.values() if not part["ok"]]
    answer = JsonResponse(
        {
            "status": "not_ready" if reasons else "ready",
            "reasons": reasons,
            "parts": parts,
            "unreadable_secrets": unreadable,
        },
        status=503 if reasons else 200,
    )
    if reasons:
        answer["Retry-After"] = "5"
    return answer


@sync_and_async_middleware
def answer_probes(get_response: Any) -> Any:
    """Ahead of all that looks at a request: whatever its Host, and never redirected."""

    def answer(request: HttpRequest) -> Any:
        if request.path == "/healthz":
            return healthz(request)
        return readyz(request) if request.path == "/readyz" else get_response(request)

    async def answer_soon(request: HttpRequest) -> Any:
        if request.path == "/readyz":
            return await asyncio.to_thread(readyz, request)
        # Without a thread, which would have to wait for its turn among many.
        response = answer(request)
        return await response if isawaitable(response) else response

    return answer_soon if iscoroutinefunction(get_response) else answer


def _seen_in_time() -> dict[str, dict[str, Any]]:
    """Database, write and processes, or what the database does not say in time.

    In a thread of its own, because a network that swallows everything keeps a query
    for longer than those who ask for our health would wait.
    """
    answers: list[dict[str, dict[str, Any]]] = []

    def ask() -> None:
        try:
            answers.append(_seen())
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Not ready. %s (%s)", advice(error), error)
            answers.append(_without_database(advice(error)))
        finally:
            connection.close()

    asking = threading.Thread(target=ask, name="readyz", daemon=True)
    asking.start()
    asking.join(DATABASE_SECONDS)
    slow = f"The database did not answer within {DATABASE_SECONDS} seconds."
    return answers[0] if answers else _without_database(slow)


def _seen() -> dict[str, dict[str, Any]]:
    counts = {kind: beats.seen(kind).count() for kind in KINDS}
    silence = beats.seconds_since_write()
    return {
        "database": {"ok": True},
        "write": _write(silence),
        **{kind.value: _processes(kind, count) for kind, count in counts.items()},
        UNREADABLE: {"count": _count_unreadable()},
    }


def _without_database(detail: str) -> dict[str, dict[str, Any]]:
    unknown = {"ok": False, "detail": "Not known without the database."}
    names = ("write", *(kind.value for kind in KINDS))
    return {
        "database": {"ok": False, "detail": detail},
        **dict.fromkeys(names, unknown),
    }


def _write(silence: float | None) -> dict[str, Any]:
    if silence is not None and silence <= beats.FRESH.total_seconds():
        return {"ok": True, "seconds": round(silence, 1)}
    since = "ever" if silence is None else f"for {silence:.0f} seconds"
    return {
        "ok": False,
        "seconds": silence,
        "detail": f"No dispatcher has written anything {since}: none runs, or the"
        " database takes no writes.",
    }


def _processes(kind: Beat.Kind, count: int) -> dict[str, Any]:
    if count:
        return {"ok": True, "count": count}
    detail = f"No {kind.value} has been seen for 15 seconds. Start one."
    return {"ok": False, "count": 0, "detail": detail}


def _disk() -> dict[str, Any]:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free >= settings.LEAST_FREE_BYTES:
        return {"ok": True, "free_bytes": free}
    detail = f"The console's disk is full: {free} bytes are free in its data folder."
    return {"ok": False, "free_bytes": free, "detail": f"{detail} {FULL.remedy}"}


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
        answer: dict[str, Any] = {"ok": writable, "kind": "filesystem"}
        return answer if writable else answer | {"detail": NO_QUEUE}
    client = redis.Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=BROKER_SECONDS,
        socket_connect_timeout=BROKER_SECONDS,
    )
    try:
        client.ping()
    except redis.RedisError:
        return {"ok": False, "kind": "redis", "detail": NO_REDIS}
    finally:
        client.close()
    return {"ok": True, "kind": "redis"}
