"""Checks as they are stored, without looking at anything."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from deployments.engine.inspection import Finding, State
from projects.models import Server

CLOSED: dict[str, Any] = {"host": "127.0.0.1", "port": 1}
SEEN = Finding("disk", State.WARNING, "Little is free.", {"path": "/srv/shop"})


def checked(server: Server) -> Any:
    return Server.objects.get(pk=server.pk).last_check


def begun(server: Server, *, seconds_ago: float) -> None:
    at = timezone.now() - timedelta(seconds=seconds_ago)
    check = {"at": at.isoformat(), "by": "bob", "is_complete": False, "findings": []}
    Server.objects.filter(pk=server.pk).update(last_check=check)
