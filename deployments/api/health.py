"""Whether this process lives, and whether the whole of OEC can do its work."""

import os
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from deployments import beats
from deployments.models import Beat

BROKER_SECONDS = 1


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
    try:
        for kind in (Beat.Kind.DISPATCHER, Beat.Kind.WORKER):
            count = beats.seen(kind).count()
            parts[kind.value] = {"ok": count > 0, "count": count}
    except (DatabaseError, InterfaceError):
        parts["database"] = {"ok": False, "detail": "It cannot be reached."}
    is_ready = all(part["ok"] for part in parts.values())
    answer = JsonResponse(
        {"status": "ready" if is_ready else "not_ready", "parts": parts},
        status=200 if is_ready else 503,
    )
    if not is_ready:
        answer["Retry-After"] = "5"
    return answer


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
